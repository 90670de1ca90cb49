package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestSeveralFolders: one folder that cannot be read, or has no logs, does not
// keep the others from being read, and is told of.
func TestSeveralFolders(t *testing.T) {
	good, bare := t.TempDir(), t.TempDir()
	write(t, good, "ana/.claude/projects/p/s1.jsonl", reply("1", ""))
	file := write(t, bare, "notes.txt", "hello")
	missing := filepath.Join(bare, "missing")
	at := []string{"-at", "2026-11-15T00:00:00Z"}
	for _, c := range []struct {
		name string
		logs []string
		code int
		want []string
	}{
		{"missing first", []string{missing, good}, 1, []string{"claude-opus-5-5", "unreadable", missing + " ", "1 problem"}},
		{"missing last", []string{good, missing}, 1, []string{"claude-opus-5-5", "unreadable", missing + " "}},
		{"a file", []string{good, file}, 1, []string{"claude-opus-5-5", "unreadable", "is no folder"}},
		{"no logs", []string{good, bare}, 0, []string{"claude-opus-5-5", noLogsUnder}},
		{"none of them", []string{missing, bare}, 1, []string{missing + ": ", "; " + noLogsUnder + bare + "\n"}},
	} {
		args := at
		for _, dir := range c.logs {
			args = append(args, "-logs", dir)
		}
		code, out, errs := exec(t, args...)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d; %s", c.name, code, c.code, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: no %q in\n%s%s", c.name, want, out, errs)
			}
		}
	}
	_, out, errs := exec(t, append(at, "-json", "-logs", missing, "-logs", good, "-logs", bare)...)
	for _, want := range []string{`"problems":{"unreadable":1}`, `"kind":"unreadable"`, `"folders_without_logs":[`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s%s", want, out, errs)
		}
	}
}
