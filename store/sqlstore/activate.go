package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// books is what is known of the activations, without their sheets.
type books struct{ all []store.Activation }

// Activate implements [store.Store]. Whoever holds the head is the only one who
// activates.
func (s *Store) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	if err := ctx.Err(); err != nil {
		return store.Activation{}, err
	}
	a.Seq = expected + 1
	err := s.write(ctx, 1, func(w *writing) error {
		if w.activation != expected {
			return fmt.Errorf("%w: expected number %d to be the last, it is %d", store.ErrStaleActivation, expected, w.activation)
		}
		if _, err := w.ExecContext(ctx, s.sql("INSERT INTO {prefix}activation (seq, since, until, book, note, sheets) VALUES ({1}, {2}, {3}, {4}, {5}, {6})"),
			a.Seq, timeText(a.From), timeText(a.Until), a.Book, a.Note, a.Sheets); err != nil {
			return err
		}
		if _, err := w.ExecContext(ctx, s.sql("UPDATE {prefix}head SET activation = {1} WHERE id = 1"), a.Seq); err != nil {
			return err
		}
		return w.notice(ctx, noticeBooks)
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

// overtaken judges the prices of a batch.
func (w *writing) overtaken(ctx context.Context, entries []store.Entry) error {
	known := w.books.Load()
	if known == nil || int64(len(known.all)) != w.activation {
		all, err := w.activations(ctx, w.Tx, false)
		if err != nil {
			return err
		}
		known = &books{all}
		w.books.Store(known)
	}
	return store.Overtaken(known.all, entries)
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
