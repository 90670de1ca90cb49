// Package sqlstore keeps the ledger in a SQL database: SQLite, or PostgreSQL
// and what speaks its protocol. It takes a *sql.DB and imports no driver.
//
//	db, err := sql.Open("sqlite", "file:ledger.db?_pragma=busy_timeout(10000)")
//	err = sqlstore.Migrate(ctx, db, sqlstore.SQLite, nil)
//	st, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
//
// The ledger is a journal. One row is kept for each key, the version that
// counts, with the position at which it came to count; what was replaced is
// kept beside it until [Store.Compact] lets the feed forget it. Money is two
// integer columns, micro and pico, that any engine sums exactly, event time is
// integer nanoseconds. Any number of processes may write; they take turns, one
// batch each, and each may follow what the others did.
//
// Where the pool has a single connection as the store is opened, scans read all
// they yield beforehand. docs/stores.md says what is relied on.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/internal/ghost"
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
	single  bool // the pool has one connection

	insert, lookup, known, head *sql.Stmt // prepared once; the pool prepares them on its connections

	writing sync.Mutex // on SQLite: writers of this process take turns without polling
	ready   any        // the driver's connection that wrote last, with its settings
	books   atomic.Pointer[books]
	ghosts  atomic.Pointer[ghost.Ghosts]

	tail  tail
	stuck atomic.Bool // catching up failed: it is left to Compact, which tells why
}

var (
	_ store.Store        = (*Store)(nil)
	_ store.Durable      = (*Store)(nil)
	_ store.Pruner       = (*Store)(nil)
	_ store.Follower     = (*Store)(nil)
	_ store.Compactor    = (*Store)(nil)
	_ store.Checkpointer = (*Store)(nil)
	_ store.Aggregator   = (*Store)(nil)
	_ store.Eraser       = (*Store)(nil)
	_ store.Renamer      = (*Store)(nil)
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
	s.single = db.Stats().MaxOpenConnections == 1
	if err := s.prepare(ctx); err != nil {
		return nil, fmt.Errorf("sqlstore: open: %w", err)
	}
	return s, nil
}

// prepare prepares the statements of the hot paths, before any transaction
// holds the connection it would need.
func (s *Store) prepare(ctx context.Context) (err error) {
	if s.dialect == PostgreSQL {
		if s.insert, err = s.db.PrepareContext(ctx, s.insertArraysSQL()); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		statement **sql.Stmt
		text      string
	}{{&s.lookup, s.lookupSQL()}, {&s.known, s.knownSQL()}, {&s.head, s.sql(headSQL)}} {
		if *p.statement, err = s.db.PrepareContext(ctx, p.text); err != nil {
			return err
		}
	}
	return nil
}

// Durable reports whether a nil error from Put survives kill -9: always on
// SQLite, where every write sets synchronous to FULL; on PostgreSQL unless
// synchronous_commit was off when the store was opened.
func (s *Store) Durable() bool { return s.durable }
