package tiers

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// Transitions of all default rules come back as they were; what is cut off or
// changed is an error or another transition, never a panic.
func TestTransitionBinary(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	set := defaultSet(t)
	facts, states := settled(t, set)
	for i := range set.Len() {
		tr := Transition{
			Change: ChangeKind(i % 6), Subject: "ana", Rule: set.Rule(i).ID, Version: 1, From: i, To: i + 1, Reason: "2026-W20",
			At: noon(i), Decided: noon(i).Add(time.Nanosecond), Evidence: set.Explain(i, facts, states),
		}
		tr.Evidence.Gates = append(tr.Evidence.Gates, Progress{Have: Amount(pricing.FromColumns(1<<40, 7)), Want: Span(-time.Hour), Missing: OnDay(20_000), Op: LT})
		b, err := tr.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var got Transition
		if err := got.UnmarshalBinary(b); err != nil || !reflect.DeepEqual(got, tr) {
			t.Fatalf("%v\n%+v\nwant\n%+v", err, got, tr)
		}
		for n := range b {
			if err := got.UnmarshalBinary(b[:n]); err == nil {
				t.Fatalf("%d of %d bytes are a transition", n, len(b))
			}
		}
		for range 100 {
			c := append([]byte(nil), b...)
			c[rng.IntN(len(c))] ^= 1 << rng.IntN(8)
			_ = got.UnmarshalBinary(c) // must not panic
		}
	}
}
