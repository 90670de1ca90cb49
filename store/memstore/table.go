package memstore

// table finds numbers by the hash of what they stand for: the locations of
// records by key, the numbers of texts. It is open addressing over slots of
// eight bytes, the upper half of a slot the lower half of the hash, its lower
// half the number. It is split into parts that grow one by one, so that no
// single call pays for moving all of it.
//
// The hashes are seeded at random in each store: nobody outside can choose
// what collides, and nothing of them is ever written down.
type table struct {
	parts [numParts]part
	n     int
}

const (
	partBits = 6
	numParts = 1 << partBits
)

type part struct {
	slots []uint64 // 0: empty, as no number is; the length is a power of two
	n     int
}

func (t *table) part(hash uint64) *part { return &t.parts[hash>>(64-partBits)] }

func slotOf(hash uint64, v uint32) uint64 { return hash<<32 | uint64(v) }

// touch loads the slot where a hash is looked for first.
func (t *table) touch(hash uint64) uint32 {
	p := t.part(hash)
	if p.n == 0 {
		return 0
	}
	return uint32(p.slots[int(uint32(hash))&(len(p.slots)-1)])
}

// guess returns the number most likely to be the one looked for, 0 for none.
func (t *table) guess(hash uint64) uint32 {
	p := t.part(hash)
	if p.n == 0 {
		return 0
	}
	mask := len(p.slots) - 1
	for i := int(uint32(hash)) & mask; p.slots[i] != 0; i = (i + 1) & mask {
		if uint32(p.slots[i]>>32) == uint32(hash) {
			return uint32(p.slots[i])
		}
	}
	return 0
}

// add enters a number that is not there.
func (t *table) add(hash uint64, v uint32) {
	p := t.part(hash)
	if p.n*5 >= len(p.slots)*4 {
		p.grow()
	}
	p.put(slotOf(hash, v))
	p.n++
	t.n++
}

func (p *part) grow() {
	old := p.slots
	p.slots = make([]uint64, max(8, 2*len(old)))
	for _, s := range old {
		if s != 0 {
			p.put(s)
		}
	}
}

func (p *part) put(s uint64) {
	mask := len(p.slots) - 1
	i := int(s>>32) & mask
	for p.slots[i] != 0 {
		i = (i + 1) & mask
	}
	p.slots[i] = s
}

// at returns the slot that holds s, which is there.
func (p *part) at(s uint64) int {
	mask := len(p.slots) - 1
	i := int(s>>32) & mask
	for p.slots[i] != s {
		i = (i + 1) & mask
	}
	return i
}

// move replaces a number that is there.
func (t *table) move(hash uint64, from, to uint32) {
	p := t.part(hash)
	p.slots[p.at(slotOf(hash, from))] = slotOf(hash, to)
}

// remove forgets a number that is there, and shifts those behind it back.
func (t *table) remove(hash uint64, v uint32) {
	p := t.part(hash)
	mask := len(p.slots) - 1
	hole := p.at(slotOf(hash, v))
	for i := (hole + 1) & mask; p.slots[i] != 0; i = (i + 1) & mask {
		if home := int(p.slots[i]>>32) & mask; (i-home)&mask >= (i-hole)&mask {
			p.slots[hole] = p.slots[i]
			hole = i
		}
	}
	p.slots[hole] = 0
	p.n--
	t.n--
}
