package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// first is day 0 of the sample, last the instant at which it ends.
var (
	first = time.Date(2026, time.October, 7, 0, 0, 0, 0, time.UTC)
	last  = first.AddDate(0, 0, 40)
)

// person is one of the company, and how they work.
type person struct {
	handle, team string
	zone         int // hours east of UTC
	project      string
	plans        []plan
}

// plan is one habit: a tool, some models, certain days and hours, and sizes
// in tokens. Every pair is a range, both ends included.
type plan struct {
	cli              string // "claude", "codex" or "gemini"
	models           []weighted
	from, to         int     // first and last day, 0 to 39
	weekday, weekend float64 // chance of work on such a day
	sessions         [2]int
	replies          [2]int
	hours            [2]int  // local hours at which a session may begin
	gap              [2]int  // seconds between replies
	start            [2]int  // prompt of a session's first reply
	warm             float64 // part of that prompt which a cache still holds
	grow             [2]int  // what each further reply adds
	limit            int     // largest prompt before the session is compacted
	out              [2]int
	think            float64 // largest part of the output that is thinking
	chat             float64 // chance that a line of talk follows a reply
	snapshots        float64 // chance that a reply is written more than once
	ttl              string  // cache writes: "5m", "1h", "mix", or "flat" for the total alone
	geo              string  // inference_geo, as the provider served it
	quiet            bool    // a loop: nothing is said, nothing written twice
}

// weighted is a model and how often it is taken.
type weighted struct {
	model  string
	weight float64
}

func only(model string) []weighted { return []weighted{{model, 1}} }

// model draws one of the plan's models.
func (pl *plan) model(r *rand.Rand) string {
	sum := 0.0
	for _, m := range pl.models {
		sum += m.weight
	}
	at := r.Float64() * sum
	for _, m := range pl.models {
		if at -= m.weight; at < 0 {
			return m.model
		}
	}
	return pl.models[len(pl.models)-1].model
}

// born is the day some models began; predecessor is what was used until then.
var (
	born = map[string]time.Time{
		"gpt-6.1-terra": time.Date(2026, time.October, 26, 0, 0, 0, 0, time.UTC),
	}
	predecessor = map[string]string{"gpt-6.1-terra": "gpt-6-sol"}
)

// at returns the model, or the one used before it existed.
func (pl *plan) at(model string, at time.Time) string {
	if at.Before(born[model]) {
		return predecessor[model]
	}
	return model
}

// short is the first name; root the folder of the person's home.
func (p *person) short() string { name, _, _ := strings.Cut(p.handle, "."); return name }
func (p *person) root() string  { return p.team + "/" + p.handle }

// random is the person's own source, the same in every run.
func (p *person) random(label string) *rand.Rand {
	seed, err := strconv.ParseUint(digest(p.handle + label)[:16], 16, 64)
	if err != nil {
		panic(err) // a digest is hex
	}
	return rand.New(rand.NewPCG(2026, seed))
}

// live writes all that the person's plans come to.
func (p *person) live(t *tree) {
	for i := range p.plans {
		pl := &p.plans[i]
		r := p.random(fmt.Sprint("plan", i))
		for day := pl.from; day <= pl.to; day++ {
			date := first.AddDate(0, 0, day)
			chance := pl.weekday
			if w := date.Weekday(); w == time.Saturday || w == time.Sunday {
				chance = pl.weekend
			}
			if r.Float64() >= chance {
				continue
			}
			for s := range between(r, pl.sessions[0], pl.sessions[1]) {
				hour := between(r, pl.hours[0], pl.hours[1]) - p.zone
				start := date.Add(time.Duration(hour)*time.Hour + time.Duration(r.IntN(3600))*time.Second)
				p.sit(t, r, pl, fmt.Sprintf("p%dd%ds%d", i, day, s), start)
			}
		}
	}
}

// sit writes one session.
func (p *person) sit(t *tree, r *rand.Rand, pl *plan, label string, start time.Time) {
	n := between(r, pl.replies[0], pl.replies[1])
	if !start.Before(last) || start.Before(first) {
		return
	}
	switch pl.cli {
	case "claude":
		p.newClaude(t, p.project, label).talk(r, pl, start, n, last)
	case "codex":
		p.newCodex(t, p.project, label, start, "").talk(r, pl, start, n, last)
	case "gemini":
		p.newGemini(t, p.project, label, start, ".jsonl").talk(r, pl, start, n, last)
	}
}

// who returns the person of that handle.
func who(handle string) *person {
	for i := range cast {
		if cast[i].handle == handle {
			return &cast[i]
		}
	}
	panic("no such person: " + handle)
}
