package rank

import "math/bits"

// sparse maps few of many small numbers to values, by open addressing with linear
// probing. Nothing is ever taken out. The zero value is empty.
type sparse struct {
	keys []uint32 // key+1, or 0 for a free place; the length is a power of two
	vals []int64
	n    int
}

func (s *sparse) get(key uint32) (int64, bool) {
	if s.n == 0 {
		return 0, false
	}
	at := s.find(key)
	return s.vals[at], s.keys[at] != 0
}

func (s *sparse) put(key uint32, v int64) {
	if 4*(s.n+1) > 3*len(s.keys) {
		s.grow()
	}
	at := s.find(key)
	if s.keys[at] == 0 {
		s.keys[at] = key + 1
		s.n++
	}
	s.vals[at] = v
}

// find returns the place of a key, or the free one where it would be.
func (s *sparse) find(key uint32) int {
	mask := len(s.keys) - 1
	// Fibonacci hashing: the upper bits of the product are well mixed.
	at := int(key*2654435769>>1) >> (31 - bits.Len(uint(mask)))
	for s.keys[at] != 0 && s.keys[at] != key+1 {
		at = (at + 1) & mask
	}
	return at
}

func (s *sparse) grow() {
	old := *s
	size := max(8, 2*len(old.keys))
	s.keys, s.vals = make([]uint32, size), make([]int64, size)
	for i, k := range old.keys {
		if k != 0 {
			at := s.find(k - 1)
			s.keys[at], s.vals[at] = k, old.vals[i]
		}
	}
}

// each yields all keys in no particular order.
func (s *sparse) each(yield func(key uint32, v int64)) {
	for at, k := range s.keys {
		if k != 0 {
			yield(k-1, s.vals[at])
		}
	}
}
