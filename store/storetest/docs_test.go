package storetest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/storetest"
)

var mystore = struct{ New func() store.Store }{func() store.Store { return New() }}

// What follows is in docs/stores.md too.

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return mystore.New() }, nil)
}

// TestDocs: every piece of Go in docs/stores.md is in these files, and so compiles
// and is tested.
func TestDocs(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return bare(string(text))
	}
	own := read("page_test.go") + read("docs_test.go")
	pieces := strings.Split(read("../../docs/stores.md"), "```go\n")[1:]
	if len(pieces) < 2 {
		t.Fatalf("%d pieces of Go in the page", len(pieces))
	}
	for _, p := range pieces {
		if p, _, _ = strings.Cut(p, "```"); !strings.Contains(own, p) {
			t.Errorf("this is not compiled anywhere:\n%s", p)
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
