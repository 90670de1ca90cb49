package estimate

// Costs in thousandths of an o200k_base token, fitted to exact counts of
// English, source code, JSON, base64 and man pages in several languages. The
// error that is left is in docs/estimate.md.
const (
	costHan       = 760
	costKana      = 660
	costHangul    = 750
	costFullwidth = 900
	costCyrillic  = 290
	costLatin     = 600
	costRare      = 1500
	costOther     = 700

	costNumber  = 1000 // up to three digits
	costNewline = 1000 // line ends with the white space before them
	costBlanks  = 1000 // a run of blanks, the last one left out

	costSymbols    = 1000 // one or two symbols
	costMoreSymbol = 150  // each further one
	costPrefix     = 330  // a symbol that shares the piece of the word after it

	costMoreLetter  = 120 // each letter beyond the tables
	costMoreCapital = 250

	// From this many segments on without a blank or a symbol, text is no
	// words but an encoding of bytes, and letters cost more.
	mixedFrom  = 6
	mixedShare = 1340 // in thousandths
)

// The cost of a run of letters by its length: a word after a blank, a word
// after anything else, a run of capitals.
var (
	costLetters     = [13]int64{0, 1000, 1000, 1010, 1020, 1050, 1080, 1080, 1150, 1200, 1210, 1250, 1320}
	costBareLetters = [13]int64{0, 1000, 1010, 1070, 1080, 1140, 1150, 1160, 1300, 1400, 1450, 1600, 1750}
	costCapitals    = [13]int64{0, 1000, 1020, 1380, 1700, 2000, 2150, 2300, 2500, 2700, 2900, 3100, 3300}
)
