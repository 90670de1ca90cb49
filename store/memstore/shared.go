package memstore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// Shared is a Store for several engines of one process: it has a feed that they
// follow, and keeps checkpoints. Like the store it is volatile. A move in the
// feed takes the memory of two entries, about a kilobyte.
type Shared struct {
	*Store

	mu          sync.Mutex // taken before the store's: what moves and its position are one step
	keep        int
	moves       []store.Move
	head, floor int64
	checkpoints map[string]checkpoint
}

type checkpoint struct {
	head int64
	data []byte
}

var (
	_ store.Follower     = (*Shared)(nil)
	_ store.Exchanger    = (*Shared)(nil)
	_ store.Compactor    = (*Shared)(nil)
	_ store.Checkpointer = (*Shared)(nil)
)

// NewShared returns an empty store whose feed keeps at least the given number
// of moves, and at most twice as many. Options may be nil.
func NewShared(opts *Options, keep int) *Shared {
	return &Shared{Store: New(opts), keep: max(keep, 1), checkpoints: map[string]checkpoint{}}
}

// tell adds a move. The lock is held.
func (s *Shared) tell(m store.Move) int64 {
	s.head++
	m.Seq = s.head
	s.moves = append(s.moves, m)
	if len(s.moves) > 2*s.keep {
		s.trim(s.moves[len(s.moves)-s.keep-1].Seq)
	}
	return m.Seq
}

// trim forgets what came up to a position. The lock is held.
func (s *Shared) trim(floor int64) {
	s.floor = max(s.floor, min(floor, s.head))
	n, _ := slices.BinarySearchFunc(s.moves, s.floor+1, func(m store.Move, seq int64) int { return cmp.Compare(m.Seq, seq) })
	s.moves = slices.Clone(s.moves[n:])
}

// Put implements [store.Store].
func (s *Shared) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes, err := s.Store.Put(ctx, entries)
	for i := range changes {
		s.tellOf(&changes[i], &entries[i])
	}
	return changes, err
}

// tellOf adds the move that a change made, if it made one. The lock is held.
func (s *Shared) tellOf(c *store.Change, e *store.Entry) {
	if c.Moved(e) {
		c.Seq = s.tell(store.Move{Before: c.Before.Clone(), After: e.Clone()})
	}
}

// Exchange implements [store.Exchanger].
func (s *Shared) Exchange(ctx context.Context, known *store.Event, e store.Entry) (store.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.Store.Exchange(ctx, known, e)
	if err == nil {
		s.tellOf(&c, &e)
	}
	return c, err
}

// Activate implements [store.Store].
func (s *Shared) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.Store.Activate(ctx, expected, a)
	if err == nil {
		s.tell(store.Move{Books: true})
	}
	return a, err
}

// Rename implements [store.Renamer].
func (s *Shared) Rename(ctx context.Context, a store.Alias) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts, err := s.rename(ctx, a)
	if counts && err == nil {
		s.tell(store.Move{Subjects: true})
	}
	return err
}

// anew begins the feed anew: whoever follows it reads the state anew. The lock
// is held.
func (s *Shared) anew() {
	s.head++
	s.trim(s.head)
}

// Forget implements [store.Eraser].
func (s *Shared) Forget(ctx context.Context, subject string) (store.Erased, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	erased, err := s.Store.Forget(ctx, subject)
	if err == nil {
		s.anew()
		clear(s.checkpoints)
	}
	return erased, err
}

// Prune implements [store.Pruner].
func (s *Shared) Prune(ctx context.Context, before time.Time) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.Store.Prune(ctx, before)
	if n > 0 {
		s.anew()
	}
	return n, err
}

// Restore implements [store.Snapshotter].
func (s *Shared) Restore(ctx context.Context, r io.Reader) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.Store.Restore(ctx, r)
	if err == nil {
		s.anew()
	}
	return err
}

// Head implements [store.Follower].
func (s *Shared) Head(ctx context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head, ctx.Err()
}

// Follow implements [store.Follower].
func (s *Shared) Follow(ctx context.Context, after int64) iter.Seq2[store.Move, error] {
	return func(yield func(store.Move, error) bool) {
		s.mu.Lock()
		moves, floor := s.moves, s.floor // a prefix of which nothing changes
		s.mu.Unlock()
		err := ctx.Err()
		if err == nil && after < floor {
			err = fmt.Errorf("memstore: follow: %w: asked for what came after %d, it reaches back to %d", store.ErrCompacted, after, floor)
		}
		for i := range moves {
			if err == nil && i%256 == 255 {
				err = ctx.Err()
			}
			if err != nil {
				break
			}
			m := moves[i]
			if m.Seq <= after {
				continue
			}
			m.Before, m.After = m.Before.Clone(), m.After.Clone()
			if !yield(m, nil) {
				return
			}
		}
		if err != nil {
			yield(store.Move{}, err)
		}
	}
}

// ScanAt implements [store.Follower].
func (s *Shared) ScanAt(ctx context.Context, q store.Query, head *int64) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(store.Entry{}, err)
			return
		}
		s.mu.Lock()
		*head = s.head
		v := s.view(q)
		s.mu.Unlock()
		v.yield(ctx, yield)
	}
}

// Compact implements [store.Compactor].
func (s *Shared) Compact(ctx context.Context, until int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trim(until)
	return nil
}

// SaveCheckpoint implements [store.Checkpointer].
func (s *Shared) SaveCheckpoint(ctx context.Context, name string, head int64, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.checkpoints[name]; !ok || old.head <= head {
		s.checkpoints[name] = checkpoint{head, bytes.Clone(data)}
	}
	return nil
}

// LoadCheckpoint implements [store.Checkpointer].
func (s *Shared) LoadCheckpoint(ctx context.Context, name string) (head int64, data []byte, err error) {
	if err := ctx.Err(); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.checkpoints[name]
	if !ok {
		return 0, nil, fmt.Errorf("%w: there is no checkpoint %q", store.ErrNotFound, name)
	}
	return c.head, bytes.Clone(c.data), nil
}
