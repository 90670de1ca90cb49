package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"

	"github.com/tokenomics-go/tokenomics/store"
)

// lookupSQL finds what counts for one key, knownSQL for many: on PostgreSQL,
// given as arrays.
func (s *Store) lookupSQL() string {
	return s.sql("SELECT " + readColumns + " FROM {prefix}event WHERE source = {1} AND id = {2}")
}

func (s *Store) knownSQL() string {
	if s.dialect == SQLite {
		return s.lookupSQL()
	}
	return s.sql("SELECT " + readColumns + " FROM {prefix}event JOIN " + unnest("TEXT", "TEXT") + " AS k (s, i) ON source = k.s AND id = k.i")
}

// lookupAll returns what counts for the keys that are known.
func (s *Store) lookupAll(ctx context.Context, known *sql.Stmt, keys []store.Key) (map[store.Key]*row, error) {
	found := make(map[store.Key]*row, len(keys))
	note := func(r *row) bool {
		found[r.entry.Key()] = r
		return true
	}
	if s.dialect == PostgreSQL {
		var sources, ids array
		for _, k := range keys {
			sources.add(k.Source)
			ids.add(k.ID)
		}
		rows, err := known.QueryContext(ctx, sources.end(), ids.end())
		if err != nil {
			return nil, err
		}
		return found, each(rows, note)
	}
	for _, k := range keys {
		rows, err := known.QueryContext(ctx, k.Source, k.ID)
		if err != nil {
			return nil, err
		}
		if err := each(rows, note); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found, err := s.lookupAll(ctx, s.known, keys)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: get: %w", err)
	}
	var out []store.Entry
	for _, k := range keys {
		if r, ok := found[k]; ok {
			out = append(out, copyOf(r.entry))
		}
	}
	return out, nil
}

// Scan implements [store.Store]. It sees one state of the database, and holds a
// connection until it is done.
func (s *Store) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return s.scan(ctx, "scan", func(yield func(*row) bool) error {
		if q.Subject == "" {
			return s.scanOn(ctx, s.db, q, yield) // one statement
		}
		return s.snapshot(ctx, func(tx *sql.Tx) error { return s.scanOn(ctx, tx, q, yield) })
	})
}

// ScanAt implements [store.Follower].
func (s *Store) ScanAt(ctx context.Context, q store.Query, position *int64) iter.Seq2[store.Entry, error] {
	return s.scan(ctx, "scan", func(yield func(*row) bool) error {
		return s.snapshot(ctx, func(tx *sql.Tx) error {
			h, err := s.readHead(ctx, tx)
			if err != nil {
				return err
			}
			*position = h.seq
			return s.scanOn(ctx, tx, q, yield)
		})
	})
}

// scan makes a sequence of what a query gives. Where the pool has one
// connection, all rows are read before the first is yielded: the caller may
// need the connection.
func (s *Store) scan(ctx context.Context, what string, query func(yield func(*row) bool) error) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		err := ctx.Err()
		switch {
		case err != nil:
		case s.single:
			var all []*row
			err = query(func(r *row) bool { all = append(all, r); return true })
			for _, r := range all {
				if err == nil {
					err = ctx.Err()
				}
				if err != nil || !yield(*r.entry, nil) {
					break
				}
			}
		default:
			err = query(func(r *row) bool { return yield(*r.entry, nil) })
		}
		if err != nil {
			yield(store.Entry{}, fmt.Errorf("sqlstore: %s: %w", what, err))
		}
	}
}

// scanOn hands over what a query selects, in order. If it is of a subject, q
// must see one state.
func (s *Store) scanOn(ctx context.Context, q querier, query store.Query, f func(*row) bool) error {
	rows, err := s.selected(ctx, q, query, " ORDER BY at_ns, source, id")
	if err != nil {
		return err
	}
	return each(rows, f)
}

// selected are the rows of a query: of a subject those at its positions, and
// those that came later.
func (s *Store) selected(ctx context.Context, q querier, query store.Query, order string) (*sql.Rows, error) {
	const columns = "SELECT " + readColumns + " FROM "
	where, values := s.where(query)
	if query.Subject == "" {
		return q.QueryContext(ctx, s.sql(columns+"{prefix}event"+where+order), values...)
	}
	h, err := s.readHead(ctx, q)
	if err != nil {
		return nil, err
	}
	list, err := s.positionsOf(ctx, q, query.Subject)
	if err != nil {
		return nil, err
	}
	n := len(values)
	at := fmt.Sprintf("(SELECT value AS here FROM json_each({%d})) AS list", n+1)
	if s.dialect == PostgreSQL {
		at = fmt.Sprintf("unnest(CAST({%d} AS BIGINT[])) AS list(here)", n+1)
	}
	return q.QueryContext(ctx, s.sql(
		columns+at+" CROSS JOIN {prefix}event"+where+" AND seq = here UNION ALL "+
			columns+"{prefix}event"+where+fmt.Sprintf(" AND seq > {%d}", n+2)+order),
		append(values, s.dialect.list(list), h.rolled)...)
}

// where is the condition of a query and its parameters. Of a subject's events
// not even the time is looked for by an index.
func (s *Store) where(q store.Query) (string, []any) {
	var where []string
	var values []any
	add := func(condition string, value any) {
		values = append(values, value)
		where = append(where, strings.ReplaceAll(condition, "{}", fmt.Sprintf("{%d}", len(values))))
	}
	time := "at_ns"
	if q.Subject != "" {
		time = "+at_ns"
		add("subject = {}", q.Subject)
	}
	if !q.From.IsZero() {
		add(time+" >= {}", clampNano(q.From))
	}
	if !q.To.IsZero() {
		add(time+" < {}", clampNano(q.To))
	}
	if !q.Voids {
		where = append(where, "void = 0")
	}
	if len(where) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(where, " AND "), values
}
