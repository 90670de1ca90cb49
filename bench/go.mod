module github.com/tokenomics-go/tokenomics/bench

go 1.26.0

require (
	github.com/dlclark/regexp2 v1.10.0
	github.com/pkoukk/tiktoken-go v0.1.8
	github.com/pkoukk/tiktoken-go-loader v0.0.2
	github.com/shopspring/decimal v1.4.0
	github.com/tidwall/btree v1.8.2
	github.com/tokenomics-go/tokenomics v0.0.0
	github.com/wangjia184/sortedset v0.0.0-20220209072355-af6d6d227aa7
)

require github.com/google/uuid v1.3.0 // indirect

replace github.com/tokenomics-go/tokenomics => ../
