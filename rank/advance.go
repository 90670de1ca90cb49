package rank

import "time"

// Advance makes the step that holds now the newest of the window: older steps
// leave it, and what was added ahead is listed. It never goes back: an earlier
// now changes nothing. A subject whose steps have all left is gone without any
// write. The error matches [ErrOutsideWindow] for a now beyond the years 1678 to
// 2261.
func (b *Board) Advance(now time.Time) error {
	k, ok := b.cfg.Window.index(now)
	if !ok {
		return &Error{Op: "advance", At: now, Err: ErrOutsideWindow, Reason: "want a time of the years 1678 to 2261"}
	}
	b = b.owner()
	r := b.ring
	if r.started && k <= r.now {
		return nil
	}
	for _, l := range append([]*Board{b}, b.lenses...) {
		first := l.cfg.Window.first(k)
		if r.started {
			l.expire(first)
		}
		l.first = first
	}
	r.slide(k)
	return nil
}

// expire takes the steps before first out of the totals, and puts the step ahead
// into them if it is among the others. Few sums are moved one by one; from many,
// it is faster to change all totals and build the order anew.
func (b *Board) expire(first int64) {
	r := b.ring
	leaving, ahead := min(first, r.now+1), r.now+1
	sums := 0
	for s := b.first; s < leaving; s++ {
		sums += r.column(s).size()
	}
	if ahead >= first {
		sums += r.column(ahead).size()
	}
	bulk := sums > r.members.n/8
	for s := b.first; s < leaving; s++ {
		if c := r.column(s); bulk {
			c.addTo(b.order.nodes, b.cfg.Scorer, -1)
		} else {
			c.each(func(i uint32, v int64) { b.order.add(i, -b.cfg.Scorer.Score(v)) })
		}
	}
	if ahead >= first {
		b.include(r.column(ahead), ahead, bulk)
	}
	if bulk {
		b.order.rebuild()
	}
}

// include puts the sums of step k, the newest so far, into the totals; in bulk the
// order has to be rebuilt afterwards.
func (b *Board) include(c *column, k int64, bulk bool) {
	c.each(func(i uint32, v int64) {
		score := b.cfg.Scorer.Score(v)
		if bulk {
			b.order.nodes[i].total += score
		} else {
			b.order.add(i, score)
		}
		if b.last != nil && score != 0 {
			b.last[i] = k
		}
	})
}

// Compact packs every step but the newest into little memory. Advance does so for the step that it closes and for one other; after a backfill
// of many steps, Compact does it at once.
func (b *Board) Compact() {
	if r := b.ring; r.started {
		for k := r.oldest; k < r.now; k++ {
			r.column(k).pack()
		}
	}
}
