package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// Receipt says what became of one recorded event.
type Receipt struct {
	Status Status
	Counts bool // the version recorded is the one that counts now

	// Cost is the list cost of the version that counts now for the key, zero
	// after a void or where nothing counts. Where High is greater, the cost is
	// known only to lie between the two. Priced says how much of it is known:
	// with pricing.Unpriced, Cost is zero because it is unknown, not free.
	Cost   Money
	High   Money
	Priced pricing.Status

	Err error // with Conflict, TooLate, TooEarly, Invalid and Refused: why
}

// ErrConflict marks the receipt of an event whose key is known with the same
// trust and revision but other content.
var ErrConflict = errors.New("tokenomics: same key, trust and revision, but other content")

// Record offers events to the ledger and shows what counts on the boards. It
// returns one receipt an event, in their order. A fault of one event is in its
// receipt and does not touch the others.
//
// The error is not nil only if the batch as a whole failed: the store did. Its
// outcome is then unknown, and recording the same events again is safe.
func (e *Engine) Record(ctx context.Context, events ...Event) ([]Receipt, error) {
	return e.RecordInto(ctx, make([]Receipt, 0, len(events)), events)
}

// RecordInto is [Engine.Record] for the hot path: it appends the receipts to
// dst and allocates nothing itself once warm. Events are not modified.
func (e *Engine) RecordInto(ctx context.Context, dst []Receipt, events []Event) ([]Receipt, error) {
	if len(events) == 0 {
		return dst, nil
	}
	now := e.now().UTC()
	if err := e.Advance(ctx, now); err != nil {
		return dst, err
	}
	b := e.scratch.Get().(*batch)
	defer e.release(b)
	start := len(dst)
	dst = append(dst, make([]Receipt, len(events))...)
	receipts := dst[start:]

	exclusive := e.begin()
	defer e.end(exclusive)
	if err := e.prepare(ctx, b, e.prices.Load(), now, events, receipts); err != nil {
		return dst[:start], err
	}
	changes, err := e.write(ctx, b, exclusive, now)
	if err != nil {
		e.counters.unknown.Add(int64(len(b.entries)))
		return dst[:start], fmt.Errorf("tokenomics: writing %d events, outcome unknown, record them again: %w", len(b.entries), err)
	}
	e.settle(b, changes, receipts)
	for i := range receipts {
		e.counters.byStatus[receipts[i].Status].Add(1)
	}
	return dst, nil
}

// begin enters a stretch from before a write until the boards show it. It is
// exclusive after a write whose outcome is unknown: the next one that succeeds
// rebuilds the boards, since what the store calls a duplicate then may be the
// lost write's doing, which no board has seen.
func (e *Engine) begin() (exclusive bool) {
	if e.unsure.Load() {
		e.applying.Lock()
		return true
	}
	e.applying.RLock()
	return false
}

func (e *Engine) end(exclusive bool) {
	if exclusive {
		e.applying.Unlock()
	} else {
		e.applying.RUnlock()
	}
}

// write puts a batch into the store and then on the boards.
func (e *Engine) write(ctx context.Context, b *batch, exclusive bool, now time.Time) ([]store.Change, error) {
	changes, err := e.store.Put(ctx, b.entries)
	if err != nil {
		e.unsure.Store(true)
		return nil, err
	}
	if len(changes) != len(b.entries) {
		e.unsure.Store(true)
		return nil, fmt.Errorf("the store answered %d of %d entries; see storetest", len(changes), len(b.entries))
	}
	if exclusive && e.unsure.Load() && e.rebuild(ctx, now, e.boards) == nil {
		e.unsure.Store(false)
		return changes, nil
	}
	e.show(b, changes)
	return changes, nil
}

// batch is what recording needs for a moment; it is pooled.
type batch struct {
	entries []store.Entry
	index   []int // of the receipt of each entry
	host    []hostScore
	keys    []Key
}

type hostScore struct {
	before, after int64
	err           error
}

func (e *Engine) release(b *batch) {
	clear(b.entries) // or their strings would live as long as the pool
	clear(b.keys)
	*b = batch{entries: b.entries[:0], index: b.index[:0], host: b.host[:0], keys: b.keys[:0]}
	e.scratch.Put(b)
}

