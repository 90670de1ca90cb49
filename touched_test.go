package tokenomics

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// A mark is the set of the days that were added, in any order, or says that it
// may be more.
func TestMark(t *testing.T) {
	whole := 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		var m, other mark
		days := map[tiers.Day]bool{}
		spread := 1 + r.IntN(90)
		for range 1 + r.IntN(12) {
			d := tiers.Day(20_000 + r.IntN(spread))
			if days[d] = true; r.IntN(3) == 0 {
				other.add(d)
			} else {
				m.add(d)
			}
		}
		m.merge(other)
		var want []tiers.Day
		for d := range days {
			want = append(want, d)
		}
		slices.Sort(want)
		if m.older == allDays {
			if whole++; want[len(want)-1]-want[0] < 64 || m.day != want[len(want)-1] {
				t.Fatalf("seed %d: %v is taken for everything up to %s", seed, want, m.day)
			}
			continue
		}
		if got := m.days(); !slices.Equal(got, want) || m.first() != want[0] {
			t.Fatalf("seed %d: %v from %s, want %v", seed, got, m.first(), want)
		}
	}
	if whole < 20 {
		t.Errorf("only %d marks were too wide", whole)
	}
}

// BenchmarkTouch is all that facts cost while an event is recorded: 85,000
// subjects of a long tail, on the present day.
func BenchmarkTouch(b *testing.B) {
	const subjects = 85_000
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.05, 1, subjects-1)
	at := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	e := &Engine{}
	f := &facts{scope: tiers.OfSubject}
	f.touched.on = true
	e.scopes = []*facts{f}
	entry := &store.Entry{}
	entry.At = at
	moves := make([]move, 1<<16)
	for i := range moves {
		moves[i] = move{after: entry, afterID: 1 + rank.ID(zipf.Uint64())}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e.touchFacts(moves[i : i+256])
		i = (i + 256) % len(moves)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/256, "ns/event")
}

// Names that nobody has are not kept, however many are asked for.
func TestStrangersAreNotKept(t *testing.T) {
	eng, err := New(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if _, err := eng.Badges(t.Context(), string(rune('a'+rand.IntN(26))), "x", "y"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(eng.scopes[0].of); n > 1 {
		t.Errorf("%d subjects are kept of an empty ledger", n-1)
	}
}
