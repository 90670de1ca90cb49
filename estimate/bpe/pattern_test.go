package bpe_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

var everyPattern = []bpe.Pattern{bpe.O200k, bpe.Cl100k, bpe.GPT2, bpe.Qwen, bpe.DeepSeek, bpe.Tekken}

// Whatever the pattern, its pieces are the text, Count is what merging the
// plain way gives, the meter agrees, and text that is added changes no more
// than the last two pieces.
func TestEveryPattern(t *testing.T) {
	const seed = 41
	for _, p := range everyPattern {
		r := rand.New(rand.NewPCG(seed, uint64(p)))
		e := bpe.Recut(o200k.Base(), p)
		for i := range 400 {
			text := strings.ToValidUTF8(randomText(r, 1+r.IntN(30)), "\uFFFD")
			whole := bpe.Pieces(e, text)
			var pieces []string
			for piece := range e.Pieces(text) {
				pieces = append(pieces, piece)
			}
			if strings.Join(pieces, "") != text || strings.Join(pieces, "|") != strings.Join(whole, "|") {
				t.Fatalf("%s, seed %d, text %d: pieces %q, the general path %q", p, seed, i, pieces, whole)
			}
			m := e.NewMeter()
			_, _ = m.Write([]byte(text))
			_ = m.Close()
			if want := bpe.NaiveCount(e, text); e.Count(text) != want || m.Count() != int64(want) {
				t.Fatalf("%s, seed %d: Count of %q %d, meter %d, want %d", p, seed, text, e.Count(text), m.Count(), want)
			}
			for cut := range text {
				part := bpe.Pieces(e, text[:cut])
				for k := range max(0, len(part)-2) {
					if k >= len(whole) || part[k] != whole[k] {
						t.Fatalf("%s, seed %d: %q of %q: %q, whole %q", p, seed, text[:cut], text, part, whole)
					}
				}
			}
		}
	}
}

// How the patterns differ, by pieces that were worked out by hand from the
// expressions.
func TestPatternsByHand(t *testing.T) {
	for _, c := range []struct {
		pattern bpe.Pattern
		text    string
		want    string
	}{
		{bpe.Cl100k, "I'LL pay 12345 €", "I|'LL| pay| |123|45| €"},
		{bpe.Qwen, "I'LL pay 123 €", "I|'LL| pay| |1|2|3| €"},
		{bpe.GPT2, "I'll pay 12345 €", "I|'ll| pay| 12345| €"},
		{bpe.GPT2, "I'LL  go\n\n\tx", "I|'|LL| | go|\n\n|\t|x"},
		{bpe.Tekken, "I'll HTMLParser 42", "I|'ll| HTMLParser| |4|2"},
		{bpe.O200k, "I'll HTMLParser 42", "I'll| HTMLParser| |42"},
		{bpe.DeepSeek, "x = a.b  12", "x| =| a|.b|  |12"},
		{bpe.DeepSeek, "我们 use 模型。", "我们| use| |模型|。"},
		{bpe.DeepSeek, "\x00\x00a", "\x00|\x00a"},
	} {
		e := bpe.Recut(o200k.Base(), c.pattern)
		var got []string
		for piece := range e.Pieces(c.text) {
			got = append(got, piece)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s of %q: %q, want %q", c.pattern, c.text, s, c.want)
		}
	}
}

func TestPatternOf(t *testing.T) {
	for _, p := range everyPattern {
		if got, err := bpe.PatternOf(p.String()); err != nil || got != p {
			t.Errorf("%s: %v, %v", p, got, err)
		}
	}
	if got, err := bpe.PatternOf(`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`); err != nil || got != bpe.Qwen {
		t.Errorf("Qwen's expression: %v, %v", got, err)
	}
	for _, name := range []string{"", "unknown", `\w+`, strings.Repeat("x", 10_000)} {
		if _, err := bpe.PatternOf(name); !errors.Is(err, bpe.ErrPattern) {
			t.Errorf("%.10q: %v", name, err)
		}
	}
	if s := bpe.Pattern(99).String(); s != "unknown" {
		t.Errorf("pattern 99 is %s", s)
	}
}
