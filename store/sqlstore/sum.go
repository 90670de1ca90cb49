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

// Sum implements [store.Aggregator]. Whole days of all subjects are read from
// the rollups, with what came since; the rest, and sums by session, from the
// rows. All is added up before the first sum is yielded.
func (s *Store) Sum(ctx context.Context, q store.Query, position *int64, by ...store.By) iter.Seq2[store.Sum, error] {
	return func(yield func(store.Sum, error) bool) {
		t := totals{by: by, sums: map[sumKey]*store.Sum{}}
		err := ctx.Err()
		if err == nil {
			err = t.check()
		}
		if err == nil {
			err = s.snapshot(ctx, func(tx *sql.Tx) error { return s.sum(ctx, tx, q, position, &t) })
		}
		if err != nil {
			yield(store.Sum{}, fmt.Errorf("sqlstore: sum: %w", err))
			return
		}
		for _, k := range t.sorted() {
			sum := *t.sums[k]
			sum.Keys = k[:len(by):len(by)]
			if !yield(sum, nil) {
				return
			}
		}
	}
}

// maxBy is how many dimensions there are.
const maxBy = 7

type sumKey [maxBy]string

// totals are the sums under way.
type totals struct {
	by   []store.By
	sums map[sumKey]*store.Sum
}

func (t *totals) check() error {
	if len(t.by) > maxBy {
		return fmt.Errorf("%w: %d dimensions, there are %d", store.ErrInvalid, len(t.by), maxBy)
	}
	for _, by := range t.by {
		if _, ok := by.Of(&store.Event{}); !ok {
			return fmt.Errorf("%w: there is no dimension %q", store.ErrInvalid, by)
		}
	}
	return nil
}

func (t *totals) sum(k sumKey) *store.Sum {
	sum := t.sums[k]
	if sum == nil {
		sum = new(store.Sum)
		t.sums[k] = sum
	}
	return sum
}

// add adds an entry, or takes it away. Voids add nothing.
func (t *totals) add(e *store.Entry, take bool) error {
	if e == nil || e.Void {
		return nil
	}
	var k sumKey
	for i, by := range t.by {
		k[i], _ = by.Of(&e.Event)
	}
	if take {
		return t.sum(k).Take(e)
	}
	return t.sum(k).Add(e)
}

// sorted returns the keys of what is not empty, in order.
func (t *totals) sorted() []sumKey {
	keys := make([]sumKey, 0, len(t.sums))
	for k, sum := range t.sums {
		if sum.Events != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b sumKey) int {
		for i := range t.by {
			if c := strings.Compare(a[i], b[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	return keys
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
	if err := s.sumRollups(ctx, tx, first, end, t); err != nil {
		return err
	}
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
	if start := startOf(first); !q.From.IsZero() && q.From.Before(start) {
		if err := s.sumRows(ctx, tx, store.Query{From: q.From, To: start}, t); err != nil {
			return err
		}
	}
	if start := startOf(end); !q.To.IsZero() && start.Before(q.To) {
		return s.sumRows(ctx, tx, store.Query{From: start, To: q.To}, t)
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
	where, values := s.where(q)
	rows, err := tx.QueryContext(ctx, s.sql("SELECT "+readColumns+" FROM {prefix}event"+where), values...)
	if err != nil {
		return err
	}
	var failed error
	if err := each(rows, func(r *row) bool {
		failed = t.add(&r.entry, false)
		return failed == nil
	}); err != nil {
		return err
	}
	return failed
}

func (s *Store) sumRollups(ctx context.Context, tx querier, first, end int64, t *totals) error {
	rows, err := tx.QueryContext(ctx, s.sql("SELECT day, data FROM {prefix}rollup WHERE day >= {1} AND day < {2}"), first, end)
	if err != nil {
		return err
	}
	var day int64
	var data sql.RawBytes
	return eachRow(rows, func() error {
		if err := rows.Scan(&day, &data); err != nil {
			return err
		}
		date := startOf(day).Format(time.DateOnly)
		return readRollup(data, func(k rollKey, sum *store.Sum) error {
			var key sumKey
			for i, by := range t.by {
				key[i] = k.of(by, date)
			}
			return t.sum(key).Plus(*sum)
		})
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
