package sqlstore

import (
	"context"
	"database/sql"
	"errors"
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
// rows. Sums whose first dimension is the day are yielded day by day, and need
// the memory of one; others are all added up before the first one is yielded.
func (s *Store) Sum(ctx context.Context, q store.Query, position *int64, by ...store.By) iter.Seq2[store.Sum, error] {
	return func(yield func(store.Sum, error) bool) {
		t := totals{by: by, sums: map[sumKey]*store.Sum{}, yield: yield, keep: s.single}
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

// errEnough ends adding up for a caller that has enough.
var errEnough = errors.New("sqlstore: enough")

// maxBy is how many dimensions there are.
const maxBy = 7

type sumKey [maxBy]string

// totals are the sums under way.
type totals struct {
	by    []store.By
	sums  map[sumKey]*store.Sum
	slab  []store.Sum
	yield func(store.Sum, error) bool
	keep  bool // nothing may be yielded yet
	ended bool // the caller has enough
}

// emit yields the sums that are complete, those of the days before one, and
// forgets them. Before "", that is all.
func (t *totals) emit(day string) error {
	if t.keep || t.ended || day != "" && (len(t.by) == 0 || t.by[0] != store.ByDay) {
		return nil
	}
	for _, k := range t.sorted(day) {
		sum := *t.sums[k]
		delete(t.sums, k)
		sum.Keys = k[:len(t.by):len(t.by)]
		if !t.yield(sum, nil) {
			t.ended = true
			return errEnough
		}
	}
	if len(t.sums) == 0 {
		t.slab = t.slab[:0]
	}
	return nil
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

// sum returns the sum of a key, and whether it is a new one.
func (t *totals) sum(k sumKey) (sum *store.Sum, fresh bool) {
	if sum = t.sums[k]; sum != nil {
		return sum, false
	}
	if len(t.slab) == cap(t.slab) {
		t.slab = make([]store.Sum, 0, 1024)
	}
	t.slab = append(t.slab, store.Sum{})
	sum = &t.slab[len(t.slab)-1]
	t.sums[k] = sum
	return sum, true
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
	sum, _ := t.sum(k)
	if take {
		return sum.Take(e)
	}
	return sum.Add(e)
}

// sorted returns the keys of what is not empty and before a day, in order.
func (t *totals) sorted(day string) []sumKey {
	keys := make([]sumKey, 0, len(t.sums))
	for k, sum := range t.sums {
		if day != "" && k[0] >= day {
			continue
		}
		if sum.Events == 0 {
			delete(t.sums, k)
			continue
		}
		keys = append(keys, k)
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
		return readRollup(data, func(k rollKey, sum *store.Sum) error {
			var key sumKey
			for i, by := range t.by {
				key[i] = k.of(by, date)
			}
			target, fresh := t.sum(key)
			if fresh {
				*target = *sum
				return nil
			}
			return target.Plus(*sum)
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
