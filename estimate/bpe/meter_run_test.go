package bpe_test

import (
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/estimate/bpe"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
)

// Runs that are shortened on the way count as they do whole, whatever stands
// around them and however they are cut.
func TestMeterShortensRuns(t *testing.T) {
	if raceEnabled {
		t.Skip("long, and of one goroutine")
	}
	for _, e := range []*bpe.Encoding{o200k.Base(), cl100k.Base()} {
		for _, unit := range []string{"a", "A", " ", "\n", "=", "-", "\x00", "ab", "=-", " \n", "é", "漢", "🙂", "\u0301", "\xff", "abc", "xyzw", "1"} {
			for _, around := range [][2]string{{"", ""}, {"hello (wor", "d's end"}, {"\n", "\n\nx"}, {"ʰB", "a"}} {
				for _, n := range []int{150_000, 150_001} {
					text := around[0] + strings.Repeat(unit, n/len(unit)) + around[1]
					m := e.NewMeter()
					for rest := text; rest != ""; {
						k := min(len(rest), 40_021)
						_, _ = m.Write([]byte(rest[:k]))
						rest = rest[k:]
					}
					_ = m.Close()
					if got, want := m.Count(), int64(e.Count(text)); got != want {
						t.Errorf("%s: %d bytes of %q in %q: %d, want %d", e.Name(), n, unit, around, got, want)
					}
				}
			}
		}
	}
}

// Text without end goes through a meter in little memory, be it ordinary or a
// run of one character.
func TestMeterNeedsLittleMemory(t *testing.T) {
	for _, unit := range []string{"a", " ", "=", "漢", "\xff", "Some words, and numbers 123.\n"} {
		m := o200k.Base().NewMeter()
		part := []byte(strings.Repeat(unit, 30_000/len(unit)))
		for range 200 { // 6 MB
			_, _ = m.Write(part)
		}
		if n := bpe.Held(m); n > 1<<20 {
			t.Errorf("%q: the meter holds %d bytes", unit, n)
		}
		_ = m.Close()
		if m.Count() == 0 {
			t.Errorf("%q: no tokens", unit)
		}
	}
}
