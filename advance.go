package tokenomics

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// Advance slides every board to now, as the engine's clock would. Reads and
// writes do so by themselves; a host calls it to choose the moment. A now that
// lies before the step the boards show, by more than a minute, takes them back
// to it: state is a function of the events and the clock, wherever the clock
// has been.
//
// It also rebuilds boards that may lag behind the ledger after a failure of
// the store, and then fails if the store still does.
//
// Where awards were asked for before, or announcements, it closes the days that
// are over by the engine's clock: it brings the awards of everybody up to them,
// corrections included, and announces what changed. A host that announces calls
// it now and then; nothing else does.
func (e *Engine) Advance(ctx context.Context, now time.Time) error {
	defer e.warnOfOldPrices(now)
	if err := e.advance(ctx, func() time.Time { return now }); err != nil {
		return err
	}
	return e.settleAwards(ctx)
}

// advance is Advance by a clock, which is read again after a wait.
func (e *Engine) advance(ctx context.Context, clock func() time.Time) error {
	now := clock().UTC()
	if err := checkClock(now); err != nil {
		return err
	}
	if done, err := e.slide(now); done || err != nil {
		return err
	}
	if err := e.lanes.enterAll(ctx); err != nil {
		return fmt.Errorf("tokenomics: waiting to bring the boards up to date: %w", err)
	}
	defer e.lanes.leaveAll()
	return e.renew(ctx, clock)
}

func checkClock(now time.Time) error {
	if now.Before(store.Earliest()) || !now.Before(store.Latest()) {
		return &ConfigError{"Now", fmt.Sprintf("says %s, want 2000 to 2199", now.Format(time.RFC3339))}
	}
	return nil
}

// renew does what slide cannot. The caller holds all lanes.
func (e *Engine) renew(ctx context.Context, clock func() time.Time) error {
	for {
		if e.feed.behind() {
			if err := e.follow(ctx); err != nil {
				return err
			}
		}
		now := clock().UTC()
		if done, err := e.slide(now); done || err != nil { // somebody else rebuilt them meanwhile
			return err
		}
		if e.doubts.any() || !e.feed.behind() {
			// The rebuild serves everybody who waits: one caller's haste must not undo it.
			return e.rebuild(context.WithoutCancel(ctx), now)
		}
	}
}

