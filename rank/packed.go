package rank

import (
	"encoding/binary"
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

func (p *packer) flush() {
	if p.n == 0 {
		return
	}
	p.packed.marks = append(p.packed.marks, packedMark{p.run[0].i, uint32(len(p.packed.data))})
	p.packed.data = slices.Grow(p.packed.data, packedRun*2*binary.MaxVarintLen64)
	buf, at := p.packed.data[:cap(p.packed.data)], len(p.packed.data)
	before := p.before
	for _, e := range p.run[:p.n] { // each as appendSum would
		sign := e.score >> 63
		head, magnitude := uint64(e.i-before)<<1|uint64(sign&1), uint64((e.score^sign)-sign)
		before = e.i
		for ; head >= 0x80; at++ {
			buf[at] = byte(head) | 0x80
			head >>= 7
		}
		buf[at] = byte(head)
		for at++; magnitude >= 0x80; at++ {
			buf[at] = byte(magnitude) | 0x80
			magnitude >>= 7
		}
		buf[at] = byte(magnitude)
		at++
	}
	p.packed.data = buf[:at]
	p.packed.n += p.n
	p.before, p.n = before, 0
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
	rest := p.data[p.marks[run].offset:]
	for j := range min(packedRun, p.n-run*packedRun) {
		var v int64
		var rise uint32
		rise, v, rest = nextSum(rest)
		if j > 0 {
			at += rise
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
	n := min(r.left, packedRun)
	data, at, pos := r.data, r.at, 0
	for j := range n {
		head := uint64(data[pos])
		if pos++; head >= 0x80 {
			head, pos = restOfUvarint(data, pos, head)
		}
		magnitude := uint64(data[pos])
		if pos++; magnitude >= 0x80 {
			magnitude &= 0x7f
			for shift := 7; ; shift += 7 {
				c := data[pos]
				pos++
				if magnitude |= uint64(c&0x7f) << (shift & 63); c < 0x80 {
					break
				}
			}
		}
		sign := int64(head & 1)
		at += uint32(head >> 1)
		buf[j&(packedRun-1)] = entry{(int64(magnitude) ^ -sign) + sign, at}
	}
	r.data, r.at, r.left = data[pos:], at, r.left-n
	return buf[:n]
}

func restOfUvarint(data []byte, pos int, v uint64) (uint64, int) {
	v &= 0x7f
	for shift := 7; ; shift += 7 {
		c := data[pos]
		pos++
		if v |= uint64(c&0x7f) << shift; c < 0x80 {
			return v, pos
		}
	}
}

// appendSum appends a sum and how far its member rose. It writes out the loops of
// binary.AppendUvarint, for it runs by the million.
func appendSum(dst []byte, rise uint64, v int64) []byte {
	head, magnitude := rise<<1, uint64(v)
	if v < 0 {
		head, magnitude = head|1, uint64(-v)
	}
	if cap(dst)-len(dst) < 2*binary.MaxVarintLen64 {
		dst = slices.Grow(dst, len(dst)+4096)
	}
	at, buf := len(dst), dst[:cap(dst)]
	for ; head >= 0x80; at++ {
		buf[at] = byte(head) | 0x80
		head >>= 7
	}
	buf[at] = byte(head)
	for at++; magnitude >= 0x80; at++ {
		buf[at] = byte(magnitude) | 0x80
		magnitude >>= 7
	}
	buf[at] = byte(magnitude)
	return buf[:at+1]
}

// nextSum reads what appendSum wrote; the bytes are known to be whole.
func nextSum(b []byte) (rise uint32, v int64, rest []byte) {
	head, n := uint64(b[0]), 1
	if head >= 0x80 {
		head, n = binary.Uvarint(b)
	}
	b = b[n:]
	magnitude, n := uint64(b[0]), 1
	if magnitude >= 0x80 {
		magnitude, n = binary.Uvarint(b)
	}
	if v = int64(magnitude); head&1 != 0 {
		v = -v
	}
	return uint32(head >> 1), v, b[n:]
}
