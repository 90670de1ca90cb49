package rank

import (
	"cmp"
	"slices"
)

// column holds the raw sums of one step, by member. While the step is young they
// lie open in one array. Later they are packed: into half the array if most members
// have one, into a few bytes each otherwise; what does not fit, and what still
// changes, lies beside. A column that few members touch is never opened.
type column struct {
	dense  []int64 // if not nil, all sums; members beyond it have none
	narrow []int32 // otherwise, if not nil: all sums but for those in patch, where it has 0
	packed packed  // otherwise: the sums when it was packed,
	patch  sparse  // and those changed since, zeros included
	big    int     // sums beyond the ring's limit
}

// openAbove is the part of the members, as a divisor, from which on an array is
// smaller and faster than a patch.
const openAbove = 8

func (c *column) get(i uint32) int64 {
	if c.dense != nil {
		if int(i) < len(c.dense) {
			return c.dense[i]
		}
		return 0
	}
	if v, ok := c.patch.get(i); ok {
		return v
	}
	if c.narrow != nil {
		if int(i) < len(c.narrow) {
			return int64(c.narrow[i])
		}
		return 0
	}
	if c.packed.n > 0 {
		return c.packed.get(i)
	}
	return 0
}

// set stores a sum; n is the number of members of the board.
func (c *column) set(i uint32, v int64, n int) {
	if c.dense == nil {
		if int(i) < len(c.narrow) {
			if _, ok := c.patch.get(i); !ok && int64(int32(v)) == v {
				c.narrow[i] = int32(v)
				return
			}
			c.narrow[i] = 0
		}
		if c.patch.n < max(8, n/openAbove) {
			c.patch.put(i, v)
			return
		}
		c.open(n)
	}
	if int(i) >= len(c.dense) {
		if n > cap(c.dense) {
			c.dense = append(make([]int64, 0, n+n/4), c.dense...)
		}
		c.dense = c.dense[:n]
	}
	c.dense[i] = v
}

// open lays all sums out in an array.
func (c *column) open(n int) {
	dense := make([]int64, n)
	for i, v := range c.narrow {
		dense[i] = int64(v)
	}
	c.packed.each(func(i uint32, v int64) { dense[i] = v })
	c.patch.each(func(i uint32, v int64) { dense[i] = v })
	*c = column{dense: dense, big: c.big}
}

// pack puts the sums of an open column, or one with late changes, into fewer bytes.
func (c *column) pack() {
	if c.isPacked() || c.makeNarrow() {
		return
	}
	var w sumWriter
	if c.dense != nil {
		w.data = make([]byte, 0, 4*len(c.dense))
		putSums(&w, c.dense)
	} else {
		all := make([]entry, 0, c.size())
		c.each(func(i uint32, v int64) { all = append(all, entry{v, i}) })
		slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.i, b.i) })
		for run := range slices.Chunk(all, sumRun) {
			w.put(run)
		}
	}
	*c = column{packed: w.done(), big: c.big}
}

func (c *column) isPacked() bool { return c.dense == nil && (c.narrow != nil || c.patch.n == 0) }

// A column is made narrow if at least one in narrowFrom members has a sum, and at most
// one in narrowMisfits one that does not fit.
const (
	narrowFrom    = 2
	narrowMisfits = 64
)

// makeNarrow makes an open column narrow, if that is worth it.
func (c *column) makeNarrow() bool {
	sums, misfits := 0, 0
	for _, v := range c.dense {
		if v != 0 {
			sums++
		}
		if int64(int32(v)) != v {
			misfits++
		}
	}
	if sums == 0 || sums < len(c.dense)/narrowFrom || misfits > len(c.dense)/narrowMisfits {
		return false
	}
	narrow := column{narrow: make([]int32, len(c.dense)), big: c.big}
	for i, v := range c.dense {
		if narrow.narrow[i] = int32(v); int64(int32(v)) != v {
			narrow.narrow[i] = 0
			narrow.patch.put(uint32(i), v)
		}
	}
	*c = narrow
	return true
}

// size returns how many sums there are, or a little more.
func (c *column) size() int {
	return len(c.dense) + len(c.narrow) + c.packed.n + c.patch.n
}

// addTo adds the scores of all sums, times sign, to the totals of their members.
func (c *column) addTo(nodes []node, scorer Scorer, sign int64) {
	if scorer == nil && (c.dense != nil || c.narrow != nil) {
		for i, v := range c.dense {
			nodes[i].total += sign * v
		}
		for i, v := range c.narrow {
			nodes[i].total += sign * int64(v)
		}
		c.patch.each(func(i uint32, v int64) { nodes[i].total += sign * v })
		return
	}
	c.eachRun(func(run []entry) {
		for _, e := range run {
			nodes[e.i].total += sign * scorer.Score(e.score)
		}
	})
}

// eachRun is each by many at once, which is faster. The runs are the caller's until
// yield returns.
func (c *column) eachRun(yield func(run []entry)) {
	var buf [sumRun]entry
	if c.dense == nil && c.narrow == nil && c.patch.n == 0 {
		r := c.packed.reader()
		for run := r.read(&buf); len(run) > 0; run = r.read(&buf) {
			yield(run)
		}
		return
	}
	n := 0
	c.each(func(i uint32, v int64) {
		buf[n] = entry{v, i}
		if n++; n == sumRun {
			yield(buf[:])
			n = 0
		}
	})
	if n > 0 {
		yield(buf[:n])
	}
}

// each yields the members with a sum that is not zero, each once, in no
// particular order.
func (c *column) each(yield func(i uint32, v int64)) {
	if c.dense != nil {
		for i, v := range c.dense {
			if v != 0 {
				yield(uint32(i), v)
			}
		}
		return
	}
	for i, v := range c.narrow {
		if v != 0 {
			yield(uint32(i), int64(v))
		}
	}
	if c.patch.n == 0 {
		c.packed.each(yield)
		return
	}
	c.packed.each(func(i uint32, v int64) {
		if _, changed := c.patch.get(i); !changed {
			yield(i, v)
		}
	})
	c.patch.each(func(i uint32, v int64) {
		if v != 0 {
			yield(i, v)
		}
	})
}
