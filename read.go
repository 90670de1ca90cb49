package tokenomics

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
)

// Standing is one row of a board.
type Standing struct {
	Rank    int
	Subject string // or what else the board ranks: see [Board.Of]
	Score   int64  // tokens, calls, or nano-units of the currency on a board by cost

	// On a board by cost: the exact amount, and how many events in the window
	// have no full price, so that their cost is not in it.
	Cost     Money
	Unpriced int64
}

// Gap is what it takes to pass somebody.
type Gap struct {
	Above  Standing // the nearest row with a greater score
	Behind uint64   // how much less the subject's score is; one more passes
	Cost   Money    // on a board by cost: the same as an exact amount
}

// Move is how the place of a subject changed. A Rank of 0 is unranked.
type Move struct {
	Subject string
	Now     Standing
	Was     Standing
}

// Climbed returns how many ranks the subject rose, negative if it fell; 0 if it
// came or left.
func (m Move) Climbed() int {
	if m.Now.Rank == 0 || m.Was.Rank == 0 {
		return 0
	}
	return m.Was.Rank - m.Now.Rank
}

// Top returns the first n rows of a board, by rank, ties by subject bytes. Like
// every read it takes the name of a board or, by [Within], of a segment of it.
func (e *Engine) Top(boardName string, n int) ([]Standing, error) {
	return read(e, boardName, func(b *board) ([]Standing, error) { return b.rows(b.ranks.Top(n)), nil })
}

// Around returns up to 2k+1 rows with a subject among them: in the middle, or
// nearer to an end of the board where there are no more rows on one side. It
// is empty for a subject without a rank.
func (e *Engine) Around(boardName, subject string, k int) ([]Standing, error) {
	return read(e, boardName, func(b *board) ([]Standing, error) { return b.rows(b.ranks.Around(b.called(subject), k)), nil })
}

// Standing returns one subject's row; false if it is unranked: its total is
// zero or it was never seen. On a board by cost an unranked subject may still
// have Unpriced events, and an amount too small for the score.
func (e *Engine) Standing(boardName, subject string) (Standing, bool, error) {
	var ok bool
	row, err := read(e, boardName, func(b *board) (Standing, error) {
		var s rank.Standing
		name := b.called(subject)
		s, ok = b.ranks.Standing(name)
		s.Subject = name
		return b.row(s), nil
	})
	if row.Subject == "" {
		row.Subject = subject
	}
	return row, ok, err
}

// Standings returns the rows of those of the subjects that are ranked, each
// once, in the order of the board, with their ranks on all of it.
func (e *Engine) Standings(boardName string, subjects ...string) ([]Standing, error) {
	return read(e, boardName, func(b *board) ([]Standing, error) {
		return b.rows(b.ranks.Standings(allCalled(subjects, b.called)...)), nil
	})
}

// Len returns how many subjects have a rank on a board.
func (e *Engine) Len(boardName string) (int, error) {
	return read(e, boardName, func(b *board) (int, error) { return b.ranks.Len(), nil })
}

// Percentile returns the share of the other ranked subjects with a lower score,
// from 0 to 1; 1 for the only one. It is false for a subject without a rank.
func (e *Engine) Percentile(boardName, subject string) (share float64, ok bool, err error) {
	share, err = read(e, boardName, func(b *board) (float64, error) {
		var p float64
		p, ok = b.ranks.Percentile(b.called(subject))
		return p, nil
	})
	return share, ok, err
}

// ScoreAt returns the least score that has at least the share p of the ranked
// subjects at it or below: 0.5 is the lower median, 1 the highest score. It is
// false for an empty board, or a p that is not from 0 to 1.
func (e *Engine) ScoreAt(boardName string, p float64) (score int64, ok bool, err error) {
	score, err = read(e, boardName, func(b *board) (int64, error) {
		var s int64
		s, ok = b.ranks.ScoreAt(p)
		return s, nil
	})
	return score, ok, err
}

