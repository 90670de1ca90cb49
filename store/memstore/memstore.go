// Package memstore is the ledger in memory: the default store, and the
// reference implementation of [store.Store].
//
// It is volatile: what it holds is gone with the process, unless the host
// saves it with [Store.Snapshot] and brings it back with [Store.Restore].
//
// Ten million events fit in about a gigabyte. An event is a record of some
// 70 bytes in blocks of up to 1 MiB, its texts are kept once each in a
// dictionary, its key is found through a hash table of 8 bytes a slot and
// compared in full, and the records of a subject are linked, so that a scan
// of one subject touches no other's. Records are never changed: a version
// that no longer counts is garbage, and a block that is more than half
// garbage is emptied at once. So memory follows the number of live events,
// and no call pauses for longer than it takes to move half a block.
package memstore

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/internal/ghost"
)

// Options are the settings of a Store. The zero Options are the defaults.
type Options struct {
	// MaxEvents caps the number of keys, voids included. At the cap new keys
	// are refused with [store.ErrFull]; new versions of known keys are still
	// taken, and nothing that counts is ever evicted. 0: no cap but the 16 GiB
	// that locations can address.
	MaxEvents int
}

// Store is a ledger in memory. Create it with [New]. It is safe for
// concurrent use: writers take turns, readers do not wait for each other, and
// a scan holds the lock only while it notes which records it will yield.
type Store struct {
	opts Options

	// views counts the views taken so far. Whatever a view may hold is copied
	// before it is overwritten: everything stamped with an older count.
	views atomic.Uint64

	mu          sync.RWMutex
	seed        maphash.Seed
	arena       arena
	index       table // of locations by key
	texts       dict
	subjects    dict
	heads       []loc                       // by subject: its newest record
	recents     [numTexts][numRecent]uint32 // see recent
	scratch     []byte
	taking      taking
	ready       [chunk]ready
	warmth      uint32 // keeps the loads of warm from being optimized away
	activations []store.Activation
	ghosts      *ghost.Ghosts // nil: nothing was ever forgotten
	aliases     []store.Alias // by subject
}

var (
	_ store.Store       = (*Store)(nil)
	_ store.Durable     = (*Store)(nil)
	_ store.Snapshotter = (*Store)(nil)
	_ store.Pruner      = (*Store)(nil)
	_ store.Exchanger   = (*Store)(nil)
	_ store.Eraser      = (*Store)(nil)
	_ store.Renamer     = (*Store)(nil)
)

// New returns an empty store. Options may be nil.
func New(opts *Options) *Store {
	s := &Store{}
	if opts != nil {
		s.opts = *opts
	}
	s.reset()
	return s
}

func (s *Store) reset() {
	s.seed = maphash.MakeSeed()
	s.arena = newArena()
	s.index = table{}
	s.texts, s.subjects = newDict(s.seed), newDict(s.seed)
	s.heads = []loc{0}
	s.recents = [numTexts][numRecent]uint32{}
}

// Durable reports false: nothing survives the process.
func (s *Store) Durable() bool { return false }

// Len returns the number of keys the store holds, voids included.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.index.n
}

// Put implements [store.Store]. It fails only on a context that is already
// done and on prices that were overtaken, and then has no effect.
func (s *Store) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := store.Overtaken(s.activations, entries); err != nil {
		return nil, fmt.Errorf("memstore: put: %w", err)
	}
	return s.putLocked(entries), nil
}

func (s *Store) putLocked(entries []store.Entry) []store.Change {
	if s.ghosts != nil {
		return s.putRefusing(entries)
	}
	return s.putAll(entries)
}

