package bpe

import (
	"encoding/binary"
	"math/bits"
)

// count counts valid text until the count is above limit.
//
// Most pieces of most texts are a word in small letters with at most one other
// character before it, and short. The loop finds such a piece, and the key
// under which its count is remembered, in the same sixteen bytes; every other
// piece takes the long way.
func (e *Encoding) count(w *workspace, b []byte, limit int) (n int) {
	i := 0
	start := &wordStart[e.pattern]
	fold := uint64(0)
	if e.pattern == Cl100k {
		fold = 0x20 * ones // capitals are no borders
	}
	for i+16 <= len(b) && n <= limit {
		lo := binary.LittleEndian.Uint64(b[i:])
		kind := start[byte(lo)]
		if kind == noWord {
			j := e.pieceEnd(b, i)
			n += e.countPiece(w, b, i, j)
			i = j
			continue
		}
		var hi uint64
		size := smallLetters(lo&^0xFF | 'a' | fold)
		next := byte(lo >> (8 * size & 63))
		if size == 8 {
			hi = binary.LittleEndian.Uint64(b[i+8:])
			more := smallLetters(hi | fold)
			next = byte(hi >> (8 * more & 63))
			size += more
		}
		// The word must end in view, in ASCII, and not in a contraction.
		if size > maxCached || next >= 0x80 || next == '\'' || (size == 1 && kind != loneWord) {
			j := e.pieceEnd(b, i)
			n += e.countPiece(w, b, i, j)
			i = j
			continue
		}
		m := &entryMask[size]
		lo, hi = lo&m.lo, hi&m.hi|uint64(size)<<entryLengthShift
		entry := &w.cache[entryHash(lo, hi)]
		if entry.lo == lo && entry.hi<<4 == hi<<4 {
			n += int(entry.hi >> entryCountShift)
		} else {
			tokens := len(e.encodePiece(w, b[i:i+size]))
			*entry = cacheEntry{lo, hi | uint64(tokens)<<entryCountShift}
			n += tokens
		}
		i += size
	}
	for i < len(b) && n <= limit {
		j := e.pieceEnd(b, i)
		n += e.countPiece(w, b, i, j)
		i = j
	}
	return n
}

// smallLetters returns how many of the eight bytes, from the lowest on, are a–z.
func smallLetters(x uint64) int {
	y := x &^ highs
	in := (y + (0x80-'a')*ones) &^ (y + (0x80-'z'-1)*ones) &^ x & highs
	return bits.TrailingZeros64(in^highs) >> 3
}

// What the first byte of a piece says of the piece.
const (
	noWord    = iota // it takes the long way
	maybeWord        // a word, if small letters follow
	loneWord         // a word, whatever follows
)

// wordStart tells by pattern whether a byte can begin a word of small letters.
var wordStart = func() (t [Cl100k + 1][256]uint8) {
	for c, class := range ascii {
		switch class {
		case lower:
			t[O200k][c], t[Cl100k][c] = loneWord, loneWord
		case upper:
			t[O200k][c], t[Cl100k][c] = maybeWord, loneWord
		case space, other:
			if !isLineEnd(byte(c)) {
				t[O200k][c], t[Cl100k][c] = maybeWord, maybeWord
			}
		}
	}
	t[Cl100k]['\''] = noWord // a contraction is a piece of its own
	return t
}()

// countPiece returns the number of tokens of the piece b[i:j].
func (e *Encoding) countPiece(w *workspace, b []byte, i, j int) int {
	if j-i > maxCached {
		return len(e.encodePiece(w, b[i:j]))
	}
	lo, hi := entryKey(b, i, j)
	entry := &w.cache[entryHash(lo, hi)]
	if entry.lo == lo && entry.hi<<4 == hi<<4 {
		return int(entry.hi >> entryCountShift)
	}
	n := len(e.encodePiece(w, b[i:j]))
	*entry = cacheEntry{lo, hi | uint64(n)<<entryCountShift}
	return n
}
