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
	last := t.lists.add(e.Subject, g.row.seq)
	if g.old != nil && !g.old.entry.Void {
		if err := t.cell(g.old.entry).add(g.old.entry, true); err != nil {
			return err
		}
	}
	if e.Void {
		return nil
	}
	day, key := dayOf(e.At.UnixNano()), keyOf(e)
	if last.sum == nil || last.day != day || last.key != key { // mostly it is the same again
		last.day, last.key, last.sum = day, key, t.cell(e).of(key)
	}
	return last.sum.Add(e)
}

func (t *tail) cell(e *store.Entry) rollup {
	at := cellOf(e)
	r := t.sums[at]
	if r == nil {
		r = rollup{}
		t.sums[at] = r
	}
	return r
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
