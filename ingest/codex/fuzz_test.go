package codex

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

// FuzzRead reads any bytes as a rollout, beside a good one: it never panics,
// every line has one outcome, and what comes out is fit for a store.
func FuzzRead(f *testing.F) {
	home := os.DirFS("testdata/home/sessions/2026/11/01")
	names, err := fs.Glob(home, "*.jsonl")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(home, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	good := strings.Replace(header, `"t"`, `"t1"`, 1) + context1 + counted("09:00:01Z", n(1000, 250, 125, 75), n(1000, 250, 125, 75))
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := readtest.Files(map[string]string{"a.jsonl": good, "b.jsonl": string(data)})
		readtest.Read(t, Read, fsys, nil)
		readtest.SameReversed(t, Read, fsys)
	})
}
