module github.com/tokenomics-go/tokenomics/examples

go 1.26.0

require (
	github.com/rivo/uniseg v0.4.7
	github.com/tokenomics-go/tokenomics v0.0.0
	golang.org/x/term v0.47.0
)

require (
	github.com/shopspring/decimal v1.4.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/tokenomics-go/tokenomics => ../
