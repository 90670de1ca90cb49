package bpe

import "encoding/binary"

// The caches remember the number of tokens of pieces. The key is the piece
// itself, so an answer is never another piece's. Each hash has two places: the
// newer piece takes the first, and the older one moves to the second.
//
// Three caches hold pieces by their length, so that the short ones, of which
// most text is made, lie close together.
type (
	shortCache [1 << cacheBits][2]uint64 // up to maxPacked bytes
	wordCache  [1 << cacheBits][2]words  // up to maxCached bytes
	longCache  [1 << longBits]longEntry  // up to maxKnown bytes; one place
)

const (
	cacheBits = 15
	longBits  = 16
	maxPacked = 7
	maxCached = 15
	maxKnown  = 62
)

// A short piece is kept in eight bytes, a word in sixteen: the bytes, the
// length from bit 56 of the last on, and the tokens from bit 60 on. An entry
// that is empty has length 0, which no piece has.
type words struct{ lo, hi uint64 }

const (
	entryCountShift  = 60
	entryLengthShift = 56
)

type longEntry struct {
	bytes  [maxKnown]byte
	size   uint8
	tokens uint8
}

// entryMask keeps the bytes of a piece of each length.
var entryMask = func() (m [maxCached + 1]words) {
	for n := range m {
		for i := range n {
			if i < 8 {
				m[n].lo |= 0xFF << (8 * i)
			} else {
				m[n].hi |= 0xFF << (8 * (i - 8))
			}
		}
	}
	return m
}()

// sixteen returns the first sixteen bytes of b, which are zeros past its end.
func sixteen(b []byte) (lo, hi uint64) {
	if len(b) >= 16 {
		return binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	}
	var tail [16]byte
	copy(tail[:], b)
	return binary.LittleEndian.Uint64(tail[:]), binary.LittleEndian.Uint64(tail[8:])
}

// shortHash and wordHash take keys without their tokens.
func shortHash(key uint64) uint64 {
	return key * 0xD6E8FEB86659FD93 >> (64 - cacheBits)
}

func wordHash(lo, hi uint64) uint64 {
	return (lo ^ hi*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93 >> (64 - cacheBits)
}

// longHash is of a piece of more than fifteen bytes.
func longHash(b []byte) uint64 {
	h := uint64(len(b))
	for i := 0; i+8 < len(b); i += 8 {
		h = (h ^ binary.LittleEndian.Uint64(b[i:])) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	h = (h ^ binary.LittleEndian.Uint64(b[len(b)-8:])) * 0xD6E8FEB86659FD93
	return h >> (64 - longBits)
}
