package rank

import (
	"iter"
	"math/bits"
)

// bitset is a set of members; nil is empty.
type bitset []uint64

func (s bitset) has(i uint32) bool {
	return int(i>>6) < len(s) && s[i>>6]>>(i&63)&1 != 0
}

func (s *bitset) set(i uint32, in bool) {
	for int(i>>6) >= len(*s) {
		if !in {
			return
		}
		*s = append(*s, 0)
	}
	if in {
		(*s)[i>>6] |= 1 << (i & 63)
	} else {
		(*s)[i>>6] &^= 1 << (i & 63)
	}
}

// reach makes room for n members.
func (s *bitset) reach(n int) {
	for len(*s) < (n+63)/64 {
		*s = append(*s, 0)
	}
}

func (s bitset) clone() bitset { return append(bitset(nil), s...) }

func (s bitset) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for w, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(uint32(w<<6 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}
