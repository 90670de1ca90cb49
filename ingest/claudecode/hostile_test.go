package claudecode

import (
	"os"
	"testing"

	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

func TestHostile(t *testing.T) {
	home := readtest.Folder(t, os.DirFS("testdata/home"))
	t.Run("mutations", func(t *testing.T) { readtest.Mutations(t, Read, home, 21) })
	t.Run("order", func(t *testing.T) { readtest.AnyOrder(t, Read, home, 22) })
	t.Run("cancelled", func(t *testing.T) { readtest.Cancelled(t, Read, home) })
	t.Run("callback", func(t *testing.T) { readtest.Callback(t, Read, home) })
	t.Run("long line", func(t *testing.T) {
		readtest.LongLine(t, Read, "a.jsonl", turn("m", "r", "09:00:00Z", [4]int64{1, 2, 3, 4})+`{"type":"user","message":"`, "\"}\n"+turn("n", "r", "09:00:00Z", [4]int64{1, 2, 3, 4}), 2)
	})
	t.Run("disk", func(t *testing.T) {
		readtest.Disk(t, Read, "projects", turn("m", "r", "09:00:00Z", [4]int64{1, 2, 3, 4})+turn("n", "r", "09:00:00Z", [4]int64{1, 2, 3, 4}), ".jsonl")
	})
}
