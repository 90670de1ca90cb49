// Package company makes up a company of any size whose month looks like the
// one in the news.
package company

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/tokenomics-go/tokenomics"
)

// Company is an invented company of any size whose 30 days look like those the
// news reported: 85,000 people, 60.2 trillion tokens, the first of them 281
// billion. What a person uses is log-normal, by quantiles: person i of n has
// the weight exp(σ·z((i+½)/n)), z being the normal quantile function. σ is
// chosen once so that the first of 85,000 has 281/60,200 of the whole; it
// comes to about 1.69. A smaller or larger company keeps σ and the mean.
type Company struct {
	People []Person
	Days   int
	last   time.Time // the last day, at 00:00 UTC
	rng    *rand.Rand
	plan   []planned // of one day
}

// Person is somebody who does not exist.
type Person struct {
	Name    string
	Team    string
	Tokens  float64 // over the 30 days
	Events  float64 // a mean day
	cached  float64 // share of the prompt read from cache
	written float64 // share written to cache
	output  float64 // share generated
	models  [3]int  // favorites, the first half of the time
	due     float64 // fractions of events carried over to the next day
	owed    float64 // tokens not yet in an event
	left    float64 // tokens of the days to come
}

// What the news said, and how finely the company is cut into events: 62 a
// person in 30 days make 5.27 million events of 85,000 people.
const (
	NewsPeople      = 85_000
	NewsTotal       = 60.2e12
	NewsTop         = 281e9
	EventsPerPerson = 62
	simulatedDays   = 30
)

// The models of that spring, by how often they are somebody's favorite.
var springModels = []struct{ provider, model string }{
	{"anthropic", "claude-opus-4-6"}, {"anthropic", "claude-sonnet-4-6"}, {"anthropic", "claude-opus-4-6"},
	{"anthropic", "claude-haiku-4-5"}, {"openai", "gpt-5.3-codex"}, {"openai", "gpt-5.4"},
	{"google", "gemini-3.1-pro-preview"}, {"anthropic", "claude-opus-4-5"},
}

// New makes up a company of that many people, drawn by the seed, whose month
// ends with the day last.
func New(people int, seed uint64, last time.Time) *Company {
	c := &Company{Days: simulatedDays, last: last, rng: rand.New(rand.NewPCG(seed, seed))}
	weights, sum := logNormal(people, Sigma())
	mean := NewsTotal / NewsPeople
	order := c.rng.Perm(people)
	roots := 0.0
	for _, w := range weights {
		roots += math.Sqrt(w)
	}
	c.People = make([]Person, people)
	for i, w := range weights {
		share := w / sum
		p := &c.People[order[i]]
		*p = Person{
			Name:    fmt.Sprintf("eng-%06d", order[i]+1),
			Team:    fmt.Sprintf("team-%03d", order[i]%340+1),
			Tokens:  share * mean * float64(people),
			cached:  0.82 + 0.15*c.rng.Float64(),
			written: 0.01 + 0.03*c.rng.Float64(),
			output:  0.002 + 0.008*c.rng.Float64(),
		}
		p.left = p.Tokens
		// Half of the events are spread evenly, half by the root of the usage.
		p.Events = EventsPerPerson / float64(c.Days) * (0.5 + 0.5*math.Sqrt(w)/roots*float64(people))
		for k := range p.models {
			p.models[k] = c.rng.IntN(len(springModels))
		}
	}
	return c
}

// Sigma solves for the spread at which the first of 85,000 has the share the
// news gave.
func Sigma() float64 {
	low, high := 0.5, 3.0
	for range 60 {
		mid := (low + high) / 2
		w, sum := logNormal(NewsPeople, mid)
		if w[0]/sum < NewsTop/NewsTotal {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// logNormal returns n weights in falling order, and their sum.
func logNormal(n int, sigma float64) (weights []float64, sum float64) {
	weights = make([]float64, n)
	for i := range weights {
		p := (float64(i) + 0.5) / float64(n)
		weights[i] = math.Exp(-sigma * math.Sqrt2 * math.Erfinv(2*p-1))
		sum += weights[i]
	}
	return weights, sum
}

// Day returns a day of the month, counted from 0, at 00:00 UTC.
func (c *Company) Day(d int) time.Time { return c.last.AddDate(0, 0, d-c.Days+1) }

// daily is the share of a person's month that falls on a day: weekends are
// quiet.
func (c *Company) daily(d int) float64 {
	weight := func(d int) float64 {
		if wd := c.Day(d).Weekday(); wd == time.Saturday || wd == time.Sunday {
			return 0.35
		}
		return 1
	}
	sum := 0.0
	for i := range c.Days {
		sum += weight(i)
	}
	return weight(d) / sum
}

// planned is an event before it is made: small, so that a day of them is sorted
// cheaply.
type planned struct {
	at     int32 // milliseconds of the day
	person int32
	number int32 // of the person's events of the day
	tokens float64
}

// Events yields the events of one day in batches, in the order of time. A batch
// is filled by fill, which says which memory to use.
func (c *Company) Events(d int, fill func() []tokenomics.Event, yield func([]tokenomics.Event)) {
	share := c.daily(d)
	c.plan = c.plan[:0]
	for i := range c.People {
		p := &c.People[i]
		p.due += p.Events * share * float64(c.Days)
		n := int(p.due)
		p.due -= float64(n)
		today := p.Tokens * share * (0.7 + 0.6*c.rng.Float64()) // no two days are alike
		if d == c.Days-1 || today > p.left {
			today = p.left // but the month is
		}
		p.left -= today
		p.owed += today
		for k := range n {
			at := 6*time.Hour + time.Duration(c.rng.Int64N(int64(17*time.Hour)))
			c.plan = append(c.plan, planned{int32(at / time.Millisecond), int32(i), int32(k), p.owed / float64(n)})
		}
		if n > 0 {
			p.owed = 0
		}
	}
	slices.SortFunc(c.plan, func(a, b planned) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.person, b.person), cmp.Compare(a.number, b.number))
	})
	for chunk := range slices.Chunk(c.plan, BatchSize) {
		batch := fill()[:0]
		for _, e := range chunk {
			batch = append(batch, c.event(d, e))
		}
		yield(batch)
	}
}

// BatchSize is how many events are made at a time.
const BatchSize = 1024

// event is an aggregate of many calls of about 90,000 tokens each, as a
// gateway's rollup would report them.
func (c *Company) event(d int, e planned) tokenomics.Event {
	p := &c.People[e.person]
	pick := 0
	if r := c.rng.Float64(); r > 0.85 {
		pick = 2
	} else if r > 0.5 {
		pick = 1
	}
	m := springModels[p.models[pick]]
	n := max(int64(e.tokens*(0.6+0.8*c.rng.Float64())), 1000)
	var u tokenomics.Usage
	u.Requests = max(n/90_000+1, 2) // even a small one sums up more than one call
	u.CacheRead = int64(float64(n) * p.cached)
	written := int64(float64(n) * p.written)
	if m.provider == "anthropic" {
		u.CacheWrite5m, u.CacheWrite1h = written-written/4, written/4
	}
	generated := int64(float64(n) * p.output)
	u.Output, u.Reasoning = generated-generated/3, generated/3
	u.Input = max(n-u.Tokens(), 0)
	return tokenomics.Event{
		Source: "simulation", ID: p.Name + "/" + strconv.Itoa(d) + "/" + strconv.Itoa(int(e.number)),
		Subject: p.Name, Team: p.Team,
		Call: tokenomics.Call{Provider: m.provider, Model: m.model, Usage: u, At: c.Day(d).Add(time.Duration(e.at) * time.Millisecond)},
	}
}
