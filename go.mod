module github.com/tokenomics-go/tokenomics

go 1.26.0

require github.com/shopspring/decimal v1.4.0
