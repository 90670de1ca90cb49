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
		if code != 0 || !strings.Contains(out, "unknown") || !strings.Contains(out, "no full price") {
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

func TestFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-board", "calls"}, {"-window", "25h30m"}, {"-window", "-1h"}, {"-n", "-1"}, {"-at", "yesterday"},
		{"-simulate", "-5"}, {"-simulate", "3000000"}, {"-simulate", "5", "-json"}, {"stray"}, {"-nope"},
	} {
		if code, _, errs := exec(t, args...); code != 2 || errs == "" {
			t.Errorf("%v: exit %d, %q; want 2 and a reason", args, code, errs)
		}
	}
	if code, _, errs := exec(t, "-h"); code != 0 || !strings.Contains(errs, "-simulate") {
		t.Errorf("-h: exit %d, %q", code, errs)
	}
	if code, _, errs := exec(t, "-subject", "nobody.at.all"); code != 1 || !strings.Contains(errs, "nobody.at.all") {
		t.Errorf("unknown subject: exit %d, %q", code, errs)
	}
	for _, args := range [][]string{{"-board", "output", "-n", "3"}, {"-board", "fresh", "-window", "168h"}, {"-board", "cost", "-window", "24h"}, {"-n", "0"}} {
		if code, out, errs := exec(t, args...); code != 0 || !strings.Contains(out, "CLAUDEONOMICS") {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
}

// TestSimulation runs a small company: the same code, the same claims.
func TestSimulation(t *testing.T) {
	code, out, errs := exec(t, "-simulate", "300", "-n", "5")
	if code != 0 || !strings.Contains(out, "300 ranked") || !strings.Contains(out, "Requests > 1") || !strings.Contains(out, "events a second") {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
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

// TestCompanyMatchesTheNews checks the spread without recording it: 60.2
// trillion in all, 281 billion for the first, at least five million events.
func TestCompanyMatchesTheNews(t *testing.T) {
	c := newCompany(newsPeople, 2026, simulationDay)
	total, top, events := 0.0, 0.0, 0.0
	for i := range c.people {
		total += c.people[i].tokens
		top = max(top, c.people[i].tokens)
		events += c.people[i].events * float64(c.days)
	}
	if total < 60.1e12 || total > 60.3e12 || top < 280e9 || top > 282e9 || events < 5.1e6 {
		t.Errorf("total %.3g, top %.3g, events %.3g", total, top, events)
	}
}
