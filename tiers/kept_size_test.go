package tiers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// company is a company of 85,000 with a long tail: 10 million calls a month, the
// share of person k falls as (50+k)^-1.1, in sessions of 20 calls on weekdays.
const (
	companySize  = 85_000
	companyCalls = 10_000_000
)

// weight is what share of the calls person k makes.
func weight(k int) float64 {
	all := (math.Pow(50, -0.1) - math.Pow(50+companySize, -0.1)) / 0.1
	return math.Pow(50+float64(k), -1.1) / all
}

// work deals the calls of person k on each of some days.
func work(k int, r *rand.Rand, from Day, days int, each func(day Day, samples []Sample)) {
	models := [...]string{"claude-opus-4-8", "claude-sonnet-4-9", "claude-haiku-4-7", "gpt-5.5", "gemini-3-pro"}
	favorite := r.IntN(len(models))
	perDay := weight(k) * companyCalls / 22 / 20
	var samples []Sample
	for d := from; d < from+Day(days); d++ {
		if d.Weekend() && r.IntN(20) > 0 {
			continue
		}
		sessions := int(perDay)
		if r.Float64() < perDay-float64(sessions) {
			sessions++
		}
		samples = samples[:0]
		for s := range sessions {
			at := d.Start(nil).Add(time.Duration(8*60+r.IntN(9*60)) * time.Minute)
			name := fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<16), s)
			for range 1 + r.IntN(39) {
				at = at.Add(time.Duration(r.ExpFloat64() * float64(4*time.Minute))).Truncate(time.Millisecond)
				if DayOf(at, nil) != d {
					break
				}
				model := models[favorite]
				if r.IntN(4) == 0 {
					model = models[r.IntN(len(models))]
				}
				u := usage.Usage{Input: r.Int64N(5000), CacheRead: r.Int64N(200_000), CacheWrite5m: r.Int64N(20_000), Output: r.Int64N(4000)}
				samples = append(samples, Sample{
					At: at, Provider: "anthropic", Model: model, Session: name, Workflow: [...]string{"", "", "review"}[r.IntN(3)], Usage: u, Trust: 1,
					Cost:   pricing.FromPico(0, uint64(u.Input*5+u.CacheRead/2+u.CacheWrite5m*6+u.Output*25)*1_000_000),
					Saving: pricing.FromPico(0, uint64(u.CacheRead*4)*1_000_000), SavingKnown: true, Status: pricing.Priced,
				})
			}
		}
		if len(samples) > 0 {
			each(d, samples)
		}
	}
}

// What the default rules need of one subject takes at most a kilobyte on the
// average of the company, after a quarter of a year.
func TestKeptSize(t *testing.T) {
	set := defaultSet(t)
	ladder := DefaultLadder()
	k := NewKeeper(set, &ladder)
	from := DateOf(2026, 1, 5)
	const every, days = 50, 91
	past, active := 0, 0
	var sizes []int
	daily, dailyFacts := 0, 0 // of those who are there every weekday
	acc := NewAccumulator(k.Needs())
	c := k.NewClosing()
	for person := range companySize {
		if person%every != 7 {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(person), 5))
		before := active
		var x Kept
		closed := from - 1
		shut := func(day Day) {
			for d := closed + 1; d <= day; d++ {
				if k.Due(&x, d) {
					c.Open(&x, d-1)
					if _, _, err := c.Close(&x, "p", d); err != nil {
						t.Fatal(err)
					}
				}
			}
			closed = day
			if err := k.Settle(&x, day); err != nil {
				t.Fatal(err)
			}
		}
		work(person, r, from, days, func(day Day, samples []Sample) {
			acc.Reset()
			for i := range samples {
				acc.Add(samples[i])
			}
			if err := k.Keep(&x, day, acc, day); err != nil {
				t.Fatal(err)
			}
			active++
			if day-closed > 10 {
				shut(day)
			}
		})
		shut(from + days - 1)
		f, p := x.Size()
		sizes, past = append(sizes, f), past+p
		if active-before >= 60 {
			daily, dailyFacts = daily+1, dailyFacts+f
		}
	}
	slices.Sort(sizes)
	people, facts := len(sizes), 0
	for _, f := range sizes {
		facts += f
	}
	within, _ := slices.BinarySearch(sizes, 1025)
	t.Logf("%d of %d people, %.1f active days of %d: %d bytes of facts each, half of them at most %d, 90 %% %d, 99 %% %d, all %d; %.1f %% of them a kilobyte; %d bytes of what they gained and lost",
		people, companySize, float64(active)/float64(people), days, facts/people, sizes[people/2], sizes[people*9/10], sizes[people*99/100], sizes[people-1], 100*float64(within)/float64(people), past/people)
	t.Logf("%d people with 60 active days or more: %d bytes each", daily, dailyFacts/max(daily, 1))
	if facts/people > 1024 {
		t.Errorf("facts take %d bytes, want at most 1024", facts/people)
	}
}
