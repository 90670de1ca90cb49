package estimate

import (
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/sentencepiece"
)

// A model of four pieces, written by hand in the wire format: <unk>, ▁, a and
// ▁a, joined by score.
const tinyModel = "\x0a\x09\x0a\x05<unk>\x18\x02" +
	"\x0a\x0a\x0a\x03▁\x15\x00\x00\x80\xbf" +
	"\x0a\x08\x0a\x01a\x15\x00\x00\x80\xbf" +
	"\x0a\x0b\x0a\x04▁a\x15\x00\x00\x00\xbf" +
	"\x12\x02\x18\x02" + // BPE
	"\x1a\x04\x18\x01\x20\x00" // a blank before the text, blanks kept

func TestWithSentencePiece(t *testing.T) {
	m, err := sentencepiece.Load(strings.NewReader(tinyModel))
	if err != nil {
		t.Fatal(err)
	}
	c := WithSentencePiece("gemini-3-pro", m)
	if b := c.Basis(); b.Kind != Exact || b.Family != "gemini" || b.Encoding != "sentencepiece" {
		t.Errorf("%+v", b)
	}
	text := strings.Repeat("a a aa ", 4000) // ▁a ▁a ▁a a, and ▁ at the end
	want := c.Count(text)
	if want.N != 16_001 || want.High != want.N || c.CountBytes([]byte(text)) != want {
		t.Errorf("%+v", want)
	}
	w := c.NewMeter()
	for i := 0; i < len(text); i += 1000 {
		_, _ = w.Write([]byte(text[i : i+1000]))
	}
	_ = w.Close()
	if w.Count() != want {
		t.Errorf("meter %+v, want %+v", w.Count(), want)
	}
	if n, within := c.CountUpTo(text, want.N); n != want || !within {
		t.Errorf("up to all: %+v, %v", n, within)
	}
	if n, within := c.CountUpTo(text, 100); n.N <= 100 || n.N > 12_000 || within {
		t.Errorf("up to 100: %+v, %v", n, within)
	}
}
