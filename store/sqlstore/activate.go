package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// Activate implements [store.Store]. It is one statement: whoever comes second
// inserts nothing.
func (s *Store) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	if err := ctx.Err(); err != nil {
		return store.Activation{}, err
	}
	a.Seq = expected + 1
	err := s.write(ctx, func(tx querier) error {
		result, err := tx.ExecContext(ctx, s.sql(
			"INSERT INTO {prefix}activation (seq, since, until, book, note, sheets)"+
				" SELECT CAST({1} AS BIGINT), CAST({2} AS TEXT), CAST({3} AS TEXT), CAST({4} AS TEXT), CAST({5} AS TEXT), CAST({6} AS "+s.dialect.bytes()+") WHERE (SELECT COALESCE(MAX(seq), 0) FROM {prefix}activation) = {7}"+
				" ON CONFLICT (seq) DO NOTHING"),
			a.Seq, timeText(a.From), timeText(a.Until), a.Book, a.Note, a.Sheets, expected)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: expected number %d to be the last", store.ErrStaleActivation, expected)
		}
		return err
	})
	if err != nil {
		return store.Activation{}, fmt.Errorf("sqlstore: activate: %w", err)
	}
	return a, nil
}

// Activations implements [store.Store].
func (s *Store) Activations(ctx context.Context) ([]store.Activation, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.activations(ctx, s.db, true)
}

// overtaken judges the prices of a batch. On PostgreSQL nobody activates until
// the batch is written; on SQLite nobody writes at all.
func (s *Store) overtaken(ctx context.Context, tx querier, entries []store.Entry) error {
	if s.dialect == PostgreSQL {
		if _, err := tx.ExecContext(ctx, s.sql("LOCK TABLE {prefix}activation IN SHARE MODE")); err != nil {
			return err
		}
	}
	all, err := s.activations(ctx, tx, false)
	if err != nil {
		return err
	}
	return store.Overtaken(all, entries)
}

// activations reads all of them, with their sheets or without.
func (s *Store) activations(ctx context.Context, q querier, sheets bool) ([]store.Activation, error) {
	last := "NULL"
	if sheets {
		last = "sheets"
	}
	rows, err := q.QueryContext(ctx, s.sql("SELECT seq, since, until, book, note, "+last+" FROM {prefix}activation ORDER BY seq"))
	if err != nil {
		return nil, fmt.Errorf("sqlstore: activations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var all []store.Activation
	for rows.Next() {
		var a store.Activation
		var since, until string
		if err := rows.Scan(&a.Seq, &since, &until, &a.Book, &a.Note, &a.Sheets); err != nil {
			return nil, fmt.Errorf("sqlstore: activations: %w", err)
		}
		if a.From, err = timeOf(since); err == nil {
			a.Until, err = timeOf(until)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: activation %d: %w", store.ErrCorrupt, a.Seq, err)
		}
		all = append(all, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlstore: activations: %w", err)
	}
	return all, nil
}

// timeText writes a time of any year, "" for none.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func timeOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UTC(), err
}
