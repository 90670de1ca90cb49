package claudecode

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// TestMemory checks the promise of the package: memory goes by replies, not by
// bytes or lines.
func TestMemory(t *testing.T) {
	const replies = 2000
	var b strings.Builder
	for i := range replies {
		b.WriteString(turn(fmt.Sprintf("msg_%d", i), fmt.Sprintf("req_%d", i), "09:00:00Z", [4]int64{3, int64(i), 5, 7}))
	}
	once := b.String()
	var sizes [2]float64
	for i, copies := range [...]int{1, 8} {
		fsys := make(fstest.MapFS)
		for c := range copies {
			fsys[fmt.Sprintf("s%d.jsonl", c)] = &fstest.MapFile{Data: []byte(once)}
		}
		sizes[i] = allocated(func() {
			if _, _, err := Read(context.Background(), fsys, nil); err != nil {
				t.Fatal(err)
			}
		})
	}
	perReply := (sizes[0] - 1<<20) / replies
	t.Logf("%.0f KiB for one file, %.0f KiB for eight copies; %.0f bytes allocated a reply", sizes[0]/1024, sizes[1]/1024, perReply)
	if sizes[1] > 1.2*sizes[0] {
		t.Errorf("eight copies of %d replies allocate %.0f bytes, one file %.0f: memory grows with bytes", replies, sizes[1], sizes[0])
	}
}

// allocated returns how many bytes f allocates, on one goroutine.
func allocated(f func()) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}
