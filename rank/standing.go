package rank

import (
	"iter"
	"math"
)

// Len returns how many subjects are listed: those with a total other than zero
// that are not hidden.
func (b *Board) Len() int { return b.listed() }

// Top returns the first n rows, or all if there are fewer.
func (b *Board) Top(n int) []Standing {
	return b.AppendTop(make([]Standing, 0, max(0, min(n, b.counted()))), n)
}

// AppendTop appends the first n rows to dst. It allocates only if dst is short.
func (b *Board) AppendTop(dst []Standing, n int) []Standing {
	if n <= 0 {
		return dst
	}
	var stack [stackEntries]entry
	k := ranker{ties: b.cfg.Ties, pos: 1}
	walk := b.order.from(math.MaxInt64, false)
	names := b.names.store.Load() // has all of the board
	for {
		bucket := walk.next(stack[:0], n)
		if len(bucket) == 0 {
			return dst
		}
		sorted := b.sortSome(bucket, n, false)
		for at, e := range bucket {
			if at == sorted {
				b.sortAll(bucket[at:], false)
				e = bucket[at]
			}
			rank := k.next(e.score)
			if b.hidden != nil && b.hidden.has(e.i) {
				continue
			}
			dst = append(dst, Standing{rank, names.name(b.ring.members.id(e.i)), e.score})
			if n--; n == 0 {
				return dst
			}
		}
	}
}

// Standing returns the row of a subject; it is false if the subject is unranked
// or hidden.
func (b *Board) Standing(subject string) (Standing, bool) {
	id, _ := b.names.Lookup(subject)
	return b.StandingID(id)
}

// StandingID is Standing for a subject known by its handle.
func (b *Board) StandingID(id ID) (Standing, bool) {
	i, ok := b.ring.members.find(id)
	if !ok || b.hidden.has(i) || !b.order.standing(i) {
		return Standing{}, false
	}
	score := b.order.nodes[i].total
	if b.cfg.Ties == Competition {
		return Standing{b.order.ahead(score) + 1, b.names.name(id), score}, true
	}
	r := b.row(entry{score, i})
	return Standing{rankOf(b, &r), r.name, r.score}, true
}

// Around returns the subject's row with k rows on each side of it. At an edge of
// the board the range shifts, so there are always min(2k+1, Len) rows. It is nil
// if the subject is unranked or hidden.
func (b *Board) Around(subject string, k int) []Standing { return around(b, subject, k) }

// All yields every row in order. The board must not be written meanwhile.
func (b *Board) All() iter.Seq[Standing] {
	return func(yield func(Standing) bool) { all(b, yield) }
}

func (b *Board) ties() Ties   { return b.cfg.Ties }
func (b *Board) counted() int { return b.order.n }

func (b *Board) listed() int {
	n := b.order.n
	if b.cfg.CountHidden {
		for i := range b.hidden.all() {
			if b.order.standing(i) {
				n--
			}
		}
	}
	return n
}

func (b *Board) row(e entry) row {
	r := row{score: e.score, name: b.names.name(b.ring.members.id(e.i)), hidden: b.hidden.has(e.i)}
	if b.last != nil {
		r.last = b.last[e.i]
	}
	return r
}

func (b *Board) ahead(score int64) int { return b.order.ahead(score) }

func (b *Board) before(r *row) int {
	n := b.order.ahead(r.score)
	b.order.tied(r.score, func(i uint32) {
		if other := b.row(entry{r.score, i}); compareRows(&other, r) < 0 {
			n++
		}
	})
	return n
}

func (b *Board) distinct(score int64) int { return distinct(b, score) }

func (b *Board) find(subject string) (row, bool) {
	i, ok := b.member(subject)
	if !ok || b.hidden.has(i) || !b.order.standing(i) {
		return row{}, false
	}
	return b.row(entry{b.order.nodes[i].total, i}), true
}
