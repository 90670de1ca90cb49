package estimate

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

func TestForChoosesTheVocabulary(t *testing.T) {
	both := []*bpe.Encoding{cl100k.Base(), nil, o200k.Base()}
	for _, c := range []struct {
		model    string
		given    []*bpe.Encoding
		kind     Kind
		encoding string
	}{
		{"gpt-5", both, Exact, "o200k_base"},
		{"gpt-oss-120b", both, Exact, "o200k_harmony"},
		{"gpt-4", both, Exact, "cl100k_base"},
		{"gpt-4", both[2:], Estimate, "o200k_base"},
		{"gpt-5", both[:1], Estimate, "bytes"},
		{"gpt-6", both, Estimate, "o200k_base"}, // never silently an older encoding
		{"claude-opus-4-6", both, Estimate, "o200k_base"},
		{"claude-opus-4-6", nil, Estimate, "bytes"},
		{"whatever", both, Estimate, "o200k_base"},
	} {
		b := For(c.model, c.given...).Basis()
		if b.Kind != c.kind || b.Encoding != c.encoding {
			t.Errorf("%s: %s by %s, want %s by %s", c.model, b.Kind, b.Encoding, c.kind, c.encoding)
		}
		if b.Kind == Exact && b.Unicode != "16.0.0" {
			t.Errorf("%s: exact without a Unicode version", c.model)
		}
	}
	if n := With(o200k.Base()).Count("Hello, world!"); n.N != 4 || n.Low != 4 || n.High != 4 || n.Kind != Exact {
		t.Errorf("%+v", n)
	}
}

// A newer tokenizer gives more tokens: a bill does, and a limit must.
func TestClaudeGenerationsDiffer(t *testing.T) {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog, and nobody minds. ", 100)
	base := For("gpt-5", o200k.Base()).Count(text).N
	old := For("claude-opus-4-6", o200k.Base()).Count(text)
	newer := For("claude-opus-4-7", o200k.Base()).Count(text)
	if old.N != base*1140/1000 && old.N != base*1140/1000+1 {
		t.Errorf("older: %d of %d", old.N, base)
	}
	if newer.N <= old.High {
		t.Errorf("newer: %d, older up to %d", newer.N, old.High)
	}
}

// Every counter's meter, fed in parts cut anywhere, ends where Count does.
func TestVocabularyMetersAgreeWithCount(t *testing.T) {
	const seed = 21
	r := rand.New(rand.NewPCG(seed, 0))
	texts := append([]string{strings.Repeat(strings.Join(someTexts, " "), 2)}, someTexts...)
	for _, model := range []string{"gpt-5", "gpt-4", "claude-opus-4-7"} {
		c := For(model, o200k.Base(), cl100k.Base())
		for _, text := range texts {
			m := c.NewMeter()
			for rest := text; rest != ""; {
				n := min(len(rest), 1+r.IntN(1000))
				_, _ = m.Write([]byte(rest[:n]))
				rest = rest[n:]
			}
			_ = m.Close()
			if got, want := m.Count(), c.Count(text); got != want {
				t.Errorf("%s: meter %+v, Count %+v of %.40q (seed %d)", model, got, want, text, seed)
			}
			all := c.Count(text)
			if got, within := c.CountUpTo(text, all.N); !within || got != all {
				t.Errorf("%s: up to its own count: %+v, %v; want %+v", model, got, within, all)
			}
			if got, within := c.CountUpTo(text, all.N-1); within || got.N < all.N {
				t.Errorf("%s: up to one less: %+v, %v", model, got, within)
			}
		}
	}
}