// Exchange implements [store.Exchanger].
func (s *Store) Exchange(ctx context.Context, known *store.Event, e store.Entry) (store.Change, error) {
	if err := ctx.Err(); err != nil {
		return store.Change{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := []store.Entry{e}
	if err := store.Overtaken(s.activations, entries); err != nil {
		return store.Change{}, fmt.Errorf("memstore: exchange: %w", err)
	}
	var counts store.Entry
	l := s.lookup(e.Key())
	if l != 0 {
		decode(s.arena.record(l), &counts, e.ID, s)
	}
	if l == 0 || store.Compare(&counts.Event, known) != 0 {
		return store.Change{}, fmt.Errorf("memstore: exchange %s/%s: %w", e.Source, e.ID, store.ErrChanged)
	}
	return s.putLocked(entries)[0], nil
}

// putAll judges a batch, in order. The lock is held.
func (s *Store) putAll(entries []store.Entry) []store.Change {
	changes := make([]store.Change, len(entries))
	var before slab
	for at := 0; at < len(entries); at += chunk {
		part := entries[at:min(at+chunk, len(entries))]
		s.hash(part)
		s.warm(part)
		for i := range part {
			tail := s.arena.tail
			changes[at+i] = s.put(&part[i], &s.ready[i], &before, len(entries)-at-i)
			if tail != s.arena.tail {
				s.tidy(tail)
			}
		}
	}
	return changes
}

// put judges one version and keeps it if it counts. The lock is held.
func (s *Store) put(e *store.Entry, r *ready, before *slab, left int) store.Change {
	if err := fits(&e.Event); err != nil {
		return store.Change{Status: store.Invalid, Err: err}
	}
	if !r.known { // unless an entry before this one brought it
		r.source, r.known = s.source(e.Source)
		r.key = mix(r.id, r.source)
	}
	var old loc
	hash := r.key
	if r.known {
		old = s.find(r.source, e.ID, hash)
	}
	if old == 0 {
		if s.opts.MaxEvents > 0 && s.index.n >= s.opts.MaxEvents || !s.arena.room() {
			return store.Change{Status: store.Refused, Err: store.ErrFull}
		}
		l := s.write(e, r)
		if !r.known {
			hash = s.keyHash(s.arena.record(l))
		}
		s.index.add(hash, uint32(l))
		return store.Change{Status: store.Accepted, Counts: true}
	}

	was := before.next(left)
	decode(s.arena.record(old), was, e.ID, s)
	c := store.Weigh(was, e)
	if c.Moved(e) {
		if !s.arena.room() {
			return store.Change{Status: store.Refused, Before: was, Err: store.ErrFull}
		}
		s.index.move(hash, uint32(old), uint32(s.write(e, r)))
		s.kill(old)
	}
	return c
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries := make([]store.Entry, 0, len(keys))
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range keys {
		if l := s.lookup(k); l != 0 {
			entries = append(entries, store.Entry{})
			decode(s.arena.record(l), &entries[len(entries)-1], k.ID, s)
		}
	}
	return entries, nil
}

// Activate implements [store.Store].
func (s *Store) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	if err := ctx.Err(); err != nil {
		return store.Activation{}, err
	}
	if len(a.Book) > maxText || len(a.Note) > maxText {
		return store.Activation{}, fmt.Errorf("%w: activation: book and note are %d and %d bytes long, want at most %d", store.ErrInvalid, len(a.Book), len(a.Note), maxText)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := int64(len(s.activations)); expected != last {
		return store.Activation{}, fmt.Errorf("%w: expected the last to be number %d, it is %d", store.ErrStaleActivation, expected, last)
	}
	a.Seq = expected + 1
	s.activations = append(s.activations, cloneOf(a))
	return a, nil
}

// Activations implements [store.Store].
func (s *Store) Activations(ctx context.Context) ([]store.Activation, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := slices.Clone(s.activations)
	for i := range all {
		all[i] = cloneOf(all[i])
	}
	return all, nil
}

// cloneOf copies an activation and what a copy of it would share.
func cloneOf(a store.Activation) store.Activation {
	a.Sheets = append([]byte(nil), a.Sheets...)
	return a
}

// slab hands out entries from chunks, so that a batch of known keys costs few
// allocations. A chunk is never regrown: pointers into it stay good.
type slab struct{ chunk []store.Entry }

func (b *slab) next(left int) *store.Entry {
	if len(b.chunk) == cap(b.chunk) {
		b.chunk = make([]store.Entry, 0, min(left, 32))
	}
	b.chunk = b.chunk[:len(b.chunk)+1]
	return &b.chunk[len(b.chunk)-1]
}
