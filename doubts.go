package tokenomics

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// doubts say that the boards may lag behind the ledger. They are rebuilt from
// it before anybody reads them again.
type doubts struct {
	raised, settled atomic.Uint64 // doubts so far, and how many a rebuild has settled
	landed          func()        // told that a lost version is in the ledger

	// lost are the versions, by a hash of their canonical bytes, whose write
	// has an unknown outcome. Such a write may land at any later time, unseen;
	// when the store names the version as one that counted, the boards are
	// rebuilt.
	mu     sync.Mutex
	seed   maphash.Seed
	lost   map[uint64]struct{}
	all    bool // more were lost than are kept: any version may be one
	latest time.Time

	// Where any version may be one, nearly all are not: then the boards are
	// rebuilt now and then, not each time.
	due   atomic.Bool
	since time.Time // the last such rebuild was asked for
}

const (
	// maxLost bounds how many lost versions are kept apart.
	maxLost = 100_000
	// allEvery is how often, at most, boards are rebuilt while any version may be
	// a lost one.
	allEvery = 10 * time.Second
	// lostFor is how long a store may take to land a write it gave up.
	lostFor = time.Hour
)

func (d *doubts) raise() { d.raised.Add(1) }

func (d *doubts) any() bool { return d.raised.Load() != d.settled.Load() }

func (d *doubts) hash(e *store.Event) uint64 {
	var buf [512]byte
	return maphash.Bytes(d.seed, store.AppendCanonical(buf[:0], e))
}

// lose notes a write whose outcome is unknown.
func (d *doubts) lose(entries []store.Entry, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost == nil {
		d.seed, d.lost = maphash.MakeSeed(), map[uint64]struct{}{}
	}
	for i := range entries {
		d.lost[d.hash(&entries[i].Event)] = struct{}{}
	}
	if len(d.lost) > maxLost {
		clear(d.lost)
		d.all = true
	}
	d.latest = now
}

// open reports whether any version may be lost.
func (d *doubts) open() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.lost) > 0 || d.all
}

// meet reports whether the store names a lost version as one that counted.
func (d *doubts) meet(changes []store.Change, now time.Time) (lost bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range changes {
		if changes[i].Before == nil {
			continue
		}
		h := d.hash(&changes[i].Before.Event)
		if _, ok := d.lost[h]; ok {
			delete(d.lost, h) // the rebuild will show it
			lost = true
		} else if d.all {
			d.due.Store(true)
		}
	}
	if lost {
		d.landed()
	}
	return lost || d.overdue(now)
}

// overdue reports whether it is time to rebuild boards of which nobody knows what
// they lack. d.mu is held.
func (d *doubts) overdue(now time.Time) bool {
	if age := now.Sub(d.since); !d.due.Load() || age >= 0 && age < allEvery {
		return false
	}
	d.due.Store(false)
	d.since = now
	return true
}

// ripen raises the doubts whose time has come.
func (d *doubts) ripen(now time.Time) {
	if !d.due.Load() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.overdue(now) {
		d.raise()
	}
}

// found notes a version that a rebuild has seen: it is lost no more.
func (d *doubts) found(e *store.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.lost) > 0 {
		delete(d.lost, d.hash(e))
	}
}

// tracking reports whether some versions are lost.
func (d *doubts) tracking() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.lost) > 0
}

// forget drops what was lost long ago.
func (d *doubts) forget(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Sub(d.latest) > lostFor {
		d.lost, d.all = nil, false
		d.due.Store(false)
	}
}

// lose notes that the outcome of writing entries is unknown. The caller holds
// their lanes.
func (e *Engine) lose(ctx context.Context, entries []store.Entry) {
	if e.feed.of != nil {
		e.feed.unsure.Add(1) // what landed is in the feed, whenever it did
		return
	}
	e.doubts.lose(entries, e.now())
	if e.landed(ctx, entries) {
		e.staleFacts() // nobody noted of which days it took something away
		e.doubts.raise()
		return
	}
	e.loseFacts(entries)
}

// landed reports whether any part of a write that failed may be in the ledger
// already. What lands later is met later.
func (e *Engine) landed(ctx context.Context, entries []store.Entry) bool {
	keys := make([]Key, len(entries))
	for i := range entries {
		keys[i] = entries[i].Key()
	}
	known, err := e.store.Get(context.WithoutCancel(ctx), keys)
	return err != nil || len(known) > 0
}
