package bpe

import (
	"encoding/binary"
	"math/bits"
)

// The scanners below look at eight bytes at a time. For a byte whose high bit
// is clear, adding 0x80 − x sets the high bit if and only if it is at least x.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// lowerEnd returns the end of the run of a–z that begins at i.
func lowerEnd(b []byte, i int) int {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		y := x &^ highs
		in := (y + (0x80-'a')*ones) &^ (y + (0x80-'z'-1)*ones) &^ x & highs
		if in != highs {
			return i + bits.TrailingZeros64(in^highs)>>3
		}
		i += 8
	}
	for i < len(b) && b[i]-'a' < 26 {
		i++
	}
	return i
}

// letterEnd returns the end of the run of a–z and A–Z that begins at i.
func letterEnd(b []byte, i int) int {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		y := (x | 0x20*ones) &^ highs
		in := (y + (0x80-'a')*ones) &^ (y + (0x80-'z'-1)*ones) &^ x & highs
		if in != highs {
			return i + bits.TrailingZeros64(in^highs)>>3
		}
		i += 8
	}
	for i < len(b) && (b[i]|0x20)-'a' < 26 {
		i++
	}
	return i
}

// contractionEnd returns the end of 's, 't, 're, 've, 'm, 'll or 'd at i, in
// either case, or i if there is none. As in Unicode's folding of case, the
// long s (U+017F) is an s.
func contractionEnd(b []byte, i int) int {
	if i+1 >= len(b) || b[i] != '\'' {
		return i
	}
	switch b[i+1] | 0x20 {
	case 's', 't', 'm', 'd':
		return i + 2
	case 'r', 'v':
		if i+2 < len(b) && b[i+2]|0x20 == 'e' {
			return i + 3
		}
	case 'l':
		if i+2 < len(b) && b[i+2]|0x20 == 'l' {
			return i + 3
		}
	}
	if i+2 < len(b) && b[i+1] == 0xC5 && b[i+2] == 0xBF {
		return i + 3
	}
	return i
}

// runEnd returns the end of the run of characters of the given classes that
// begins at i.
func (t *classTable) runEnd(b []byte, i int, set class) int {
	for i < len(b) {
		c := b[i]
		if c < 0x80 {
			if ascii[c]&set == 0 {
				return i
			}
			i++
			continue
		}
		// Between U+5000 and U+9FFF every character is a Han letter.
		if set&caseless != 0 && c >= 0xE5 && c <= 0xE9 {
			i += 3
			continue
		}
		r, n := decode(b, i)
		if t.of(r)&set == 0 {
			return i
		}
		i += n
	}
	return i
}

// at returns the class of the character at i and its length in bytes.
func (t *classTable) at(b []byte, i int) (class, int) {
	if c := b[i]; c < 0x80 {
		return ascii[c], 1
	}
	r, n := decode(b, i)
	return t.of(r), n
}

// numberEnd returns the end of a run of at most so many numbers.
func (t *classTable) numberEnd(b []byte, i, most int) int {
	for range most {
		if i == len(b) {
			break
		}
		cl, n := t.at(b, i)
		if cl != number {
			break
		}
		i += n
	}
	return i
}

// spaceEnd returns the end of the piece that begins at i with white space: up
// to the last line end of the run; without one all of it at the end of the
// text, and all but the last character before other text, to which that one
// belongs.
func (t *classTable) spaceEnd(b []byte, i int) int {
	line, last, end := -1, i, i
	for end < len(b) {
		cl, n := t.at(b, end)
		if cl != space {
			break
		}
		last = end
		end += n
		if n == 1 && (b[last] == '\n' || b[last] == '\r') {
			line = end
		}
	}
	switch {
	case line >= 0:
		return line
	case end == len(b) || last == i:
		return end
	}
	return last
}

func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }
