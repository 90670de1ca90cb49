package storetest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// able is naive with every optional ability, and one mistake by name. It is
// durable: reopened, it is the same.
type able struct {
	*naive
	fault string

	mu          sync.Mutex
	moves       []store.Move
	floor       int64
	checkpoints map[string]checkpoint
	aliases     []store.Alias
	tokens      map[string]string  // of forgotten subjects
	gone        map[store.Key]bool // forgotten keys
}

type checkpoint struct {
	head int64
	data []byte
}

func newAble(mistake string) *able {
	return &able{naive: newNaive(fault{}), fault: mistake, checkpoints: map[string]checkpoint{}, tokens: map[string]string{}, gone: map[store.Key]bool{}}
}

func (a *able) Durable() bool { return true }

func (a *able) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.putLocked(ctx, entries)
}

func (a *able) Exchange(ctx context.Context, known *store.Event, e store.Entry) (store.Change, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	got, err := a.Get(ctx, []store.Key{e.Key()})
	if err != nil {
		return store.Change{}, err
	}
	switch {
	case len(got) == 1 && store.Compare(&got[0].Event, known) == 0:
	case a.fault == "exchanges anything", a.fault == "exchanges what is older" && len(got) == 1 && got[0].Revision <= known.Revision+1:
	default:
		return store.Change{}, store.ErrChanged
	}
	changes, err := a.putLocked(ctx, []store.Entry{e})
	if err != nil {
		return store.Change{}, err
	}
	if a.fault == "exchanges without a place" {
		changes[0].Seq = 0
	}
	return changes[0], nil
}

func (a *able) putLocked(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	all, _ := a.Activations(ctx)
	if err := store.Overtaken(all, entries); err != nil {
		return nil, err
	}
	changes := make([]store.Change, len(entries))
	for i := range entries {
		if a.refuses(&entries[i]) {
			changes[i] = store.Change{Status: store.Refused, Err: store.ErrForgotten}
			continue
		}
		one, err := a.naive.Put(ctx, entries[i:i+1])
		if err != nil {
			return nil, err
		}
		changes[i] = one[0]
		a.note(&entries[i], &changes[i])
	}
	return changes, nil
}

func (a *able) refuses(e *store.Entry) bool {
	if a.fault == "refuses subjects only" {
		return a.tokens[e.Subject] != ""
	}
	if a.fault == "refuses keys only" {
		return a.gone[e.Key()]
	}
	return a.tokens[e.Subject] != "" || a.gone[e.Key()]
}

func (a *able) note(e *store.Entry, c *store.Change) {
	if !c.Counts || c.Status == store.Duplicate && e.Activation <= c.Before.Activation {
		if a.fault == "duplicates move" && c.Status == store.Duplicate {
			c.Seq = a.tell(store.Move{Before: c.Before, After: c.Before})
		}
		return
	}
	after := own(*e)
	m := store.Move{Before: c.Before, After: &after}
	switch {
	case a.fault == "leaves out corrections" && c.Before != nil:
		c.Seq = int64(len(a.moves)) + 1
		a.moves = append(a.moves, store.Move{Seq: -1})
		return
	case a.fault == "no Before":
		m.Before = nil
	}
	c.Seq = a.tell(m)
	if a.fault == "no positions" {
		c.Seq = 0
	}
}

func (a *able) tell(m store.Move) int64 {
	m.Seq = int64(len(a.moves)) + 1
	a.moves = append(a.moves, m)
	return m.Seq
}

func (a *able) Activate(ctx context.Context, expected int64, act store.Activation) (store.Activation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	act, err := a.naive.Activate(ctx, expected, act)
	if err == nil && a.fault != "no books" {
		a.tell(store.Move{Books: true})
	}
	return act, err
}

func (a *able) Head(context.Context) (int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fault == "a head ahead" {
		return int64(len(a.moves)) + 1, nil
	}
	return int64(len(a.moves)), nil
}