// Next returns the nearest row with a greater score than a subject's, and what
// is missing to pass it; false if there is none, or the subject is unranked.
func (e *Engine) Next(boardName, subject string) (gap Gap, ok bool, err error) {
	gap, err = read(e, boardName, func(b *board) (Gap, error) {
		name := b.called(subject)
		g, found := b.ranks.Next(name)
		if ok = found; !ok {
			return Gap{}, nil
		}
		me, _ := b.ranks.Standing(name)
		return gapOf(g, b.row(g.Above), b.row(me)), nil
	})
	return gap, ok, err
}

func gapOf(g rank.Gap, above, me Standing) Gap {
	behind, _ := above.Cost.Sub(me.Cost) // both are far inside what Money holds
	return Gap{Above: above, Behind: g.Behind, Cost: behind}
}

// Movers returns the n subjects that climbed most ranks since a past instant
// within the board's History, and the n that fell most; equal moves are listed
// by rank, then subject. Who was or is unranked is in neither.
func (e *Engine) Movers(boardName string, since time.Time, n int) (up, down []Move, err error) {
	_, err = read(e, boardName, func(b *board) (any, error) {
		was, err := b.asOf(since)
		if err != nil {
			return nil, err
		}
		u, d := b.ranks.MoversSince(was.ranks, n)
		list := func(moves []rank.Move) []Move {
			out := make([]Move, len(moves))
			for i, m := range moves {
				out[i] = Move{m.Subject, b.row(rank.Standing{Rank: m.Rank, Subject: m.Subject, Score: m.Score}),
					was.row(rank.Standing{Rank: m.Was, Subject: m.Subject, Score: m.ScoreWas})}
			}
			return out
		}
		up, down = list(u), list(d)
		return nil, nil
	})
	return up, down, err
}

// Steps returns what a subject added in each step of a board's window, oldest
// first: what a sparkline draws.
func (e *Engine) Steps(boardName, subject string) ([]int64, error) {
	return read(e, boardName, func(b *board) ([]int64, error) { return b.ranks.Steps(b.called(subject)), nil })
}

// Window returns the span of event time a board shows now: from inclusive, to
// exclusive.
func (e *Engine) Window(boardName string) (from, to time.Time, err error) {
	_, err = read(e, boardName, func(b *board) (any, error) {
		from, to = b.window()
		return nil, nil
	})
	return from, to, err
}

// read runs f on a board, slid to the clock, under the lock for reading.
func read[T any](e *Engine, name string, f func(*board) (T, error)) (T, error) {
	var zero T
	if err := e.lock(context.Background()); err != nil {
		return zero, err
	}
	defer e.mu.RUnlock()
	b, err := e.board(name)
	if err == nil {
		err = b.trusted()
	}
	if err != nil {
		return zero, err
	}
	return f(b)
}

// lock takes the lock for reading when the boards are up to date.
func (e *Engine) lock(ctx context.Context) error {
	for {
		now := e.now().UTC()
		e.doubts.ripen(now)
		e.mu.RLock()
		if e.isAt(now) {
			return nil
		}
		e.mu.RUnlock()
		if err := e.advance(ctx, e.now); err != nil {
			return err
		}
	}
}

// trusted returns why the board's scores cannot be relied on, or nil.
func (b *board) trusted() error {
	if b.err != nil {
		return fmt.Errorf("tokenomics: board %q is not to be trusted until the event is corrected or leaves it: %w", b.spec.Name, b.err)
	}
	return nil
}

func (b *board) rows(ranked []rank.Standing) []Standing {
	out := make([]Standing, len(ranked))
	for i, s := range ranked {
		out[i] = b.row(s)
	}
	return out
}

// row adds to a rank what the board knows beside it.
func (b *board) row(s rank.Standing) Standing {
	row := Standing{Rank: s.Rank, Subject: s.Subject, Score: s.Score}
	if b.byCost() {
		id, _ := b.names.Lookup(s.Subject)
		row.Cost = exact(s.Score, b.rests.sum(id))
		if u, ok := b.unpriced.Standing(s.Subject); ok {
			row.Unpriced = u.Score
		}
	}
	return row
}
