module parkranger.testdata

go 1.22
