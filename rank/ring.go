package rank

import "time"

// ring holds the raw sums of every subject and step that a window, its history
// or the step ahead can show. Step k lives in column k mod len(cols), so sliding
// moves nothing.
type ring struct {
	window  Window
	history int64
	cols    []*column
	none    column // stands for every step without sums; never written
	members members

	started bool
	now     int64 // the newest step of the window
	oldest  int64 // the oldest step kept: the first of the oldest view
	head    int   // column of step now

	// The whole seconds since 1970 that lie in step now of a rolling window, and
	// its column: the fast way for what happens now.
	beginSec, endSec int64
	today            *column

	// limit is so small that sums of that size, one a column, cannot leave
	// int64. While no column holds a greater one, no total needs a check.
	limit int64
	big   int // sums beyond limit
}

func newRing(w Window, history int) *ring {
	n := w.Steps() + history + 1
	r := &ring{
		window:  w,
		history: int64(history),
		cols:    make([]*column, n),
		limit:   (1<<63 - 1) / int64(n),
	}
	for at := range r.cols {
		r.cols[at] = &r.none
	}
	return r
}

// step returns the number of the step that holds t; false if t is beyond what
// any window can hold.
func (r *ring) step(t time.Time) (int64, bool) {
	if sec := t.Unix(); sec >= r.beginSec && sec < r.endSec {
		return r.now, true
	}
	return r.window.index(t)
}

// column returns the column of a step from r.oldest to r.now+1, to be read.
func (r *ring) column(k int64) *column { return r.cols[r.place(k)] }

// own returns the column of a step from r.oldest to r.now+1, to be written.
func (r *ring) own(k int64) *column {
	at := r.place(k)
	if r.cols[at] == &r.none {
		r.cols[at] = new(column)
		r.today = r.cols[r.head]
	}
	return r.cols[at]
}

func (r *ring) place(k int64) int {
	at := r.head + int(k-r.now)
	if at < 0 {
		at += len(r.cols)
	} else if at >= len(r.cols) {
		at -= len(r.cols)
	}
	return at
}

// keeps reports whether step k has a column.
func (r *ring) keeps(k int64) bool { return r.started && k >= r.oldest && k <= r.now+1 }

// slide makes k the newest step and forgets what no view can show any more.
func (r *ring) slide(k int64) {
	oldest := r.window.first(k - r.history)
	if r.started {
		for s := r.oldest; s < oldest && s <= r.now+1; s++ {
			at := r.place(s)
			r.big -= r.cols[at].big
			r.cols[at] = &r.none
		}
	}
	r.started, r.now = true, k
	r.oldest = oldest
	r.head = int(k % int64(len(r.cols)))
	if r.head < 0 {
		r.head += len(r.cols)
	}
	r.today = r.cols[r.head]
	r.close()
	if r.window.Period == Rolling {
		r.beginSec = -floorDiv(-k*int64(r.window.Step), nanosPerSecond)
		r.endSec = floorDiv((k+1)*int64(r.window.Step), nanosPerSecond)
	}
}

// close packs the step before yesterday, so to speak: late events of yesterday
// are common. Of the older ones, which late events have opened again, it packs one
// a slide.
func (r *ring) close() {
	if r.now-2 >= r.oldest {
		r.column(r.now - 2).pack()
	}
	for k := r.now - 3; k >= r.oldest; k-- {
		if c := r.column(k); !c.isPacked() {
			c.pack()
			return
		}
	}
}

// small reports whether v cannot make any total leave int64.
func (r *ring) small(v int64) bool { return v <= r.limit && v >= -r.limit }

// countBig notes that a sum of column c went from old to v.
func (r *ring) countBig(c *column, old, v int64) {
	d := 0
	if !r.small(old) {
		d--
	}
	if !r.small(v) {
		d++
	}
	c.big += d
	r.big += d
}
