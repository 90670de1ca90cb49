package estimate

// Costs in thousandths of an o200k_base token, fitted to exact counts of
// English, source code, JSON, base64 and man pages in eight languages. The
// fit and its error are in docs/estimate.md.
const (
	costHan       = 800
	costKana      = 620
	costHangul    = 750
	costFullwidth = 900
	costCyrillic  = 330
	costLatin     = 600
	costRare      = 1500
	costOther     = 700

	costSymbol      = 900
	costMoreSymbols = 350
	costNewline     = 900
	costMoreLetters = 250
)

// The cost of a run of letters by its length: a word after a blank, a word
// after anything else, a run of capitals.
var (
	costLetters     = [13]int64{0, 1000, 1000, 1000, 1000, 1020, 1060, 1100, 1150, 1200, 1280, 1400, 1600}
	costBareLetters = [13]int64{0, 1000, 1000, 1050, 1100, 1200, 1250, 1300, 1400, 1500, 1600, 1750, 1900}
	costCapitals    = [13]int64{0, 1000, 1000, 1200, 1400, 1700, 2000, 2300, 2600, 2900, 3200, 3500, 3800}
)
