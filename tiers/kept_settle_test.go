package tiers

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// workRules look at what [Keeper.Settle] leaves out: stretches of work by three
// gaps, workflows, and rules that are won for good while others look at the same.
func workRules(t *testing.T, rng *rand.Rand) *Set {
	rules := []Rule{
		{ID: "week", Gate: Session{AtLeast: time.Hour, Idle: 10 * time.Minute}, Window: LastDays(7), Revocation: Live()},
		{ID: "long", Gate: Session{AtLeast: 20 * time.Hour}, Window: LastDays(20)},
		{ID: "month", Kind: Repeatable, Gate: Session{AtLeast: 90 * time.Minute, Idle: time.Hour}, Window: Window{Period: CalMonth}, Revocation: Live()},
		{ID: "ever", Gate: Session{AtLeast: 2 * time.Hour, Idle: time.Hour}},
		{ID: "named", Kind: Leveled, Levels: Steps(Workflows, 2, 3, 50), Window: LastDays(15)},
		{ID: "names", Gate: AtLeast(Workflows, 3), Window: LastDays(5), Revocation: Live()},
		{ID: "tokens", Kind: Leveled, Levels: Steps(Tokens, 10, 1000, 5000), Window: LastDays(9)},
		{ID: "cheap", Gate: Ratio{Of: CacheReads, Per: Prompt, AtLeast: Percent(30), Min: Count(100)}, Window: LastDays(12)},
	}
	if rng.IntN(3) == 0 { // nothing may be left out then
		first := DayOf(noon(1), nil)
		rules = append(rules, Rule{ID: "season", Gate: Session{AtLeast: 30 * time.Hour}, Window: Season(first+8, first+20)},
			Rule{ID: "people", Gate: AtLeast(Workflows, 2), Window: LastDays(10), Humans: true, Revocation: Live()})
	}
	for i := range rules {
		rules[i].Version, rules[i].Text = 1, Text{Title: "t"}
	}
	s, err := NewSet(rules...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// workDay deals the work of a day: sessions through the night, and workflows.
func workDay(rng *rand.Rand, n Needs, day Day) *Accumulator {
	a := NewAccumulator(n)
	automation := rng.IntN(4) == 0
	for s := range rng.IntN(4) {
		at := day.Start(nil).Add(time.Duration(rng.IntN(20)+rng.IntN(3)*10*60) * time.Minute) // midnight, too
		for range rng.IntN(12) {
			sample := call(at, 1+rng.Int64N(60))
			sample.Session = fmt.Sprint("s", s)
			sample.Workflow = fmt.Sprint("w", rng.IntN(6))
			sample.Usage.CacheRead = rng.Int64N(40)
			sample.Automation = automation
			if DayOf(at, nil) == day {
				a.Add(sample)
			}
			at = at.Add(time.Duration(rng.IntN(40)) * time.Minute)
		}
	}
	return a
}

// A subject that is settled after every close, and corrected now and then, is told
// the same by all rules that are not won for good as by a fold over all samples,
// at any close a correction may lead back to, and takes less room than one that
// is only trimmed.
func TestSettledAnswers(t *testing.T) {
	compared, won, room, roomTrimmed := 0, 0, 0, 0
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 13))
		set := workRules(t, rng)
		k := NewKeeper(set, nil)
		first := DayOf(noon(1), nil)
		work := map[Day]*Accumulator{}
		var x, y Kept
		c := k.NewClosing()
		for day := first; day < first+50; day++ {
			from := day
			if rng.IntN(3) == 0 {
				from = max(first, day-Day(rng.IntN(Slack+2)))
			}
			for _, d := range []Day{from, day} {
				work[d] = workDay(rng, k.Needs(), d)
				for _, kept := range []*Kept{&x, &y} {
					if err := k.Keep(kept, d, work[d], d); err != nil {
						t.Fatal(err)
					}
				}
			}
			k.Forget(&x, from)
			c.Open(&x, from-1)
			for d := from; d <= day; d++ {
				if _, _, err := c.Close(&x, "ana", d); err != nil {
					t.Fatal(err)
				}
			}
			if err := k.Settle(&x, day); err != nil {
				t.Fatal(err)
			}
			if err := k.Trim(&y, day); err != nil {
				t.Fatal(err)
			}
			states := k.Recall(nil, &x, day-Slack-1)[1:]
			kept, whole := NewAccumulator(k.Needs()), NewAccumulator(k.Needs())
			if err := k.Fill(kept, &x); err != nil {
				t.Fatal(err)
			}
			for _, a := range work {
				if err := whole.Merge(a); err != nil {
					t.Fatal(err)
				}
			}
			for _, back := range []Day{0, Day(rng.IntN(Slack)) + 1} {
				got, err := set.Gather(nil, kept, (day - back).Close())
				if err != nil {
					t.Fatal(err)
				}
				want, err := set.Gather(nil, whole, (day - back).Close())
				if err != nil {
					t.Fatal(err)
				}
				for i := range states {
					r := set.Rule(i)
					if r.Kind != Repeatable && r.Revocation == Keep() && states[i].Level == max(len(r.Levels), 1) {
						won++
						continue
					}
					compared++
					if g, w := set.Explain(i, got, states), set.Explain(i, want, states); !reflect.DeepEqual(g, w) {
						t.Fatalf("seed %d, %s, seen from %s, %s: settled\n%+v\na fold\n%+v", seed, day-back, day, r.ID, g, w)
					}
				}
			}
		}
		facts, _ := x.Size()
		trimmed, _ := y.Size()
		room, roomTrimmed = room+facts, roomTrimmed+trimmed
	}
	t.Logf("%d answers compared, %d of rules won for good; %d bytes settled, %d trimmed", compared, won, room, roomTrimmed)
	if won < 1000 || room*10 > roomTrimmed*8 {
		t.Errorf("%d rules won for good and %d bytes of %d test too little", won, room, roomTrimmed)
	}
}
