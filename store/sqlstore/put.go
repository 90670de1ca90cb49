package sqlstore

import (
	"context"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
)

// Put implements [store.Store]. The batch is one transaction. Of a batch that
// changes nothing none is left behind.
func (s *Store) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, nil
	}
	b := newBatch(entries)
	if err := s.keep(ctx, b, func(*writing) error { return nil }); err != nil {
		return nil, fmt.Errorf("sqlstore: put: %w", err)
	}
	return b.changes, nil
}

// keep writes a batch, if check has nothing against it, in one transaction.
func (s *Store) keep(ctx context.Context, b *batch, check func(w *writing) error) error {
	var h head
	n := int64(len(b.entries))
	err := s.write(ctx, n, func(w *writing) error {
		err := check(w)
		if err == nil {
			err = w.put(ctx, b)
		}
		if err == nil {
			h = w.head
		}
		return err
	})
	if err == nil && h.seq > 0 {
		s.tail.add(b, h.seq-n, h.seq)
		s.catchUp(ctx, &h)
	}
	return err
}

// put writes a batch: for each key what would count if the key were new, unless
// it is known. What is known is then judged against, and replaced where it no
// longer counts. Whoever holds the head is the only one who writes.
func (w *writing) put(ctx context.Context, b *batch) error {
	if err := w.overtaken(ctx, b.entries); err != nil {
		return err
	}
	if err := w.refuse(ctx, b); err != nil {
		return err
	}
	b.group()
	first := w.next
	fresh := make([]*row, len(b.groups))
	for i := range b.groups {
		g := &b.groups[i]
		g.row = row{w.next, &b.entries[b.fold(g, nil)]}
		fresh[i] = &g.row
		w.next++
	}
	others, err := w.insertNew(ctx, b, fresh, first)
	if err != nil {
		return err
	}
	for i := range b.groups {
		if g := &b.groups[i]; g.old == nil {
			b.place(g)
		}
	}
	var replaced, now []*row
	for _, g := range others {
		if i := b.fold(g, g.old); i >= 0 {
			g.row.entry = &b.entries[i]
			replaced, now = append(replaced, g.old), append(now, &g.row)
			b.place(g)
		}
	}
	if len(others) == len(b.groups) && len(now) == 0 {
		return errUnchanged
	}
	return w.replace(ctx, replaced, now)
}

// batch is a Put under way.
type batch struct {
	entries []store.Entry
	changes []store.Change
	groups  []group
	next    []int32 // the next entry of the same key, 0 for none
	befores []store.Entry
}

// group is the entries of one key.
type group struct {
	first int
	row   row  // what is to be written
	old   *row // what counted before the batch; nil: the key is new
	moved bool // row counts now
}

func newBatch(entries []store.Entry) *batch {
	b := &batch{entries: entries, changes: make([]store.Change, len(entries))}
	for i := range entries {
		if err := fits(&entries[i]); err != nil {
			b.changes[i] = store.Change{Status: store.Invalid, Err: err}
		}
	}
	return b
}

// group collects the entries of each key that are not refused yet.
func (b *batch) group() {
	b.groups, b.next = make([]group, 0, len(b.entries)), make([]int32, len(b.entries))
	last := make(map[store.Key]int, len(b.entries))
	for i := range b.entries {
		if b.changes[i].Err != nil {
			continue
		}
		k := b.entries[i].Key()
		if l, ok := last[k]; ok {
			b.next[l] = int32(i)
		} else {
			b.groups = append(b.groups, group{first: i})
		}
		last[k] = i
	}
}

// fold judges the entries of a key in order, from what counted before, and
// returns the index of the one that counts at the end, -1 for what counted
// before.
func (b *batch) fold(g *group, old *row) int {
	counts := -1
	for i := g.first; ; i = int(b.next[i]) {
		e, c := &b.entries[i], &b.changes[i]
		var before *store.Entry
		if counts >= 0 {
			before = b.copyOf(&b.entries[counts])
		} else if old != nil {
			before = b.copyOf(old.entry)
		}
		if *c = store.Weigh(before, e); c.Moved(e) {
			counts = i
		}
		if b.next[i] == 0 {
			return counts
		}
	}
}

// copyOf copies an entry and what a copy of it would share, for a caller to
// keep.
func (b *batch) copyOf(e *store.Entry) *store.Entry {
	if len(b.befores) == cap(b.befores) {
		b.befores = make([]store.Entry, 0, 32)
	}
	b.befores = append(b.befores, copyOf(e))
	return &b.befores[len(b.befores)-1]
}

// place tells the changes of a key that moved their position.
func (b *batch) place(g *group) {
	g.moved = true
	for i := g.first; ; i = int(b.next[i]) {
		e, c := &b.entries[i], &b.changes[i]
		if c.Counts && (c.Status != store.Duplicate || e.Activation > c.Before.Activation) {
			c.Seq = g.row.seq
		}
		if b.next[i] == 0 {
			return
		}
	}
}

// copyOf copies an entry and what a copy of it would share.
func copyOf(e *store.Entry) store.Entry {
	c := *e
	c.Event = e.Event.Clone()
	return c
}
