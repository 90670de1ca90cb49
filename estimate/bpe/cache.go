package bpe

import "encoding/binary"

// cache remembers the number of tokens of short pieces. The key is the piece
// itself, so an answer is never another piece's. One place for each hash: a
// newer piece replaces the older one.
type cache [cacheSize]cacheEntry

const (
	cacheBits = 16
	cacheSize = 1 << cacheBits
	maxCached = 15 // bytes
)

// cacheEntry holds up to 15 bytes of a piece in 16: lo is its first eight, hi
// the other seven, its length in bits 56–59 and its tokens in bits 60–63. The
// empty entry has length 0, which no piece has.
type cacheEntry struct{ lo, hi uint64 }

const (
	entryCountShift  = 60
	entryLengthShift = 56
)

// entryMask keeps the bytes of a piece of each length.
var entryMask = func() (m [maxCached + 1]cacheEntry) {
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

// entryKey packs b[i:j], of 1 to 15 bytes, without a count.
func entryKey(b []byte, i, j int) (lo, hi uint64) {
	n := uint(j-i) & 15
	if len(b)-i >= 16 {
		lo = binary.LittleEndian.Uint64(b[i:])
		hi = binary.LittleEndian.Uint64(b[i+8:])
	} else {
		var tail [16]byte
		copy(tail[:], b[i:j])
		lo = binary.LittleEndian.Uint64(tail[:])
		hi = binary.LittleEndian.Uint64(tail[8:])
	}
	m := &entryMask[n]
	return lo & m.lo, hi&m.hi | uint64(n)<<entryLengthShift
}

func entryHash(lo, hi uint64) uint64 {
	h := (lo ^ hi*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return h >> (64 - cacheBits)
}
