package rank

// blocks are the lists of members of all leaves of a ladder, in one array. A block
// begins at a multiple of four, and its handle is a fourth of that. Blocks that are
// free hang in a list per class, through their first member. The zero value has none.
type blocks struct {
	ids  []uint32
	free [32]uint32 // by class: handle+1 of the first
}

const blockUnit = 4

// blockRoom returns how many members a block of a class has room for: none, 4, 8, 16
// and so on.
func blockRoom(class uint8) int { return 2 << (class & 31) &^ 3 }

// classFor returns the class of the least block with room for n members.
func classFor(n int) uint8 {
	class := uint8(0)
	for blockRoom(class) < n {
		class++
	}
	return class
}

// of returns the first n members of a block.
func (s *blocks) of(block, n uint32) []uint32 {
	at := int(block) * blockUnit
	return s.ids[at : at+int(n)]
}

// get returns a block that is in no use.
func (s *blocks) get(class uint8) uint32 {
	if block := s.free[class]; block != 0 {
		s.free[class] = s.ids[int(block-1)*blockUnit]
		return block - 1
	}
	at, room := len(s.ids), blockRoom(class)
	if at+room > cap(s.ids) {
		s.ids = append(make([]uint32, 0, at+room+at/4), s.ids...)
	}
	s.ids = s.ids[:at+room]
	return uint32(at / blockUnit)
}

// put gives a block back.
func (s *blocks) put(block uint32, class uint8) {
	if class > 0 {
		s.ids[int(block)*blockUnit] = s.free[class]
		s.free[class] = block + 1
	}
}

// resize moves n members to a block of another class.
func (s *blocks) resize(block, n uint32, class, to uint8) uint32 {
	fresh := uint32(0)
	if to > 0 {
		fresh = s.get(to)
		copy(s.of(fresh, n), s.of(block, n))
	}
	s.put(block, class)
	return fresh
}

// reset gives all blocks back.
func (s *blocks) reset() { s.ids, s.free = s.ids[:0], [len(s.free)]uint32{} }
