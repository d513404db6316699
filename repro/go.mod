module parkranger.repro

go 1.23
