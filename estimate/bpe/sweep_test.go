package bpe_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

// Every code point of the planes that have characters, in front of and behind letters, digits, blanks and itself:
// the number and the SHA-256 of the ids (32 bits each, little endian) were
// recorded from OpenAI's own core (npm tiktoken 1.0.22).
func TestEveryCodePoint(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("seconds long, and of one goroutine")
	}
	for _, c := range []struct {
		encoding *bpe.Encoding
		n        int
		sum      string
	}{
		{o200k.Base(), 5_277_357, "8c525192e9ccb3f8c540225135b2d083f0ca94e92f0cbf593ffe8bd9c40aac79"},
		{cl100k.Base(), 5_354_621, "ab2b5d76a7df9ba66a0bf2e7810811382f7401b046db9e01ec19d5abfa92e3ff"},
	} {
		h, n := sha256.New(), 0
		var text strings.Builder
		var ids []uint32
		var raw []byte
		for r := rune(0); r < 0xE1000; r++ {
			if r == 0x40000 {
				r = 0xE0000 // the planes between are empty
			}
			if r < 0xD800 || r > 0xDFFF {
				s := string(r)
				text.WriteString("a" + s + "B " + s + s + "1\n" + s + "'s")
			}
			if r%1024 != 1023 || text.Len() == 0 {
				continue
			}
			ids = c.encoding.Append(ids[:0], text.String())
			if got := c.encoding.Count(text.String()); got != len(ids) {
				t.Fatalf("%s: Count %d, %d ids around U+%04X", c.encoding.Name(), got, len(ids), r)
			}
			text.Reset()
			raw = raw[:0]
			for _, id := range ids {
				raw = binary.LittleEndian.AppendUint32(raw, id)
			}
			n += len(ids)
			h.Write(raw)
		}
		if got := hex.EncodeToString(h.Sum(nil)); n != c.n || got != c.sum {
			t.Errorf("%s: %d ids, SHA-256 %s; want %d, %s", c.encoding.Name(), n, got, c.n, c.sum)
		}
	}
}
