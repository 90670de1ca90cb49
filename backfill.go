package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// maxBackfill bounds the events of one backfill: they wait in memory.
const maxBackfill = 1_000_000

// backfillPart is how many events of a backfill are written at once.
const backfillPart = 10_000

// Backfill is older history on its way into the ledger. What is added waits in
// memory, seen by nobody; Publish brings all of it in. Make one with
// [Engine.Backfill]; to discard it, drop it. It is not safe for concurrent use.
type Backfill struct {
	eng    *Engine
	events []Event
	done   bool
}

// Backfill opens a backfill. It accepts events older than MaxLate, which Record
// refuses, and marks those of calls that the ledger does not know with FlagBackfilled.
func (e *Engine) Backfill() *Backfill { return &Backfill{eng: e} }

// Add copies events into the backfill; all of them or, if it would hold more than
// a million, none: the error then matches store.ErrFull. They are judged by
// Publish.
func (b *Backfill) Add(events ...Event) error {
	if b.done {
		return fmt.Errorf("%w: the backfill was published", ErrClosed)
	}
	if len(b.events)+len(events) > maxBackfill {
		return fmt.Errorf("tokenomics: a backfill of more than %d events; publish what it has and open another: %w", maxBackfill, store.ErrFull)
	}
	for i := range events {
		b.events = append(b.events, events[i].Clone())
	}
	return nil
}

// Len returns how many events were added.
func (b *Backfill) Len() int { return len(b.events) }

// Publish records what was added and shows it on every board at once. It returns
// one receipt an event, in the order of adding. Live recording waits while it
// runs; readers see the boards as they were, then as they are.
//
// Up to 10,000 events are written as one batch: the ledger has all of them or
// none. More are written in parts, so that other instances, or this one after a
// crash in the middle, see some before the others. On an error the outcome is
// unknown: publish again, or open another backfill with the same events, to
// complete it.
func (b *Backfill) Publish(ctx context.Context) ([]Receipt, error) {
	e := b.eng
	if b.done {
		return nil, fmt.Errorf("%w: the backfill was published", ErrClosed)
	}
	if e.readOnly {
		return nil, fmt.Errorf("tokenomics: Config.ReadOnly is set: %w", store.ErrReadOnly)
	}
	receipts := make([]Receipt, len(b.events))
	if err := e.publish(ctx, b.events, receipts); err != nil {
		e.counters.unknown.Add(int64(len(b.events)))
		return nil, err
	}
	for i := range receipts {
		e.counters.byStatus[receipts[i].Status].Add(1)
	}
	e.log.Info("tokenomics: a backfill was published", "events", len(receipts))
	b.done, b.events = true, nil
	return receipts, nil
}

func (e *Engine) publish(ctx context.Context, events []Event, receipts []Receipt) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("tokenomics: nothing was recorded: %w", err)
	}
	now := e.now().UTC()
	if err := e.markBackfilled(ctx, events, now); err != nil {
		return err
	}
	if _, err := e.slide(now); err != nil {
		return err
	}
	if err := e.lanes.enterAll(ctx); err != nil {
		return fmt.Errorf("tokenomics: nothing was recorded: %w", err)
	}
	defer e.lanes.leaveAll()
	p := e.prices.Load()
	b := &batch{anyAge: true}
	if err := e.prepare(ctx, b, p, now, events, receipts); err != nil {
		return err
	}
	e.scoreAfter(b)
	var changes []store.Change
	for from := 0; from < len(b.entries); {
		part := b.entries[from:min(from+backfillPart, len(b.entries))]
		done, err := e.put(ctx, part, nil)
		if errors.Is(err, store.ErrStaleActivation) {
			// Another engine activated a price book; it prices again what is in
			// the ledger already.
			if err := e.reloadPrices(ctx, p); err != nil {
				return e.partly(b, from, err)
			}
			p = e.prices.Load()
			for i := from; i < len(b.entries); i++ {
				if err := b.pricer.price(p, &b.entries[i]); err != nil {
					return e.partly(b, from, err)
				}
			}
			continue
		}
		if err != nil {
			return e.partly(b, from, err)
		}
		changes = append(changes, done...)
		from += len(part)
	}
	e.publishChanges(ctx, b, changes)
	e.settle(b, changes, receipts)
	return nil
}

// markBackfilled marks what could not enter otherwise. A version of a call that the
// ledger knows is marked as the one that counts is, so that the very same version is a
// duplicate, however it came.
func (e *Engine) markBackfilled(ctx context.Context, events []Event, now time.Time) error {
	var late []int
	var keys []Key
	for i := range events {
		if e.maxLate >= 0 && now.Sub(events[i].At) > e.maxLate {
			late, keys = append(late, i), append(keys, events[i].Key())
		}
	}
	if len(late) == 0 {
		return nil
	}
	known, err := e.lookUp(ctx, keys)
	if err != nil {
		return fmt.Errorf("%w; nothing was recorded", err)
	}
	for _, i := range late {
		mark := store.FlagBackfilled
		if counts, ok := known[events[i].Key()]; ok {
			mark &= counts.Flags
		}
		events[i].Flags |= mark
	}
	return nil
}

// partly reports a backfill of which the first entries may be in the ledger and
// are on no board.
func (e *Engine) partly(b *batch, first int, err error) error {
	if first > 0 {
		e.feed.unsure.Add(1)
		e.staleFacts()
		e.doubts.raise()
	}
	return fmt.Errorf("tokenomics: a backfill of %d events failed, publish it again to complete it: %w", len(b.entries), err)
}
