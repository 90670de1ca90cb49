package rank

import (
	"slices"
	"sort"
)

// packed holds the sums of a step that is over in a few bytes each: members in
// rising order, each as (rise·2 + sign, magnitude) in varints. A mark every
// packedRun sums makes one of them findable. It is never changed, only replaced.
type packed struct {
	n     int
	data  []byte
	marks []packedMark
}

// packedMark is where a run of sums begins, and the member of its first.
type packedMark struct {
	member uint32
	offset uint32
}

const packedRun = 64

// packer makes a packed of sums that arrive in rising order of member. It gathers
// a run and writes it at once.
type packer struct {
	packed packed
	before uint32
	run    [packedRun]entry
	n      int // sums of the run
}

func (p *packer) add(i uint32, v int64) {
	p.run[p.n&(packedRun-1)] = entry{v, i}
	if p.n++; p.n == packedRun {
		p.flush()
	}
}

// addAll adds the sums of all members that have one.
func (p *packer) addAll(sums []int64) {
	n := p.n
	for i, v := range sums {
		p.run[n&(packedRun-1)] = entry{v, uint32(i)}
		if v != 0 { // no branch, but a conditional move
			n++
		}
		if n == packedRun {
			p.n = n
			p.flush()
			n = 0
		}
	}
	p.n = n
}

func (p *packer) flush() {
	if p.n == 0 {
		return
	}
	p.packed.marks = append(p.packed.marks, packedMark{p.run[0].i, uint32(len(p.packed.data))})
	p.packed.data = slices.Grow(p.packed.data, packedRun*sumRoom)
	buf, at := p.packed.data[:cap(p.packed.data)], len(p.packed.data)
	p.packed.data = buf[:putSums(buf, at, p.before, p.run[:p.n])]
	p.packed.n += p.n
	p.before, p.n = p.run[p.n-1].i, 0
}

// done returns what was packed, without spare room.
func (p *packer) done() packed {
	p.flush()
	p.packed.data = append(make([]byte, 0, len(p.packed.data)), p.packed.data...)
	p.packed.marks = append(make([]packedMark, 0, len(p.packed.marks)), p.packed.marks...)
	return p.packed
}

func (p *packed) get(i uint32) int64 {
	run := sort.Search(len(p.marks), func(r int) bool { return p.marks[r].member > i }) - 1
	if run < 0 {
		return 0
	}
	at := p.marks[run].member
	pos := int(p.marks[run].offset)
	for j := range min(packedRun, p.n-run*packedRun) {
		var v int64
		var rise uint64
		rise, v, pos = nextSum(p.data, pos)
		if j > 0 {
			at += uint32(rise)
		}
		if at >= i {
			if at == i {
				return v
			}
			return 0
		}
	}
	return 0
}

// each yields all sums in rising order of member.
func (p *packed) each(yield func(i uint32, v int64)) {
	var buf [packedRun]entry
	for r := p.reader(); ; {
		sums := r.next(&buf)
		for _, e := range sums {
			yield(e.i, e.score)
		}
		if len(sums) == 0 {
			return
		}
	}
}

// packedReader reads sums a run at a time, which is twice as fast as one by one.
type packedReader struct {
	data []byte
	left int
	at   uint32
}

func (p *packed) reader() packedReader { return packedReader{data: p.data, left: p.n} }

// next returns the next sums, by member, or none at the end.
func (r *packedReader) next(buf *[packedRun]entry) []entry {
	run := buf[:min(r.left, packedRun)]
	pos := 0
	for n := 0; n < len(run); {
		var some int
		if some, pos = commonSums(r.data, pos, r.at, run[n:]); some > 0 {
			n += some
			r.at = run[n-1].i
			continue
		}
		rise, v, end := nextSum(r.data, pos)
		r.at += uint32(rise)
		run[n] = entry{v, r.at}
		n, pos = n+1, end
	}
	r.data, r.left = r.data[pos:], r.left-len(run)
	return run
}
