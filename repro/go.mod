module parkranger.repro

go 1.22
