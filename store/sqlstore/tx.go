package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/tokenomics-go/tokenomics/store"
)

// querier is what a *sql.DB and a *sql.Tx have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

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

// head is the one row that says where the ledger is.
type head struct {
	seq, floor, rolled, activation, forgotten int64
}

const headColumns = "seq, floor, rolled, activation, forgotten"

// headSQL takes positions. It is the first statement of every transaction that
// writes: whoever has changed the row keeps the others waiting until the
// commit, so that positions are committed in their order, and nobody who reads
// the head misses one before it.
const headSQL = "UPDATE {prefix}head SET seq = seq + {1} WHERE id = 1 RETURNING " + headColumns

// writing is a transaction that writes, and holds the head.
type writing struct {
	*sql.Tx
	*Store
	head
	conn *sql.Conn // on SQLite: the connection of the transaction
	next int64     // the next position it may give out
}

// errUnchanged ends a transaction that has nothing to commit.
var errUnchanged = errors.New("sqlstore: nothing to write")

// write runs f in a transaction that may give out n positions, and commits it
// if f returns nil.
func (s *Store) write(ctx context.Context, n int64, f func(w *writing) error) error {
	err := s.transact(ctx, func(conn *sql.Conn, tx *sql.Tx) error {
		w := &writing{Tx: tx, Store: s, conn: conn}
		rows, err := tx.StmtContext(ctx, s.head).QueryContext(ctx, n)
		if err == nil {
			err = w.head.read(rows)
		}
		if err != nil {
			return err
		}
		w.next = w.head.seq - n + 1
		return f(w)
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return classify(err)
}

// read reads the head from a query of headColumns.
func (h *head) read(rows *sql.Rows) error {
	defer func() { _ = rows.Close() }()
	found := false
	for rows.Next() {
		found = true
		if err := rows.Scan(&h.seq, &h.floor, &h.rolled, &h.activation, &h.forgotten); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("%w: the table head is empty", store.ErrCorrupt)
	}
	return nil
}

func (s *Store) readHead(ctx context.Context, q querier) (h head, err error) {
	rows, err := q.QueryContext(ctx, s.sql("SELECT "+headColumns+" FROM {prefix}head WHERE id = 1"))
	if err != nil {
		return h, err
	}
	return h, h.read(rows)
}

// transact runs f in a transaction. On SQLite its first statement must write:
// one that reads first and writes later would fail where another one wrote
// between.
func (s *Store) transact(ctx context.Context, f func(conn *sql.Conn, tx *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.dialect == PostgreSQL {
		tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
		if err != nil {
			return err
		}
		return finish(tx, f(nil, tx))
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = ignore(conn.Close(), driver.ErrBadConn, sql.ErrConnDone) }()
	if err = s.settle(ctx, conn); err == nil {
		var tx *sql.Tx
		if tx, err = conn.BeginTx(ctx, nil); err == nil {
			err = finish(tx, f(conn, tx))
		}
	}
	if err != nil && err != errUnchanged { //nolint:errorlint // with anything else about it, it is another case
		s.ready = nil // nobody knows what state the connection is in: it is not used again
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	return err
}

// finish commits a transaction unless there was an error.
func finish(tx *sql.Tx, err error) error {
	if err == nil {
		return tx.Commit()
	}
	if failed := ignore(tx.Rollback(), sql.ErrTxDone); failed != nil {
		err = errors.Join(err, failed)
	}
	return err
}

// sqliteSettings are those of a connection that writes: what is acknowledged
// is on the disk, what is deleted is overwritten, and pages of 64 MiB and
// checkpoints of 32 MiB spare most of the reading and writing that random keys
// cause.
const sqliteSettings = "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192"

// settle gives a connection the settings, unless it was the last one to write.
func (s *Store) settle(ctx context.Context, conn *sql.Conn) error {
	var connection any
	if err := conn.Raw(func(c any) error { connection = c; return nil }); err != nil {
		return err
	}
	if !reflect.TypeOf(connection).Comparable() { // no pointer: nothing says which connection it is
		_, err := conn.ExecContext(ctx, sqliteSettings)
		return err
	}
	if connection == s.ready {
		return nil
	}
	s.ready = nil
	if _, err := conn.ExecContext(ctx, sqliteSettings); err != nil {
		return err
	}
	s.ready = connection
	return nil
}

// snapshot runs f in a transaction that sees one state throughout.
func (s *Store) snapshot(ctx context.Context, f func(tx *sql.Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	if s.dialect == SQLite {
		opts = nil // every transaction sees one state, and drivers differ in what they take
	}
	tx, err := s.db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing to commit
	return f(tx)
}

// classify gives the errors of a database that callers can act upon the names
// of package store. Drivers tell them by a method: SQLSTATE on PostgreSQL, the
// result code on SQLite.
func classify(err error) error {
	var state interface{ SQLState() string }
	var code interface{ Code() int }
	readOnly, full := false, false
	if errors.As(err, &state) {
		readOnly, full = state.SQLState() == "25006", state.SQLState() == "53100"
	} else if errors.As(err, &code) {
		readOnly, full = code.Code()&0xff == 8, code.Code()&0xff == 13
	}
	switch {
	case readOnly:
		return fmt.Errorf("%w: %w", store.ErrReadOnly, err)
	case full:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

// ignore returns err unless it is one of those that are expected.
func ignore(err error, expected ...error) error {
	for _, e := range expected {
		if errors.Is(err, e) {
			return nil
		}
	}
	return err
}
