package rank

import (
	"cmp"
	"math"
	"strings"
)

// Standing is one row of a board.
type Standing struct {
	Rank    int // from 1, by the board's Ties
	Subject string
	Score   int64
}

// row is one subject in its place.
type row struct {
	score  int64
	last   int64 // newest step with a score; only if the ties are FirstReached, else 0
	name   string
	hidden bool // counted, but not to be listed
}

// compareRows orders rows as they are listed.
func compareRows(a, b *row) int {
	if c := cmp.Compare(b.score, a.score); c != 0 {
		return c
	}
	if c := cmp.Compare(a.last, b.last); c != 0 {
		return c
	}
	return strings.Compare(a.name, b.name)
}

// listing is what the reads of a [Board], a [View] and a [Merged] share: rows in
// order, hidden ones that are counted included.
type listing interface {
	ties() Ties
	counted() int                               // rows
	listed() int                                // rows that are not hidden
	down(after *row, yield func(row) bool)      // rows after one (nil: all), in order
	up(before *row, yield func(row) bool)       // rows before one (nil: all), in reverse
	ahead(score int64) int                      // rows with a greater score
	before(r *row) int                          // rows listed before r, which need not be one of them
	distinct(score int64) int                   // different scores greater than score
	find(subject string) (r row, standing bool) // a row by its subject, unless it is hidden
}

// rankOf returns the rank of a row.
func rankOf(l listing, r *row) int {
	switch l.ties() {
	case Competition:
		return l.ahead(r.score) + 1
	case Dense:
		return l.distinct(r.score) + 1
	}
	return l.before(r) + 1
}

// distinct counts the different scores greater than score, one by one.
func distinct(l listing, score int64) int {
	n := 0
	seen := int64(math.MinInt64)
	l.down(nil, func(r row) bool {
		if r.score > score && r.score != seen {
			n++
			seen = r.score
		}
		return r.score > score
	})
	return n
}

// ranker gives ranks to rows that are passed in order.
type ranker struct {
	ties  Ties
	pos   int // of the next row, from 1
	rank  int // of the newest row
	score int64
}

// newRanker starts at the top, or with the row first.
func newRanker(l listing, first *row) ranker {
	k := ranker{ties: l.ties(), pos: 1}
	if first != nil {
		k.pos = l.before(first) + 1
		k.rank = rankOf(l, first)
		k.score = first.score
	}
	return k
}

func (k *ranker) next(score int64) int {
	switch {
	case k.rank == 0:
		k.rank = 1
	case k.ties == Dense && score != k.score:
		k.rank++
	case k.ties >= Ordinal || score != k.score:
		k.rank = k.pos
	}
	k.score = score
	k.pos++
	return k.rank
}

// appendFrom appends up to n listed rows in order: first itself and those after
// it, or from the top if first is nil.
func appendFrom(l listing, dst []Standing, first *row, n int) []Standing {
	if n <= 0 {
		return dst
	}
	k := newRanker(l, first)
	put := func(r row) bool {
		rank := k.next(r.score)
		if !r.hidden {
			dst = append(dst, Standing{rank, r.name, r.score})
			n--
		}
		return n > 0
	}
	if first == nil || put(*first) {
		l.down(first, put)
	}
	return dst
}

func standingOf(l listing, subject string) (Standing, bool) {
	r, ok := l.find(subject)
	if !ok {
		return Standing{}, false
	}
	return Standing{rankOf(l, &r), r.name, r.score}, true
}

// around returns min(2k+1, listed) rows with the subject among them: in the
// middle, or as near to it as the edges of the board allow.
func around(l listing, subject string, k int) []Standing {
	me, ok := l.find(subject)
	if !ok || k < 0 {
		return nil
	}
	k = min(k, l.counted())
	below := 0
	if k > 0 {
		l.down(&me, func(r row) bool {
			if !r.hidden {
				below++
			}
			return below < k
		})
	}
	want, first := 2*k-below, me // rows above
	if want > 0 {
		l.up(&me, func(r row) bool {
			if !r.hidden {
				first = r
				want--
			}
			return want > 0
		})
	}
	return appendFrom(l, make([]Standing, 0, min(2*k+1, l.listed())), &first, 2*k+1)
}

// all yields every listed row.
func all(l listing, yield func(Standing) bool) {
	k := newRanker(l, nil)
	l.down(nil, func(r row) bool {
		rank := k.next(r.score)
		return r.hidden || yield(Standing{rank, r.name, r.score})
	})
}
