package tiers

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// keptRules are the default rules and some over other windows, zones and
// filters, with random gates.
func keptRules(t testing.TB, rng *rand.Rand, zones []*time.Location) *Set {
	rules := DefaultRules()
	for i := 0; i < 6; {
		w := pick(rng, Window{}, LastDays(1+rng.IntN(20)), Window{Period: CalDay}, Window{Period: CalWeek}, Window{Period: CalMonth},
			Season(DayOf(noon(1), nil)+3, DayOf(noon(1), nil)+9)).In(pick(rng, zones...))
		r := Rule{ID: fmt.Sprint("random-", i), Version: 1, Gate: randomGate(rng, 2), Window: w,
			MinTrust: uint8(rng.IntN(3)), Humans: rng.IntN(3) == 0, Text: Text{Title: "random"}}
		if r.Validate() == nil {
			rules = append(rules, r)
			i++
		}
	}
	s, err := NewSet(rules...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Facts from what is kept are those from a fold over all samples, for every
// lens of the rules and the ladder, from Slack days before the day they were
// trimmed for on, whatever the order in which days were kept, kept again or
// trimmed.
func TestKeptFactsAreThoseOfAFold(t *testing.T) {
	zones := []*time.Location{nil, zone(t, "America/Sao_Paulo"), zone(t, "Pacific/Apia")}
	compared := 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 11))
		z := zones
		if seed%3 > 0 {
			z = zones[:1] // days of UTC alone are packed more tightly
		}
		set := keptRules(t, rng, z)
		ladder := DefaultLadder()
		k := NewKeeper(set, &ladder)
		from := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
		samples := randomSamples(rng, from, 120)
		for i := range samples {
			if rng.IntN(2) == 0 { // about midnight, where sessions join over days
				samples[i].At = samples[i].At.Truncate(24 * time.Hour).Add(time.Duration(rng.IntN(13)-6) * 10 * time.Minute)
			}
			if seed%2 == 0 { // one class
				samples[i].Trust, samples[i].Automation = 1, false
			}
		}
		whole := NewAccumulator(k.Needs())
		byDay := map[Day]*Accumulator{}
		for _, s := range samples {
			whole.Add(s)
			d := DayOf(s.At, nil)
			if byDay[d] == nil {
				byDay[d] = NewAccumulator(k.Needs())
			}
			byDay[d].Add(s)
		}
		first := DayOf(from, nil)
		asOf := first + Day(rng.IntN(130))
		var x Kept
		for range 2 { // in any order, and again
			for d, a := range byDay {
				if err := k.Keep(&x, d, a, asOf-Day(rng.IntN(40))); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := k.Keep(&x, first+200, NewAccumulator(k.Needs()), asOf); err != nil {
			t.Fatal(err)
		}
		if err := k.Trim(&x, asOf); err != nil {
			t.Fatal(err)
		}
		kept := NewAccumulator(k.Needs())
		if err := k.Fill(kept, &x); err != nil {
			t.Fatal(err)
		}
		for _, at := range []Day{asOf - Slack, asOf, asOf + Day(rng.IntN(100))} {
			sameFacts(t, seed, set, &ladder, kept, whole, at.Close())
			compared++
		}
	}
	if compared < 900 {
		t.Errorf("only %d compared", compared)
	}
}

func sameFacts(t *testing.T, seed uint64, set *Set, ladder *Ladder, kept, whole *Accumulator, at time.Time) {
	t.Helper()
	got, err := set.Gather(nil, kept, at)
	if err != nil {
		t.Fatal(err)
	}
	want, err := set.Gather(nil, whole, at)
	if err != nil {
		t.Fatal(err)
	}
	var l, m Facts
	if err := kept.SeeInto(&l, at, ladder.Lens()); err != nil {
		t.Fatal(err)
	}
	if err := whole.SeeInto(&m, at, ladder.Lens()); err != nil {
		t.Fatal(err)
	}
	got, want = append(got, l), append(want, m)
	for i := range got {
		for j := range got[i].Longest {
			if s := &want[i].Longest[j]; !s.From.IsZero() && !got[i].Longest[j].Is(s.Session) {
				t.Fatalf("seed %d: the longest session is not %q", seed, s.Session)
			}
			got[i].Longest[j].Session = want[i].Longest[j].Session
		}
		if len(got[i].Days) == 0 && len(want[i].Days) == 0 {
			got[i].Days = want[i].Days
		}
		if len(got[i].Models) == 0 && len(want[i].Models) == 0 {
			got[i].Models = want[i].Models
		}
		if len(got[i].Longest) == 0 && len(want[i].Longest) == 0 {
			got[i].Longest = want[i].Longest
		}
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("seed %d, %s, %v: kept\n%+v\nfolded\n%+v", seed, at, got[i].Lens, got[i], want[i])
		}
	}
}
