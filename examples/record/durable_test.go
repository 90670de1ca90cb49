package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// everything are flags that tell all there is to tell of a ledger.
var everything = []string{"-dump", "-top", "50", "-by", "cost", "-totals", "subject"}

func with(flags []string, more ...string) []string {
	return append(flags[:len(flags):len(flags)], more...)
}

// TestReopen: what one process acknowledged, the next one has, and knows again.
func TestReopen(t *testing.T) {
	s := newScript(1, 300)
	want := outcome(t, s.text(), everything...)
	overDurable(t, func(t *testing.T, fresh func() string) {
		where := fresh()
		code, out, errs := feed(t, s.text(), "-store", where, "-batch", "40")
		if code != 0 || strings.Count(out, "\n") != len(s.lines) {
			t.Fatalf("exit %d, %d answers: %s", code, strings.Count(out, "\n"), errs)
		}
		if _, got, _ := feed(t, "", with(everything, "-report", "-store", where)...); got != want {
			t.Error(firstDifference(got, want))
		}
		code, again, errs := feed(t, s.shuffled(1), with(everything, "-store", where)...)
		if code != 0 || strings.Contains(again, `"accepted"`) {
			t.Errorf("fed again: exit %d, some lines are new: %s", code, errs)
		}
		if got := withoutReceipts(again); got != want {
			t.Error(firstDifference(got, want))
		}
	})
}

// TestMove: a dump of any store, in any order, makes the same ledger in any
// other, to the last byte of its own dump.
func TestMove(t *testing.T) {
	s := newScript(2, 300)
	want := outcome(t, s.text(), everything...)
	dump := outcome(t, s.text(), "-dump")
	overStores(t, func(t *testing.T, fresh func() string) {
		where := fresh()
		if got := outcome(t, dump, with(everything, "-store", where, "-max-late", "0")...); got != want {
			t.Fatalf("from memory: %s", firstDifference(got, want))
		}
		if where == "memory" {
			return
		}
		if dump = outcome(t, "", "-store", where, "-report", "-dump"); dump == "" {
			t.Fatal("nothing is dumped")
		}
		if got := outcome(t, dump, everything...); got != want {
			t.Errorf("back to memory: %s", firstDifference(got, want))
		}
	})
}

// TestTwoProcesses feed one ledger at the same time with the same lines in
// other orders: each key is new to one of them, once, and the ledger is what
// one process makes.
func TestTwoProcesses(t *testing.T) {
	s := newScript(3, 400)
	want := outcome(t, s.text(), everything...)
	keys := map[string]bool{}
	for _, v := range s.versions {
		keys[v.key] = true
	}
	overDurable(t, func(t *testing.T, fresh func() string) {
		where := fresh() // without tables: both make them
		type result struct {
			out, errs strings.Builder
			wait      func() error
		}
		var results [2]result
		for i := range results {
			r, cmd := &results[i], command(t, "-store", where, "-batch", "10")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(s.shuffled(uint64(i))), &r.out, &r.errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			r.wait = cmd.Wait
		}
		news := 0
		for i := range results {
			if err := results[i].wait(); err != nil {
				t.Errorf("process %d: %v: %s", i, err, results[i].errs.String())
			}
			news += strings.Count(results[i].out.String(), `"status":"accepted"`)
		}
		if news != len(keys) {
			t.Errorf("%d lines were new, of %d keys", news, len(keys))
		}
		if got := outcome(t, "", with(everything, "-report", "-store", where)...); got != want {
			t.Error(firstDifference(got, want))
		}
	})
}

// TestReportChangesNothing: neither the events, nor the prices, nor a byte of
// the file, whatever the clock says and although there is something to be
// priced again.
func TestReportChangesNothing(t *testing.T) {
	overDurable(t, func(t *testing.T, fresh func() string) {
		where := fresh()
		want := outcome(t, newScript(4, 100).text(), "-dump", "-store", where)
		activate(t, where, pricing.Builtin().Version())
		before := ledgerOf(t, where)
		for _, clock := range []string{"2026-11-10T00:00:00Z", "2001-01-01T00:00:00Z", "2199-01-01T00:00:00Z"} {
			got := outcome(t, "", "-store", where, "-report", "-at", clock, "-now", clock, "-dump", "-top", "3", "-totals", "model")
			if !strings.HasPrefix(got, want) {
				t.Errorf("-at %s: %s", clock, firstDifference(got, want))
			}
			if after := ledgerOf(t, where); after != before {
				t.Errorf("-report -at %s changed the ledger:\n%s\nit was\n%s", clock, after, before)
			}
		}
	})
}

