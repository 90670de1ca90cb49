package bpe

// pieceGPT2 cuts text as GPT-2 does, and the r50k_base and p50k_base encodings.
// Its published pattern is, alternative by alternative:
//
//	's|'t|'re|'ve|'m|'ll|'d
//	 ?\p{L}+
//	 ?\p{N}+
//	 ?[^\s\p{L}\p{N}]+
//	\s+(?!\S)
//	\s+
//
// It returns the end of the piece that begins at i < len(b).
func (t *classTable) pieceGPT2(b []byte, i int) int {
	if b[i] == '\'' {
		if end := smallContractionEnd(b, i); end > i {
			return end
		}
	}
	first, n := t.at(b, i)
	j := i
	if b[i] == ' ' && i+1 < len(b) {
		j++
		first, n = t.at(b, j)
	}
	switch {
	case first&letter != 0:
		return t.runEnd(b, j+n, letter)
	case first == number:
		return t.runEnd(b, j+n, number)
	case first&symbol != 0:
		return t.runEnd(b, j+n, symbol)
	}
	return t.blanksEnd(b, i, t.runEnd(b, i, space))
}

// smallContractionEnd is contractionEnd for small letters alone.
func smallContractionEnd(b []byte, i int) int {
	rest := b[i+1:]
	if len(rest) > 0 && (rest[0] == 's' || rest[0] == 't' || rest[0] == 'm' || rest[0] == 'd') {
		return i + 2
	}
	if len(rest) > 1 {
		if two := string(rest[:2]); two == "re" || two == "ve" || two == "ll" {
			return i + 3
		}
	}
	return i
}

// blanksEnd returns the end of a piece of white space that begins at i, in a
// run that ends at end: all of it at the end of the text, and all but the last
// character before other text, to which that one may belong.
func (t *classTable) blanksEnd(b []byte, i, end int) int {
	if end == len(b) {
		return end
	}
	last := end - 1
	for last > i && b[last]&0xC0 == 0x80 {
		last--
	}
	if last == i {
		return end
	}
	return last
}