// slide moves the boards forward, where that is all there is to do. It reports
// false if there is more to do: they lack what this engine wrote, they are in
// doubt, the clock went back, or events that were too far ahead to be kept are
// due.
func (e *Engine) slide(now time.Time) (done bool, err error) {
	e.doubts.ripen(now)
	e.mu.RLock()
	still := e.isAt(now)
	e.mu.RUnlock()
	if still {
		return true, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.doubts.any() || e.feed.behind() {
		return false, nil
	}
	for _, b := range e.boards {
		if b.isAheadOf(now) || b.misses(now) {
			return false, nil
		}
	}
	for _, b := range e.boards {
		if err := b.advance(now); err != nil {
			return false, err
		}
	}
	return true, nil
}

// isAt reports whether the boards are up to date as of now. The caller holds the
// lock.
func (e *Engine) isAt(now time.Time) bool {
	if e.doubts.any() || e.feed.behind() {
		return false
	}
	sec, still := now.Unix(), 0
	for _, b := range e.boards {
		if sec >= b.begin && sec < b.end { // in the newest step
			still++
		}
	}
	if still > 0 && still == len(e.boards) {
		return true
	}
	if now.Before(store.Earliest()) || !now.Before(store.Latest()) {
		return false
	}
	for _, b := range e.boards {
		if b.lags(now) {
			return false
		}
	}
	return true
}

// rebuild fills new boards from the store as of now and puts them in place; on
// an error the old ones stay. The caller holds all lanes, or the engine is not
// yet shared.
func (e *Engine) rebuild(ctx context.Context, now time.Time) error {
	agg, ok := e.sums()
	if ok && !e.doubts.tracking() { // sums do not tell what was lost
		err := e.rebuildFrom(ctx, agg, now)
		if err == nil || ctx.Err() != nil {
			return err
		}
		// Sums may fail where events do not: one subject's sum fits nowhere, and
		// only its boards are to be told.
		e.log.Warn("tokenomics: the boards cannot be filled from the store's sums, the ledger is read instead", "reason", err)
	}
	return e.rebuildFrom(ctx, nil, now)
}

// rebuildFrom is rebuild from sums of the store, or from its events if agg is nil.
func (e *Engine) rebuildFrom(ctx context.Context, agg store.Aggregator, now time.Time) error {
	raised, unsure, head := e.doubts.raised.Load(), e.feed.unsure.Load(), int64(0)
	e.renamed.Store(false)
	found := func(*store.Event) {}
	if e.doubts.tracking() {
		found = e.doubts.found
	}
	names, who, fresh, err := e.derive(ctx, agg, now, &head, found)
	if err != nil {
		e.renamed.Store(true)
		return err
	}
	e.counters.rebuilds.Add(1)
	e.doubts.forget(now)
	for _, b := range fresh {
		b.settle()
	}
	e.install(who, fresh, names, raised, unsure, head)
	if now, err := e.readAliases(ctx); err != nil || !slices.Equal(now.facts, who.facts) {
		e.subjectsMoved() // somebody was renamed between
	}
	return nil
}

// install puts boards in place that settle the doubts raised by then, and are at
// a position of the feed that settles what was unsure by then.
func (e *Engine) install(who *aliases, fresh []*board, names *rank.Names, raised, unsure uint64, head int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.renameFacts()
	e.names, e.boards = names, fresh
	e.aliases.Store(who)
	for _, b := range fresh {
		e.byName[b.spec.Name] = b
	}
	e.doubts.settled.Store(raised)
	e.feed.pos.Store(head)
	e.feed.sure.Store(unsure)
}

// derive makes boards of what the store holds, as of now: from its sums, or from
// its events if agg is nil; found is told of these. *head is the position they are
// at.
func (e *Engine) derive(ctx context.Context, agg store.Aggregator, now time.Time, head *int64, found func(*store.Event)) (*rank.Names, *aliases, []*board, error) {
	names := rank.NewNames() // the old ones may name many who are gone
	who, err := e.readAliases(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	fresh := make([]*board, len(e.specs))
	from := now
	for i, spec := range e.specs {
		b, err := newBoard(spec, namesOf(&spec, names))
		if err != nil {
			return nil, nil, nil, err
		}
		if err := b.advance(now); err != nil {
			return nil, nil, nil, err
		}
		b.who = who
		if fresh[i] = b; b.since().Before(from) {
			from = b.since()
		}
	}
	if err := e.fill(ctx, agg, who, fresh, names, store.Query{From: from}, head, found); err != nil {
		return nil, nil, nil, fmt.Errorf("tokenomics: reading the ledger to rebuild the boards: %w", err)
	}
	return names, who, fresh, nil
}

// fill adds to new boards what a query selects. *head is the position of what it
// has seen.
func (e *Engine) fill(ctx context.Context, agg store.Aggregator, who *aliases, fresh []*board, names *rank.Names, q store.Query, head *int64, found func(*store.Event)) error {
	if len(fresh) == 0 && e.feed.of == nil {
		return nil
	}
	if agg != nil {
		return e.fillFromSums(ctx, agg, who, fresh, names, q, head)
	}
	for entry, err := range e.scanAt(ctx, q, head) {
		if err != nil {
			return err
		}
		found(&entry.Event)
		counted := who.resolved(&entry)
		id := names.ID(counted.Subject)
		for _, b := range fresh {
			var h hostScore
			h.after, h.err = hostScoreOf(&b.spec, &entry)
			b.change(nil, counted, 0, id, h)
		}
	}
	return nil
}

// scanAt is Scan, with the position of what it sees in a store that has a feed.
func (e *Engine) scanAt(ctx context.Context, q store.Query, head *int64) iter.Seq2[store.Entry, error] {
	if e.feed.of == nil {
		return e.store.Scan(ctx, q)
	}
	return e.feed.of.ScanAt(ctx, q, head)
}
