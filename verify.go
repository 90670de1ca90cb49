package tokenomics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// Verification is what [Engine.Verify] found. At most 1,000 differences of a kind
// are listed; More counts the others.
type Verification struct {
	Events int64 // counting versions whose price was computed again
	Boards int   // boards and segments that were added up again
	Rows   []RowDifference
	Prices []PriceDifference
	More   int64
}

// OK reports that everything is as the ledger says.
func (v *Verification) OK() bool { return len(v.Rows)+len(v.Prices) == 0 && v.More == 0 }

// RowDifference is a row of a board that is not what the ledger adds up to.
type RowDifference struct {
	Board   string
	Subject string // empty: the rows of now agree, something of the past does not
	Shown   Standing
	Ledger  Standing
	Err     error // why the board is not to be trusted; it is not compared then
}

// PriceDifference is an event whose price in the ledger is not that of the book
// which its time activates.
type PriceDifference struct {
	Key    Key
	Ledger Money
	Book   Money
}

const maxDifferences = 1000

// Verify adds everything up again from the ledger and compares: every board and
// segment, over its window and history, and the price of every event with that of
// its book. It reads the ledger twice; recording waits during the second time.
//
// If a board differs, it is made anew before anybody reads it again. An error
// means that it could not be verified, not that anything differs.
func (e *Engine) Verify(ctx context.Context) (Verification, error) {
	var v Verification
	if err := e.verifyPrices(ctx, &v); err != nil {
		return v, err
	}
	for range 10 {
		if err := e.advance(ctx, e.now); err != nil {
			return v, err
		}
		if done, err := e.verifyBoards(ctx, &v); done || err != nil {
			if len(v.Rows) > 0 {
				e.doubts.raise()
			}
			if !v.OK() {
				e.log.Error("tokenomics: the boards or prices were not what the ledger says", "rows", len(v.Rows), "prices", len(v.Prices), "more", v.More)
			}
			return v, err
		}
	}
	return v, errors.New("tokenomics: verifying: other instances write to the ledger all the time; verify one that is at rest")
}

func (e *Engine) verifyPrices(ctx context.Context, v *Verification) error {
	var r pricer
	for {
		p := e.prices.Load()
		v.Events, v.Prices, v.More = 0, nil, 0
		for entry, err := range e.store.Scan(ctx, store.Query{}) {
			if err != nil {
				return fmt.Errorf("tokenomics: reading the ledger to verify it: %w", err)
			}
			v.Events++
			want := entry
			if err := r.price(p, &want); errors.Is(err, ErrBookMissing) {
				return err
			} else if err != nil {
				want.Cost, want.High, want.Status = Money{}, Money{}, pricing.Unpriced
			}
			if want.Cost == entry.Cost && want.High == entry.High && want.Status == entry.Status {
				continue
			}
			if len(v.Prices) == maxDifferences {
				v.More++
				continue
			}
			v.Prices = append(v.Prices, PriceDifference{entry.Key(), entry.Cost, want.Cost})
		}
		if e.prices.Load() == p {
			return nil
		}
		// A book was activated meanwhile: what was read may be of before or after.
	}
}

// verifyBoards compares the boards with new ones. It reports false if they are
// not of one state.
func (e *Engine) verifyBoards(ctx context.Context, v *Verification) (done bool, err error) {
	if err := e.lanes.enterAll(ctx); err != nil {
		return false, fmt.Errorf("tokenomics: waiting to verify the boards: %w", err)
	}
	defer e.lanes.leaveAll()
	if e.feed.of != nil {
		if err := e.follow(ctx); err != nil {
			return false, err
		}
	}
	now := e.now().UTC()
	if done, err := e.slide(now); !done || err != nil {
		return false, err
	}
	var head int64
	_, _, fresh, err := e.derive(ctx, nil, now, &head, func(*store.Event) {})
	if err != nil {
		return false, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.doubts.any() || e.feed.of != nil && e.feed.pos.Load() != head {
		return false, nil
	}
	for i, b := range e.boards {
		if b.current != fresh[i].current || !b.settled() || !fresh[i].full() && b.full() {
			return false, nil // somebody slid it, or it keeps other segments
		}
	}
	for i, b := range e.boards {
		v.compare(b, fresh[i])
		for k := range b.segments {
			was, is := &b.segments[k], &fresh[i].segments[k]
			keys := maps.Clone(is.boards)
			maps.Copy(keys, was.boards)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				x, err := orEmpty(was.boards[key], b, was.by, key)
				if err != nil {
					return false, err
				}
				y, err := orEmpty(is.boards[key], fresh[i], is.by, key)
				if err != nil {
					return false, err
				}
				v.compare(x, y)
			}
		}
	}
	return true, nil
}

func orEmpty(s, whole *board, by Dimension, key string) (*board, error) {
	if s != nil {
		return s, nil
	}
	return whole.newSegment(by, key)
}

// full reports whether some segments were turned away.
func (b *board) full() bool {
	return slices.ContainsFunc(b.segments, func(s segments) bool { return s.full })
}

// compare adds the rows of a board that are not those of another.
func (v *Verification) compare(b, want *board) {
	v.Boards++
	if b.err != nil || want.err != nil {
		v.add(RowDifference{Board: b.spec.Name, Err: errors.Join(b.err, want.err)})
		return
	}
	if b.same(want) {
		return
	}
	subjects := map[string]bool{}
	for _, x := range []*board{b, want} {
		for s := range x.ranks.All() {
			subjects[s.Subject] = true
		}
	}
	rows := false
	for _, subject := range slices.Sorted(maps.Keys(subjects)) {
		d := RowDifference{Board: b.spec.Name, Subject: subject, Shown: b.rowOf(subject), Ledger: want.rowOf(subject)}
		if d.Shown != d.Ledger || !slices.Equal(b.ranks.Steps(subject), want.ranks.Steps(subject)) {
			rows = true
			v.add(d)
		}
	}
	if !rows {
		v.add(RowDifference{Board: b.spec.Name})
	}
}

func (b *board) rowOf(subject string) Standing {
	s, _ := b.ranks.Standing(subject)
	return b.row(rank.Standing{Rank: s.Rank, Subject: subject, Score: s.Score})
}

func (v *Verification) add(d RowDifference) {
	if len(v.Rows) == maxDifferences {
		v.More++
		return
	}
	v.Rows = append(v.Rows, d)
}

// same reports whether two boards of one specification hold the same.
func (b *board) same(o *board) bool {
	var x, y snapshotWriter
	x.board(b)
	y.board(o)
	return bytes.Equal(x.b.Bytes(), y.b.Bytes())
}
