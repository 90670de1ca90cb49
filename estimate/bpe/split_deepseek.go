package bpe

import "unicode"

// pieceDeepSeek cuts text as DeepSeek V3 and R1 do. Their tokenizer.json cuts
// in three steps, each within the parts that the one before made:
//
//	\p{N}{1,3}
//	[一-龥぀-ゟ゠-ヿ]+
//	[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//
// So the third sees three kinds of parts, each as a text of its own: numbers,
// which it leaves as they are; runs of the second step's characters; and what
// lies between. What no alternative takes is a piece of its own, up to the next
// that one does.
//
// It returns the end of the piece that begins at i < len(b).
func (t *classTable) pieceDeepSeek(b []byte, i int) int {
	first, n := t.at(b, i)
	if first == number {
		return t.numberEnd(b, i, 3)
	}
	kana := isKanaOrHan(b, i)
	if end := t.restDeepSeek(b, i, kana); end > i {
		return end
	}
	for j := i + n; j < len(b); {
		cl, n := t.at(b, j)
		if cl == number || isKanaOrHan(b, j) != kana || t.restDeepSeek(b, j, kana) > j {
			return j
		}
		j += n
	}
	return len(b)
}

// restDeepSeek returns the end of the piece of the third step at i, or i. kana
// says which kind of part is cut.
func (t *classTable) restDeepSeek(b []byte, i int, kana bool) int {
	c := b[i]
	if ascii[c] == other && c > ' ' && c != 0x7F && i+1 < len(b) && ascii[b[i+1]]&(upper|lower) != 0 {
		return letterEnd(b, i+1)
	}
	first, n := t.at(b, i)
	// A word, after at most one character that is no letter, sign or line end.
	if first&letter == 0 && !isLineEnd(c) && !t.isSign(b, i) {
		if end := t.wordEndDeepSeek(b, i+n, kana); end > i+n {
			return end
		}
	}
	if end := t.wordEndDeepSeek(b, i, kana); end > i {
		return end
	}
	j := i
	if c == ' ' {
		j++
	}
	if end := t.signsEnd(b, j, kana); end > j {
		for end < len(b) && isLineEnd(b[end]) && !kana {
			end++
		}
		return end
	}
	if first != space {
		return i
	}
	end, line := i, -1
	for end < len(b) {
		cl, n := t.at(b, end)
		if cl != space {
			break
		}
		if isLineEnd(b[end]) {
			line = end + 1
		}
		end += n
	}
	if line >= 0 {
		return line
	}
	if end < len(b) {
		if cl, _ := t.at(b, end); cl == number || isKanaOrHan(b, end) {
			return end
		}
	}
	return t.blanksEnd(b, i, end)
}

// wordEndDeepSeek returns the end of the run of letters and marks at i.
func (t *classTable) wordEndDeepSeek(b []byte, i int, kana bool) int {
	for i < len(b) && isKanaOrHan(b, i) == kana {
		cl, n := t.at(b, i)
		if cl&(letter|mark) == 0 {
			break
		}
		i += n
	}
	return i
}

// signsEnd returns the end of the run of punctuation and symbols at i.
func (t *classTable) signsEnd(b []byte, i int, kana bool) int {
	for i < len(b) && isKanaOrHan(b, i) == kana && t.isSign(b, i) {
		_, n := t.at(b, i)
		i += n
	}
	return i
}

// isSign reports whether the character at i is punctuation or a symbol. Those
// beyond ASCII are told by the Unicode version of the Go toolchain.
func (t *classTable) isSign(b []byte, i int) bool {
	c := b[i]
	if c < 0x80 {
		return ascii[c] == other && c > ' ' && c != 0x7F
	}
	if cl, _ := t.at(b, i); cl != other {
		return false
	}
	r, _ := decode(b, i)
	return unicode.In(r, unicode.P, unicode.S)
}

// isKanaOrHan reports whether the character at i is of the second step: U+3040
// to U+30FF, or U+4E00 to U+9FA5.
func isKanaOrHan(b []byte, i int) bool {
	if c := b[i]; c < 0xE3 || c > 0xE9 {
		return false
	}
	r, _ := decode(b, i)
	return r >= 0x3040 && r <= 0x30FF || r >= 0x4E00 && r <= 0x9FA5
}
