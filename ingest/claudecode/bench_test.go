package claudecode

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

// transcript writes a session of n turns in the proportions of real ones: a
// prompt or tool result of some kilobytes, then three lines for the reply.
func transcript(n int) string {
	code := strings.Repeat(`func tide(at time.Time) (meters float64) {\n\treturn \"ebb\", 0.1 // höher\n}\n`, 60)
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"parentUuid":"p%d","isSidechain":false,"userType":"external","cwd":"/r/harbor","sessionId":"s1","version":"2.1.278","gitBranch":"main","type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_%d","type":"tool_result","content":"%s"}]},"uuid":"u%d","timestamp":"2026-11-01T09:%02d:%02dZ","toolUseResult":{"stdout":"%s","stderr":"","interrupted":false}}`+"\n",
			i, i, code, i, i/60%60, i%60, code)
		for k, out := range [...]int{1, 40, 327} {
			fmt.Fprintf(&b, `{"parentUuid":"u%d","isSidechain":false,"userType":"external","cwd":"/r/harbor","sessionId":"s1","version":"2.1.278","gitBranch":"main","message":{"id":"msg_%d","type":"message","role":"assistant","model":"claude-opus-5-5","content":[{"type":"text","text":"%s"}],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"cache_creation_input_tokens":900,"cache_read_input_tokens":15000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":800},"output_tokens":%d,"service_tier":"standard","inference_geo":"not_available"}},"requestId":"req_%d","type":"assistant","uuid":"a%d-%d","timestamp":"2026-11-01T09:%02d:%02dZ"}`+"\n",
				i, i, code[:len(code)/6*k/2*2], out, i, i, k, i/60%60, i%60)
		}
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	text := transcript(1000)
	fsys := readtest.Files(map[string]string{"projects/p/s1.jsonl": text})
	events, report := readtest.Read(b, Read, fsys, nil)
	if len(events) != 1000 || report.ProblemCount != 0 {
		b.Fatalf("%d events, %v", len(events), report.Problems)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Read(context.Background(), fsys, nil); err != nil {
			b.Fatal(err)
		}
	}
}
