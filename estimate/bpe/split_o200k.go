package bpe

// o200k cuts text as the o200k_base and o200k_harmony encodings do. Their
// published pattern is, alternative by alternative:
//
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	\p{N}{1,3}
//	 ?[^\s\p{L}\p{N}]+[\r\n/]*
//	\s*[\r\n]+
//	\s+(?!\S)
//	\s+
//
// Tekken's pattern is the same without the contractions, and with \p{N} alone.
//
// pieceO200k returns the end of the piece that begins at i < len(b). It
// decides by the first byte as long as it sees ASCII, and leaves everything
// else to runePieceO200k.
func (t *classTable) pieceO200k(b []byte, i int, rules o200kRule) int {
	c := b[i]
	j := i + 1
	switch ascii[c] {
	case lower:
		j = lowerEnd(b, j)
	case upper:
		j = capitalsEnd(b, j)
	case number:
		for ; j < len(b) && j < i+rules.digits; j++ {
			if ascii[b[j]] != number {
				if b[j] >= 0x80 {
					return t.runePieceO200k(b, i, rules)
				}
				break
			}
		}
		return j
	case space:
		if j == len(b) {
			return j
		}
		next := ascii[b[j]]
		switch {
		case next == 0:
			return t.runePieceO200k(b, i, rules)
		case next == space || isLineEnd(c):
			return t.spaceEnd(b, i)
		case next == lower:
			j = lowerEnd(b, j+1)
		case next == upper:
			j = capitalsEnd(b, j+1)
		case next == other && c == ' ':
			return t.symbolsO200k(b, i, j+1, rules)
		default:
			return j
		}
	case other:
		if j == len(b) {
			return j
		}
		switch ascii[b[j]] {
		case 0:
			return t.runePieceO200k(b, i, rules)
		case lower:
			j = lowerEnd(b, j+1)
		case upper:
			j = capitalsEnd(b, j+1)
		default:
			return t.symbolsO200k(b, i, j, rules)
		}
	default:
		return t.runePieceO200k(b, i, rules)
	}
	// A word ends here, unless it goes on beyond ASCII.
	if j < len(b) {
		if b[j] >= 0x80 {
			return t.runePieceO200k(b, i, rules)
		}
		if b[j] == '\'' {
			return rules.contraction(b, j)
		}
	}
	return j
}

// o200kRule is what o200k and Tekken differ in.
type o200kRule struct {
	digits       int // numbers of a piece, at most
	contractions bool
}

var (
	o200kRules  = o200kRule{3, true}
	tekkenRules = o200kRule{1, false}
)

// contraction returns the end of a contraction at i, or i.
func (r o200kRule) contraction(b []byte, i int) int {
	if !r.contractions {
		return i
	}
	return contractionEnd(b, i)
}

// capitalsEnd returns the end of a word of capitals followed by small letters,
// both possibly none.
func capitalsEnd(b []byte, j int) int {
	for j < len(b) && b[j]-'A' < 26 {
		j++
	}
	return lowerEnd(b, j)
}

// symbolsO200k returns the end of the run of symbols that goes on at j, and of
// the line ends and slashes after it, in the piece that begins at i.
func (t *classTable) symbolsO200k(b []byte, i, j int, rules o200kRule) int {
	for j < len(b) && ascii[b[j]] == other {
		j++
	}
	if j < len(b) && b[j] >= 0x80 {
		return t.runePieceO200k(b, i, rules)
	}
	for j < len(b) && (isLineEnd(b[j]) || b[j] == '/') {
		j++
	}
	return j
}

// runePieceO200k is pieceO200k for any text. It follows the pattern as a
// backtracking matcher would: the optional character before a word is tried
// taken first, and then not.
func (t *classTable) runePieceO200k(b []byte, i int, rules o200kRule) int {
	first, n := t.at(b, i)
	if first&(space|symbol) != 0 && !isLineEnd(b[i]) {
		// A mark may be the character before the word, or begin the word; the
		// latter only if the former gives nothing the first alternative takes.
		if end, small := t.wordEnd(b, i+n); end > 0 && (small || first != mark) {
			return rules.contraction(b, end)
		}
	}
	switch {
	case first&(letter|mark) != 0:
		end, _ := t.wordEnd(b, i)
		return rules.contraction(b, end)
	case first == number:
		return t.numberEnd(b, i, rules.digits)
	}
	j := i
	if b[i] == ' ' && i+1 < len(b) {
		if next, _ := t.at(b, i+1); next&symbol != 0 {
			j = i + 1
		}
	}
	if end := t.runEnd(b, j, symbol); end > j {
		for end < len(b) && (isLineEnd(b[end]) || b[end] == '/') {
			end++
		}
		return end
	}
	return t.spaceEnd(b, i)
}

// wordEnd returns the end of the word that begins at i, or 0 if there is none,
// and whether it is of the first alternative: one that ends in a character
// other than a capital.
//
// The openers are taken greedily. If a small letter follows, all that may
// close the word is taken too. Otherwise the openers give characters back
// until the last of them can be the close: the word then ends after it.
func (t *classTable) wordEnd(b []byte, i int) (end int, small bool) {
	j, closed := i, 0
	for j < len(b) {
		c := b[j]
		if c >= 0xE5 && c <= 0xE9 { // Han, see runEnd
			j += 3
			closed = j
			continue
		}
		cl, n := t.at(b, j)
		if cl&opener == 0 {
			if cl == lower {
				return t.runEnd(b, j+n, closer), true
			}
			break
		}
		j += n
		if cl&closer != 0 {
			closed = j
		}
	}
	switch {
	case closed > 0:
		return closed, true
	case j > i:
		return j, false
	}
	return 0, false
}