func (a *able) Follow(_ context.Context, after int64) iter.Seq2[store.Move, error] {
	return func(yield func(store.Move, error) bool) {
		a.mu.Lock()
		moves, floor := slices.Clone(a.moves), a.floor
		a.mu.Unlock()
		if a.fault == "repeats the last" && after > 0 {
			after--
		}
		if after < floor && a.fault != "hides what was compacted" {
			yield(store.Move{}, store.ErrCompacted)
			return
		}
		for _, m := range moves {
			if m.Seq > after && m.Seq > floor && !yield(m, nil) {
				return
			}
		}
	}
}

func (a *able) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	var head int64
	return a.ScanAt(ctx, q, &head)
}

func (a *able) ScanAt(ctx context.Context, q store.Query, head *int64) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(store.Entry{}, err)
			return
		}
		a.mu.Lock()
		*head = int64(len(a.moves))
		if a.fault == "reads the state later" {
			a.letMove(*head)
		}
		entries := a.selected(q)
		a.mu.Unlock()
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				yield(store.Entry{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// letMove lets go of the lock until something moved past head, if anything does.
func (a *able) letMove(head int64) {
	for i := 0; int64(len(a.moves)) == head && i < 1000; i++ {
		a.mu.Unlock()
		runtime.Gosched()
		a.mu.Lock()
	}
}

func (a *able) Compact(_ context.Context, until int64) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.floor = max(a.floor, min(until, int64(len(a.moves))))
	if a.fault == "compacts what counts" {
		clear(a.rows)
	}
	return nil
}

func (a *able) SaveCheckpoint(_ context.Context, name string, head int64, data []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old, ok := a.checkpoints[name]; ok && old.head > head && a.fault != "takes any checkpoint" {
		return nil
	}
	if a.fault != "keeps the caller's bytes" {
		data = bytes.Clone(data)
	}
	a.checkpoints[name] = checkpoint{head, data}
	return nil
}

func (a *able) LoadCheckpoint(_ context.Context, name string) (int64, []byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.checkpoints[name]
	if !ok {
		return 0, nil, store.ErrNotFound
	}
	return c.head, bytes.Clone(c.data), nil
}

func (a *able) Sum(_ context.Context, q store.Query, head *int64, by ...store.By) iter.Seq2[store.Sum, error] {
	return func(yield func(store.Sum, error) bool) {
		a.mu.Lock()
		if head != nil {
			*head = int64(len(a.moves))
		}
		q.Voids = a.fault == "sums voids"
		entries := a.selected(q)
		a.mu.Unlock()
		sums := map[string]*store.Sum{}
		for i := range entries {
			e := &entries[i]
			keys := make([]string, len(by))
			for k, b := range by {
				var ok bool
				if keys[k], ok = b.Of(&e.Event); !ok {
					yield(store.Sum{}, store.ErrInvalid)
					return
				}
			}
			at := strings.Join(keys, "\x00")
			if sums[at] == nil {
				sums[at] = &store.Sum{Keys: keys}
			}
			if a.fault == "sums nanos" {
				nano, _, _ := e.Cost.FloorNano()
				e.Cost = pico(uint64(nano) * 1000)
			}
			if err := sums[at].Add(e); err != nil {
				yield(store.Sum{}, err)
				return
			}
		}
		if len(by) == 1 && by[0] == "no such dimension" {
			yield(store.Sum{}, store.ErrInvalid)
			return
		}
		var out []*store.Sum
		for _, s := range sums {
			out = append(out, s)
		}
		slices.SortFunc(out, func(x, y *store.Sum) int {
			if a.fault == "sorts sums backwards" {
				x, y = y, x
			}
			return slices.Compare(x.Keys, y.Keys)
		})
		for _, s := range out {
			if !yield(*s, nil) {
				return
			}
		}
	}
}

func (a *able) Forget(_ context.Context, subject string) (store.Erased, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if token := a.tokens[subject]; token != "" && a.fault != "a new token each time" {
		return store.Erased{Token: token}, nil
	}
	erased := store.Erased{Token: fmt.Sprintf("token-%d-%d", len(a.tokens), len(a.moves))}
	a.tokens[subject] = erased.Token
	for k, e := range a.rows {
		if e.Subject != subject {
			continue
		}
		erased.Events++
		a.gone[k] = true
		delete(a.rows, k)
		if a.fault == "deletes what it forgets" {
			continue
		}
		e.Subject, e.ID, e.Session, e.Account = erased.Token, fmt.Sprintf("%x", sha256.Sum256([]byte(k.ID))), "", ""
		if a.fault != "keeps the labels" {
			e.Labels = nil
		}
		a.rows[e.Key()] = e
	}
	a.moves = append(a.moves, store.Move{Seq: int64(len(a.moves)) + 1, Subjects: true})
	if a.fault != "keeps the feed" {
		a.floor = int64(len(a.moves))
	}
	if a.fault == "does not tell" {
		a.moves = a.moves[:len(a.moves)-1]
		a.floor--
	}
	if a.fault != "keeps checkpoints" {
		clear(a.checkpoints)
	}
	if a.fault != "keeps aliases" {
		a.aliases = slices.DeleteFunc(a.aliases, func(x store.Alias) bool { return x.Subject == subject || x.As == subject })
	}
	return erased, nil
}

func (a *able) Rename(_ context.Context, x store.Alias) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tokens[x.Subject] != "" || a.tokens[x.As] != "" {
		return store.ErrForgotten
	}
	counts, err := store.JudgeAlias(a.aliases, x)
	if a.fault == "takes circles" {
		err, counts = nil, true
	}
	if err != nil {
		return err
	}
	if counts || a.fault == "the last alias wins" {
		a.aliases = store.SetAlias(a.aliases, x)
		a.tell(store.Move{Subjects: true})
	}
	return nil
}

