module github.com/tokenomics-go/tokenomics

go 1.26.0
