package cl100k

import (
	"crypto/sha256"
	"encoding/hex"
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
	if n := Base().Size(); n != 100_256 {
		t.Errorf("%d tokens", n)
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		bpe.MustUnpack(packed, bpe.Cl100k)
	}
}
