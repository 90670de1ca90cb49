package bpe_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

var bits = []string{
	"a", "Z", "AB", "word", "Word", "camelCase", "é", "ǅ", "ſ", "ʰ", "\u0301", "\u0903", "1", "22", "4444", "½", "٣",
	"一", "漢字", "かな", "한글", "Ж", "й", "🙂", "\u200d", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "'", "'s", "'LL", "'re",
	"’s", "/", "//", "(", "})", "...", "\x00", "\xff", "\xe4\xb8", "<|endoftext|>",
}

func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(bits[r.IntN(len(bits))])
	}
	return b.String()
}

// However text is cut into writes, a meter ends at the count of the whole.
func TestMeterIsExactAtClose(t *testing.T) {
	const seed = 31
	r := rand.New(rand.NewPCG(seed, 0))
	for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base()} {
		for i := range 30 {
			text := randomText(r, 1+r.IntN(12_000))
			m := e.NewMeter()
			last := int64(0)
			for rest := text; rest != ""; {
				n := min(len(rest), 1+r.IntN(3000))
				if w, err := m.Write([]byte(rest[:n])); w != n || err != nil {
					t.Fatal(w, err)
				}
				rest = rest[n:]
				if m.Count() < last {
					t.Fatalf("seed %d, text %d: the count fell", seed, i)
				}
				last = m.Count()
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			if got, want := m.Count(), int64(e.Count(text)); got != want {
				t.Fatalf("%s, seed %d, text %d: %d, want %d", e.Name(), seed, i, got, want)
			}
		}
	}
}

// The meter rests on this: more text changes no more than the last two pieces.
// Here by tokens: the ids of all before the last two pieces stay.
func TestPrefixesAgree(t *testing.T) {
	const seed = 33
	r := rand.New(rand.NewPCG(seed, 0))
	for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base()} {
		for i := range 1500 {
			text := strings.ToValidUTF8(randomText(r, 2+r.IntN(10)), "")
			whole := bpe.Pieces(e, text)
			for cut := range text {
				part := bpe.Pieces(e, text[:cut])
				for k := range max(0, len(part)-2) {
					if k >= len(whole) || part[k] != whole[k] {
						t.Fatalf("%s, seed %d, text %d: %q of %q: %q, whole %q", e.Name(), seed, i, text[:cut], text, part, whole)
					}
				}
			}
		}
	}
}

func TestCountUpTo(t *testing.T) {
	e := o200k.Base()
	text := strings.Repeat("some words and more of them, ", 200_000)
	all := e.Count(text)
	if n, within := e.CountUpTo(text, all); n != all || !within {
		t.Errorf("at the limit: %d, %v", n, within)
	}
	if n, within := e.CountUpTo(text, all-1); n != all || within {
		t.Errorf("one above: %d, %v", n, within)
	}
	if n, within := e.CountUpTo(text, 1000); n < 1001 || n > 1100 || within {
		t.Errorf("early: %d, %v", n, within)
	}
	if n, within := e.CountUpTo("", 0); n != 0 || !within {
		t.Errorf("empty: %d, %v", n, within)
	}
	if _, within := e.CountUpTo("a", -1); within {
		t.Error("a token is within −1")
	}
}

func TestWarmCountsAllocateNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	e := o200k.Base()
	text := strings.Repeat("Words, 漢字 and {\"json\": 1}; naïve façade 🙂\n", 200)
	b := []byte(text)
	if n := testing.AllocsPerRun(20, func() { e.Count(text); e.CountBytes(b); e.CountUpTo(text, 50) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestLoadTiktokenNamesTheLine(t *testing.T) {
	var file bytes.Buffer
	if err := cl100k.Base().WriteTiktoken(&file); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(file.String(), "\n")
	lines = lines[:len(lines)-1]
	small := lines[:300]
	swap := func(i int, line string) string {
		out := append([]string(nil), small...)
		out[i] = line
		return strings.Join(out, "")
	}
	for _, c := range []struct {
		name, data string
		line       int
	}{
		{"empty", "", 0},
		{"no rank", swap(7, "IQ==\n"), 8},
		{"no number", swap(7, "IQ== x\n"), 8},
		{"negative rank", swap(7, "IQ== -1\n"), 8},
		{"huge rank", swap(7, "IQ== 99999999999\n"), 8},
		{"no base64", swap(7, "!!! 7\n"), 8},
		{"empty token", swap(7, " 7\n"), 8},
		{"rank twice", swap(7, "KA== 6\n"), 8},
		{"token twice", swap(7, small[6][:4]+" 7\n"), 8},
		{"missing rank", strings.Join(append(append([]string(nil), small[:270]...), small[271:]...), ""), 271},
		{"missing byte", strings.Join(small[:200], ""), 200},
		{"cut inside a line", strings.Join(small, "")[:len(strings.Join(small, ""))-5], 300},
		{"too long", strings.Repeat("A", 100_000) + " 1\n", 1},
	} {
		_, err := bpe.LoadTiktoken(strings.NewReader(c.data), bpe.Cl100k)
		var ve *bpe.VocabularyError
		if !errors.Is(err, bpe.ErrVocabulary) || !errors.As(err, &ve) || ve.Line != c.line {
			t.Errorf("%s: %v, want a VocabularyError of line %d", c.name, err, c.line)
		}
	}
	if _, err := bpe.LoadTiktokenSum(bytes.NewReader(file.Bytes()), bpe.Cl100k, strings.Repeat("0", 64)); !errors.Is(err, bpe.ErrVocabulary) {
		t.Errorf("wrong hash: %v", err)
	}
	if _, err := bpe.LoadTiktoken(strings.NewReader(strings.Join(small, "")), bpe.Pattern(9)); !errors.Is(err, bpe.ErrVocabulary) {
		t.Errorf("unknown pattern: %v", err)
	}
	e, err := bpe.LoadTiktokenSum(bytes.NewReader(file.Bytes()), bpe.Cl100k, cl100k.Sum)
	if err != nil {
		t.Fatal(err)
	}
	text := randomText(rand.New(rand.NewPCG(1, 1)), 3000)
	if a, b := e.Count(text), cl100k.Base().Count(text); a != b {
		t.Errorf("loaded %d, compiled in %d", a, b)
	}
}

// Some vocabularies hold tokens that joining pairs never gives. Such a token is
// used where it is a whole piece, and nowhere else. Llama 3 has tokens that are
// joined from one of a higher rank: they are used wherever the pair comes up.
func TestTokensOutOfOrder(t *testing.T) {
	var file strings.Builder
	rank := 0
	add := func(s string) { bpe.WriteLine(&file, s, rank); rank++ }
	for c := range 256 {
		add(string([]byte{byte(c)}))
	}
	add("ab")
	add("xyz") // neither xy nor yz is a token
	add("pqr") // before pq, which it is joined from
	add("pq")
	e, err := bpe.LoadTiktoken(strings.NewReader(file.String()), bpe.Cl100k)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"xyz": 1, "xyza": 4, "axyz": 4, "abxyz": 4, "xyz1xyz": 3, "ab": 1, "xpqrx": 3, "xpqx": 3, "pqrpqrpqrpqr": 4, strings.Repeat("pqr", 50) + "p": 51} {
		if n := e.Count(text); n != want {
			t.Errorf("%q: %d, want %d", text, n, want)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	var file strings.Builder
	for c := range 256 {
		bpe.WriteLine(&file, string([]byte{byte(c)}), c)
	}
	bpe.WriteLine(&file, "ab", 256)
	packed, err := bpe.Pack(strings.NewReader(file.String()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add([]byte("tkvocab1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		e, err := bpe.Unpack(string(data), bpe.O200k)
		if err != nil {
			if !errors.Is(err, bpe.ErrVocabulary) {
				t.Errorf("untyped: %v", err)
			}
			return
		}
		e.Count("ab some text 漢字")
	})
}

// FuzzCount compares the fast paths with encoding the plain way.
func FuzzCount(f *testing.F) {
	for _, c := range recorded {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = text[:min(len(text), 512)] // the naive count is quadratic; long texts have tests of their own
		for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base()} {
			want := bpe.NaiveCount(e, text)
			if n := e.Count(text); n != want {
				t.Errorf("%s of %q: Count %d, want %d", e.Name(), text, n, want)
			}
			if n := len(e.Append(nil, text)); n != want {
				t.Errorf("%s of %q: %d ids, want %d", e.Name(), text, n, want)
			}
			m := e.NewMeter()
			for i := range len(text) {
				_, _ = m.Write([]byte{text[i]})
			}
			_ = m.Close()
			if n := m.Count(); n != int64(want) {
				t.Errorf("%s of %q: meter %d, want %d", e.Name(), text, n, want)
			}
		}
	})
}

func BenchmarkCount(b *testing.B) {
	e := o200k.Base()
	for _, c := range []struct{ name, text string }{
		{"prompt", "Summarize the following support ticket in two sentences, then suggest a reply that is friendly and short. OK?"},
		{"hello", "Hello, world!"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				e.Count(c.text)
			}
		})
	}
}
