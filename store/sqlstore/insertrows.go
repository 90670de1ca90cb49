package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
)

// On SQLite a few rows are inserted with each statement. Most of the time goes
// into handing over their values, one by one, and it grows with the square of
// how many a statement has: so what is the same in all rows of a batch is handed
// over once a statement.

// rowsAtOnce is how many rows one statement inserts: to begin one takes as long as
// a row.
const rowsAtOnce = 8

// insertEach inserts rows, and returns those of which it is not known whether it
// did: there is a known key among them. It goes to the driver past database/sql,
// which spares a fifth of the time.
func (w *writing) insertEach(ctx context.Context, rows []*row) (unsure []*row, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	same := alike(rows)
	single := len(rows) - len(rows)%rowsAtOnce
	err = w.conn.Raw(func(connection any) error {
		if err := w.insertBy(ctx, connection, rowsAtOnce, &same, rows[:single], &unsure); err != nil {
			return err
		}
		return w.insertBy(ctx, connection, 1, &same, rows[single:], &unsure)
	})
	return unsure, err
}

// alike says which columns have one value in all rows. Of the positions it says
// whether they follow each other.
func alike(rows []*row) (same [len(columns)]bool) {
	first := rows[0]
	for i, c := range columns {
		if c.text == nil {
			continue
		}
		text := c.text(first.entry)
		same[i] = !slices.ContainsFunc(rows, func(r *row) bool { return c.text(r.entry) != text })
	}
	same[columnVoid] = !slices.ContainsFunc(rows, func(r *row) bool { return r.entry.Void != first.entry.Void })
	same[columnSeq] = rows[len(rows)-1].seq-first.seq == int64(len(rows)-1) // they rise
	return same
}

// insertBy inserts a multiple of so many rows, as many with each statement.
func (w *writing) insertBy(ctx context.Context, connection any, size int, same *[len(columns)]bool, rows []*row, unsure *[]*row) error {
	if len(rows) == 0 {
		return nil
	}
	text, from := w.insertRowsSQL(size, same)
	insert, err := prepare(connection, text)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	values := make([]any, size*len(columns))
	args := make([]driver.NamedValue, len(from))
	bodies := make([][]byte, size)
	for some := range slices.Chunk(rows, size) {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, r := range some {
			bodies[i] = fill(values[i*len(columns):][:len(columns)], r.seq, r.entry, bodies[i])
		}
		for i, v := range from {
			args[i] = driver.NamedValue{Ordinal: i + 1, Value: values[v]}
		}
		n, err := execute(insert, args)
		if err != nil {
			return err
		}
		if n < int64(size) {
			*unsure = append(*unsure, some...)
		}
	}
	return nil
}

// insertRowsSQL inserts some rows, unless their keys are known. Any other fault
// ends the transaction: without FAIL a statement of several rows would copy each
// page it changes, to be undone alone. The parameters are the values at from,
// of all those of the rows one after the other: first what the rows share.
func (s *Store) insertRowsSQL(rows int, same *[len(columns)]bool) (text string, from []int) {
	var names, shared, own []string
	var ownColumns []int
	for i, c := range columns {
		if same[i] {
			from = append(from, i)
			names = append(names, c.name)
			shared = append(shared, fmt.Sprintf("?%d", len(from)))
		}
	}
	for i, c := range columns {
		if !same[i] {
			ownColumns = append(ownColumns, i)
			names = append(names, c.name)
			own = append(own, "?")
		}
	}
	tuples := make([]string, rows)
	for r := range tuples {
		if same[columnSeq] {
			shared[0] = fmt.Sprintf("?1+%d", r)
		}
		tuples[r] = "(" + strings.Join(slices.Concat(shared, own), ",") + ")"
		for _, i := range ownColumns {
			from = append(from, r*len(columns)+i)
		}
	}
	return "INSERT OR FAIL INTO " + s.prefix + "event (" + strings.Join(names, ", ") + ") VALUES " + strings.Join(tuples, ",") + onConflict, from
}