// prepare prices the events that may enter and collects them in b; the others
// get their receipts.
func (e *Engine) prepare(ctx context.Context, b *batch, p *prices, now time.Time, events []Event, receipts []Receipt) error {
	for i := range events {
		b.entries = append(b.entries, store.Entry{Event: events[i]})
		entry := &b.entries[len(b.entries)-1]
		entry.At = entry.At.UTC()
		err := store.Validate(&entry.Event)
		if err == nil {
			err = p.price(entry)
		}
		if err != nil {
			receipts[i] = Receipt{Status: Invalid, Err: err}
			b.entries = b.entries[:len(b.entries)-1]
			continue
		}
		b.index = append(b.index, i)
		if e.maxLate >= 0 && now.Sub(entry.At) > e.maxLate || e.maxFuture >= 0 && entry.At.Sub(now) > e.maxFuture {
			b.keys = append(b.keys, entry.Key())
		}
	}
	if len(b.keys) == 0 {
		return nil
	}
	return e.refuseUnknown(ctx, b, now, receipts)
}

// refuseUnknown takes the entries outside the acceptance window out of the
// batch, unless their keys are known: a known key is judged before the horizon.
func (e *Engine) refuseUnknown(ctx context.Context, b *batch, now time.Time, receipts []Receipt) error {
	known, err := e.store.Get(ctx, b.keys)
	if err != nil {
		return fmt.Errorf("tokenomics: looking up %d keys: %w", len(b.keys), err)
	}
	isKnown := make(map[Key]bool, len(known))
	for i := range known {
		isKnown[known[i].Key()] = true
	}
	n := 0
	for i := range b.entries {
		entry := &b.entries[i]
		r := &receipts[b.index[i]]
		switch late, early := now.Sub(entry.At), entry.At.Sub(now); {
		case e.maxLate >= 0 && late > e.maxLate && !isKnown[entry.Key()]:
			*r = Receipt{Status: TooLate, Err: fmt.Errorf("%w: it is %s old, MaxLate is %s", ErrTooLate, late, e.maxLate)}
		case e.maxFuture >= 0 && early > e.maxFuture && !isKnown[entry.Key()]:
			*r = Receipt{Status: TooEarly, Err: fmt.Errorf("%w: it is %s ahead, MaxFuture is %s", ErrTooEarly, early, e.maxFuture)}
		default:
			isKnown[entry.Key()] = true // later versions in this batch follow it
			b.entries[n], b.index[n] = *entry, b.index[i]
			n++
		}
	}
	b.entries, b.index = b.entries[:n], b.index[:n]
	return nil
}

// settle writes the receipts of what the store was offered.
func (e *Engine) settle(b *batch, changes []store.Change, receipts []Receipt) {
	for i := range changes {
		c := &changes[i]
		r := &receipts[b.index[i]]
		*r = Receipt{Status: c.Status, Counts: c.Counts, Err: c.Err}
		now := c.Before
		if c.Counts {
			now = &b.entries[i]
		}
		if now != nil {
			r.Priced = now.Status
			if !now.Void {
				r.Cost, r.High = now.Cost, now.High
			}
		}
		if c.Status == Conflict {
			which := "the other version counts"
			if c.Counts {
				which = "this version counts"
			}
			r.Err = fmt.Errorf("%w: %s/%s; %s", ErrConflict, b.entries[i].Source, b.entries[i].ID, which)
		}
	}
}

// show brings what changed in the ledger to the boards.
func (e *Engine) show(b *batch, changes []store.Change) {
	for _, bd := range e.boards {
		if bd.Score == nil {
			continue
		}
		for i := range changes {
			var h hostScore
			if before, after, moved := versions(&changes[i], &b.entries[i]); moved {
				var errBefore error
				h.before, errBefore = bd.host(before)
				h.after, h.err = bd.host(after)
				h.err = errors.Join(errBefore, h.err)
			}
			b.host = append(b.host, h)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range changes {
		before, after, moved := versions(&changes[i], &b.entries[i])
		if !moved {
			continue
		}
		var beforeID, afterID rank.ID
		if after != nil {
			afterID = e.names.ID(after.Subject)
			beforeID = afterID
		}
		if before != nil && (after == nil || before.Subject != after.Subject) {
			beforeID = e.names.ID(before.Subject)
		}
		host := 0
		for _, bd := range e.boards {
			var h hostScore
			if bd.Score != nil {
				h = b.host[host*len(changes)+i]
				bd.fail(h.err)
				host++
			}
			bd.change(before, after, beforeID, afterID, h.before, h.after)
		}
	}
}

// versions returns what a change takes off the boards and what it puts there;
// nil for nothing and for voids.
func versions(c *store.Change, entry *store.Entry) (before, after *store.Entry, moved bool) {
	if !c.Counts || c.Status == Duplicate && (c.Before == nil || c.Before.Activation >= entry.Activation) {
		return nil, nil, false
	}
	before, after = c.Before, entry
	if before != nil && before.Void {
		before = nil
	}
	if after.Void {
		after = nil
	}
	return before, after, before != nil || after != nil
}
