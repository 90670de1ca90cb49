package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics/store"
)

// chunk is how many rows one statement writes or asks for on PostgreSQL, where
// a statement is a trip to the server. On SQLite it is one, prepared once: what
// binding parameters takes there grows with their square.
const chunk = 256

// Put implements [store.Store]. The batch is one transaction.
func (s *Store) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, nil
	}
	b := newBatch(entries)
	err := s.write(ctx, func(tx querier) error { return s.put(ctx, tx, b) })
	if err != nil {
		return nil, fmt.Errorf("sqlstore: put: %w", err)
	}
	return b.changes, nil
}

// put writes a batch.
//
// On PostgreSQL others write meanwhile, and a key that is new has no row that
// could be locked. So the first version of each key is inserted unless there is
// one: that waits for whoever is inserting it at the moment, and says which
// keys were new. The rows of the others are then locked and judged against.
// Both steps take the keys in the same order in every process, and nobody who
// waits in the first step holds what is waited for in the second, so that
// there is no deadlock. On SQLite nobody else writes, and the same steps do.
func (s *Store) put(ctx context.Context, tx querier, b *batch) error {
	if err := s.overtaken(ctx, tx, b.entries); err != nil {
		return err
	}
	if err := s.insert(ctx, tx, b); err != nil {
		return err
	}
	var others []store.Key
	for _, k := range b.keys {
		if !b.inserted[k] {
			others = append(others, k)
		}
	}
	known, err := s.rows(ctx, tx, others, s.dialect == PostgreSQL)
	if err != nil {
		return err
	}
	return s.upsert(ctx, tx, b.judge(known))
}

// batch is a Put under way.
type batch struct {
	entries  []store.Entry
	changes  []store.Change
	keys     []store.Key        // each once, sorted
	firstOf  map[store.Key]int  // the first entry of each key
	inserted map[store.Key]bool // the keys that were new, and hold their first entry
}

func newBatch(entries []store.Entry) *batch {
	b := &batch{entries: entries, changes: make([]store.Change, len(entries)),
		firstOf: make(map[store.Key]int, len(entries)), inserted: make(map[store.Key]bool, len(entries))}
	for i := range entries {
		if err := fits(&entries[i]); err != nil {
			b.changes[i] = store.Change{Status: store.Invalid, Err: err}
			continue
		}
		k := entries[i].Key()
		if _, ok := b.firstOf[k]; !ok {
			b.firstOf[k] = i
			b.keys = append(b.keys, k)
		}
	}
	slices.SortFunc(b.keys, compareKeys)
	return b
}

func compareKeys(a, b store.Key) int {
	if c := strings.Compare(a.Source, b.Source); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// first returns the first entry of each key, by key.
func (b *batch) first() []*store.Entry {
	out := make([]*store.Entry, len(b.keys))
	for i, k := range b.keys {
		out[i] = &b.entries[b.firstOf[k]]
	}
	return out
}

// judge goes through the entries in order, from what is known of each key, and
// returns what is to be written, by key. Rows that hold it already are left
// out.
func (b *batch) judge(known map[store.Key]*store.Entry) []*store.Entry {
	counts := make(map[store.Key]*store.Entry, len(b.keys))
	for i := range b.entries {
		e, c := &b.entries[i], &b.changes[i]
		if c.Status == store.Invalid {
			continue
		}
		k := e.Key()
		old, ok := counts[k]
		if !ok {
			old, ok = known[k]
		}
		if !ok {
			*c = store.Change{Status: store.Accepted, Counts: true}
			counts[k] = e
			continue
		}
		before := copyOf(old)
		c.Before = &before
		c.Status, c.Counts = store.Judge(&old.Event, &e.Event)
		if c.Counts && (c.Status != store.Duplicate || e.Activation > old.Activation) {
			counts[k] = e
		}
	}
	var write []*store.Entry
	for _, k := range b.keys {
		e := counts[k]
		if e != nil && !(b.inserted[k] && e == &b.entries[b.firstOf[k]]) {
			write = append(write, e)
		}
	}
	return write
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

// insert writes the first entry of each key that is new.
func (s *Store) insert(ctx context.Context, tx querier, b *batch) error {
	const unlessKnown = " ON CONFLICT (source, id) DO NOTHING"
	if s.dialect == SQLite {
		return s.each1(ctx, tx, b.first(), unlessKnown, func(e *store.Entry, written bool) {
			if written {
				b.inserted[e.Key()] = true
			}
		})
	}
	for part := range slices.Chunk(b.first(), chunk) {
		rows, err := tx.QueryContext(ctx, s.insertSQL(len(part))+unlessKnown+" RETURNING source, id", manyArgs(part)...)
		if err != nil {
			return err
		}
		if err := b.noteInserted(rows); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) noteInserted(rows *sql.Rows) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var k store.Key
		if err := rows.Scan(&k.Source, &k.ID); err != nil {
			return err
		}
		b.inserted[k] = true
	}
	return rows.Err()
}

// upsert writes entries, new or not.
func (s *Store) upsert(ctx context.Context, tx querier, entries []*store.Entry) error {
	var b strings.Builder
	b.WriteString(" ON CONFLICT (source, id) DO UPDATE SET ")
	for i, c := range columns[keyColumns:] {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(c + "=excluded." + c)
	}
	if s.dialect == SQLite {
		return s.each1(ctx, tx, entries, b.String(), func(*store.Entry, bool) {})
	}
	for part := range slices.Chunk(entries, chunk) {
		if _, err := tx.ExecContext(ctx, s.insertSQL(len(part))+b.String(), manyArgs(part)...); err != nil {
			return err
		}
	}
	return nil
}

// each1 writes entries one by one with a prepared statement, and tells of each
// whether a row was written.
func (s *Store) each1(ctx context.Context, tx querier, entries []*store.Entry, onConflict string, tell func(e *store.Entry, written bool)) error {
	if len(entries) == 0 {
		return nil
	}
	statement, err := tx.PrepareContext(ctx, s.insertSQL(1)+onConflict)
	if err != nil {
		return err
	}
	defer func() { _ = statement.Close() }()
	values := make([]any, 0, len(columns))
	for _, e := range entries {
		result, err := statement.ExecContext(ctx, args(values[:0], e)...)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		tell(e, n > 0)
	}
	return nil
}

func (s *Store) insertSQL(rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + s.prefix + "event (" + columnList("", len(columns)) + ") VALUES ")
	s.dialect.tuples(&b, rows, len(columns), false)
	return b.String()
}

func manyArgs(entries []*store.Entry) []any {
	values := make([]any, 0, len(entries)*len(columns))
	for _, e := range entries {
		values = args(values, e)
	}
	return values
}
