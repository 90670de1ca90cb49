package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/tokenomics-go/tokenomics/store"
)

//go:embed schema/*.sql
var schema embed.FS

// Migration is one numbered step of the schema.
type Migration struct {
	Version int    // 1, 2, 3, …
	Name    string // such as "ledger"
	SQL     string // statements, ended by semicolons at the end of a line
}

// MigrationSQL returns the steps of a schema in order, with the prefix put in,
// for hosts that apply them with a tool of their own. Such a host also keeps
// the table <prefix>migration (version INTEGER PRIMARY KEY) up to date, as that
// is what [Open] looks at.
func MigrationSQL(d Dialect, opts *Options) ([]Migration, error) {
	o, err := opts.complete(d)
	if err != nil {
		return nil, err
	}
	entries, err := schema.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	var steps []Migration
	for _, f := range entries { // sorted by name, and so by version
		dialect, rest, _ := strings.Cut(strings.TrimSuffix(f.Name(), ".sql"), "-")
		number, name, _ := strings.Cut(rest, "-")
		if dialect != d.String() {
			continue
		}
		text, err := schema.ReadFile(path.Join("schema", f.Name()))
		if err != nil {
			return nil, err
		}
		version, err := strconv.Atoi(number)
		if err != nil || version != len(steps)+1 {
			return nil, fmt.Errorf("sqlstore: schema/%s is out of sequence", f.Name())
		}
		steps = append(steps, Migration{version, name, strings.ReplaceAll(string(text), "{prefix}", o.Prefix)})
	}
	return steps, nil
}

// Migrate brings the schema up to date: every step that is missing, all in one
// transaction. Several processes may call it at once. It is never called for
// you. A schema of a later version is an error that matches
// [store.ErrNewerFormat]. On SQLite it also turns write-ahead logging on,
// which the database remembers.
func Migrate(ctx context.Context, db *sql.DB, d Dialect, opts *Options) error {
	o, err := opts.complete(d)
	if err != nil {
		return err
	}
	steps, err := MigrationSQL(d, opts)
	if err != nil {
		return err
	}
	s := &Store{db: db, dialect: d, prefix: o.Prefix}
	if d == SQLite {
		if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
			return fmt.Errorf("sqlstore: migrate: %w", err)
		}
	}
	err = s.transact(ctx, func(_ *sql.Conn, tx *sql.Tx) error {
		if d == PostgreSQL {
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(7069640273)"); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+o.Prefix+"migration (version INTEGER NOT NULL PRIMARY KEY)"); err != nil {
			return err
		}
		version, err := s.version(ctx, tx)
		if err != nil {
			return err
		}
		if version > len(steps) {
			return newer(version, len(steps))
		}
		for _, step := range steps[version:] {
			for _, statement := range strings.SplitAfter(step.SQL, ";\n") {
				if strings.TrimSpace(statement) == "" {
					continue
				}
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return fmt.Errorf("step %d, %s: %w", step.Version, step.Name, err)
				}
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO "+o.Prefix+"migration (version) VALUES ("+strconv.Itoa(step.Version)+")"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	return nil
}

func newer(got, known int) error {
	return fmt.Errorf("%w: schema version %d, this knows %d", store.ErrNewerFormat, got, known)
}

// version returns the last step that was applied, 0 for none.
func (s *Store) version(ctx context.Context, q querier) (v int, err error) {
	rows, err := q.QueryContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM "+s.prefix+"migration")
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(&v); err != nil {
			return 0, err
		}
	}
	return v, rows.Err()
}
