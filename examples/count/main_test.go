package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func count4(t *testing.T, stdin string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(args, strings.NewReader(stdin), &o, &e)
	return code, o.String(), e.String()
}

func TestWholeInput(t *testing.T) {
	for _, c := range []struct{ stdin, flag, name, want string }{
		{"Hello, world!", "-encoding", "o200k_base", `{"n":4,"low":4,"high":4,"basis":"exact","encoding":"o200k_base"}`},
		{"Hello\n", "-encoding", "o200k_base", `{"n":2,"low":2,"high":2,"basis":"exact","encoding":"o200k_base"}`},
		{"", "-encoding", "cl100k_base", `{"n":0,"low":0,"high":0,"basis":"exact","encoding":"cl100k_base"}`},
		{"<|endoftext|>", "-model", "gpt-5", `{"n":7,"low":7,"high":7,"basis":"exact","encoding":"o200k_base"}`},
		{"a\n \nb", "-model", "gpt-oss-20b", `{"n":3,"low":3,"high":3,"basis":"exact","encoding":"o200k_harmony"}`},
		{"\xff\xfe\xfd", "-model", "gpt-4o", `{"n":1,"low":1,"high":1,"basis":"exact","encoding":"o200k_base"}`},
		{"Hello, world!", "-model", "text-davinci-003", `{"n":4,"low":4,"high":4,"basis":"exact","encoding":"p50k_base"}`},
		{"Hello, world!", "-encoding", "r50k_base", `{"n":4,"low":4,"high":4,"basis":"exact","encoding":"r50k_base"}`},
		{"Hello, world!", "-model", "gpt-4", `{"n":4,"low":4,"high":4,"basis":"exact","encoding":"cl100k_base"}`},
	} {
		code, out, errs := count4(t, c.stdin, c.flag, c.name)
		if code != 0 || strings.TrimSpace(out) != c.want || errs != "" {
			t.Errorf("%q %s: exit %d, %s%s; want %s", c.stdin, c.name, code, out, errs, c.want)
		}
	}
	if _, out, _ := count4(t, "Hello, world!", "-model", "claude-opus-4-7"); !strings.Contains(out, `"basis":"estimate"`) {
		t.Errorf("Claude: %s", out)
	}
}

func TestLines(t *testing.T) {
	in := "{\"text\":\"Hello, world!\"}\n\nnonsense\n{\"text\":1}\n{}\n{\"text\":\"a\",\"x\":1}\n{\"text\":\"\"}"
	code, out, _ := count4(t, in, "-model", "gpt-5", "-jsonl")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 1 || len(lines) != 6 {
		t.Fatalf("exit %d, %d answers: %s", code, len(lines), out)
	}
	for i, want := range []string{
		`{"line":1,"n":4,`, `{"line":3,"error":{"code":"bad_json"`, `{"line":4,"error":{"code":"wrong_type"`,
		`{"line":5,"error":{"code":"missing_key"`, `{"line":6,"error":{"code":"unknown_key"`, `{"line":7,"n":0,`,
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("answer %d: %s, want %s…", i, lines[i], want)
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.txt")
	if err := os.WriteFile(name, []byte("Hello, world!"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "none")
	code, out, _ := count4(t, "Hello", "-model", "gpt-5", name, missing, "-")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 1 || len(lines) != 3 || !strings.Contains(lines[0], `"n":4`) ||
		!strings.Contains(lines[1], `"code":"unreadable"`) || !strings.Contains(lines[2], `"n":1`) {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{
		{}, {"-model", "gpt-5", "-encoding", "o200k_base"}, {"-encoding", "p51k"}, {"-what"}, {"-model", "gpt-5", "-jsonl", "file"},
	} {
		if code, out, errs := count4(t, "", args...); code != 2 || out != "" || errs == "" {
			t.Errorf("%v: exit %d, %q, %q", args, code, out, errs)
		}
	}
	if code, out, _ := count4(t, "", "-h"); code != 0 || !strings.HasPrefix(out, "Usage: count") {
		t.Errorf("-h: exit %d, %s", code, out)
	}
}
