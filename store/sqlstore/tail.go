package sqlstore

import (
	"sync"

	"github.com/tokenomics-go/tokenomics/store"
)

// tail is what the rollups lack, as far as this store wrote it itself and in
// one go: so that it need not be read again to catch up. It is a help only.
// Where it does not fit what the database says, the feed is read.
type tail struct {
	mu          sync.Mutex
	after, upto int64 // it holds the changes of (after, upto]
	sums        map[cell]rollup
	lists       positions
}

// rollEvery is how many positions the rollups may lag behind before a Put
// catches up with them: as many are looked through for what is one subject's.
const rollEvery = 1 << 16

// add notes a batch that is committed, which took the positions of (after, upto].
func (t *tail) add(b *batch, after, upto int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.upto != after || t.sums == nil || t.upto-t.after > 2*rollEvery {
		t.after, t.sums, t.lists = after, map[cell]rollup{}, positions{}
	}
	t.upto = upto
	for i := range b.groups {
		if t.move(&b.groups[i]) != nil { // a sum that does not fit: whoever reads the feed says so
			t.sums, t.upto = nil, 0
			return
		}
	}
}

func (t *tail) move(g *group) error {
	if !g.moved {
		return nil
	}
	e := g.row.entry
	t.lists[e.Subject] = append(t.lists[e.Subject], g.row.seq)
	if g.old != nil {
		if err := t.sum(g.old.entry, true); err != nil {
			return err
		}
	}
	return t.sum(e, false)
}

func (t *tail) sum(e *store.Entry, take bool) error {
	if e.Void {
		return nil
	}
	at := cellOf(e)
	r := t.sums[at]
	if r == nil {
		r = rollup{}
		t.sums[at] = r
	}
	return r.add(e, take)
}

// take hands over the changes after a position, if it has them, and where they
// end. They are gone then.
func (t *tail) take(after int64) (sums map[cell]rollup, lists positions, upto int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sums == nil || t.after != after {
		return nil, nil, 0
	}
	sums, lists = t.sums, t.lists
	t.sums, t.lists = nil, nil
	return sums, lists, t.upto
}

// begins is the position that the changes come after, and whether there are any.
func (t *tail) begins() (after int64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.after, t.sums != nil
}
