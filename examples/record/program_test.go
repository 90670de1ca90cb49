package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	pg.stop()
	if program.dir != "" {
		_ = os.RemoveAll(program.dir)
	}
	os.Exit(code)
}

// program is the program as a user runs it, built when a test first needs it.
var program struct {
	once sync.Once
	dir  string
	path string
	err  error
}

func build() {
	p := &program
	if p.dir, p.err = os.MkdirTemp("", "record"); p.err != nil {
		return
	}
	p.path = filepath.Join(p.dir, "record")
	if runtime.GOOS == "windows" {
		p.path += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", p.path, ".").CombinedOutput(); err != nil {
		p.err = fmt.Errorf("go build: %w: %s", err, out)
		return
	}
	p.err = os.Chmod(p.dir, 0o755) // for tests that run it as another user
}

// command is a process of the program.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program.once.Do(build)
	if program.err != nil {
		t.Fatal(program.err)
	}
	return exec.Command(program.path, append([]string{"-now", now}, args...)...)
}

// feed runs a process of the program to its end.
func feed(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	return feedBy(t, func(*exec.Cmd) {}, in, args...)
}

// feedBy is feed after a change to the process.
func feedBy(t *testing.T, change func(*exec.Cmd), in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := command(t, args...)
	change(cmd)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// outcome runs the program in this process, insists that it succeeds, and
// returns what it says besides receipts.
func outcome(t *testing.T, in string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), append([]string{"-now", now}, args...), strings.NewReader(in), &out, &errs); code != 0 {
		t.Fatalf("%v: exit %d: %s", args, code, errs.String())
	}
	return withoutReceipts(out.String())
}

func withoutReceipts(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if !strings.Contains(line, `"type":"receipt"`) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// overStores runs a test over each kind of store; fresh returns a -store that
// is empty.
func overStores(t *testing.T, test func(t *testing.T, fresh func() string)) {
	t.Run("memory", func(t *testing.T) { test(t, func() string { return "memory" }) })
	overDurable(t, test)
}

func overDurable(t *testing.T, test func(t *testing.T, fresh func() string)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, func() string { return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db") })
	})
	t.Run("postgres", func(t *testing.T) { test(t, func() string { return pg.fresh(t) }) })
}
