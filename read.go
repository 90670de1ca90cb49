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
	Subject string
	Score   int64 // tokens, calls, or nano-units of the currency on a board by cost

	// On a board by cost: the exact amount, and how many events in the window
	// have no full price, so that their cost is not in it.
	Cost     Money
	Unpriced int64
}

// Top returns the first n rows of a board, by rank, ties by subject bytes.
func (e *Engine) Top(boardName string, n int) ([]Standing, error) {
	return e.read(boardName, func(b *board) []Standing { return b.rows(b.ranks.Top(n), e.names) })
}

// Around returns up to 2k+1 rows with a subject among them: in the middle, or
// nearer to an end of the board where there are no more rows on one side. It
// is empty for a subject without a rank.
func (e *Engine) Around(boardName, subject string, k int) ([]Standing, error) {
	return e.read(boardName, func(b *board) []Standing { return b.rows(b.ranks.Around(subject, k), e.names) })
}

// Standing returns one subject's row; false if it is unranked: its total is
// zero or it was never seen. On a board by cost an unranked subject may still
// have Unpriced events, and an amount too small for the score.
func (e *Engine) Standing(boardName, subject string) (Standing, bool, error) {
	var ok bool
	rows, err := e.read(boardName, func(b *board) []Standing {
		s, found := b.ranks.Standing(subject)
		ok = found
		s.Subject = subject
		return []Standing{b.row(s, e.names)}
	})
	if err != nil {
		return Standing{Subject: subject}, false, err
	}
	return rows[0], ok, nil
}

// Len returns how many subjects have a rank on a board.
func (e *Engine) Len(boardName string) (int, error) {
	n := 0
	_, err := e.read(boardName, func(b *board) []Standing { n = b.ranks.Len(); return nil })
	return n, err
}

// Steps returns what a subject added in each step of a board's window, oldest
// first: what a sparkline draws.
func (e *Engine) Steps(boardName, subject string) ([]int64, error) {
	var steps []int64
	_, err := e.read(boardName, func(b *board) []Standing { steps = b.ranks.Steps(subject); return nil })
	return steps, err
}

// Window returns the span of event time a board shows now: from inclusive, to
// exclusive.
func (e *Engine) Window(boardName string) (from, to time.Time, err error) {
	_, err = e.read(boardName, func(b *board) []Standing { from, to = b.window(); return nil })
	return from, to, err
}

// View is a board as it would have been at a past step, computed from the
// events that count now: a correction reaches yesterday's ranks too. It is
// immutable.
type View struct {
	ranks    *rank.View
	unpriced *rank.View // nil unless by cost
	rests    map[rank.ID]int64
	names    *rank.Names
}

// AsOf returns a board as of a past instant, within the board's History.
func (e *Engine) AsOf(boardName string, past time.Time) (*View, error) {
	v := &View{}
	var failed error
	_, err := e.read(boardName, func(b *board) []Standing {
		v.names = e.names
		if v.ranks, failed = b.ranks.AsOf(past); failed != nil || !b.byCost() {
			return nil
		}
		v.unpriced, failed = b.unpriced.AsOf(past)
		v.rests = b.rests.sumsOf(b.span(past))
		return nil
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Top returns the first n rows of the view.
func (v *View) Top(n int) []Standing {
	ranked := v.ranks.Top(n)
	out := make([]Standing, len(ranked))
	for i, s := range ranked {
		out[i] = v.row(s)
	}
	return out
}

// Standing returns one subject's row of the view; false if it was unranked.
func (v *View) Standing(subject string) (Standing, bool) {
	s, ok := v.ranks.Standing(subject)
	if !ok {
		return Standing{Subject: subject}, false
	}
	return v.row(s), true
}

// Len returns how many subjects had a rank.
func (v *View) Len() int { return v.ranks.Len() }

func (v *View) row(s rank.Standing) Standing {
	row := Standing{Rank: s.Rank, Subject: s.Subject, Score: s.Score}
	if v.unpriced != nil {
		id, _ := v.names.Lookup(s.Subject)
		row.Cost = exact(s.Score, v.rests[id])
		if u, ok := v.unpriced.Standing(s.Subject); ok {
			row.Unpriced = u.Score
		}
	}
	return row
}

// read runs f on a board, slid to the clock, under the lock for reading.
func (e *Engine) read(name string, f func(*board) []Standing) ([]Standing, error) {
	if err := e.lock(context.Background()); err != nil {
		return nil, err
	}
	defer e.mu.RUnlock()
	b := e.byName[name]
	if b == nil {
		return nil, fmt.Errorf("%w: %q; there are %s", ErrUnknownBoard, name, e.boardNames())
	}
	if err := b.trusted(); err != nil {
		return nil, err
	}
	return f(b), nil
}

// lock takes the lock for reading when the boards are up to date.
func (e *Engine) lock(ctx context.Context) error {
	for {
		if err := e.advance(ctx, e.now); err != nil {
			return err
		}
		e.mu.RLock()
		if !e.doubts.any() {
			return nil
		}
		e.mu.RUnlock() // a write failed between
	}
}

// trusted returns why the board's scores cannot be relied on, or nil.
func (b *board) trusted() error {
	if b.err != nil {
		return fmt.Errorf("tokenomics: board %q is not to be trusted until the event is corrected or leaves it: %w", b.spec.Name, b.err)
	}
	return nil
}

func (b *board) rows(ranked []rank.Standing, names *rank.Names) []Standing {
	out := make([]Standing, len(ranked))
	for i, s := range ranked {
		out[i] = b.row(s, names)
	}
	return out
}

// row adds to a rank what the board knows beside it.
func (b *board) row(s rank.Standing, names *rank.Names) Standing {
	row := Standing{Rank: s.Rank, Subject: s.Subject, Score: s.Score}
	if b.byCost() {
		id, _ := names.Lookup(s.Subject)
		row.Cost = exact(s.Score, b.rests.sums[id])
		if u, ok := b.unpriced.Standing(s.Subject); ok {
			row.Unpriced = u.Score
		}
	}
	return row
}
