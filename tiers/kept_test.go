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
	if rng.IntN(4) == 0 {
		rules = nil // so that few facts are kept
	}
	if rng.IntN(4) == 0 {
		rules = append(rules, Rule{ID: "go", Version: 1, Window: LastDays(1 + rng.IntN(40)), Text: Text{Title: "Go"},
			Gate: Func{Name: "anything", Fn: func(*Facts) bool { return true }}})
	}
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

// What rules and the ladder say by what is kept is what they say by a fold over
// all samples, with all they give as reasons, from Slack days before the day it
// was trimmed for on, whatever the order in which days were kept, kept again or
// trimmed. Functions of the host see all there is.
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
			sameAnswers(t, seed, k, kept, whole, at.Close())
			compared++
		}
	}
	if compared < 900 {
		t.Errorf("only %d compared", compared)
	}
}

func sameAnswers(t *testing.T, seed uint64, k *Keeper, kept, whole *Accumulator, at time.Time) {
	t.Helper()
	set := k.set
	got, err := set.Gather(nil, kept, at)
	if err != nil {
		t.Fatal(err)
	}
	want, err := set.Gather(nil, whole, at)
	if err != nil {
		t.Fatal(err)
	}
	var l, m Facts
	if err := kept.see(&l, at, k.ladder.Lens(), k.climb); err != nil {
		t.Fatal(err)
	}
	if err := whole.see(&m, at, k.ladder.Lens(), k.climb); err != nil {
		t.Fatal(err)
	}
	states := make([]State, set.Len())
	for i := range set.Len() {
		if x, y := set.Explain(i, got, states), set.Explain(i, want, states); !reflect.DeepEqual(x, y) {
			t.Fatalf("seed %d, %s, %s, %v: by what is kept\n%+v\nby a fold\n%+v", seed, at, set.Rule(i).ID, set.Rule(i).Lens(), x, y)
		}
	}
	if x, y := Explain(k.ladder.rule(), &l), Explain(k.ladder.rule(), &m); !reflect.DeepEqual(x, y) {
		t.Fatalf("seed %d, %s: the ladder by what is kept\n%+v\nby a fold\n%+v", seed, at, x, y)
	}
	for i := range got {
		for j := range got[i].Longest {
			if s := &want[i].Longest[j]; !s.From.IsZero() && !got[i].Longest[j].Is(s.Session) {
				t.Fatalf("seed %d: the longest session is not %q", seed, s.Session)
			}
			got[i].Longest[j].Session = want[i].Longest[j].Session
		}
	}
	if i, ok := set.Index("go"); ok {
		if x, y := &got[set.FactsOf(i)], &want[set.FactsOf(i)]; fmt.Sprintf("%+v", x) != fmt.Sprintf("%+v", y) {
			t.Fatalf("seed %d, %s, %v: a function is given\n%+v\nof a fold\n%+v", seed, at, x.Lens, x, y)
		}
	}
}

// What a subject gained and lost, evaluated day by day from what is kept, on the
// days that are due only, is what a replay over all samples gives; and so are the
// states recalled after any close.
func TestClosingIsReplay(t *testing.T) {
	moves, skipped := 0, 0
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 12))
		set := keptRules(t, rng, []*time.Location{nil})
		ladder := DefaultLadder()
		ladder.Rungs[0].Enter, ladder.Rungs[0].Keep = AtLeast(Tokens, 20), AtLeast(Tokens, 10)
		ladder.Rungs[1].Enter, ladder.Rungs[1].Keep = All{AtLeast(Tokens, 40), AtLeast(ActiveDays, 3)}, nil
		ladder.Window = LastDays(10)
		k := NewKeeper(set, &ladder)
		from := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
		samples := randomSamples(rng, from, 40)
		if len(samples) == 0 {
			continue
		}
		first := DayOf(from, nil) + 99 // of the first sample
		for _, s := range samples {
			first = min(first, DayOf(s.At, nil))
		}
		last := first + 130
		place := func(f *Facts) {
			f.Rank, f.Population = map[string]int{"b": 1 + int(f.Last)/9%5, TokensBoard: 2}, map[string]int{"b": 5, TokensBoard: 5}
		}
		whole := NewAccumulator(k.Needs())
		for _, s := range samples {
			whole.Add(s)
		}
		states := make([]State, set.Len())
		want, err := set.Replay(whole, states, first, last, place)
		if err != nil {
			t.Fatal(err)
		}
		rung, climbs, err := ladder.Replay(whole, State{}, first, last, place)
		if err != nil {
			t.Fatal(err)
		}
		var x Kept
		c := k.NewClosing()
		c.Place = place
		hangs := false
		for day := first; day <= last; day++ {
			a := NewAccumulator(k.Needs())
			for _, s := range samples {
				if DayOf(s.At, nil) == day {
					a.Add(s)
				}
			}
			if err := k.Keep(&x, day, a, day); err != nil {
				t.Fatal(err)
			}
			if hangs || k.Due(&x, day) || int(day)/9 != int(day-1)/9 {
				c.Open(&x, day-1)
				if _, hangs, err = c.Close(&x, "ana", day); err != nil {
					t.Fatal(err)
				}
			} else {
				skipped++
			}
			if rng.IntN(3) == 0 {
				err = k.Settle(&x, day)
			} else {
				err = k.Trim(&x, day)
			}
			if err != nil {
				t.Fatal(err)
			}
			if rng.IntN(4) == 0 { // the last days again, as after a correction
				back := max(first, day-Day(rng.IntN(Slack+1)))
				k.Forget(&x, back)
				c.Open(&x, back-1)
				for d := back; d <= day; d++ {
					if _, hangs, err = c.Close(&x, "ana", d); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		got := k.Recall(nil, &x, last)
		for i, s := range append([]State{rung}, states...) {
			if s != got[i] {
				t.Fatalf("seed %d: state %d is %+v, a replay says %+v", seed, i, got[i], s)
			}
		}
		var all []Transition
		for tr := range k.History(&x, "ana", 0) {
			all = append(all, tr)
		}
		want = append(climbs, want...)
		if len(all) != len(want) {
			t.Fatalf("seed %d: %d transitions, a replay gives %d", seed, len(all), len(want))
		}
		for _, w := range want {
			found := false
			for _, g := range all {
				found = found || g.Rule == w.Rule && g.Change == w.Change && g.At.Equal(w.At) && g.From == w.From && g.To == w.To && g.Reason == w.Reason && g.Version == w.Version
			}
			if !found {
				t.Fatalf("seed %d: %s at %s is missing", seed, w.String(), w.At)
			}
		}
		moves += len(all)
		// Forgetting the last part and closing it again changes nothing.
		again := first + Day(rng.IntN(130))
		past := string(x.past)
		k.Forget(&x, again)
		for i, s := range k.Recall(nil, &x, last) {
			if s.Level != 0 && s.Since.After(again.Close().Add(-24*time.Hour)) {
				t.Fatalf("seed %d: state %d is from a day that was forgotten: %+v", seed, i, s)
			}
		}
		if len(x.past) > len(past) || past[:len(x.past)] != string(x.past) {
			t.Fatalf("seed %d: forgetting changed what came before", seed)
		}
	}
	t.Logf("%d transitions, %d closes skipped", moves, skipped)
	if moves < 1500 || skipped < 1000 {
		t.Errorf("%d transitions and %d skipped closes test too little", moves, skipped)
	}
}