func (a *able) Aliases(context.Context) ([]store.Alias, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.aliases), nil
}

func (a *able) Prune(_ context.Context, before time.Time) (n int64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k, e := range a.rows {
		if c := cmp.Compare(e.At.Unix(), before.Unix()); c < 0 || c == 0 && e.At.Nanosecond() < before.Nanosecond() {
			if e.Void && a.fault == "prunes no voids" {
				continue
			}
			delete(a.rows, k)
			n++
		}
	}
	return n, nil
}

// reopenAble closes and opens.
func reopenAble(a *able) *able {
	if a.fault == "numbers anew" {
		a.moves, a.floor = nil, 0
	}
	return a
}

// mistakes are those of optional abilities, each with the rules that must catch
// it.
var mistakes = []struct{ name, rules string }{
	{"no positions", "feed exchange"},
	{"exchanges anything", "exchange"},
	{"exchanges what is older", "exchange exchange-concurrent"},
	{"exchanges without a place", "exchange"},
	{"duplicates move", "feed feed-head"},
	{"leaves out corrections", "feed feed-concurrent"},
	{"no Before", "feed"},
	{"repeats the last", "feed"},
	{"a head ahead", "feed-head"},
	{"reads the state later", "feed-concurrent"},
	{"no books", "feed-books"},
	{"hides what was compacted", "feed-compacted"},
	{"compacts what counts", "feed-compacted"},
	{"numbers anew", "feed-durable"},
	{"keeps the caller's bytes", "checkpoints"},
	{"takes any checkpoint", "checkpoint-order"},
	{"sums voids", "sums"},
	{"sums nanos", "sums-exact"},
	{"sorts sums backwards", "sums"},
	{"keeps the labels", "forget"},
	{"deletes what it forgets", "forget"},
	{"keeps the feed", "forget"},
	{"refuses subjects only", "forget-refuses"},
	{"refuses keys only", "forget-refuses forget-again"},
	{"a new token each time", "forget-again"},
	{"does not tell", "forget-rest"},
	{"keeps checkpoints", "forget-rest"},
	{"keeps aliases", "forget-rest"},
	{"the last alias wins", "aliases"},
	{"takes circles", "alias-cycles"},
	{"prunes no voids", "prune"},
}
