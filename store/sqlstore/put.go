package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics/store"
)

// chunk is how many rows one statement writes or asks for: SQLite takes at
// most 32,766 parameters.
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

// put writes a batch in two ways that come to the same.
//
// SQLite has one writer at a time: ask what counts, judge, write what does.
//
// On PostgreSQL others write meanwhile. A key that is new has no row that
// could be locked, so the first version of each key is inserted unless there
// is one: that waits for whoever is inserting it at the moment, and says which
// keys were new. The rows of the others are then locked and judged against.
// Both steps take the keys in the same order in every process, and nobody who
// waits in the first step holds what is waited for in the second, so that
// there is no deadlock.
func (s *Store) put(ctx context.Context, tx querier, b *batch) error {
	asked := b.keys
	if s.dialect == PostgreSQL {
		asked = nil
		err := s.insert(ctx, tx, b.first(), func(inserted map[store.Key]bool) {
			for _, k := range b.keys {
				if inserted[k] {
					b.held[k] = b.entries[b.firstOf[k]]
				} else {
					asked = append(asked, k)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	known, err := s.rows(ctx, tx, asked, s.dialect == PostgreSQL)
	if err != nil {
		return err
	}
	return s.upsert(ctx, tx, b.judge(known))
}

// batch is a Put under way.
type batch struct {
	entries []store.Entry
	changes []store.Change
	keys    []store.Key       // each once, sorted
	firstOf map[store.Key]int // the first entry of each key
	held    map[store.Key]store.Entry
}

func newBatch(entries []store.Entry) *batch {
	b := &batch{entries: entries, changes: make([]store.Change, len(entries)),
		firstOf: make(map[store.Key]int, len(entries)), held: map[store.Key]store.Entry{}}
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
		if _, inserted := b.held[k]; e != nil && !(inserted && e == &b.entries[b.firstOf[k]]) {
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

// insert writes entries whose keys are new, and tells which were.
func (s *Store) insert(ctx context.Context, tx querier, entries []*store.Entry, tell func(map[store.Key]bool)) error {
	inserted := make(map[store.Key]bool, len(entries))
	for part := range slices.Chunk(entries, chunk) {
		statement, values := s.insertSQL(part)
		rows, err := tx.QueryContext(ctx, statement+" ON CONFLICT (source, id) DO NOTHING RETURNING source, id", values...)
		if err != nil {
			return err
		}
		for rows.Next() {
			var k store.Key
			if err := rows.Scan(&k.Source, &k.ID); err != nil {
				_ = rows.Close()
				return err
			}
			inserted[k] = true
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	tell(inserted)
	return nil
}

// upsert writes entries, new or not.
func (s *Store) upsert(ctx context.Context, tx querier, entries []*store.Entry) error {
	var set strings.Builder
	for i, c := range columns[keyColumns:] {
		if i > 0 {
			set.WriteByte(',')
		}
		set.WriteString(c + "=excluded." + c)
	}
	for part := range slices.Chunk(entries, chunk) {
		statement, values := s.insertSQL(part)
		if _, err := tx.ExecContext(ctx, statement+" ON CONFLICT (source, id) DO UPDATE SET "+set.String(), values...); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) insertSQL(entries []*store.Entry) (string, []any) {
	var b strings.Builder
	b.WriteString("INSERT INTO " + s.prefix + "event (" + columnList("", len(columns)) + ") VALUES ")
	s.dialect.tuples(&b, len(entries), len(columns), false)
	values := make([]any, 0, len(entries)*len(columns))
	for _, e := range entries {
		values = args(values, e)
	}
	return b.String(), values
}
