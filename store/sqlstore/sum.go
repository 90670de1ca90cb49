package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// Sum implements [store.Aggregator]. Whole days of all subjects are read from
// the rollups, with what came since; the rest, and sums by session, from the
// rows. Sums whose first dimension is the day are yielded day by day, and need
// the memory of one; others are all added up before the first one is yielded.
func (s *Store) Sum(ctx context.Context, q store.Query, position *int64, by ...store.By) iter.Seq2[store.Sum, error] {
	return func(yield func(store.Sum, error) bool) {
		t := totals{by: by, known: map[sumKey]*total{}, yield: yield, keep: s.single}
		err := ctx.Err()
		if err == nil {
			err = t.check()
		}
		if err == nil {
			err = s.snapshot(ctx, func(tx *sql.Tx) error { return s.sum(ctx, tx, q, position, &t) })
		}
		if err == nil || err == errEnough { //nolint:errorlint // ours, and never wrapped
			t.keep = false
			err = t.emit("")
		}
		if err != nil && err != errEnough { //nolint:errorlint // ours, and never wrapped
			yield(store.Sum{}, fmt.Errorf("sqlstore: sum: %w", err))
		}
	}
}

func (s *Store) sum(ctx context.Context, tx *sql.Tx, q store.Query, position *int64, t *totals) error {
	h, err := s.readHead(ctx, tx)
	if err != nil {
		return err
	}
	if position != nil {
		*position = h.seq
	}
	q.Voids = false
	first, end := wholeDays(q)
	if first >= end || q.Subject != "" || h.rolled < h.seq/2 || slices.Contains(t.by, store.BySession) {
		return s.sumRows(ctx, tx, q, t)
	}
	if err := s.sumTail(ctx, tx, &h, first, end, t); err != nil {
		return err
	}
	if start := startOf(first); !q.From.IsZero() && q.From.Before(start) {
		if err := s.sumRows(ctx, tx, store.Query{From: q.From, To: start}, t); err != nil {
			return err
		}
	}
	if err := s.sumRollups(ctx, tx, first, end, t); err != nil {
		return err
	}
	if start := startOf(end); !q.To.IsZero() && start.Before(q.To) {
		return s.sumRows(ctx, tx, store.Query{From: start, To: q.To}, t)
	}
	return nil
}

// sumTail adds up what the rollups do not hold yet.
func (s *Store) sumTail(ctx context.Context, tx querier, h *head, first, end int64, t *totals) error {
	within := func(e *store.Entry) *store.Entry {
		if e == nil || dayOf(e.At.UnixNano()) < first || dayOf(e.At.UnixNano()) >= end {
			return nil
		}
		return e
	}
	for after := h.rolled; after < h.seq; after += stride {
		moves, err := s.moves(ctx, tx, after, min(after+stride, h.seq))
		if err != nil {
			return err
		}
		for _, m := range moves {
			if err := t.add(within(m.Before), true); err != nil {
				return err
			}
			if err := t.add(within(m.After), false); err != nil {
				return err
			}
		}
	}
	return nil
}

// wholeDays are the UTC days that a query selects from beginning to end.
func wholeDays(q store.Query) (first, end int64) {
	first, end = math.MinInt64/nanosPerDay, math.MaxInt64/nanosPerDay
	if !q.From.IsZero() {
		from := clampNano(q.From)
		if first = dayOf(from); first*nanosPerDay < from {
			first++
		}
	}
	if !q.To.IsZero() {
		end = dayOf(clampNano(q.To))
	}
	return first, end
}

func startOf(day int64) time.Time { return time.Unix(0, day*nanosPerDay).UTC() }

// sumRows adds up rows, in no order.
func (s *Store) sumRows(ctx context.Context, tx querier, q store.Query, t *totals) error {
	rows, err := s.selected(ctx, tx, q, "")
	if err != nil {
		return err
	}
	var failed error
	if err := each(rows, func(r *row) bool {
		failed = t.add(r.entry, false)
		return failed == nil
	}); err != nil {
		return err
	}
	return failed
}

func (s *Store) sumRollups(ctx context.Context, tx querier, first, end int64, t *totals) error {
	rows, err := tx.QueryContext(ctx, s.sql("SELECT day, data FROM {prefix}rollup WHERE day >= {1} AND day < {2} ORDER BY day"), first, end)
	if err != nil {
		return err
	}
	var day int64
	var data sql.RawBytes
	var all rollups
	date := ""
	return eachRow(rows, func() error {
		if err := rows.Scan(&day, &data); err != nil {
			return err
		}
		if now := startOf(day).Format(time.DateOnly); now != date {
			date = now
			if err := t.emit(date); err != nil {
				return err
			}
		}
		return all.read(data, func(k *rollKey, sum *store.Sum) error { return t.roll(k, date, sum) })
	})
}

// of returns the key in a dimension that rollups have.
func (k *rollKey) of(by store.By, date string) string {
	switch by {
	case store.BySubject:
		return k.subject
	case store.ByTeam:
		return k.team
	case store.ByWorkflow:
		return k.workflow
	case store.ByProvider:
		return k.provider
	case store.ByModel:
		return k.model
	}
	return date
}
