package sqlstore

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// rollStride is how many positions the rollups catch up with in one
// transaction, and pastStride how many replaced versions one forgets: writers
// wait as long.
const (
	rollStride = 8 * stride
	pastStride = 8192
)

// Compact implements [store.Compactor]. It works in pieces, so that writers
// wait for a fraction of a second at most, and may be broken off.
func (s *Store) Compact(ctx context.Context, until int64) error {
	for more := true; more; {
		err := s.write(ctx, 0, func(w *writing) (err error) {
			more, err = w.roll(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("sqlstore: compact: %w", err)
		}
	}
	s.stuck.Store(false)
	err := s.write(ctx, 0, func(w *writing) error {
		floor := min(until, w.rolled)
		if floor <= w.floor {
			return errUnchanged
		}
		_, err := w.ExecContext(ctx, w.sql("UPDATE {prefix}head SET floor = {1} WHERE id = 1"), floor)
		return err
	})
	if err == nil {
		err = s.trim(ctx)
	}
	if err != nil {
		return fmt.Errorf("sqlstore: compact: %w", err)
	}
	return nil
}

// catchUp brings the rollups further where they lag behind too far. The batch
// before is durable: whatever happens here is no concern of who put it.
func (s *Store) catchUp(ctx context.Context, h *head) {
	if h.seq-h.rolled < rollEvery || s.stuck.Load() {
		return
	}
	err := s.write(ctx, 0, func(w *writing) error {
		_, err := w.roll(ctx)
		return err
	})
	s.stuck.Store(err != nil && ctx.Err() == nil)
}

// trim forgets what the feed no longer reaches.
func (s *Store) trim(ctx context.Context) error {
	for more := true; more; {
		err := s.write(ctx, 0, func(w *writing) error {
			result, err := w.ExecContext(ctx, w.sql("DELETE FROM {prefix}past WHERE seq IN (SELECT seq FROM {prefix}past WHERE until <= {1} ORDER BY until LIMIT {2})"), w.floor, pastStride)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			more = n == pastStride
			if err == nil && n == 0 {
				err = errUnchanged
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rollAll brings the rollups up to date in this transaction.
func (w *writing) rollAll(ctx context.Context) error {
	for {
		more, err := w.roll(ctx)
		if err == errUnchanged { //nolint:errorlint // ours, and never wrapped
			err = nil
		}
		if err != nil || !more {
			return err
		}
	}
}

// roll brings the rollups further, and reports whether more is to be done.
func (w *writing) roll(ctx context.Context) (more bool, err error) {
	last := w.next - 1 // what this transaction may have given out itself is of no entry
	if w.rolled >= last {
		return false, errUnchanged
	}
	c := cells{w: w, all: map[cell]rollup{}, lists: positions{}}
	sums, lists, until := w.tail.take(w.rolled)
	if sums != nil {
		c.lists = lists
		for at, sum := range sums {
			if err := c.plus(ctx, at, sum); err != nil {
				return false, err
			}
		}
	} else if until, err = c.follow(ctx, last); err != nil {
		return false, err
	}
	if err := c.save(ctx); err != nil {
		return false, err
	}
	if _, err := w.ExecContext(ctx, w.sql("UPDATE {prefix}head SET rolled = {1} WHERE id = 1"), until); err != nil {
		return false, err
	}
	w.rolled = until
	return until < last, nil
}

// cells are the rollups that a transaction changes, and the lists of positions
// it adds.
type cells struct {
	w     *writing
	all   map[cell]rollup
	lists positions
}

// follow adds the next changes up to the last, as the feed has them, and
// returns how far that was: at most to where the tail begins.
func (c *cells) follow(ctx context.Context, last int64) (until int64, err error) {
	if after, ok := c.w.tail.begins(); ok && after > c.w.rolled {
		last = min(last, after)
	}
	until = min(c.w.rolled+rollStride, last)
	for after := c.w.rolled; after < until; after += stride {
		moves, err := c.w.moves(ctx, c.w.Tx, after, min(after+stride, until))
		if err != nil {
			return 0, err
		}
		for i := range moves {
			if err := c.move(ctx, &moves[i]); err != nil {
				return 0, err
			}
		}
	}
	return until, nil
}

func (c *cells) move(ctx context.Context, m *store.Move) error {
	if m.After != nil {
		c.lists.add(m.After.Subject, m.Seq)
	}
	if err := c.add(ctx, m.Before, true); err != nil {
		return err
	}
	return c.add(ctx, m.After, false)
}

func (c *cells) add(ctx context.Context, e *store.Entry, take bool) error {
	if e == nil || e.Void {
		return nil
	}
	r, err := c.load(ctx, cellOf(e))
	if err != nil {
		return err
	}
	return r.add(e, take)
}

// plus adds to a cell what it lacks.
func (c *cells) plus(ctx context.Context, at cell, sums rollup) error {
	r, err := c.load(ctx, at)
	if err != nil {
		return err
	}
	for k, sum := range sums {
		if r[k] == nil {
			r[k] = sum
		} else if err := r[k].Plus(*sum); err != nil {
			return err
		}
	}
	return nil
}

func (c *cells) load(ctx context.Context, at cell) (rollup, error) {
	if r, ok := c.all[at]; ok {
		return r, nil
	}
	r := rollup{}
	rows, err := c.w.QueryContext(ctx, c.w.sql("SELECT data FROM {prefix}rollup WHERE day = {1} AND bucket = {2}"), at.day, at.bucket)
	if err != nil {
		return nil, err
	}
	var data []byte
	if err := eachRow(rows, func() error { return rows.Scan(&data) }); err != nil {
		return nil, err
	}
	if data != nil {
		if r, err = decodeRollup(data); err != nil {
			return nil, err
		}
	}
	c.all[at] = r
	return r, nil
}

func (c *cells) save(ctx context.Context) error {
	for at, r := range c.all {
		statement, args := "DELETE FROM {prefix}rollup WHERE day = {1} AND bucket = {2}", []any{at.day, at.bucket}
		if data := r.encode(); data != nil {
			statement = "INSERT INTO {prefix}rollup (day, bucket, data) VALUES ({1}, {2}, {3}) ON CONFLICT (day, bucket) DO UPDATE SET data = excluded.data"
			args = append(args, data)
		}
		if _, err := c.w.ExecContext(ctx, c.w.sql(statement), args...); err != nil {
			return err
		}
	}
	return c.lists.save(ctx, c.w)
}

// rollSubject gives the sums of a subject to another one.
func (w *writing) rollSubject(ctx context.Context, from, to string) error {
	var days []int64
	rows, err := w.QueryContext(ctx, w.sql("SELECT day FROM {prefix}rollup WHERE bucket = {1}"), bucketOf(from))
	if err != nil {
		return err
	}
	if err := eachRow(rows, func() error {
		var day int64
		err := rows.Scan(&day)
		days = append(days, day)
		return err
	}); err != nil {
		return err
	}
	c := cells{w: w, all: map[cell]rollup{}}
	for _, day := range days {
		r, err := c.load(ctx, cell{day, bucketOf(from)})
		if err != nil {
			return err
		}
		for k, sum := range r {
			if k.subject != from {
				continue
			}
			delete(r, k)
			other, err := c.load(ctx, cell{day, bucketOf(to)})
			if err != nil {
				return err
			}
			k.subject = to
			other[k] = sum
		}
	}
	return c.save(ctx)
}

// Prune implements [store.Pruner]. The feed reaches back no further than to
// what was forgotten.
func (s *Store) Prune(ctx context.Context, before time.Time) (n int64, err error) {
	limit := clampNano(before)
	err = s.write(ctx, 0, func(w *writing) error {
		rows, err := w.QueryContext(ctx, w.sql("SELECT COALESCE(MAX(seq), 0) FROM {prefix}event WHERE at_ns < {1}"), limit)
		if err != nil {
			return err
		}
		newest, err := oneInt(rows)
		if err != nil {
			return err
		}
		if newest == 0 {
			return errUnchanged
		}
		if err := w.rollAll(ctx); err != nil {
			return err
		}
		result, err := w.ExecContext(ctx, w.sql("DELETE FROM {prefix}event WHERE at_ns < {1}"), limit)
		if err != nil {
			return err
		}
		if n, err = result.RowsAffected(); err != nil {
			return err
		}
		if err := w.rollDay(ctx, limit); err != nil {
			return err
		}
		if _, err := w.ExecContext(ctx, w.sql("DELETE FROM {prefix}bysubject WHERE seq < (SELECT COALESCE(MIN(seq), {1}) FROM {prefix}event)"), w.next); err != nil {
			return err
		}
		_, err = w.ExecContext(ctx, w.sql("UPDATE {prefix}head SET floor = {1} WHERE id = 1"), max(w.floor, newest))
		return err
	})
	if err == nil {
		err = s.trim(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("sqlstore: prune: %w", err)
	}
	return n, nil
}

// rollDay forgets the rollups of the days up to that of a time, and adds up
// anew what is left of that day.
func (w *writing) rollDay(ctx context.Context, limit int64) error {
	day := dayOf(limit)
	if _, err := w.ExecContext(ctx, w.sql("DELETE FROM {prefix}rollup WHERE day <= {1}"), day); err != nil {
		return err
	}
	if limit == math.MaxInt64 {
		return nil // nothing is left
	}
	c := cells{w: w, all: map[cell]rollup{}}
	var left []*row
	q := store.Query{From: time.Unix(0, limit), To: time.Unix(0, (day+1)*nanosPerDay)}
	if err := w.scanOn(ctx, w.Tx, q, func(r *row) bool { left = append(left, r); return true }); err != nil {
		return err
	}
	for _, r := range left {
		if err := c.add(ctx, r.entry, false); err != nil {
			return err
		}
	}
	return c.save(ctx)
}
