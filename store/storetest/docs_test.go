package storetest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/store/storetest"
)

// What follows is in docs/stores.md, word by word: see TestDocs.

func put(rows map[store.Key]store.Entry, e store.Entry) store.Change {
	old, known := rows[e.Key()]
	if !known {
		rows[e.Key()] = e
		return store.Change{Status: store.Accepted, Counts: true}
	}
	c := store.Change{Before: &old}
	c.Status, c.Counts = store.Judge(&old.Event, &e.Event)
	if c.Counts && (c.Status != store.Duplicate || e.Activation > old.Activation) {
		rows[e.Key()] = e // a Duplicate under a greater activation only brings a new price
	}
	return c
}

var mystore = struct{ New func() store.Store }{func() store.Store { return memstore.New(nil) }}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return mystore.New() }, nil)
}

// TestDocs: every piece of Go in docs/stores.md is in this file, and so compiles;
// the heart of a store does what it says.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/stores.md")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("docs_test.go")
	if err != nil {
		t.Fatal(err)
	}
	pieces := strings.Split(string(page), "```go\n")[1:]
	if len(pieces) < 2 {
		t.Fatalf("%d pieces of Go in the page", len(pieces))
	}
	for _, p := range pieces {
		p, _, _ = strings.Cut(p, "```")
		if !strings.Contains(bare(string(own)), bare(p)) {
			t.Errorf("this is not compiled anywhere:\n%s", p)
		}
	}
	rows := map[store.Key]store.Entry{}
	use := store.Entry{Event: store.Event{Source: "s", ID: "a"}}
	better := use
	better.Revision = 1
	for i, want := range []store.Status{store.Accepted, store.Duplicate, store.Superseding, store.Stale} {
		if got := put(rows, []store.Entry{use, use, better, use}[i]); got.Status != want {
			t.Errorf("number %d is %s, want %s", i+1, got.Status, want)
		}
	}
}

// bare is a text without the space at the ends of its lines.
func bare(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}
