package claudecode

import (
	"os"
	"testing"

	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

// FuzzRead reads any bytes as a transcript, beside a good one: it never
// panics, every line has one outcome, and what comes out is fit for a store.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"s1.jsonl", "s2.jsonl", "s1/subagents/agent-a1.jsonl"} {
		data, err := os.ReadFile("testdata/home/projects/-r-harbor/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	good := turn("msg_1", "req_A", "09:00:00Z", [4]int64{3, 2, 900, 15000})
	f.Add([]byte(good[:60] + "\n{\n[]\nnull\n\"\n\xff\xfe{\x00}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := readtest.Files(map[string]string{"a.jsonl": good, "agent-b.jsonl": string(data)})
		events, _ := readtest.Read(t, Read, fsys, nil)
		if len(events) == 0 {
			t.Error("the good line is lost")
		}
		readtest.SameReversed(t, Read, fsys)
	})
}
