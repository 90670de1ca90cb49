package tiers

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the zones of these tests, whatever the machine has
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// allNeeds keeps everything the random gates ask for.
func allNeeds(zones ...*time.Location) Needs {
	return Needs{}.With(zones...).WithIdle(5*time.Minute, 15*time.Minute)
}

// Every gate answers as the naive evaluator over the raw samples does, and its
// explanation agrees with it.
func TestGatesAgreeWithOracle(t *testing.T) {
	zones := []*time.Location{nil, zone(t, "America/Sao_Paulo"), zone(t, "Pacific/Apia"), zone(t, "Asia/Kathmandu"), zone(t, "America/St_Johns")}
	met, missed, open := 0, 0, 0
	for seed := range uint64(1500) {
		rng := rand.New(rand.NewPCG(seed, 1))
		from := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
		switch seed % 4 {
		case 1:
			from = time.Date(2011, 12, 24, 0, 0, 0, 0, time.UTC) // Samoa skips the 30th
		case 2:
			from = time.Date(2018, 10, 28, 0, 0, 0, 0, time.UTC) // São Paulo has no midnight on 4 November
		}
		samples := randomSamples(rng, from, 20)
		a := NewAccumulator(allNeeds(zones...))
		for _, s := range samples {
			a.Add(s)
		}
		window := pick(rng, Window{}, LastDays(1+rng.IntN(20)), Window{Period: CalDay}, Window{Period: CalWeek}, Window{Period: CalMonth},
			Season(DayOf(from, nil)+3, DayOf(from, nil)+9)).In(pick(rng, zones...))
		lens := Lens{Window: window, MinTrust: uint8(rng.IntN(3)), Humans: rng.IntN(3) == 0}
		asOf := from.Add(time.Duration(rng.Int64N(int64(25 * 24 * time.Hour))))
		f, err := a.See(asOf, lens)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		o := newOracle(samples, asOf, lens)
		o.rank, o.population = map[string]int{"b": rng.IntN(5)}, map[string]int{"b": 5}
		f.Rank, f.Population = o.rank, o.population
		for range 20 {
			g := randomGate(rng, 2)
			v := view{f: &f}
			got, want := g.check(&v), o.gate(g)
			if v.err != nil {
				t.Fatalf("seed %d: %#v: %v", seed, g, v.err)
			}
			if map[verdict]int{no: 0, yes: 1, unknown: -1}[got] != want {
				t.Fatalf("seed %d: %#v\nover %v: %v, the oracle says %v\n%v", seed, g, lens, got, want, g.explain(&v))
			}
			p := g.explain(&v)
			if p.Met != (got == yes) || p.Unknown != (got == unknown) || (p.Done.Cmp(Fraction{1, 1}) == 0) != p.Met || p.Done.Cmp(Fraction{0, 1}) < 0 {
				t.Fatalf("seed %d: %#v is %v, explained as %+v", seed, g, got, p)
			}
			if p.Label == "" || p.String() == "" {
				t.Fatalf("seed %d: %#v explains nothing", seed, g)
			}
			switch got {
			case yes:
				met++
			case no:
				missed++
			default:
				open++
			}
		}
	}
	if met < 2000 || missed < 2000 || open < 100 {
		t.Errorf("%d met, %d missed, %d unknown: the histories test too little", met, missed, open)
	}
}

// Facts are a function of the set of samples: any order gives the same bytes.
func TestFactsDoNotDependOnOrder(t *testing.T) {
	apia := zone(t, "Pacific/Apia")
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 2))
		samples := randomSamples(rng, noon(1), 20)
		fold := func() []Facts {
			a := NewAccumulator(allNeeds(apia))
			for _, s := range samples {
				a.Add(s)
			}
			var out []Facts
			for _, w := range []Window{{}, LastDays(7), LastDays(30).In(apia), {Period: CalMonth}} {
				f, err := a.Facts(noon(15), w)
				if err != nil {
					t.Fatal(err)
				}
				f.Lens.Window.Zone = nil // a location has no JSON
				out = append(out, f)
			}
			return out
		}
		want := fold()
		wantBytes, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			rng.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
			got := fold()
			gotBytes, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) || string(gotBytes) != string(wantBytes) {
				t.Fatalf("seed %d: facts depend on the order:\n%s\n%s", seed, gotBytes, wantBytes)
			}
		}
	}
}

// Two accumulators merged are one that has seen the samples of both.
func TestMerge(t *testing.T) {
	apia := zone(t, "Pacific/Apia")
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 8))
		one, other, both := NewAccumulator(allNeeds(apia)), NewAccumulator(allNeeds(apia)), NewAccumulator(allNeeds(apia))
		for _, s := range randomSamples(rng, noon(1), 10) {
			pick(rng, one, other).Add(s)
			both.Add(s)
		}
		for range 3 {
			at, n := noon(1+rng.IntN(9)), rng.Int64N(9)-4
			pick(rng, one, other).Count("c", at, n)
			both.Count("c", at, n)
		}
		if err := one.Merge(other); err != nil {
			t.Fatal(err)
		}
		for _, w := range []Window{{}, LastDays(7), LastDays(30).In(apia)} {
			got, err := one.Facts(noon(9), w)
			if err != nil {
				t.Fatal(err)
			}
			want, err := both.Facts(noon(9), w)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: merged\n%+v\nwant\n%+v", seed, got, want)
			}
		}
	}
	a, b := NewAccumulator(Needs{}), NewAccumulator(Needs{}.With(apia))
	if err := a.Merge(b); !errors.Is(err, ErrWindow) {
		t.Errorf("different needs: %v", err)
	}
	b = NewAccumulator(Needs{})
	b.Add(Sample{})
	if err := a.Merge(b); err != nil {
		t.Error(err)
	}
	if _, err := a.Facts(noon(1), Window{}); !errors.Is(err, ErrSample) {
		t.Errorf("a fault of the other is lost: %v", err)
	}
}

