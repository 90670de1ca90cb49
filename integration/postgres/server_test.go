package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"os/user"
)

// server is a PostgreSQL server of the test's own, on a socket in a folder of
// its own, with fsync on.
type server struct {
	bin, dir string
	asUser   string // the user it runs as, "" for the test's own
}

var (
	pg         *server
	errNoPg    = errors.New("no PostgreSQL server is installed here: apt-get install postgresql, or put initdb and pg_ctl in PATH")
	nextPrefix atomic.Int64
)

func TestMain(m *testing.M) {
	code := 1
	defer func() { os.Exit(code) }()
	var err error
	switch pg, err = startServer(); {
	case errors.Is(err, errNoPg) && os.Getenv("CI") == "":
		fmt.Fprintln(os.Stderr, "skipped:", err)
		code = 0
		return
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer pg.stop()
	code = m.Run()
}

// binaries finds the folder of the newest server.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errNoPg
	}
	sort.Slice(found, func(i, j int) bool { return release(found[i]) < release(found[j]) })
	return filepath.Dir(found[len(found)-1]), nil
}

func release(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

func startServer() (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tokenomics-pg")
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, dir: dir}
	if os.Geteuid() == 0 { // the server refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, fmt.Errorf("%w (and a user postgres to run it as: %w)", errNoPg, err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
		s.asUser = u.Username
	}
	// Locale en_US would sort texts as a dictionary does: what must not matter.
	if err := s.run("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return nil, err
	}
	return s, s.start()
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

func (s *server) start() error {
	return s.run("pg_ctl", "-D", s.data(), "-w", "-l", filepath.Join(s.dir, "log"), "-o", "-h '' -k "+s.dir+" -c max_connections=200", "start")
}

func (s *server) stop() {
	_ = s.run("pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop")
	_ = os.RemoveAll(s.dir)
}

// kill ends the server as a crash would, with kill -9 of its postmaster.
func (s *server) kill(t *testing.T) {
	t.Helper()
	file := filepath.Join(s.data(), "postmaster.pid")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err := strconv.Atoi(string(first))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func (s *server) run(name string, args ...string) error {
	name = filepath.Join(s.bin, name)
	if s.asUser != "" {
		args = append([]string{"-u", s.asUser, "--", name}, args...)
		name = "runuser"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = s.dir
	// Files, not pipes: the server inherits them, and a pipe would stay open.
	out, err := os.CreateTemp("", "pg-out")
	if err != nil {
		return err
	}
	defer func() { _, _ = out.Close(), os.Remove(out.Name()) }()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return nil
}

func openDB(t testing.TB, options string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", "host="+pg.dir+" user=postgres dbname=postgres sslmode=disable "+options)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(20)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
