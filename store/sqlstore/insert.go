package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/tokenomics-go/tokenomics/store"
)

// insertNew inserts what is new and returns the groups that are known, with
// what counts for them. The batch's groups have positions from first on.
func (w *writing) insertNew(ctx context.Context, b *batch, fresh []*row, first int64) (known []*group, err error) {
	if w.dialect == SQLite {
		unsure, err := w.insertEach(ctx, fresh)
		if err != nil {
			return nil, err
		}
		lookup := w.StmtContext(ctx, w.lookup)
		for _, r := range unsure {
			g := &b.groups[r.seq-first]
			if err := g.lookup(ctx, lookup); err != nil {
				return nil, err
			}
			if g.old.seq < first {
				known = append(known, g)
			} else {
				g.old = nil // it is the new row itself
			}
		}
		return known, nil
	}
	result, err := w.StmtContext(ctx, w.insert).ExecContext(ctx, arraysOf(fresh)...)
	if err != nil {
		return nil, err
	}
	inserted, err := result.RowsAffected()
	if err != nil || inserted == int64(len(fresh)) {
		return nil, err
	}
	keys := make([]store.Key, len(fresh))
	for i, r := range fresh {
		keys[i] = r.entry.Key()
	}
	found, err := w.lookupAll(ctx, w.StmtContext(ctx, w.known), keys)
	if err != nil {
		return nil, err
	}
	for i := range b.groups {
		g := &b.groups[i]
		r := found[g.row.entry.Key()]
		if r == nil {
			return nil, neitherNewNorKnown(g)
		}
		if r.seq < first {
			g.old = r
			known = append(known, g)
		}
	}
	return known, nil
}

// lookup finds what counts for a group that is in the table.
func (g *group) lookup(ctx context.Context, lookup *sql.Stmt) error {
	rows, err := lookup.QueryContext(ctx, g.row.entry.Source, g.row.entry.ID)
	if err != nil {
		return err
	}
	if err := each(rows, func(r *row) bool { g.old = r; return true }); err != nil {
		return err
	}
	if g.old == nil {
		return neitherNewNorKnown(g)
	}
	return nil
}

func neitherNewNorKnown(g *group) error {
	return fmt.Errorf("%w: %s/%s is neither new nor known", store.ErrCorrupt, g.row.entry.Source, g.row.entry.ID)
}

// replace keeps what counted as past and puts what counts now in its place.
func (w *writing) replace(ctx context.Context, old, now []*row) error {
	if len(now) == 0 {
		return nil
	}
	if w.dialect == PostgreSQL {
		var seqs, untils, images array
		for i, r := range old {
			seqs.add(r.seq)
			untils.add(now[i].seq)
			images.add(appendImage(nil, r.entry))
		}
		were := seqs.end()
		for _, statement := range []struct {
			text string
			args []any
		}{
			{"INSERT INTO {prefix}past (seq, until, kind, image) SELECT s, u, 0, i FROM " + unnest("BIGINT", "BIGINT", "BYTEA") + " AS x (s, u, i)", []any{were, untils.end(), images.end()}},
			{"DELETE FROM {prefix}event WHERE seq = ANY(CAST($1 AS BIGINT[]))", []any{were}},
			{w.insertArraysSQL(), arraysOf(now)},
		} {
			if _, err := w.ExecContext(ctx, w.sql(statement.text), statement.args...); err != nil {
				return err
			}
		}
		return nil
	}
	past, err := w.PrepareContext(ctx, w.sql("INSERT INTO {prefix}past (seq, until, kind, image) VALUES ({1}, {2}, 0, {3})"))
	if err != nil {
		return err
	}
	defer func() { _ = past.Close() }()
	remove, err := w.PrepareContext(ctx, w.sql("DELETE FROM {prefix}event WHERE seq = {1}"))
	if err != nil {
		return err
	}
	defer func() { _ = remove.Close() }()
	for i, r := range old {
		if _, err := past.ExecContext(ctx, r.seq, now[i].seq, appendImage(nil, r.entry)); err != nil {
			return err
		}
		if _, err := remove.ExecContext(ctx, r.seq); err != nil {
			return err
		}
	}
	_, err = w.insertEach(ctx, now)
	return err
}

// insertArraysSQL inserts rows, unless their keys are known, on PostgreSQL. The
// arrays are taken side by side: in FROM each would be stored first.
func (s *Store) insertArraysSQL() string {
	names, arrays := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
		arrays[i] = "unnest(CAST($" + strconv.Itoa(i+1) + " AS " + c.kind + "[]))"
	}
	return "INSERT INTO " + s.prefix + "event (" + strings.Join(names, ", ") + ") SELECT " + strings.Join(arrays, ", ") + onConflict
}

const onConflict = " ON CONFLICT (id, source) DO NOTHING"

// arraysOf returns one array for each column.
func arraysOf(rows []*row) []any {
	arrays := make([]array, len(columns))
	for i := range arrays {
		arrays[i].expected = len(rows)
	}
	values := make([]any, len(columns))
	var scratch []byte
	for _, r := range rows {
		scratch = fill(values, r.seq, r.entry, scratch)
		for i, v := range values {
			arrays[i].add(v)
		}
	}
	args := make([]any, len(arrays))
	for i := range arrays {
		args[i] = arrays[i].end()
	}
	return args
}
