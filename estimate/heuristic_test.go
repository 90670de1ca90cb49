package estimate

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

var someTexts = []string{
	"", "a", "Hello, world!", strings.Repeat("The quick brown fox jumps over the lazy dog. ", 40),
	"func main() {\n\tfmt.Println(\"hi\")\n}\n", `{"role":"user","content":[1,2,3]}`,
	strings.Repeat("你好，世界。", 30), strings.Repeat("Привет, мир! ", 30), "日本語のテキスト", "한국어", "café ñandú",
	"🙂👩‍👩‍👧", "\xff\xfe\xfd", "a\xffb", "\x00", "x\xe4\xb8", strings.Repeat("a", 100_000), strings.Repeat(" ", 100_000),
	"<|endoftext|>", "SGVsbG8gV29ybGQ=", "1234567890 12 3",
}

// A meter that is fed in parts, cut anywhere, ends where Count does.
func TestMeterAgreesWithCount(t *testing.T) {
	const seed = 9
	r := rand.New(rand.NewPCG(seed, 0))
	for _, model := range []string{"gpt-5", "claude-opus-4-6", "gemini-3-pro", "nobody"} {
		c := For(model)
		for _, text := range someTexts {
			want := c.Count(text)
			if got := c.CountBytes([]byte(text)); got != want {
				t.Errorf("%s: CountBytes %v, Count %v of %.40q", model, got, want, text)
			}
			m := c.NewMeter()
			for rest := text; rest != ""; {
				n := min(len(rest), 1+r.IntN(7))
				if w, err := m.Write([]byte(rest[:n])); w != n || err != nil {
					t.Fatalf("Write: %d, %v", w, err)
				}
				rest = rest[n:]
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := m.Write([]byte("more")); err != nil {
				t.Fatal(err)
			}
			if got := m.Count(); got != want {
				t.Errorf("%s: meter %+v, Count %+v of %.40q (seed %d)", model, got, want, text, seed)
			}
		}
	}
}

func TestCountUpTo(t *testing.T) {
	c := For("gpt-5")
	long := strings.Repeat("word ", 1_000_000)
	got, within := c.CountUpTo(long, 1000)
	if within || got.N <= 1000 || got.N > 3000 {
		t.Errorf("5 MB: %d, %v", got.N, within)
	}
	all := c.Count(long)
	if got, within := c.CountUpTo(long, all.N); !within || got != all {
		t.Errorf("at the limit: %+v, %v", got, within)
	}
	if _, within := c.CountUpTo(long, all.N-1); within {
		t.Error("one above the limit is within it")
	}
}

func TestCountPlus(t *testing.T) {
	exact := Count{N: 5, Low: 5, High: 5, Basis: Basis{Kind: Exact}}
	guess := Count{N: 10, Low: 8, High: 13, Basis: Basis{Above: 300}}
	if got := exact.Plus(guess); got.N != 15 || got.Low != 13 || got.High != 18 || got.Kind != Estimate || got.Above != 300 {
		t.Errorf("%+v", got)
	}
	if got := exact.Plus(exact); got.Kind != Exact || got.Low != 10 || got.High != 10 {
		t.Errorf("%+v", got)
	}
	huge := Count{N: math.MaxInt64, Low: math.MaxInt64, High: math.MaxInt64}
	if got := huge.Plus(guess); got.N != math.MaxInt64 {
		t.Errorf("overflow: %+v", got)
	}
}

func TestMargins(t *testing.T) {
	b := Basis{Below: 100, Above: 150}
	for _, c := range []struct{ n, low, high int64 }{
		{0, 0, 0}, {1, 0, 2}, {10, 9, 12}, {1000, 900, 1150},
		{math.MaxInt64, math.MaxInt64 - math.MaxInt64/10 - 1, math.MaxInt64},
	} {
		got := b.around(c.n)
		if got.Low != c.low || got.High != c.high {
			t.Errorf("%d: %d to %d, want %d to %d", c.n, got.Low, got.High, c.low, c.high)
		}
	}
}

func BenchmarkHeuristic(b *testing.B) {
	c := For("gpt-5")
	text := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 2000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c.Count(text)
	}
}
