package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	var h head
	err := s.write(ctx, int64(len(entries)), func(w *writing) error {
		err := w.put(ctx, b)
		if err == nil {
			h = w.head
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sqlstore: put: %w", err)
	}
	if h.seq > 0 {
		s.tail.add(b, h.seq-int64(len(entries)), h.seq)
		s.catchUp(ctx, &h)
	}
	return b.changes, nil
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
		g.row = row{w.next, b.entries[b.fold(g, nil)]}
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
			g.row.entry = b.entries[i]
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
			before = &b.entries[counts]
		} else if old != nil {
			before = &old.entry
		}
		if before == nil {
			*c = store.Change{Status: store.Accepted, Counts: true}
			counts = i
		} else {
			*c = store.Change{Before: b.copyOf(before)}
			c.Status, c.Counts = store.Judge(&before.Event, &e.Event)
			if c.Counts && (c.Status != store.Duplicate || e.Activation > before.Activation) {
				counts = i
			}
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
	c.Labels = slices.Clone(e.Labels)
	if e.ReportedCost != nil {
		m := *e.ReportedCost
		c.ReportedCost = &m
	}
	return c
}

// insertNew inserts what is new and returns the groups that are known, with
// what counts for them. The batch's groups have positions from first on.
func (w *writing) insertNew(ctx context.Context, b *batch, fresh []*row, first int64) (known []*group, err error) {
	if w.dialect == SQLite {
		var others []*group
		if err := w.insertEach(ctx, fresh, func(i int, inserted bool) {
			if !inserted {
				others = append(others, &b.groups[i])
			}
		}); err != nil {
			return nil, err
		}
		return others, w.lookupEach(ctx, others)
	}
	result, err := w.StmtContext(ctx, w.insert).ExecContext(ctx, arraysOf(fresh)...)
	if err != nil {
		return nil, err
	}
	inserted, err := result.RowsAffected()
	if err != nil || inserted == int64(len(fresh)) {
		return nil, err
	}
	keys := make([]store.Key, len(fresh))
	for i, r := range fresh {
		keys[i] = r.entry.Key()
	}
	found, err := w.lookupAll(ctx, w.StmtContext(ctx, w.known), keys)
	if err != nil {
		return nil, err
	}
	for i := range b.groups {
		g := &b.groups[i]
		r := found[g.row.entry.Key()]
		if r == nil {
			return nil, fmt.Errorf("%w: %s/%s is neither new nor known", store.ErrCorrupt, g.row.entry.Source, g.row.entry.ID)
		}
		if r.seq < first {
			g.old = r
			known = append(known, g)
		}
	}
	return known, nil
}

// insertEach inserts rows one by one, on SQLite: what binding many parameters
// takes there grows with their square. It goes to the driver past database/sql,
// which spares a fifth of the time.
func (w *writing) insertEach(ctx context.Context, rows []*row, tell func(i int, inserted bool)) error {
	return w.conn.Raw(func(connection any) error {
		insert, err := prepare(connection, w.insertSQL())
		if err != nil {
			return err
		}
		defer func() { _ = insert.Close() }()
		var values []any
		var scratch []byte
		named := make([]driver.NamedValue, len(columns))
		for i, r := range rows {
			if i%64 == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			values, scratch = appendArgs(values[:0], r.seq, &r.entry, scratch)
			for i, v := range values {
				named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
			}
			n, err := execute(insert, named)
			if err != nil {
				return err
			}
			tell(i, n > 0)
		}
		return nil
	})
}

// lookupEach finds what counts for groups that are known, one by one.
func (w *writing) lookupEach(ctx context.Context, groups []*group) error {
	if len(groups) == 0 {
		return nil
	}
	lookup := w.StmtContext(ctx, w.lookup)
	for _, g := range groups {
		rows, err := lookup.QueryContext(ctx, g.row.entry.Source, g.row.entry.ID)
		if err != nil {
			return err
		}
		if err := each(rows, func(r *row) bool { g.old = r; return true }); err != nil {
			return err
		}
		if g.old == nil {
			return fmt.Errorf("%w: %s/%s is neither new nor known", store.ErrCorrupt, g.row.entry.Source, g.row.entry.ID)
		}
	}
	return nil
}

// replace keeps what counted as past and puts what counts now in its place.
func (w *writing) replace(ctx context.Context, old, now []*row) error {
	if len(now) == 0 {
		return nil
	}
	if w.dialect == PostgreSQL {
		var seqs, untils, images array
		for i, r := range old {
			seqs.add(r.seq)
			untils.add(now[i].seq)
			images.add(appendImage(nil, &r.entry))
		}
		were := seqs.end()
		for _, statement := range []struct {
			text string
			args []any
		}{
			{"INSERT INTO {prefix}past (seq, until, kind, image) SELECT s, u, 0, i FROM " + unnest("BIGINT", "BIGINT", "BYTEA") + " AS x (s, u, i)", []any{were, untils.end(), images.end()}},
			{"DELETE FROM {prefix}event WHERE seq = ANY(CAST($1 AS BIGINT[]))", []any{were}},
			{w.insertSQL(), arraysOf(now)},
		} {
			if _, err := w.ExecContext(ctx, w.sql(statement.text), statement.args...); err != nil {
				return err
			}
		}
		return nil
	}
	past, err := w.PrepareContext(ctx, w.sql("INSERT INTO {prefix}past (seq, until, kind, image) VALUES ({1}, {2}, 0, {3})"))
	if err != nil {
		return err
	}
	defer func() { _ = past.Close() }()
	remove, err := w.PrepareContext(ctx, w.sql("DELETE FROM {prefix}event WHERE seq = {1}"))
	if err != nil {
		return err
	}
	defer func() { _ = remove.Close() }()
	for i, r := range old {
		if _, err := past.ExecContext(ctx, r.seq, now[i].seq, appendImage(nil, &r.entry)); err != nil {
			return err
		}
		if _, err := remove.ExecContext(ctx, r.seq); err != nil {
			return err
		}
	}
	return w.insertEach(ctx, now, func(int, bool) {})
}

// insertSQL inserts rows unless their keys are known: one on SQLite, arrays on
// PostgreSQL.
func (s *Store) insertSQL() string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + s.prefix + "event (" + columnNames() + ") ")
	if s.dialect == SQLite {
		b.WriteString("VALUES (?" + strings.Repeat(",?", len(columns)-1) + ")")
	} else {
		for i, c := range columns { // side by side, row by row: in FROM each array would be stored first
			b.WriteString([]string{"SELECT ", ", "}[min(i, 1)] + "unnest(CAST($" + strconv.Itoa(i+1) + " AS " + c.kind + "[]))")
		}
	}
	b.WriteString(" ON CONFLICT (id, source) DO NOTHING")
	return b.String()
}

// arraysOf returns one array for each column.
func arraysOf(rows []*row) []any {
	arrays := make([]array, len(columns))
	for i := range arrays {
		arrays[i].expected = len(rows)
	}
	values := make([]any, 0, len(columns))
	var scratch []byte
	for _, r := range rows {
		values, scratch = appendArgs(values[:0], r.seq, &r.entry, scratch)
		for i, v := range values {
			arrays[i].add(v)
		}
	}
	args := make([]any, len(arrays))
	for i := range arrays {
		args[i] = arrays[i].end()
	}
	return args
}
