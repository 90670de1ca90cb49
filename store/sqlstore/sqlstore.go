// Package sqlstore keeps the ledger in a SQL database: SQLite, or PostgreSQL
// and what speaks its protocol. It takes a *sql.DB and imports no driver.
//
//	db, err := sql.Open("sqlite", "file:ledger.db?_pragma=busy_timeout(10000)")
//	err = sqlstore.Migrate(ctx, db, sqlstore.SQLite, nil)
//	st, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
//
// One row is kept for each key: the version that counts. Money is two integer
// columns, micro and pico, that any engine sums exactly, event time is integer
// nanoseconds, usage is a JSON object of meter names.
//
// On SQLite a scan holds one connection and a write another one, so the pool
// must allow two, and the database be a file; writers take turns. On
// PostgreSQL any number of processes may write at once: a key is locked by its
// row, keys are locked in one order, and what was judged against is what is
// replaced.
package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// DefaultPrefix begins the names of all tables.
const DefaultPrefix = "tokenomics_"

// ErrNotMigrated is what [Open] says of a database without the tables, or with
// those of an earlier version: call [Migrate].
var ErrNotMigrated = errors.New("sqlstore: the schema is not up to date: call Migrate")

// Options are the settings of a Store. The zero Options are the defaults.
type Options struct {
	// Prefix begins the names of all tables, so that several ledgers share a
	// database: lower-case letters, digits and underscores, at most 30.
	// Default: DefaultPrefix.
	Prefix string
}

var goodPrefix = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,29}$`)

func (o *Options) complete(d Dialect) (Options, error) {
	c := Options{Prefix: DefaultPrefix}
	if o != nil && o.Prefix != "" {
		c.Prefix = o.Prefix
	}
	if !goodPrefix.MatchString(c.Prefix) {
		return c, fmt.Errorf("sqlstore: prefix %q: want lower-case letters, digits and underscores, at most 30", c.Prefix)
	}
	if d != SQLite && d != PostgreSQL {
		return c, fmt.Errorf("sqlstore: there is no dialect %d", d)
	}
	return c, nil
}

// Store is a ledger in a SQL database. It is safe for concurrent use.
type Store struct {
	db      *sql.DB
	dialect Dialect
	prefix  string
	durable bool

	writing sync.Mutex // on SQLite: writers of this process take turns without polling
}

var (
	_ store.Store   = (*Store)(nil)
	_ store.Durable = (*Store)(nil)
	_ store.Pruner  = (*Store)(nil)
)

// Open returns a store over a database whose schema is up to date. The caller
// closes db. Options may be nil.
func Open(ctx context.Context, db *sql.DB, d Dialect, opts *Options) (*Store, error) {
	o, err := opts.complete(d)
	if err != nil {
		return nil, err
	}
	steps, err := MigrationSQL(d, opts)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, dialect: d, prefix: o.Prefix, durable: true}
	if err := db.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("sqlstore: open: %w", err)
	}
	switch version, err := s.version(ctx, db); {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("sqlstore: open: %w", ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", ErrNotMigrated, err)
	case version < len(steps):
		return nil, fmt.Errorf("%w: it is at version %d of %d", ErrNotMigrated, version, len(steps))
	case version > len(steps):
		return nil, newer(version, len(steps))
	}
	if d == PostgreSQL {
		var sync string
		if err := db.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&sync); err != nil {
			return nil, fmt.Errorf("sqlstore: open: %w", err)
		}
		s.durable = sync != "off"
	}
	return s, nil
}

// Durable reports whether a nil error from Put survives kill -9: always on
// SQLite, where every write sets synchronous to FULL; on PostgreSQL unless
// synchronous_commit was off when the store was opened.
func (s *Store) Durable() bool { return s.durable }

// Prune implements [store.Pruner].
func (s *Store) Prune(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.write(ctx, func(tx querier) error {
		result, err := tx.ExecContext(ctx, s.sql("DELETE FROM {prefix}event WHERE at_ns < {1}"), clampNano(before))
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sqlstore: prune: %w", err)
	}
	return n, nil
}

// querier is what a *sql.DB, a *sql.Tx and a *sql.Conn have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// write runs f in a transaction, and commits it if f returns nil.
func (s *Store) write(ctx context.Context, f func(tx querier) error) error {
	if s.dialect == SQLite {
		return classify(s.writeSQLite(ctx, f))
	}
	return classify(s.writeTx(ctx, f))
}

func (s *Store) writeTx(ctx context.Context, f func(tx querier) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ignore(tx.Rollback(), sql.ErrTxDone))
	}
	return tx.Commit()
}

// writeSQLite begins with the write lock, which database/sql cannot ask for: a
// transaction that reads first and writes later would fail where another one
// wrote between.
func (s *Store) writeSQLite(ctx context.Context, f func(tx querier) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignore(conn.Close(), driver.ErrBadConn, sql.ErrConnDone)) }()
	for _, statement := range []string{"PRAGMA synchronous = FULL", "BEGIN IMMEDIATE"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err = f(conn); err == nil {
		// Not to be cancelled half way: then nobody would know.
		if _, err = conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err == nil {
			return nil
		}
	}
	if _, failed := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); failed != nil {
		// A connection in an unknown state must not go back to the pool.
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	return err
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
