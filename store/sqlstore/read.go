package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// sql puts the prefix and the parameters {1}, {2}, … into a statement.
func (s *Store) sql(text string) string {
	text = strings.ReplaceAll(text, "{prefix}", s.prefix)
	for n := 1; ; n++ {
		mark := fmt.Sprintf("{%d}", n)
		if !strings.Contains(text, mark) {
			return text
		}
		var b strings.Builder
		s.dialect.bind(&b, n)
		text = strings.ReplaceAll(text, mark, b.String())
	}
}

// rows returns what counts for the keys that are known, and locks it if asked,
// in the order of the keys.
func (s *Store) rows(ctx context.Context, q querier, keys []store.Key, lock bool) (map[store.Key]*store.Entry, error) {
	known := make(map[store.Key]*store.Entry, len(keys))
	note := func(e *store.Entry) bool {
		known[e.Key()] = e
		return true
	}
	if s.dialect == SQLite {
		return known, s.rows1(ctx, q, keys, note)
	}
	for part := range slices.Chunk(keys, chunk) {
		var b strings.Builder
		b.WriteString("WITH k (source, id) AS (VALUES ")
		s.dialect.tuples(&b, len(part), keyColumns, true)
		b.WriteString(") SELECT " + columnList("e", len(columns)-derivedColumns) + " FROM k JOIN " + s.prefix + "event e ON e.source = k.source AND e.id = k.id")
		if lock {
			b.WriteString(" ORDER BY e.source, e.id FOR UPDATE OF e")
		}
		values := make([]any, 0, len(part)*keyColumns)
		for _, k := range part {
			values = append(values, k.Source, k.ID)
		}
		rows, err := q.QueryContext(ctx, b.String(), values...)
		if err != nil {
			return nil, err
		}
		if err := each(rows, note); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// rows1 asks for keys one by one with a prepared statement.
func (s *Store) rows1(ctx context.Context, q querier, keys []store.Key, note func(*store.Entry) bool) error {
	if len(keys) == 0 {
		return nil
	}
	statement, err := q.PrepareContext(ctx, s.sql("SELECT "+columnList("", len(columns)-derivedColumns)+" FROM {prefix}event WHERE source = {1} AND id = {2}"))
	if err != nil {
		return err
	}
	defer func() { _ = statement.Close() }()
	for _, k := range keys {
		rows, err := statement.QueryContext(ctx, k.Source, k.ID)
		if err != nil {
			return err
		}
		if err := each(rows, note); err != nil {
			return err
		}
	}
	return nil
}

// each hands over the entries of a query until f has enough.
func each(rows *sql.Rows, f func(*store.Entry) bool) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		e := new(store.Entry)
		if err := scanRow(rows, e); err != nil {
			return err
		}
		if !f(e) {
			return nil
		}
	}
	return rows.Err()
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, compareKeys)
	known, err := s.rows(ctx, s.db, slices.Compact(sorted), false)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: get: %w", err)
	}
	var out []store.Entry
	for _, k := range keys {
		if e, ok := known[k]; ok {
			out = append(out, copyOf(e))
		}
	}
	return out, nil
}

// Scan implements [store.Store]. It is one statement, which sees one state of
// the database, and holds a connection until it is done.
func (s *Store) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		err := ctx.Err()
		if err == nil {
			statement, values := s.scanSQL(q)
			var rows *sql.Rows
			if rows, err = s.db.QueryContext(ctx, statement, values...); err == nil {
				err = each(rows, func(e *store.Entry) bool { return yield(*e, nil) })
			}
		}
		if err != nil {
			yield(store.Entry{}, fmt.Errorf("sqlstore: scan: %w", err))
		}
	}
}

func (s *Store) scanSQL(q store.Query) (string, []any) {
	var where []string
	var values []any
	add := func(condition string, value any) {
		values = append(values, value)
		where = append(where, strings.ReplaceAll(condition, "{}", fmt.Sprintf("{%d}", len(values))))
	}
	if !q.From.IsZero() {
		add("at_ns >= {}", clampNano(q.From))
	}
	if !q.To.IsZero() {
		add("at_ns < {}", clampNano(q.To))
	}
	if q.Subject != "" {
		add("subject = {}", q.Subject)
	}
	if !q.Voids {
		where = append(where, "void = 0")
	}
	statement := "SELECT " + columnList("", len(columns)-derivedColumns) + " FROM {prefix}event"
	if len(where) > 0 {
		statement += " WHERE " + strings.Join(where, " AND ")
	}
	return s.sql(statement + " ORDER BY at_ns, source, id"), values
}

// clampNano is t in nanoseconds since 1970, or the nearest an int64 can say.
func clampNano(t time.Time) int64 {
	switch sec := t.Unix(); {
	case sec > math.MaxInt64/int64(time.Second)-1:
		return math.MaxInt64
	case sec < math.MinInt64/int64(time.Second)+1:
		return math.MinInt64
	}
	return t.UnixNano()
}
