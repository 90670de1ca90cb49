//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// readOnly keeps lines in a file, takes the right to write to it, and to its
// folder unless that is said to be open, and returns its path.
func readOnly(t *testing.T, lines string, open bool) (file string) {
	t.Helper()
	dir := t.TempDir()
	file = filepath.Join(dir, "ledger.db")
	outcome(t, lines, "-store", "sqlite:"+file)
	modes := map[string]os.FileMode{filepath.Dir(dir): 0o755, dir: 0o555, file: 0o444}
	if open {
		modes[dir] = 0o777
	}
	for path, mode := range modes {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	return file
}

// TestReadOnlyFile: a file that may only be read, in a folder that may be
// written to or not, can be reported on; a line is refused, not acknowledged.
func TestReadOnlyFile(t *testing.T) {
	s := newScript(5, 50)
	want := outcome(t, s.text(), everything...)
	for name, open := range map[string]bool{"folder to write to": true, "folder to read": false} {
		t.Run(name, func(t *testing.T) {
			file := readOnly(t, s.text(), open)
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if code, out, errs := feedBy(t, nobody, "", with(everything, "-report", "-store", "sqlite:"+file)...); code != 0 || out != want {
				t.Errorf("-report: exit %d, %s: %s", code, firstDifference(out, want), errs)
			}
			for _, line := range []string{use("new", ""), s.lines[0]} {
				code, out, errs := feedBy(t, nobody, line, "-store", "sqlite:"+file)
				if code != 1 || out != "" || !strings.Contains(errs, "readonly") {
					t.Errorf("a line: exit %d, %q, %q", code, out, errs)
				}
			}
			if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, before) {
				t.Errorf("the file has changed (%v)", err)
			}
		})
	}
}

// TestWrittenWhileRead: who cannot tell writers that it reads says so if
// somebody wrote.
func TestWrittenWhileRead(t *testing.T) {
	file := readOnly(t, newScript(7, 3000).text(), false)
	cmd := command(t, "-store", "sqlite:"+file, "-report", "-dump")
	nobody(cmd)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	if _, err := in.ReadString('\n'); err != nil { // the rest is more than a pipe holds
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{filepath.Dir(file): 0o755, file: 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	outcome(t, use("meanwhile", ""), "-store", "sqlite:"+file)
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Fatal(err)
	}
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 1 || !strings.Contains(errs.String(), "while it was read") {
		t.Errorf("exit %d: %s", cmd.ProcessState.ExitCode(), errs.String())
	}
}

// nobody makes a process that of a user who is not above permissions.
func nobody(cmd *exec.Cmd) {
	cmd.Dir = "/" // the tests' own may be closed to it
	if os.Geteuid() == 0 {
		const id = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
	}
}
