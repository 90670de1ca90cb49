package bpe

// pieceCl100k cuts text as the cl100k_base encoding does. Its published
// pattern is, alternative by alternative:
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)
//	[^\r\n\p{L}\p{N}]?\p{L}+
//	\p{N}{1,3}
//	 ?[^\s\p{L}\p{N}]+[\r\n]*
//	\s*[\r\n]+
//	\s+(?!\S)
//	\s+
//
// (Later releases write it with \s++$ before the last ones. That joins a line
// end with blanks after it at the end of the text, which no token of the
// vocabulary spans: the tokens are the same.)
//
// Qwen's pattern is the same with \p{N} alone: digits is how many numbers a
// piece has at most.
//
// It returns the end of the piece that begins at i < len(b), decides by the
// first byte as long as it sees ASCII, and leaves everything else to
// runePieceCl100k.
func (t *classTable) pieceCl100k(b []byte, i, digits int) int {
	c := b[i]
	j := i + 1
	switch ascii[c] {
	case lower, upper:
		j = letterEnd(b, j)
	case number:
		for ; j < len(b) && j < i+digits; j++ {
			if ascii[b[j]] != number {
				if b[j] >= 0x80 {
					return t.runePieceCl100k(b, i, digits)
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
			return t.runePieceCl100k(b, i, digits)
		case next == space || isLineEnd(c):
			return t.spaceEnd(b, i)
		case next&letter != 0:
			j = letterEnd(b, j+1)
		case next == other && c == ' ':
			return t.symbolsCl100k(b, i, j+1, digits)
		default:
			return j
		}
	case other:
		if c == '\'' {
			if end := contractionEnd(b, i); end > i {
				return end
			}
		}
		if j == len(b) {
			return j
		}
		switch next := ascii[b[j]]; {
		case next == 0:
			return t.runePieceCl100k(b, i, digits)
		case next&letter != 0:
			j = letterEnd(b, j+1)
		default:
			return t.symbolsCl100k(b, i, j, digits)
		}
	default:
		return t.runePieceCl100k(b, i, digits)
	}
	if j < len(b) && b[j] >= 0x80 {
		return t.runePieceCl100k(b, i, digits)
	}
	return j
}

// symbolsCl100k returns the end of the run of symbols that goes on at j, and of
// the line ends after it, in the piece that begins at i.
func (t *classTable) symbolsCl100k(b []byte, i, j, digits int) int {
	for j < len(b) && ascii[b[j]] == other {
		j++
	}
	if j < len(b) && b[j] >= 0x80 {
		return t.runePieceCl100k(b, i, digits)
	}
	for j < len(b) && isLineEnd(b[j]) {
		j++
	}
	return j
}

// runePieceCl100k is pieceCl100k for any text.
func (t *classTable) runePieceCl100k(b []byte, i, digits int) int {
	if end := contractionEnd(b, i); end > i {
		return end
	}
	first, n := t.at(b, i)
	switch {
	case first&letter != 0:
		return t.runEnd(b, i+n, letter)
	case first == number:
		return t.numberEnd(b, i, digits)
	case !isLineEnd(b[i]):
		if end := t.runEnd(b, i+n, letter); end > i+n {
			return end
		}
	}
	j := i
	if b[i] == ' ' && i+1 < len(b) {
		if next, _ := t.at(b, i+1); next&symbol != 0 {
			j = i + 1
		}
	}
	if end := t.runEnd(b, j, symbol); end > j {
		for end < len(b) && isLineEnd(b[end]) {
			end++
		}
		return end
	}
	return t.spaceEnd(b, i)
}
