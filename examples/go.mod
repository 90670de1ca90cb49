module github.com/tokenomics-go/tokenomics/examples

go 1.26.0

require github.com/tokenomics-go/tokenomics v0.0.0

replace github.com/tokenomics-go/tokenomics => ../
