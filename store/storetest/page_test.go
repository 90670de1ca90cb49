package storetest_test

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/tokenomics-go/tokenomics/store"
)

// What follows is in docs/stores.md, word by word: see TestDocs. TestStore proves
// that it is a store.

// Store is a ledger in a map. Entries in the map are never changed, only
// replaced, so they may be read without the lock.
type Store struct {
	mu    sync.Mutex
	rows  map[store.Key]*store.Entry // the version that counts
	books []store.Activation
}

func New() *Store { return &Store{rows: map[store.Key]*store.Entry{}} }

func (s *Store) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := store.Overtaken(s.books, entries); err != nil {
		return nil, err
	}
	changes := make([]store.Change, len(entries))
	for i := range entries {
		e := &entries[i]
		changes[i] = store.Weigh(s.rows[e.Key()].Clone(), e)
		if changes[i].Moved(e) {
			s.rows[e.Key()] = e.Clone()
		}
	}
	return changes, nil
}

func (s *Store) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var known []store.Entry
	for _, k := range keys {
		if e := s.rows[k]; e != nil {
			known = append(known, *e.Clone())
		}
	}
	return known, ctx.Err()
}

func (s *Store) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		var found []*store.Entry
		s.mu.Lock()
		for _, e := range s.rows {
			if q.Selects(e) {
				found = append(found, e)
			}
		}
		s.mu.Unlock() // not held while the caller's loop body runs: it may put
		slices.SortFunc(found, store.InOrder)
		for _, e := range found {
			if ctx.Err() != nil {
				break
			}
			if !yield(*e.Clone(), nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(store.Entry{}, err)
		}
	}
}

func (s *Store) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return a, err
	}
	if expected != int64(len(s.books)) {
		return a, store.ErrStaleActivation
	}
	a.Seq, a.Sheets = expected+1, bytes.Clone(a.Sheets)
	s.books = append(s.books, a)
	return a, nil
}

func (s *Store) Activations(ctx context.Context) ([]store.Activation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.books), ctx.Err()
}
