package tokenomics

import (
	"context"
	"hash/maphash"
	"sync"

	"github.com/tokenomics-go/tokenomics/store"
)

// lanes keep two writes of one key from overlapping between the store and the
// boards: the second would take a version off the boards that they do not show
// yet. A write holds the lanes of its keys from before the store sees it until
// the boards show it; a rebuild, or whoever else needs the ledger and the boards
// of one moment, holds all of them.
//
// A lane is a bit at the hash of a key. There are so many that batches of
// different keys hardly ever share one: they write side by side. Whoever cannot
// have his lanes waits in one queue, so nobody starves.
type lanes struct {
	seed maphash.Seed

	mu      sync.Mutex
	taken   [numLanes / 64]uint64
	holders int  // of some lanes
	closed  bool // somebody holds all of them
	queue   []*laneWaiter
}

const numLanes = 1 << 20 // a bit each: 128 KiB

// lane is the number of one.
type lane uint32

type laneWaiter struct {
	lanes   []lane
	all     bool
	ready   chan struct{} // closed when granted
	granted bool
}

func newLanes() *lanes { return &lanes{seed: maphash.MakeSeed()} }

// of appends the lanes of a batch. Keys that differ in their sources only share
// one.
func (l *lanes) of(dst []lane, entries []store.Entry) []lane {
	for i := range entries {
		dst = append(dst, lane(maphash.String(l.seed, entries[i].ID)%numLanes))
	}
	return dst
}

// enter takes the lanes. On an error, that of ctx, it holds none.
func (l *lanes) enter(ctx context.Context, some []lane) error {
	return l.wait(ctx, some, false)
}

// enterAll takes all lanes. On an error, that of ctx, it holds none.
func (l *lanes) enterAll(ctx context.Context) error { return l.wait(ctx, nil, true) }

func (l *lanes) wait(ctx context.Context, some []lane, all bool) error {
	l.mu.Lock()
	if len(l.queue) == 0 && l.free(some, all) {
		l.take(some, all)
		l.mu.Unlock()
		return nil
	}
	w := &laneWaiter{lanes: some, all: all, ready: make(chan struct{})}
	l.queue = append(l.queue, w)
	l.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.granted {
		l.give(some, all)
	}
	for i := range l.queue {
		if l.queue[i] == w {
			l.queue = append(l.queue[:i], l.queue[i+1:]...)
			break
		}
	}
	l.grant()
	return ctx.Err()
}

func (l *lanes) leave(some []lane) { l.release(some, false) }

func (l *lanes) leaveAll() { l.release(nil, true) }

func (l *lanes) release(some []lane, all bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.give(some, all)
	l.grant()
}

func (l *lanes) free(some []lane, all bool) bool {
	if l.closed || all && l.holders > 0 {
		return false
	}
	for _, n := range some {
		if l.taken[n/64]&(1<<(n%64)) != 0 {
			return false
		}
	}
	return true
}

// take and give mark what was found free; a batch may name a lane twice.
func (l *lanes) take(some []lane, all bool) {
	if l.closed = all; !all {
		l.holders++
	}
	for _, n := range some {
		l.taken[n/64] |= 1 << (n % 64)
	}
}

func (l *lanes) give(some []lane, all bool) {
	if l.closed = false; !all {
		l.holders--
	}
	for _, n := range some {
		l.taken[n/64] &^= 1 << (n % 64)
	}
}

// grant lets those in who wait, in their turn.
func (l *lanes) grant() {
	for len(l.queue) > 0 && l.free(l.queue[0].lanes, l.queue[0].all) {
		w := l.queue[0]
		l.queue = l.queue[1:]
		l.take(w.lanes, w.all)
		w.granted = true
		close(w.ready)
	}
}