// activate makes a book price what happened since the 5th of November, behind
// the program's back.
func activate(t *testing.T, where, book string) {
	t.Helper()
	p, err := parsePlace(where)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	st, closeStore, err := p.open(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = st.Activate(ctx, 1, store.Activation{Book: book, From: time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC)})
	if err = errors.Join(err, closeStore()); err != nil {
		t.Fatal(err)
	}
}

// ledgerOf returns all that the ledger holds, as text, prices included, and of
// a file a sum of its bytes.
func ledgerOf(t *testing.T, where string) string {
	t.Helper()
	p, err := parsePlace(where)
	if err != nil {
		t.Fatal(err)
	}
	var sum [32]byte
	if p.kind == "sqlite" {
		text, err := os.ReadFile(p.source)
		if err != nil {
			t.Fatal(err)
		}
		sum = sha256.Sum256(text)
	}
	ctx := context.Background()
	st, closeStore, err := p.open(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore() //nolint:errcheck // read only
	acts, err := st.Activations(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var entries []store.Entry
	for e, err := range st.Scan(ctx, store.Query{Voids: true}) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	text, err := json.Marshal([]any{sum, acts, entries})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNoLedger: what cannot be opened is told on stderr with its name, and the
// exit status is 1. -report makes no file, and none is harmed.
func TestNoLedger(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	missing := filepath.Join(dir, "missing.db")
	text := strings.Repeat("no database, but text\n", 500)
	letter := file("letter.txt", text)
	for _, c := range []struct {
		name, where, says string
		more              []string
	}{
		{"text", "sqlite:" + letter, "not a database", nil},
		{"text, to be read", "sqlite:" + letter, "not a database", []string{"-report", "-dump"}},
		{"folder", "sqlite:" + dir, "unable to open", nil},
		{"in no folder", "sqlite:" + filepath.Join(dir, "none", "a.db"), "unable to open", nil},
		{"missing, to be read", "sqlite:" + missing, "unable to open", []string{"-report", "-top", "1"}},
		{"no tables, to be read", "sqlite:" + file("empty.db", ""), "run record once without it", []string{"-report", "-dump"}},
		{"no server", "postgres://ana:secret@127.0.0.1:1/ledger", "127.0.0.1", nil},
		{"no server, with its kind", "postgres:postgres://ana:secret@127.0.0.1:1/ledger", "127.0.0.1", []string{"-report"}},
		{"no URL", "postgres:pg//ana:secret@x", "parse", nil},
	} {
		kind, _, _ := strings.Cut(c.where, "//")
		code, a, errs := ask(t, use("1", ""), append(c.more, "-store", c.where)...)
		if code != 1 || len(a) != 0 || !strings.Contains(errs, c.says) || !strings.Contains(errs, kind[:6]) || strings.Contains(errs, "secret") {
			t.Errorf("%s: exit %d, %d answers, %q", c.name, code, len(a), errs)
		}
	}
	if left, err := os.ReadFile(letter); err != nil || string(left) != text {
		t.Errorf("the text is %q now (%v)", left, err)
	}
	if _, err := os.Stat(missing); !os.IsNotExist(err) {
		t.Errorf("-report made a file (%v)", err)
	}
}

// TestOddNames: a file may be called what no URI would be.
func TestOddNames(t *testing.T) {
	t.Chdir(t.TempDir())
	names := []string{"a b.db", "50%.db", "x#1.db", "%41.db", "zoë.db", "a&mode=ro.db", ":a"}
	if os.PathSeparator == '/' {
		names = append(names, "what?.db", "file:a.db")
	}
	for _, name := range names {
		outcome(t, use("1", ""), "-store", "sqlite:"+name)
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if got := outcome(t, "", "-report", "-dump", "-store", "sqlite:"+name); strings.Count(got, "\n") != 1 {
			t.Errorf("%q: %q", name, got)
		}
	}
}

// TestMissingBook: a ledger whose prices this program does not know is not
// written to, but can be saved.
func TestMissingBook(t *testing.T) {
	where := "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")
	want := outcome(t, use("1", ""), "-dump", "-store", where)
	activate(t, where, "of another program")
	for _, args := range [][]string{nil, {"-report", "-top", "1"}} {
		code, a, errs := ask(t, use("2", ""), with(args, "-store", where)...)
		if code != 1 || len(a) != 0 || !strings.Contains(errs, "of another program") || !strings.Contains(errs, "-report -dump") {
			t.Errorf("%v: exit %d, %v, %q", args, code, a, errs)
		}
	}
	if got := outcome(t, "", "-report", "-dump", "-store", where); got != want {
		t.Errorf("saved %q, want %q", got, want)
	}
}
