package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

const storeKinds = "memory, sqlite:FILE or postgres:URL"

// place is where a ledger is kept: a value of -store, taken apart.
type place struct {
	kind   string // "memory", "sqlite" or "postgres"
	source string // the file, or what the driver of PostgreSQL connects to
}

func parsePlace(text string) (place, error) {
	kind, source, _ := strings.Cut(text, ":")
	switch {
	case text == "memory":
		return place{kind: kind}, nil
	case kind == "sqlite" && source == ":memory:":
		return place{}, errors.New("-store sqlite::memory: want a file; a ledger in memory is -store memory")
	case kind == "sqlite" && source != "":
		return place{kind, source}, nil
	case kind == "postgres" && strings.HasPrefix(source, "//"): // a URL that is its own prefix
		return place{kind, text}, nil
	case kind == "postgres" && source != "":
		return place{kind, source}, nil
	}
	return place{}, fmt.Errorf("-store %q: want %s", kind, storeKinds) // without what may be a password
}

// String names the place without what may be a password.
func (p place) String() string {
	if p.kind == "sqlite" {
		return p.kind + ":" + p.source
	}
	return p.kind
}

// open opens the ledger, and makes or migrates its tables unless it is only to
// be read. The function it returns closes it.
func (p place) open(ctx context.Context, readOnly bool) (st store.Store, closeStore func() error, err error) {
	switch {
	case p.kind == "memory":
		return memstore.New(nil), func() error { return nil }, nil
	case p.kind == "postgres":
		st, closeStore, err = connect(ctx, "pgx", p.source, sqlstore.PostgreSQL, !readOnly)
	case readOnly:
		st, closeStore, err = readFile(ctx, p.source)
	default:
		st, closeStore, err = openFile(ctx, p.source, "mode=rwc", true)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p, err)
	}
	return st, closeStore, nil
}

// connections is how many one ledger may take: a scan holds one, a write
// another.
const connections = 4

// connect opens a ledger in a database.
func connect(ctx context.Context, driver, source string, d sqlstore.Dialect, migrate bool) (store.Store, func() error, error) {
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(connections)
	if migrate {
		err = sqlstore.Migrate(ctx, db, d, nil)
	}
	var st *sqlstore.Store
	if err == nil {
		st, err = sqlstore.Open(ctx, db, d, nil)
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return st, db.Close, nil
}
