package tokenomics_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// journal makes a store that several instances share of one in memory: it
// numbers every change. Where it may, its feed leaves out moves between.
type journal struct {
	store.Store
	mu          sync.Mutex
	moves       []store.Move // that of position i+1 at i
	floor       int64        // forgotten up to here
	rand        *rand.Rand   // nil: nothing is left out
	checkpoints map[string]checkpoint
}

type checkpoint struct {
	head int64
	data []byte
}

func newJournal(s store.Store) *journal {
	if s == nil {
		s = memstore.New(nil)
	}
	return &journal{Store: s, checkpoints: map[string]checkpoint{}}
}

func (j *journal) Unwrap() store.Store { return j.Store }

func (j *journal) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	changes, err := j.Store.Put(ctx, entries)
	for i := range changes {
		j.noteOf(&changes[i], entries[i])
	}
	return changes, err
}

func (j *journal) noteOf(c *store.Change, after store.Entry) {
	if c.Counts && (c.Status != store.Duplicate || c.Before.Activation < after.Activation) {
		j.note(store.Move{Before: c.Before, After: &after})
		c.Seq = int64(len(j.moves))
	}
}

func (j *journal) Exchange(ctx context.Context, known *store.Event, e store.Entry) (store.Change, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	ex, _ := store.As[store.Exchanger](j.Store)
	c, err := ex.Exchange(ctx, known, e)
	if err == nil {
		j.noteOf(&c, e)
	}
	return c, err
}

func (j *journal) note(m store.Move) {
	m.Seq = int64(len(j.moves)) + 1
	j.moves = append(j.moves, m)
}

func (j *journal) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	a, err := j.Store.Activate(ctx, expected, a)
	if err == nil {
		j.note(store.Move{Books: true})
	}
	return a, err
}

// tell makes what was done to subjects known to followers. What the feed has of
// a subject that was forgotten is gone.
func (j *journal) tell(forgotten bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.note(store.Move{Subjects: true})
	if forgotten {
		j.floor = int64(len(j.moves)) - 1
		clear(j.moves[:j.floor])
		clear(j.checkpoints)
	}
}

func (j *journal) Forget(ctx context.Context, subject string) (store.Erased, error) {
	eraser, _ := store.As[store.Eraser](j.Store)
	erased, err := eraser.Forget(ctx, subject)
	if err == nil {
		j.tell(true)
	}
	return erased, err
}

func (j *journal) Rename(ctx context.Context, a store.Alias) error {
	renamer, _ := store.As[store.Renamer](j.Store)
	err := renamer.Rename(ctx, a)
	if err == nil {
		j.tell(false)
	}
	return err
}

func (j *journal) Aliases(ctx context.Context) ([]store.Alias, error) {
	renamer, _ := store.As[store.Renamer](j.Store)
	return renamer.Aliases(ctx)
}

func (j *journal) Head(ctx context.Context) (int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return int64(len(j.moves)), ctx.Err()
}

func (j *journal) Follow(ctx context.Context, after int64) iter.Seq2[store.Move, error] {
	return func(yield func(store.Move, error) bool) {
		j.mu.Lock()
		if after < j.floor {
			j.mu.Unlock()
			yield(store.Move{}, fmt.Errorf("journal: %w", store.ErrCompacted))
			return
		}
		moves := append([]store.Move(nil), j.moves[after:]...)
		if j.rand != nil && j.rand.IntN(2) == 0 {
			moves = shortened(moves)
		}
		j.mu.Unlock()
		for _, m := range moves {
			if err := ctx.Err(); err != nil {
				yield(store.Move{}, err)
				return
			}
			if !yield(m, nil) {
				return
			}
		}
	}
}

// shortened leaves out what a feed may: moves to versions of the subject, team and day
// of the one before.
func shortened(moves []store.Move) []store.Move {
	last := map[store.Key]int{} // of the moves that stay
	var out []store.Move
	for _, m := range moves {
		if m.After == nil {
			out = append(out, m)
			continue
		}
		if i, ok := last[m.After.Key()]; ok && alike(out[i].Before, out[i].After) {
			m.Before, out[i] = out[i].Before, store.Move{}
		}
		last[m.After.Key()] = len(out)
		out = append(out, m)
	}
	return slices.DeleteFunc(out, func(m store.Move) bool { return m.Seq == 0 })
}

func alike(a, b *store.Entry) bool {
	return a != nil && a.Subject == b.Subject && a.Team == b.Team && a.At.Format(time.DateOnly) == b.At.Format(time.DateOnly)
}

func (j *journal) ScanAt(ctx context.Context, q store.Query, head *int64) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		j.mu.Lock()
		*head = int64(len(j.moves))
		scan, stop := iter.Pull2(j.Store.Scan(ctx, q))
		defer stop()
		entry, err, ok := scan() // a scan sees the state of its beginning
		j.mu.Unlock()
		for ; ok; entry, err, ok = scan() {
			if !yield(entry, err) {
				return
			}
		}
	}
}

// compact forgets the feed up to now.
func (j *journal) compact() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.floor = int64(len(j.moves))
}

func (j *journal) SaveCheckpoint(ctx context.Context, name string, head int64, data []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if old, ok := j.checkpoints[name]; !ok || old.head <= head {
		j.checkpoints[name] = checkpoint{head, bytes.Clone(data)}
	}
	return nil
}

// saved returns how many checkpoints there are.
func (j *journal) saved() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.checkpoints)
}

func (j *journal) LoadCheckpoint(ctx context.Context, name string) (int64, []byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c, ok := j.checkpoints[name]
	if !ok {
		return 0, nil, fmt.Errorf("journal: checkpoint %q: %w", name, store.ErrNotFound)
	}
	return c.head, bytes.Clone(c.data), ctx.Err()
}

var (
	_ store.Follower     = (*journal)(nil)
	_ store.Checkpointer = (*journal)(nil)
	_ store.Eraser       = (*journal)(nil)
	_ store.Renamer      = (*journal)(nil)
)
