package p50k

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// The data compiled in is the published file, byte for byte once written out
// and without the line that fills its gap.
func TestIsThePublishedVocabulary(t *testing.T) {
	var out bytes.Buffer
	if err := Base().WriteTiktoken(&out); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), Gap); n != 1 {
		t.Fatalf("the gap is filled %d times", n)
	}
	sum := sha256.Sum256([]byte(strings.Replace(out.String(), Gap, "", 1)))
	if got := hex.EncodeToString(sum[:]); got != Sum {
		t.Errorf("SHA-256 %s, want %s", got, Sum)
	}
}

// The tokens beyond GPT-2's are runs of blanks, and their ids lie above the gap.
func TestBlanksAboveTheGap(t *testing.T) {
	if got, want := Base().Append(nil, "    x"), []uint32{50258, 2124}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
