package tiers

import (
	"encoding/binary"
	"slices"
)

// The days of a Kept are written one after the other: how many days after the
// one before, how long the packed day is, the packed day. Days of which only is
// known that they were active are most of them, once somebody has been there for
// a year; those that look alike are written as one, with a bit for every day
// from the first on.

// runMark begins a packed day that stands for many; no set of facets has its
// number. After it: how long the packed day is that they all are, that day, bits.
const (
	runMark  = 0
	bareMark = 1 // the number of the set without any facet
)

// maxRun is how many days one run spans at most.
const maxRun = 1024

// days reads the days of a Kept one after the other.
type days struct {
	rest []byte
	day  Day
	body []byte
	bad  bool

	first Day    // of the run
	bits  []byte // of the run, nil outside of one
	at    int    // the next bit
}

func (d *days) next() bool {
	if d.nextOfRun() {
		return true
	}
	if len(d.rest) == 0 || d.bad {
		return false
	}
	delta, n := binary.Uvarint(d.rest)
	if n <= 0 || delta > 1<<30 {
		d.bad = true
		return false
	}
	size, m := binary.Uvarint(d.rest[n:])
	if m <= 0 || size == 0 || size > uint64(len(d.rest)-n-m) {
		d.bad = true
		return false
	}
	d.day += Day(delta)
	d.body, d.rest = d.rest[n+m:n+m+int(size)], d.rest[n+m+int(size):]
	if d.body[0] != runMark {
		return true
	}
	if len(d.body) < 2 || int(d.body[1]) > len(d.body)-2 {
		d.bad = true
		return false
	}
	d.first, d.at = d.day, 0
	d.body, d.bits = d.body[2:2+d.body[1]], d.body[2+d.body[1]:]
	return d.nextOfRun()
}

// nextOfRun goes on to the next day of the run; false at its end.
func (d *days) nextOfRun() bool {
	for ; d.at < 8*len(d.bits); d.at++ {
		if d.bits[d.at/8]&(1<<(d.at%8)) != 0 {
			d.day = d.first + Day(d.at)
			d.at++
			return true
		}
	}
	d.bits = nil
	return false
}

// keptWriter writes days in their order. It is memory to be used again.
type keptWriter struct {
	b    []byte
	last Day // that was written

	like       []byte // what all days of the run are
	first, end Day
	n          int // how many days the run has
	bits       []byte
}

func (w *keptWriter) reset() { w.b, w.last, w.n = w.b[:0], 0, 0 }

// bare reports whether nothing is known of a packed day but that it was active.
func bare(body []byte) bool { return body[0] == bareMark && len(body) <= 0xff }

// put writes a packed day.
func (w *keptWriter) put(day Day, body []byte) {
	if w.n > 0 && (day-w.first >= maxRun || !slices.Equal(w.like, body)) {
		w.endRun()
	}
	if !bare(body) {
		w.one(day, body)
		return
	}
	if w.n == 0 {
		w.like, w.first, w.bits = append(w.like[:0], body...), day, w.bits[:0]
	}
	for int(day-w.first) >= 8*len(w.bits) {
		w.bits = append(w.bits, 0)
	}
	w.bits[(day-w.first)/8] |= 1 << ((day - w.first) % 8)
	w.end = day
	w.n++
}

func (w *keptWriter) one(day Day, body []byte) {
	w.head(day, len(body))
	w.b = append(w.b, body...)
	w.last = day
}

func (w *keptWriter) head(day Day, size int) {
	w.b = binary.AppendUvarint(w.b, uint64(day-w.last))
	w.b = binary.AppendUvarint(w.b, uint64(size))
}

// endRun writes the run.
func (w *keptWriter) endRun() {
	if w.n == 1 {
		w.one(w.first, w.like)
	} else {
		w.head(w.first, 2+len(w.like)+len(w.bits))
		w.b = append(w.b, runMark, byte(len(w.like)))
		w.b = append(append(w.b, w.like...), w.bits...)
		w.last = w.end
	}
	w.n = 0
}

// bytes returns a copy of what was written.
func (w *keptWriter) bytes() []byte {
	if w.n > 0 {
		w.endRun()
	}
	return slices.Clip(append([]byte(nil), w.b...))
}
