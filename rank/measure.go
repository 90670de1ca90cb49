package rank

import (
	"math"
	"slices"
)

// Gap is what it takes to pass somebody.
type Gap struct {
	Above  Standing // the nearest row with a greater score; the last of them in order of listing
	Behind uint64   // how much less the subject has; one more passes
}

// Next returns the nearest row with a greater score, and by how much; it is false
// if there is none, or the subject is unranked or hidden.
func (b *Board) Next(subject string) (Gap, bool) { return next(b, subject) }

// Next is [Board.Next] of that time.
func (v *View) Next(subject string) (Gap, bool) { return next(v, subject) }

func next(l listing, subject string) (g Gap, ok bool) {
	me, found := l.find(subject)
	if !found || me.score == math.MaxInt64 {
		return g, false
	}
	// A row in front of all rows of me.score.
	l.up(&row{score: me.score, last: math.MinInt64}, func(r row) bool {
		if r.hidden {
			return true
		}
		g = Gap{Standing{rankOf(l, &r), r.name, r.score}, uint64(r.score) - uint64(me.score)}
		ok = true
		return false
	})
	return g, ok
}

// Percentile returns the share of the other ranked subjects with a lower score,
// from 0 to 1; 1 for the only one. It is false for the unranked and hidden.
func (b *Board) Percentile(subject string) (float64, bool) { return percentile(b, subject) }

// Percentile is [Board.Percentile] of that time.
func (v *View) Percentile(subject string) (float64, bool) { return percentile(v, subject) }

func percentile(l listing, subject string) (float64, bool) {
	me, ok := l.find(subject)
	if !ok {
		return 0, false
	}
	n := l.counted()
	if n == 1 {
		return 1, true
	}
	lower := 0
	if me.score > math.MinInt64 {
		lower = n - l.ahead(me.score-1)
	}
	return float64(lower) / float64(n-1), true
}

// ScoreAt returns the least score that has at least the share p of the ranked
// subjects at it or below: 0.5 is the (lower) median, 1 the highest score, 0 the
// lowest. It is false for an empty board, or a p that is not from 0 to 1.
func (b *Board) ScoreAt(p float64) (int64, bool) { return scoreAt(b, p) }

// ScoreAt is [Board.ScoreAt] of that time.
func (v *View) ScoreAt(p float64) (int64, bool) { return scoreAt(v, p) }

func scoreAt(l listing, p float64) (int64, bool) {
	n := l.counted()
	if n == 0 || !(p >= 0 && p <= 1) {
		return 0, false
	}
	const slack = 1e-9 // so that 0.07 of 100 is 7, not 7.000000000000001
	need := min(n, max(1, int(math.Ceil(p*float64(n)-slack))))
	// Rows with a score of at most s: n − ahead(s). Halve the range of scores.
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	for low < high {
		mid := low + int64((uint64(high)-uint64(low))/2)
		if n-l.ahead(mid) >= need {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low, true
}

// Standings returns the rows of those of the subjects that are listed, each once,
// in order of listing, with their ranks on the whole board: friends, or a team.
func (b *Board) Standings(subjects ...string) []Standing { return standings(b, subjects) }

// Standings is [Board.Standings] of that time.
func (v *View) Standings(subjects ...string) []Standing { return standings(v, subjects) }

func standings(l listing, subjects []string) []Standing {
	rows := make([]row, 0, len(subjects))
	for _, s := range subjects {
		if r, ok := l.find(s); ok {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return compareRows(&a, &b) })
	rows = slices.Compact(rows)
	out := make([]Standing, len(rows))
	for i := range rows {
		out[i] = Standing{rankOf(l, &rows[i]), rows[i].name, rows[i].score}
	}
	return out
}
