package r50k

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"
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
	if n := Base().Size(); n != 50_256 {
		t.Errorf("%d tokens", n)
	}
}

// The ids of GPT-2 that everybody knows.
func TestKnownIDs(t *testing.T) {
	if got, want := Base().Append(nil, "Hello world"), []uint32{15496, 995}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
