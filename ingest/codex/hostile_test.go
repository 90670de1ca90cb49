package codex

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
		readtest.LongLine(t, Read, "a.jsonl", header+context1+`{"type":"response_item","payload":"`, "\"}\n"+counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0)), 1)
	})
	t.Run("disk", func(t *testing.T) {
		readtest.Disk(t, Read, "sessions", header+context1+counted("09:00:01Z", n(10, 0, 1, 0), n(10, 0, 1, 0)), ".jsonl")
	})
}
