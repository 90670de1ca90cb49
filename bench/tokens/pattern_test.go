package tokens

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

// The patterns as they are published, step by step: each step cuts what the
// one before left over.
var published = []struct {
	pattern bpe.Pattern
	steps   []string
}{
	{bpe.Cl100k, []string{`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`}},
	{bpe.Qwen, []string{`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`}},
	{bpe.GPT2, []string{`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`}},
	{bpe.O200k, []string{`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`}},
	{bpe.Tekken, []string{`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`}},
	{bpe.DeepSeek, []string{`\p{N}{1,3}`, `[一-龥぀-ゟ゠-ヿ]+`,
		"[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
}

// cut cuts every piece by the expression, and keeps what lies between matches.
func cut(t *testing.T, pieces []string, re *regexp2.Regexp) (out []string) {
	for _, piece := range pieces {
		runes, at := []rune(piece), 0
		m, err := re.FindStringMatch(piece)
		for ; m != nil && err == nil; m, err = re.FindNextMatch(m) {
			if m.Index > at {
				out = append(out, string(runes[at:m.Index]))
			}
			if m.Length > 0 {
				out = append(out, m.String())
			}
			at = m.Index + m.Length
		}
		if err != nil {
			t.Fatal(err)
		}
		if at < len(runes) {
			out = append(out, string(runes[at:]))
		}
	}
	return out
}

// The scanners cut as a regular expression engine does by the published
// patterns.
func TestPatterns(t *testing.T) {
	var vocabulary strings.Builder
	if err := o200k.Base().WriteTiktoken(&vocabulary); err != nil {
		t.Fatal(err)
	}
	n := 4000
	if full() {
		n = 100_000
	}
	const seed = 17
	for _, p := range published {
		e, err := bpe.LoadTiktoken(strings.NewReader(vocabulary.String()), p.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var steps []*regexp2.Regexp
		for _, s := range p.steps {
			steps = append(steps, regexp2.MustCompile(s, regexp2.None))
		}
		check := func(text string) {
			t.Helper()
			want := []string{text}
			for _, re := range steps {
				want = cut(t, want, re)
			}
			var got []string
			for piece := range e.Pieces(text) {
				got = append(got, piece)
			}
			if strings.Join(got, "\x01") != strings.Join(want, "\x01") {
				for i := range got {
					if i >= len(want) || got[i] != want[i] {
						t.Fatalf("%s, seed %d: %.300q: piece %d is %q, want %q", p.pattern, seed, text, i, got[i], want[min(i, len(want)-1)])
					}
				}
			}
		}
		r := rand.New(rand.NewPCG(seed, uint64(p.pattern)))
		var b strings.Builder
		for range n {
			b.Reset()
			for range 1 + r.IntN(12) {
				b.WriteString(edges[r.IntN(len(edges))])
			}
			if text := strings.ToValidUTF8(b.String(), "\uFFFD"); !strings.Contains(text, "'ſ") { // see TestEdgeStrings
				check(text)
			}
		}
		for name, text := range corpus(t) {
			if len(text) > 200_000 && os.Getenv("TOKENS_FULL") == "" {
				text = text[:200_000]
			}
			t.Log(p.pattern, name)
			check(strings.ToValidUTF8(text, "\uFFFD"))
		}
	}
}
