package o200k

import (
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
)

// The data compiled in is the published file, byte for byte once written out.
func TestIsThePublishedVocabulary(t *testing.T) {
	h := sha256.New()
	if err := Base().WriteTiktoken(h); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != Sum {
		t.Errorf("SHA-256 %s, want %s", got, Sum)
	}
	if n := Base().Size(); n != 199_998 {
		t.Errorf("%d tokens", n)
	}
}

// gpt-tokenizer#35, tiktoken#414: 200 MB for a vocabulary. The tables and one
// workspace take at most 16 MB, and loading takes no more on the way.
func TestLoadsInSixteenMegabytes(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e := bpe.MustUnpack(packed, bpe.O200k)
	e.Count("Hello, world!")
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
		t.Errorf("%d bytes", n)
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		bpe.MustUnpack(packed, bpe.O200k)
	}
}
