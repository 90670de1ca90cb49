package gemini

import (
	"io/fs"
	"os"
	"path"
	"testing"

	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

// FuzzRead reads any bytes as a session in either form, beside a good one: it
// never panics, every line has one outcome, and what comes out is fit for a
// store.
func FuzzRead(f *testing.F) {
	home := os.DirFS("testdata/home/tmp")
	err := fs.WalkDir(home, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(home, name)
		f.Add(data, path.Ext(name) == ".json")
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	good := header + turn("good", 10, 2, 3, 1)
	f.Fuzz(func(t *testing.T, data []byte, whole bool) {
		name := "chats/b.jsonl"
		if whole {
			name = "chats/b.json"
		}
		fsys := readtest.Files(map[string]string{"chats/a.jsonl": good, name: string(data)})
		events, _ := readtest.Read(t, Read, fsys, nil)
		if len(events) == 0 {
			t.Error("the good line is lost")
		}
		readtest.SameReversed(t, Read, fsys)
	})
}
