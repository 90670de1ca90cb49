package codex

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

func BenchmarkRead(b *testing.B) {
	code := strings.Repeat(`func tide(at time.Time) (meters float64) {\n\treturn \"ebb\", 0.1 // höher\n}\n`, 40)
	var text strings.Builder
	text.WriteString(header + context1)
	for i := range int64(2000) {
		fmt.Fprintf(&text, `{"timestamp":"2026-11-01T09:%02d:%02dZ","type":"response_item","payload":{"type":"function_call_output","call_id":"c%d","output":"%s"}}`+"\n", i/60%60, i%60, i, code)
		text.WriteString(counted("09:00:01Z", n(1000*(i+1), 900*(i+1), 10*(i+1), 5*(i+1)), n(1000, 900, 10, 5)))
	}
	fsys := readtest.Files(map[string]string{"sessions/r.jsonl": text.String()})
	if events, report := readtest.Read(b, Read, fsys, nil); len(events) != 2000 || report.ProblemCount != 0 {
		b.Fatalf("%d events, %v", len(events), report.Problems)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Read(context.Background(), fsys, nil); err != nil {
			b.Fatal(err)
		}
	}
}
