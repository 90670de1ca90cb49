package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

var errNoPostgres = errors.New("no PostgreSQL server is installed here: apt-get install postgresql, or put initdb and pg_ctl in PATH")

// postgres is a server that the tests start when the first of them needs it,
// and TestMain stops: on a socket in a folder of its own, with fsync on.
type postgres struct {
	start sync.Once
	err   error
	bin   string
	dir   string
	as    string // the user it runs as, "" for the tests' own
	db    *sql.DB
	made  int // databases
}

var pg postgres

// fresh returns a -store on a database of its own. Without a server the test is
// skipped, or fails where CI is true.
func (p *postgres) fresh(t *testing.T) string {
	t.Helper()
	p.start.Do(func() { p.err = p.launch() })
	switch {
	case errors.Is(p.err, errNoPostgres) && os.Getenv("CI") != "true":
		t.Skip(p.err)
	case p.err != nil:
		t.Fatal(p.err)
	}
	p.made++
	name := fmt.Sprint("ledger", p.made)
	if _, err := p.db.Exec("CREATE DATABASE " + name + " TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	return "postgres:" + p.source(name)
}

func (p *postgres) source(database string) string {
	return "host=" + p.dir + " user=postgres sslmode=disable dbname=" + database
}

func (p *postgres) launch() (err error) {
	if p.bin, err = postgresFolder(); err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "record-pg"); err != nil {
		return err
	}
	if os.Geteuid() == 0 { // the server refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return fmt.Errorf("%w, with a user to run it as (%w)", errNoPostgres, err)
		}
		uid, _ := strconv.Atoi(u.Uid) // a number on every system that has a root
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(p.dir, uid, gid); err != nil {
			return err
		}
		p.as = u.Username
	}
	if err := p.run("initdb", "-D", p.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return err
	}
	if err := p.run("pg_ctl", "-D", p.data(), "-w", "-l", filepath.Join(p.dir, "log"), "-o", "-h '' -k "+p.dir, "start"); err != nil {
		return err
	}
	p.db, err = sql.Open("pgx", p.source("postgres"))
	return err
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

// stop ends what launch began, if anything.
func (p *postgres) stop() {
	if p.db != nil {
		_ = p.db.Close()
		_ = p.run("pg_ctl", "-D", p.data(), "-m", "immediate", "-w", "stop")
	}
	if p.dir != "" {
		_ = os.RemoveAll(p.dir)
	}
}

// run runs a program of the server as its user.
func (p *postgres) run(name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	command := append([]string{filepath.Join(p.bin, name)}, args...)
	if p.as != "" {
		command = append([]string{"runuser", "-u", p.as, "--"}, command...)
	}
	// To a file: the server keeps the output open, and a pipe would not end.
	out, err := os.CreateTemp("", "record-pg-out")
	if err != nil {
		return err
	}
	defer func() { _, _ = out.Close(), os.Remove(out.Name()) }()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return nil
}

// postgresFolder finds the programs of the newest server.
func postgresFolder() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errNoPostgres
	}
	release := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return release(a) - release(b) })
	return filepath.Dir(newest), nil
}
