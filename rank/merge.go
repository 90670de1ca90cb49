package rank

import (
	"fmt"
	"iter"
	"slices"
)

// Merged reads several boards as one: exact top, rank, pages and percentiles over
// boards that share no subject, such as shards that are written on a core each.
// It holds no state of its own and shows the boards as they are at each call;
// they must not be written meanwhile, and must be advanced together.
//
// Under Dense, a rank counts the different scores in front of it one by one; all
// else costs about the sum of the boards' costs.
type Merged struct {
	boards []*Board
}

// Merge returns the boards as one. They must have the same window, ties, scorer
// and CountHidden, and the same step of now: errors match [ErrInvalidConfig].
// That no subject is on two of them is the caller's promise.
func Merge(boards ...*Board) (*Merged, error) {
	if len(boards) == 0 {
		return nil, &Error{Op: "merge", Err: ErrInvalidConfig, Reason: "there is no board"}
	}
	a := boards[0]
	for i, b := range boards[1:] {
		if a.cfg.Window != b.cfg.Window || a.cfg.Ties != b.cfg.Ties || a.cfg.CountHidden != b.cfg.CountHidden ||
			!slices.Equal(a.cfg.Scorer, b.cfg.Scorer) {
			return nil, &Error{Op: "merge", Err: ErrInvalidConfig,
				Reason: fmt.Sprintf("board %d has another window, ties, scorer or CountHidden than board 0", i+1)}
		}
		if a.ring.started != b.ring.started || a.ring.now != b.ring.now {
			return nil, &Error{Op: "merge", Err: ErrInvalidConfig, Reason: fmt.Sprintf("board %d has another now than board 0", i+1)}
		}
	}
	return &Merged{slices.Clone(boards)}, nil
}

// Len returns how many subjects are listed.
func (m *Merged) Len() int { return m.listed() }

// Total returns the sum of the scores of all subjects that stand on the boards.
func (m *Merged) Total() Sum {
	var sum Sum
	for _, b := range m.boards {
		sum = sum.add(b.Total())
	}
	return sum
}

// Top is [Board.Top] over all boards.
func (m *Merged) Top(n int) []Standing {
	return appendFrom(m, make([]Standing, 0, max(0, min(n, m.counted()))), nil, n)
}

// Standing is [Board.Standing] over all boards.
func (m *Merged) Standing(subject string) (Standing, bool) { return standingOf(m, subject) }

// Around is [Board.Around] over all boards.
func (m *Merged) Around(subject string, k int) []Standing { return around(m, subject, k) }

// PageAfter is [Board.PageAfter] over all boards.
func (m *Merged) PageAfter(c Cursor, n int) Page { return pageAfter(m, c, n) }

// PageBefore is [Board.PageBefore] over all boards.
func (m *Merged) PageBefore(c Cursor, n int) Page { return pageBefore(m, c, n) }

// Percentile is [Board.Percentile] over all boards.
func (m *Merged) Percentile(subject string) (float64, bool) { return percentile(m, subject) }

// ScoreAt is [Board.ScoreAt] over all boards.
func (m *Merged) ScoreAt(p float64) (int64, bool) { return scoreAt(m, p) }

// Standings is [Board.Standings] over all boards.
func (m *Merged) Standings(subjects ...string) []Standing { return standings(m, subjects) }

// Next is [Board.Next] over all boards.
func (m *Merged) Next(subject string) (Gap, bool) { return next(m, subject) }

// All is [Board.All] over all boards.
func (m *Merged) All() iter.Seq[Standing] {
	return func(yield func(Standing) bool) { all(m, yield) }
}

func (m *Merged) ties() Ties { return m.boards[0].cfg.Ties }

func (m *Merged) sum(f func(*Board) int) int {
	n := 0
	for _, b := range m.boards {
		n += f(b)
	}
	return n
}

func (m *Merged) counted() int          { return m.sum((*Board).counted) }
func (m *Merged) listed() int           { return m.sum((*Board).listed) }
func (m *Merged) ahead(score int64) int { return m.sum(func(b *Board) int { return b.ahead(score) }) }
func (m *Merged) before(r *row) int     { return m.sum(func(b *Board) int { return b.before(r) }) }
func (m *Merged) distinct(s int64) int  { return distinct(m, s) }

func (m *Merged) down(after *row, yield func(row) bool) { m.merge(after, 1, (*Board).down, yield) }
func (m *Merged) up(before *row, yield func(row) bool)  { m.merge(before, -1, (*Board).up, yield) }

// source is what merge has read ahead of one board.
type source struct {
	board *Board
	rows  []row
	at    int
}

// mergeAhead is how many rows merge reads of a board at once.
const mergeAhead = 32

// merge yields the rows of all boards in order (sign 1) or in reverse (−1), with
// walk to read on behind a row.
func (m *Merged) merge(start *row, sign int, walk func(*Board, *row, func(row) bool), yield func(row) bool) {
	fill := func(s *source, from *row) bool {
		s.rows, s.at = s.rows[:0], 0
		walk(s.board, from, func(r row) bool {
			s.rows = append(s.rows, r)
			return len(s.rows) < mergeAhead
		})
		return len(s.rows) > 0
	}
	var open []*source
	for _, b := range m.boards {
		if s := (&source{board: b}); fill(s, start) {
			open = append(open, s)
		}
	}
	for len(open) > 0 {
		best := 0
		for i, s := range open {
			if sign*compareRows(&s.rows[s.at], &open[best].rows[open[best].at]) < 0 {
				best = i
			}
		}
		s := open[best]
		r := s.rows[s.at]
		if !yield(r) {
			return
		}
		if s.at++; s.at == len(s.rows) && !fill(s, &r) {
			open = slices.Delete(open, best, best+1)
		}
	}
}

func (m *Merged) find(subject string) (row, bool) {
	for _, b := range m.boards {
		if r, ok := b.find(subject); ok {
			return r, true
		}
	}
	return row{}, false
}
