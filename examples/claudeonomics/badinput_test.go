package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
)

// write puts a file under dir and returns its path.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func exec(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), args, screen.Screen{W: &o}, screen.Screen{W: &e})
	return code, o.String(), e.String()
}

func reply(id string, more string) string {
	return fmt.Sprintf(`{"type":"assistant","timestamp":"2026-11-10T09:00:00Z","sessionId":"s1","requestId":"r%s","uuid":"u%s","message":{"id":"msg_%s","model":"claude-opus-5-5","stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":10%s}}}`+"\n", id, id, id, more)
}

// TestBadInput: every fault is counted and shown with file and line, the rest
// is read, and the exit status says so.
func TestBadInput(t *testing.T) {
	long := `{"type":"assistant","x":"` + strings.Repeat("y", 100<<20) + "\"}\n"
	for _, c := range []struct{ name, line, kind string }{
		{"not JSON", "garbage\n", "not_json"},
		{"truncated", `{"type":"assistant","message":{"id":"m","usage":{"input_tok`, "truncated"},
		{"100 MB", long, "long_line"},
		{"negative", reply("n", `,"cache_read_input_tokens":-1`), "bad_count"},
		{"beyond 1e12", reply("b", `,"cache_read_input_tokens":1000000000001`), "bad_count"},
		{"before 2000", strings.Replace(reply("o", ""), "2026-11-10", "1999-12-31", 1), "bad_time"},
		{"future", strings.Replace(reply("f", ""), "2026-11-10", "2126-11-10", 1), "future_time"},
		{"not UTF-8", strings.Replace(reply("u", ""), "msg_u", "msg_\xff", 1), "invalid_utf8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "team/ana/.claude/projects/p/s1.jsonl", reply("1", "")+c.line)
			code, out, errs := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z")
			if code != 1 {
				t.Errorf("exit %d, want 1; %s", code, errs)
			}
			if !strings.Contains(out, c.kind) || !strings.Contains(out, "s1.jsonl:2") {
				t.Errorf("the fault is not shown with its kind %s and line:\n%s", c.kind, out)
			}
			if !strings.Contains(out, "ana") || !strings.Contains(out, "claude-opus-5-5") {
				t.Errorf("the rest was not read:\n%s", out)
			}
		})
	}
	t.Run("no such folder", func(t *testing.T) {
		code, out, errs := exec(t, "-logs", filepath.Join(t.TempDir(), "nowhere"))
		if code != 1 || out != "" || !strings.Contains(errs, "nowhere") {
			t.Errorf("exit %d, %q, %q", code, out, errs)
		}
	})
	t.Run("a file for a folder", func(t *testing.T) {
		path := write(t, t.TempDir(), "x.jsonl", reply("1", ""))
		if code, _, errs := exec(t, "-logs", path); code != 1 || !strings.Contains(errs, "folder") {
			t.Errorf("exit %d, %q", code, errs)
		}
	})
	t.Run("no logs in it", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "notes.txt", "hello")
		if code, out, errs := exec(t, "-logs", dir); code != 1 || !strings.Contains(out+errs, "no logs") {
			t.Errorf("exit %d, %q, %q", code, out, errs)
		}
	})
	t.Run("loose files", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "good.jsonl", reply("1", ""))
		write(t, dir, "bad.jsonl", "garbage\n")
		write(t, dir, "other.jsonl", `{"a":1}`)
		write(t, dir, "package.json", `{"name":"x"}`)
		code, out, _ := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z")
		if code != 1 || !strings.Contains(out, "bad.jsonl:1") || !strings.Contains(out, "other.jsonl") || !strings.Contains(out, "files ignored 1") || !strings.Contains(out, "claude-opus-5-5") {
			t.Errorf("exit %d:\n%s", code, out)
		}
	})
	t.Run("unknown model", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "ana/.claude/projects/p/s1.jsonl", strings.Replace(reply("1", ""), "claude-opus-5-5", "orchid-9", 1))
		code, out, _ := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z")
		if code != 0 || !strings.Contains(out, "unknown") || !strings.Contains(out, "cost unknown*") || strings.Contains(out, "$0.00") || !strings.Contains(out, "no full price") {
			t.Errorf("exit %d:\n%s", code, out)
		}
	})
	t.Run("sound logs", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "ana/.claude/projects/p/s1.jsonl", reply("1", ""))
		if code, out, errs := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z", "-subject", "ana"); code != 0 || !strings.Contains(out, "ana") {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
}

// TestHostileNames: what a folder or a model is called cannot steer the
// terminal.
func TestHostileNames(t *testing.T) {
	dir := t.TempDir()
	name := "e\x1b[2Jvil\u202egnp"
	write(t, dir, "team/"+name+"/.claude/projects/p/s1.jsonl", reply("1", ""))
	write(t, dir, "team/\u202eabc/.claude/projects/p/s2.jsonl", strings.Replace(reply("2", ""), "claude-opus-5-5", `x\u202ey`, 1))
	_, out, errs := exec(t, "-logs", dir, "-at", "2026-11-15T00:00:00Z")
	if strings.ContainsAny(out+errs, "\x1b\u202e") {
		t.Errorf("an escape or a direction mark reached the screen: %q", out+errs)
	}
}

// TestNothingToShow: a board with nobody on it, and a list of nobody.
func TestNothingToShow(t *testing.T) {
	if code, out, _ := exec(t, "-at", "2020-01-01T00:00:00Z"); code != 0 || !strings.Contains(out, "Nobody has a place") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if code, out, _ := exec(t, "-n", "0"); code != 0 || !strings.Contains(out, "and 17 more") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if code, out, _ := exec(t, "-simulate", "50", "-subject", "eng-000007"); code != 0 || !strings.Contains(out, "eng-000007") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
