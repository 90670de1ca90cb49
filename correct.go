package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/tokenomics-go/tokenomics/store"
)

// Void takes calls back: they count no longer, on any board, in any total, from
// then on and in the past. It returns one receipt a key, in their order; that of
// an unknown key is Invalid and its error matches [ErrNotFound]. A call that is
// void already is a Duplicate.
//
// The void is a version like any other: of the same trust and revision as what
// counted, which it outranks. A greater revision that arrives later counts again.
func (e *Engine) Void(ctx context.Context, keys ...Key) ([]Receipt, error) {
	if err := e.beginCorrection(ctx); err != nil {
		return nil, err
	}
	defer e.endCorrection()
	receipts := make([]Receipt, len(keys))
	open := make([]int, len(keys))
	for i := range open {
		open[i] = i
	}
	for len(open) > 0 { // again only for those that somebody else corrected meanwhile
		asked := make([]Key, len(open))
		for k, i := range open {
			asked[k] = keys[i]
		}
		known, err := e.lookUp(ctx, asked)
		if err != nil {
			return nil, err
		}
		var events []Event
		var index []int
		for _, i := range open {
			entry, ok := known[keys[i]]
			if !ok {
				receipts[i] = Receipt{Status: Invalid, Err: notFound(keys[i])}
				continue
			}
			ev := entry.Event
			if _, n, ok := ev.Observed(); ok && n != 0 { // a void already; the next version counts none
				ev.Usage, ev.Revision = Usage{}, ev.Revision+1
			}
			ev.Void = true
			events, index = append(events, ev), append(index, i)
		}
		done, err := e.Record(ctx, events...)
		if err != nil {
			return nil, err
		}
		open = open[:0]
		for k, i := range index {
			if receipts[i] = done[k]; overtaken(&done[k]) {
				open = append(open, i)
			}
		}
	}
	return receipts, nil
}

// Amend corrects one call: f is given the version that counts and changes what
// was wrong with it. Amend then records it with the next revision, so that it
// counts wherever the old one did; it calls f again, with the newer version, if
// somebody else corrected the call meanwhile. Trust is never lowered, and the key
// stays. A call taken back can be restored by setting Void to false. If f changes
// nothing, the receipt is a Duplicate.
//
// An unknown key matches [ErrNotFound], a panic of f [ErrCallback]; what is wrong
// with the amended event is in the receipt.
//
// None of several corrections of one call at the same moment is lost, whichever
// engines over the ledger make them: an engine makes one after the other, so f must
// not call Amend or Void, and each replaces only the version that f was given. A
// store that is no store.Exchanger, which those of this library are, cannot promise
// the latter: there the greater of two versions counts.
func (e *Engine) Amend(ctx context.Context, key Key, f func(*Event)) (Receipt, error) {
	if err := e.beginCorrection(ctx); err != nil {
		return Receipt{}, err
	}
	defer e.endCorrection()
	for {
		known, err := e.lookUp(ctx, []Key{key})
		if err != nil {
			return Receipt{}, err
		}
		entry, ok := known[key]
		if !ok {
			return Receipt{}, notFound(key)
		}
		ev := entry.Event.Clone()
		if err := guard("the function given to Amend", func() { f(&ev) }); err != nil {
			return Receipt{}, err
		}
		ev.Source, ev.ID = key.Source, key.ID
		ev.At = ev.At.UTC()
		ev.Trust = max(ev.Trust, entry.Trust)
		if store.Compare(&ev, &entry.Event) != 0 {
			if entry.Revision == math.MaxInt64 && ev.Trust == entry.Trust {
				return Receipt{}, fmt.Errorf("tokenomics: %s/%s has the greatest revision there is and cannot be amended", key.Source, key.ID)
			}
			ev.Revision = max(ev.Revision, entry.Revision+1)
		}
		receipts, err := e.recordOver(ctx, nil, []Event{ev}, &entry.Event)
		if errors.Is(err, store.ErrChanged) {
			continue // somebody else corrected it meanwhile
		}
		if err != nil {
			return Receipt{}, err
		}
		if !overtaken(&receipts[0]) {
			return receipts[0], nil
		}
	}
}

// beginCorrection waits until no other correction is under way: each is made of
// what counts, and must see the one before.
func (e *Engine) beginCorrection(ctx context.Context) error {
	select {
	case e.correcting <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("tokenomics: waiting for another correction: %w", ctx.Err())
	}
}

func (e *Engine) endCorrection() { <-e.correcting }

// overtaken reports whether a correction does not count because a greater
// version came before it.
func overtaken(r *Receipt) bool {
	return r.Status == Stale || r.Status == Conflict && !r.Counts
}

// lookUp returns the counting versions of those keys that are known.
func (e *Engine) lookUp(ctx context.Context, keys []Key) (map[Key]*store.Entry, error) {
	entries, err := e.store.Get(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("tokenomics: reading the ledger: %w", err)
	}
	known := make(map[Key]*store.Entry, len(entries))
	for i := range entries {
		known[entries[i].Key()] = &entries[i]
	}
	return known, nil
}

func notFound(k Key) error { return fmt.Errorf("%w: %s/%s", ErrNotFound, k.Source, k.ID) }

// guard runs a function of the host; a panic of it is an error.
func guard(name string, f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &CallbackError{Name: name, Value: v}
		}
	}()
	f()
	return nil
}
