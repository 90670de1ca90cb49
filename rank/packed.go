package rank

import "sort"

// packed holds the sums of a step that is over in a few bytes each, in runs, see
// sumRun. A mark for every run makes a sum findable. It is never changed, only
// replaced.
type packed struct {
	n     int
	data  []byte
	marks []sumMark
}

// done returns what was written, without spare room.
func (w *sumWriter) done() packed {
	return packed{w.n, append(make([]byte, 0, len(w.data)), w.data...), append(make([]sumMark, 0, len(w.marks)), w.marks...)}
}

func (p *packed) get(i uint32) int64 {
	run := sort.Search(len(p.marks), func(r int) bool { return p.marks[r].next > i }) - 1
	if run < 0 {
		return 0
	}
	mark := p.marks[run]
	return findSum(p.data, int(mark.offset), mark.next, min(sumRun, p.n-run*sumRun), i)
}

// each yields all sums in rising order of member.
func (p *packed) each(yield func(i uint32, v int64)) {
	var buf [sumRun]entry
	r := p.reader()
	for run := r.read(&buf); len(run) > 0; run = r.read(&buf) {
		for _, e := range run {
			yield(e.i, e.score)
		}
	}
}

// packedReader reads sums a run at a time, which is faster than one by one.
type packedReader struct {
	data []byte
	left int
	next uint64
}

func (p *packed) reader() packedReader { return packedReader{data: p.data, left: p.n} }

// read returns the next sums, by member, or none at the end.
func (r *packedReader) read(buf *[sumRun]entry) []entry {
	run := buf[:min(r.left, sumRun)]
	var end int
	end, r.next = readSums(r.data, 0, r.next, run)
	r.data, r.left = r.data[end:], r.left-len(run)
	return run
}
