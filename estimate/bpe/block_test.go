package bpe

import (
	"math/bits"
	"math/rand/v2"
	"testing"
)

// Blocks are cut where the piece by piece scanners cut, which are held against
// the published expressions.
func TestBlocksAreCutAsPiecesAre(t *testing.T) {
	const seed = 77
	r := rand.New(rand.NewPCG(seed, 0))
	ascii := []string{"a", "Z", "AB", "word", "Wo", "c", "1", "22", "4444", " ", "  ", "\t", "\n", "\r\n", "\n ", "'", "'s", "'LL",
		"'re", "'T", "/", "//", "(", "})", ".", "\x00", "\x7f", "'ve"}
	parts := append(ascii[:len(ascii):len(ascii)], "é", "ſ", "漢", "\u00a0", "\u0301")
	for _, pattern := range []Pattern{O200k, Cl100k, Qwen, Tekken} {
		e := &Encoding{pattern: pattern, classes: classes()}
		found := 0
		for i := range 40_000 {
			from := ascii
			if i%2 == 0 {
				from = parts
			}
			var b []byte
			for n := 1 + r.IntN(90); len(b) < n; {
				b = append(b, from[r.IntN(len(from))]...)
			}
			var text [blockRead]byte
			size := copy(text[:], b)
			atEnd := size < blockSize
			at := 0
			for cuts := blockRulesOf[pattern].cuts(&text, min(size, blockSize), atEnd); cuts != 0; cuts &= cuts - 1 {
				end := e.pieceEnd(b, at)
				if to := bits.TrailingZeros64(cuts); to != end {
					t.Fatalf("%s, seed %d, text %d: the piece of %q at %d ends at %d, want %d", pattern, seed, i, b, at, to, end)
				}
				at = end
				found++
			}
			if atEnd && i%2 == 1 && at != len(b) {
				t.Fatalf("%s, seed %d, text %d: %q is cut up to %d alone", pattern, seed, i, b, at)
			}
		}
		if found < 400_000 {
			t.Errorf("%s: %d pieces in all", pattern, found)
		}
	}
}
