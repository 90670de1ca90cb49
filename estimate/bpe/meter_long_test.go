package bpe_test

import (
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

// A piece without end that does not repeat: random letters, signs, white space
// and numbers without a border, and what may decide late where it ends. The
// meter ends at the count of the whole, and holds little meanwhile.
func TestMeterCountsLongPieces(t *testing.T) {
	if raceEnabled {
		t.Skip("long, and of one goroutine")
	}
	const seed, size = 51, 75_000
	of := func(r *rand.Rand, chars string, n int) string {
		all := []rune(chars)
		var b strings.Builder
		for b.Len() < n {
			b.WriteRune(all[r.IntN(len(all))])
		}
		return b.String()
	}
	encodings := []*bpe.Encoding{o200k.Base(), cl100k.Base(), bpe.Recut(o200k.Base(), bpe.GPT2),
		bpe.Recut(o200k.Base(), bpe.Tekken), bpe.Recut(cl100k.Base(), bpe.Qwen), bpe.Recut(o200k.Base(), bpe.DeepSeek)}
	r := rand.New(rand.NewPCG(seed, 0))
	han, caps, small := "的一是不了人我在有他这为之大来以个中上们", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyzéü"
	for i, text := range []string{
		of(r, small, size),
		"(" + of(r, caps, size) + "x" + of(r, small, 50) + "'s end",
		of(r, han, size) + of(r, caps, size) + " end",
		of(r, han, 100) + of(r, caps, size) + "'ll end",
		of(r, han, size) + of(r, caps, size) + "x'll end",
		of(r, han+"ʰ\u0301", size) + "'re",
		of(r, small, 100) + of(r, caps, size) + "'",
		" " + of(r, "!#$%&*+-=<>?@^_~|\u2014€", size) + "\n\n/\nend",
		of(r, "=-", size) + of(r, "\r\n/", size) + "x",
		of(r, " \t", size) + "word",
		of(r, " \t\u3000", size) + "1",
		"\n" + of(r, " \t", size) + "word",
		of(r, " \t\n\r", size) + of(r, " \t", size),
		of(r, " \t", size) + "\n" + of(r, "  \t", 70_000) + " x",
		of(r, " \t", size) + "\n",
		of(r, "0123456789", size) + "x",
		"(" + of(r, caps, 2*size) + "é end", // from here on, DeepSeek's own
		of(r, "\x00\x01\x7f", 2*size) + "word",
		of(r, "\x00\x01\u200d", 2*size) + "(",
		of(r, "\x00\x01\x7f", 2*size) + "漢",
		of(r, "かなカナ漢字", 2*size) + "・x",
		of(r, " \t", 2*size) + "\n" + of(r, " \t", 2*size) + "漢",
	} {
		for k, e := range encodings {
			if k > 1 && k < 5 && i%3 != 0 || k < 5 && i > 15 || k == 5 && i < 16 && i%2 != 0 {
				continue // much the same as the others
			}
			m := e.NewMeter()
			held := 0
			for rest := text; rest != ""; {
				n := min(len(rest), 1+r.IntN(30_000))
				_, _ = m.Write([]byte(rest[:n]))
				rest = rest[n:]
				held = max(held, bpe.Held(m))
			}
			_ = m.Close()
			if got, want := m.Count(), int64(e.Count(text)); got != want {
				t.Errorf("%s, seed %d, %.20q…%.20q: %d, want %d", e.Name(), seed, text, text[len(text)-20:], got, want)
			}
			if held > 300<<10 {
				t.Errorf("%s, %.20q: the meter held %d bytes", e.Name(), text, held)
			}
		}
	}
}

// Text without a border through the meter in constant memory, for each pattern:
// 4 MB of one letter, or a gigabyte with BPE_GIGABYTE=1, and half a megabyte or
// more of letters at random, which take longer.
func TestMeterInConstantMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("seconds long, and of one goroutine")
	}
	r := rand.New(rand.NewPCG(53, 0))
	random := make([]byte, 1<<17)
	for i := range random {
		random[i] = 'a' + byte(r.IntN(26))
	}
	one, other := 4, 4
	if os.Getenv("BPE_GIGABYTE") != "" {
		one, other = 1<<10, 80
	}
	for _, p := range everyPattern {
		e := bpe.Recut(o200k.Base(), p)
		for _, c := range []struct {
			name  string
			part  []byte
			times int
		}{
			{"one letter", []byte(strings.Repeat("a", 1<<20)), one},
			{"random letters", random, other},
		} {
			m := e.NewMeter()
			_, _ = m.Write(c.part)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for range c.times - 1 {
				_, _ = m.Write(c.part)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<18 {
				t.Errorf("%s, %s: %d bytes more held after %d parts", p, c.name, grown, c.times)
			}
			if held := bpe.Held(m); held > 300<<10 {
				t.Errorf("%s, %s: the meter holds %d bytes", p, c.name, held)
			}
			_ = m.Close()
			if m.Count() < int64(c.times)<<14 {
				t.Errorf("%s, %s: %d tokens", p, c.name, m.Count())
			}
		}
	}
}
