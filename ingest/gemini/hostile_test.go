package gemini

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
		readtest.LongLine(t, Read, "session-1.jsonl", header+`{"id":"x","content":"`, "\"}\n"+turn("m", 1, 0, 2, 3), 1)
		readtest.LongLine(t, Read, "session-1.json", `{"messages":[{"id":"x","content":"`, `"},`+turn("m", 1, 0, 2, 3)+`],"sessionId":"g"}`, 1)
	})
	t.Run("disk", func(t *testing.T) {
		readtest.Disk(t, Read, "tmp/h/chats", header+turn("m", 1, 0, 2, 3), ".jsonl")
	})
}

func TestTornWholeFile(t *testing.T) {
	readtest.Disk(t, Read, "tmp/h/chats", whole(turn("m", 1, 0, 2, 3), turn("n", 1, 0, 2, 3)), ".json")
}