// A ledger of versions: whatever the order of revisions, voids and repeats, the
// samples that count are the same, and so are the transitions of a replay.
func TestReplayUnderRevisionsAndVoids(t *testing.T) {
	type version struct {
		key      int
		revision int
		void     bool
		sample   Sample
	}
	set, err := NewSet(DefaultRules()...)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 3))
		base := randomSamples(rng, noon(1), 25)
		var versions []version
		for i, s := range base {
			s.Usage.CacheRead, s.Usage.Input = 1_000_000*rng.Int64N(20), 1_000_000
			s.Usage.Requests = 100
			for r := range 1 + rng.IntN(3) {
				s.Usage.Output = int64(r) * 100_000
				versions = append(versions, version{i, r, r > 0 && rng.IntN(5) == 0, s})
			}
		}
		replay := func(arrivals []version) ([]State, []Transition) {
			counting := map[int]version{}
			for _, v := range arrivals {
				old, ok := counting[v.key]
				if !ok || v.revision > old.revision || (v.revision == old.revision && v.void) {
					counting[v.key] = v
				}
			}
			a := NewAccumulator(set.Needs())
			for _, v := range counting { // map order: any order will do
				if !v.void {
					a.Add(v.sample)
				}
			}
			states := make([]State, set.Len())
			trs, err := set.Replay(a, states, DateOf(2026, 4, 1), DateOf(2026, 6, 30), func(f *Facts) {
				f.Subject = "ana"
				f.Rank, f.Population = map[string]int{TokensBoard: 1 + int(f.Last)%3}, map[string]int{TokensBoard: 5}
			})
			if err != nil {
				t.Fatal(err)
			}
			return states, trs
		}
		states, trs := replay(versions)
		granted := map[AwardKey]bool{}
		for _, tr := range trs {
			if tr.Change == Fault {
				t.Fatalf("seed %d: %v", seed, tr.Err)
			}
			if tr.Grants() && granted[tr.Key()] {
				t.Fatalf("seed %d: %v is granted twice", seed, tr.Key())
			}
			granted[tr.Key()] = true
		}
		again := slices.Clone(versions)
		again = append(again, versions[:len(versions)/2]...)
		rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		states2, trs2 := replay(again)
		if !reflect.DeepEqual(states, states2) || !reflect.DeepEqual(trs, trs2) {
			t.Fatalf("seed %d: another order of arrival gives other awards", seed)
		}
	}
}

// The state machine against its description: a naive reading of the three
// policies over random sequences of levels.
func TestEvalAgreesWithOracle(t *testing.T) {
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 4))
		top := 1 + rng.IntN(3)
		r := Rule{
			ID: "r", Version: 1, Kind: Leveled, Text: Text{Title: "R"},
			Levels:     Steps(Counter("n"), []int64{1, 2, 3}[:top]...),
			Revocation: pick(rng, Keep(), Live(), Grace(time.Duration(1+rng.IntN(3))*24*time.Hour)),
		}
		state := State{}
		held, best := 0, 0
		failing := -1
		granted := 0
		for day := range 30 {
			if rng.IntN(10) == 0 {
				r.Version++ // a new version awards nothing anew
			}
			worth := rng.IntN(top + 1)
			f := Facts{Subject: "ana", AsOf: noon(1).AddDate(0, 0, day), Counters: map[string]int64{"n": int64(worth)}}
			var trs []Transition
			state, trs = Eval(&r, &f, state)
			was := held
			switch {
			case worth >= held:
				held, failing = worth, -1
			case r.Revocation.Policy == PolicyLive:
				held = worth
			case r.Revocation.Policy == PolicyGrace:
				if failing < 0 {
					failing = day
				}
				if time.Duration(day-failing)*24*time.Hour >= r.Revocation.After {
					held, failing = worth, -1
				}
			}
			if state.Level != held {
				t.Fatalf("seed %d day %d: level %d, the oracle says %d (%v)", seed, day, state.Level, held, r.Revocation)
			}
			grants := 0
			for i, tr := range trs {
				if i == 0 && tr.From != was || tr.From-tr.To != 1 && tr.To-tr.From != 1 {
					t.Fatalf("seed %d: %v from %d", seed, trs, was)
				}
				if tr.Grants() {
					grants++
				}
			}
			if want := max(held-best, 0); grants != want || len(trs) != max(held-was, was-held) {
				t.Fatalf("seed %d day %d: %d grants in %v, want %d", seed, day, grants, trs, want)
			}
			best = max(best, held)
			granted += grants
			same, more := Eval(&r, &f, state)
			if same != state || len(more) != 0 {
				t.Fatalf("seed %d: evaluated twice: %v", seed, more)
			}
			earlier := f
			earlier.AsOf = f.AsOf.AddDate(0, 0, -1)
			if back, more := Eval(&r, &earlier, state); back != state || len(more) != 0 {
				t.Fatalf("seed %d: went back in time: %v", seed, more)
			}
		}
		if granted != best {
			t.Fatalf("seed %d: %d grants for a best level of %d", seed, granted, best)
		}
	}
}
