package gemini

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

func BenchmarkRead(b *testing.B) {
	code := strings.Repeat(`func tide(at time.Time) (meters float64) {\n\treturn \"ebb\", 0.1 // höher\n}\n`, 60)
	var messages []string
	for i := range 2000 {
		messages = append(messages, strings.Replace(turn(fmt.Sprint("m", i), 1000, 900, 10, 5), `"type"`, `"content":"`+code+`","type"`, 1))
	}
	for name, text := range map[string]string{
		"session-1.jsonl": header + strings.Join(messages, ""),
		"session-1.json":  whole(messages...),
	} {
		b.Run(name, func(b *testing.B) {
			fsys := readtest.Files(map[string]string{name: text})
			if events, report := readtest.Read(b, Read, fsys, nil); len(events) != 2000 || report.ProblemCount != 0 {
				b.Fatalf("%d events, %v", len(events), report.Problems)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Read(context.Background(), fsys, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
