package tiers

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Stretches are the connected components of the instants, in any order.
func TestSpansAgreeWithOracle(t *testing.T) {
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 7))
		gap := 1 + rng.Int64N(4)
		points := make([]int64, 1+rng.IntN(20))
		var s spans
		for i := range points {
			points[i] = rng.Int64N(60)
			s = s.add(points[i], gap)
		}
		slices.Sort(points)
		var want spans
		for _, p := range points {
			if n := len(want); n > 0 && p-want[n-1].to <= gap {
				want[n-1].to = p
			} else {
				want = append(want, span{p, p})
			}
		}
		if !slices.Equal(s, want) {
			t.Fatalf("seed %d: %v with a gap of %d: %v, want %v", seed, points, gap, s, want)
		}
	}
}

func TestLongestSession(t *testing.T) {
	at := func(session string, start, end time.Duration) []Sample {
		a, b := call(noon(2).Add(start), 1), call(noon(2).Add(end), 1)
		a.Session, b.Session = session, session
		return []Sample{a, b}
	}
	const m = time.Minute
	samples := slices.Concat(at("b", 0, 10*m), at("a", 60*m, 70*m), at("c", 120*m, 125*m))
	f := factsOf(t, noon(3), LastDays(3), samples...)
	if s := f.Longest[0]; s.Idle != 15*m || s.Session != "b" || s.Length() != 10*m || !s.From.Equal(noon(2)) {
		t.Errorf("%+v, want b, the earlier of two equals", s)
	}
	if f.Sessions != 3 {
		t.Errorf("%d sessions, want 3", f.Sessions)
	}
	// A longer pause joins what a shorter one keeps apart; sessions are cut at the window.
	samples = append(at("d", 0, 20*m), at("d", 45*m, 50*m)...)
	f = factsOf(t, noon(3), LastDays(3), samples...)
	if f.Longest[0].Length() != 5*m || f.Longest[1].Length() != 50*m || f.Longest[1].Idle != DefaultIdle {
		t.Errorf("%+v", f.Longest)
	}
	night := []Sample{call(noon(2).Add(11*time.Hour+50*m), 1), call(noon(2).Add(12*time.Hour), 1), call(noon(2).Add(12*time.Hour+10*m), 1)}
	if f = factsOf(t, noon(3), LastDays(1), night...); f.Longest[0].Length() != 10*m {
		t.Errorf("of a session over midnight %v are in the day, want 10m", f.Longest[0].Length())
	}
	if f = factsOf(t, noon(3), LastDays(2), night...); f.Longest[0].Length() != 20*m {
		t.Errorf("of a session over midnight %v are in two days, want 20m", f.Longest[0].Length())
	}
}
