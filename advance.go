package tokenomics

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// doubts say that the boards may lag behind the ledger. They are rebuilt from
// it before anybody reads them again.
type doubts struct {
	stale atomic.Bool // rebuild before the next read

	// lost are the keys of writes whose outcome is unknown. Such a write may
	// land at any later time, unseen; when its key is recorded again and the
	// store calls it known, the boards are rebuilt.
	mu   sync.Mutex
	lost map[Key]struct{}
	all  bool // more were lost than are kept: every known key is doubtful
}

// maxLost bounds how many keys of lost writes are kept apart.
const maxLost = 100_000

// lose notes a write whose outcome is unknown.
func (d *doubts) lose(entries []store.Entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost == nil {
		d.lost = map[Key]struct{}{}
	}
	for i := range entries {
		d.lost[entries[i].Key()] = struct{}{}
	}
	if len(d.lost) > maxLost {
		d.lost, d.all = nil, true
	}
	d.stale.Store(true)
}

// settle drops what a successful write says of lost keys. It reports whether
// the boards must be rebuilt because of it.
func (d *doubts) settle(entries []store.Entry, changes []store.Change) (doubtful bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost == nil && !d.all {
		return false
	}
	for i := range entries {
		k := entries[i].Key()
		if _, lost := d.lost[k]; lost || d.all && changes[i].Before != nil {
			doubtful = true
			delete(d.lost, k)
		}
	}
	return doubtful
}

// Advance slides every board to now, as the engine's clock would. Reads and
// writes do so by themselves; a host calls it to choose the moment. A now that
// lies in an earlier step than the boards show takes them back to it: state is
// a function of the events and the clock, wherever the clock has been.
//
// It also rebuilds boards that may lag behind the ledger after a failure of
// the store, and then fails if the store still does.
func (e *Engine) Advance(ctx context.Context, now time.Time) error {
	now = now.UTC()
	if !e.mustMove(now) {
		return nil
	}
	if now.Before(store.Earliest()) || !now.Before(store.Latest()) {
		return &ConfigError{"Now", fmt.Sprintf("says %s, want 2000 to 2199", now.Format(time.RFC3339))}
	}
	e.lanes.enter(allLanes)
	defer e.lanes.leave(allLanes)
	if !e.doubts.stale.Load() {
		done, err := e.slide(now)
		if done || err != nil {
			return err
		}
		e.doubts.stale.Store(true) // readers wait for the rebuild
	}
	// The rebuild serves everybody who waits: one caller's haste must not undo it.
	return e.rebuild(context.WithoutCancel(ctx), now)
}

// mustMove reports whether boards have to slide or to be rebuilt before they
// are read.
func (e *Engine) mustMove(now time.Time) bool {
	if e.doubts.stale.Load() {
		return true
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, b := range e.boards {
		if b.lags(now) {
			return true
		}
	}
	return false
}

// slide moves the boards forward. It reports false if they must be rebuilt
// instead: the clock went back, or events that were too far ahead to be kept
// are due.
func (e *Engine) slide(now time.Time) (done bool, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, b := range e.boards {
		if b.stepOf(now) < b.current-1 || b.misses(now) {
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

// rebuild fills new boards from the store as of now and puts them in place; on
// an error the old ones stay. The caller holds all lanes, or the engine is not
// yet shared.
func (e *Engine) rebuild(ctx context.Context, now time.Time) error {
	fresh := make([]*board, len(e.specs))
	from := now
	names := rank.NewNames() // the old ones may name many who are gone
	for i, spec := range e.specs {
		b, err := newBoard(spec, names)
		if err != nil {
			return err
		}
		if err := b.advance(now); err != nil {
			return err
		}
		if fresh[i] = b; b.first().Before(from) {
			from = b.first()
		}
	}
	if len(fresh) > 0 {
		for entry, err := range e.store.Scan(ctx, store.Query{From: from}) {
			if err != nil {
				return fmt.Errorf("tokenomics: reading the ledger to rebuild the boards: %w", err)
			}
			id := names.ID(entry.Subject)
			for _, b := range fresh {
				score, err := b.host(&entry)
				b.fail(err)
				b.change(nil, &entry, 0, id, 0, score)
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names, e.boards = names, fresh
	for _, b := range fresh {
		e.byName[b.spec.Name] = b
	}
	e.doubts.stale.Store(false)
	return nil
}
