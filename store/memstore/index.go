package memstore

import "hash/maphash"

// index finds records by key: open addressing over slots of eight bytes, the
// upper half a hash of the key, the lower half its record's location. It is
// split into parts that grow one by one, so that no single call pays for
// moving all of it. The seed is the process's own: nobody outside can choose
// ids that collide, and nothing of it is ever written down.
type index struct {
	seed  maphash.Seed
	parts [numParts]part
	n     int
}

const (
	partBits = 6
	numParts = 1 << partBits
)

type part struct {
	slots []uint64 // 0: empty; the length is a power of two
	n     int
}

func newIndex() index { return index{seed: maphash.MakeSeed()} }

// hash of a key: the part in the upper bits, the slot in the lower ones.
func (x *index) hash(source uint32, id string) uint64 {
	return mix(maphash.String(x.seed, id), source)
}

func (x *index) hashBytes(source uint32, id []byte) uint64 {
	return mix(maphash.Bytes(x.seed, id), source)
}

func mix(h uint64, source uint32) uint64 {
	h ^= uint64(source) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

func (x *index) part(hash uint64) *part { return &x.parts[hash>>(64-partBits)] }

func slotOf(hash uint64, l loc) uint64 { return hash<<32 | uint64(l) }

// add enters the location of a key that is not there.
func (x *index) add(hash uint64, l loc) {
	p := x.part(hash)
	if p.n*5 >= len(p.slots)*4 {
		p.grow()
	}
	p.put(slotOf(hash, l))
	p.n++
	x.n++
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

// at returns the slot that holds a known key's location.
func (p *part) at(s uint64) int {
	mask := len(p.slots) - 1
	i := int(s>>32) & mask
	for p.slots[i] != s {
		i = (i + 1) & mask
	}
	return i
}

// move replaces the location of a known key.
func (x *index) move(hash uint64, from, to loc) {
	p := x.part(hash)
	p.slots[p.at(slotOf(hash, from))] = slotOf(hash, to)
}

// remove forgets a known key, and shifts those behind it back.
func (x *index) remove(hash uint64, l loc) {
	p := x.part(hash)
	mask := len(p.slots) - 1
	hole := p.at(slotOf(hash, l))
	for i := (hole + 1) & mask; p.slots[i] != 0; i = (i + 1) & mask {
		if home := int(p.slots[i]>>32) & mask; (i-home)&mask >= (i-hole)&mask {
			p.slots[hole] = p.slots[i]
			hole = i
		}
	}
	p.slots[hole] = 0
	p.n--
	x.n--
}
