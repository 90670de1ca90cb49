package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

// faulty is SQLite's driver with a hook: it is asked before and told after
// every call that reaches the database.
type faulty struct {
	real driver.Driver
	path string

	mu     sync.Mutex
	calls  int
	syncs  []int64                           // what PRAGMA synchronous was as transactions began
	before func(call int, what string) error // an error keeps the call from being made
	after  func(call int, what string) error // an error takes the place of the answer
}

// openFaulty returns a store over a new file, and the hook.
func openFaulty(t testing.TB) (*sqlstore.Store, *faulty) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := sqlstore.Migrate(ctx, openDB(t, path, ""), sqlstore.SQLite, nil); err != nil {
		t.Fatal(err)
	}
	return openFaultyAt(t, path)
}

// openFaultyAt returns a store over a file that is migrated, and the hook.
func openFaultyAt(t testing.TB, path string) (*sqlstore.Store, *faulty) {
	t.Helper()
	f := &faulty{path: path, real: openDB(t, path, "").Driver()}
	db := sql.OpenDB(f)
	t.Cleanup(func() { _ = db.Close() })
	return openStore(t, db), f
}

// set sets the hooks and counts from one again.
func (f *faulty) set(before, after func(call int, what string) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.before, f.after = 0, before, after
}

func (f *faulty) call(what string, do func() error) error {
	f.mu.Lock()
	f.calls++
	n, before, after := f.calls, f.before, f.after
	f.mu.Unlock()
	if before != nil {
		if err := before(n, what); err != nil {
			return err
		}
	}
	err := do()
	if after != nil && err == nil {
		err = after(n, what)
	}
	return err
}

func (f *faulty) Connect(context.Context) (driver.Conn, error) {
	c, err := f.real.Open("file:" + f.path + "?_pragma=busy_timeout(20000)&_pragma=synchronous(OFF)")
	return &faultyConn{f, c}, err
}

// Driver makes it a [driver.Connector].
func (f *faulty) Driver() driver.Driver { return f.real }

type faultyConn struct {
	f *faulty
	driver.Conn
}

func (c *faultyConn) BeginTx(ctx context.Context, opts driver.TxOptions) (tx driver.Tx, err error) {
	err = c.f.call("begin", func() (err error) {
		c.f.syncs = append(c.f.syncs, c.synchronous())
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
		return err
	})
	return &faultyTx{c.f, tx}, err
}

// synchronous asks the connection itself.
func (c *faultyConn) synchronous() int64 {
	rows, err := c.Conn.(driver.QueryerContext).QueryContext(context.Background(), "PRAGMA synchronous", nil)
	if err != nil {
		return -1
	}
	defer func() { _ = rows.Close() }()
	values := make([]driver.Value, 1)
	if rows.Next(values) != nil {
		return -1
	}
	n, _ := values[0].(int64)
	return n
}

func (c *faultyConn) PrepareContext(ctx context.Context, query string) (s driver.Stmt, err error) {
	err = c.f.call("prepare "+query, func() (err error) {
		s, err = c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
		return err
	})
	return &faultyStmt{c.f, s, query}, err
}

func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Result, err error) {
	err = c.f.call(query, func() (err error) {
		r, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return err
	})
	return r, err
}

func (c *faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Rows, err error) {
	err = c.f.call(query, func() (err error) {
		r, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
		return err
	})
	return r, err
}

type faultyTx struct {
	f *faulty
	driver.Tx
}

func (t *faultyTx) Commit() error { return t.f.call("commit", t.Tx.Commit) }

type faultyStmt struct {
	f *faulty
	driver.Stmt
	query string
}

func (s *faultyStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (r driver.Result, err error) {
	err = s.f.call(s.query, func() (err error) {
		r, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	})
	return r, err
}

func (s *faultyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (r driver.Rows, err error) {
	err = s.f.call(s.query, func() (err error) {
		r, err = s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
		return err
	})
	return r, err
}
