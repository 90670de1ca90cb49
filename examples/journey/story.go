package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
)

// hero is whose path it is; the others are there to be ranked with.
const hero = "ana"

const days = 90

// firstDay is a Monday.
var firstDay = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// What happens beside the daily work, by day of the path.
const (
	seriousDay  = 7
	holidayFrom = 32
	holidayTo   = 46
	longDay     = 51
	runawayDay  = 64
	voidDay     = 71
)

func (s *story) note(n int) string {
	switch n {
	case 0:
		return "a first try"
	case seriousDay:
		return "ana begins to work with it"
	case holidayFrom:
		return "two weeks away"
	case holidayTo:
		return "back"
	case longDay:
		return "a long day"
	case runawayDay:
		return "a script runs all evening under ana's name"
	case voidDay:
		return "it was ben's script: the calls are taken off ana and counted for ben"
	}
	return ""
}

// story makes the calls of everybody up, the same ones every time.
type story struct {
	r       *rand.Rand
	n       int
	runaway []tokenomics.Event
}

func newStory() *story { return &story{r: rand.New(rand.NewPCG(90, 4))} }

// call is one call, with most of its prompt read from the cache.
func (s *story) call(who, model string, at time.Time, session string, prompt int64) tokenomics.Event {
	s.n++
	provider := map[string]string{"gpt-5.4": "openai", "gemini-3.1-pro-preview": "google"}[model]
	if provider == "" {
		provider = "anthropic"
	}
	u := tokenomics.Usage{Input: prompt / 12, CacheRead: prompt * 11 / 12, Output: 200 + s.r.Int64N(1800)}
	if provider == "anthropic" {
		u.CacheWrite5m = prompt / 40
	}
	return tokenomics.Event{
		Source: "gateway", ID: fmt.Sprintf("call-%06d", s.n), Subject: who, Session: session, Actor: store.Human, Trust: store.Gateway,
		Call: tokenomics.Call{Provider: provider, Model: model, At: at, Usage: u},
	}
}

// sitting is a stretch of work: calls some minutes apart.
func (s *story) sitting(out []tokenomics.Event, who string, at time.Time, calls int, pause time.Duration, prompt int64, models ...string) []tokenomics.Event {
	session := fmt.Sprintf("%s-%s", who, at.Format("0102-1504"))
	for i := range calls {
		ev := s.call(who, models[i%len(models)], at, session, prompt/2+s.r.Int64N(prompt))
		ev.Workflow = [...]string{"review", "tests", "", "docs"}[s.r.IntN(4)]
		out = append(out, ev)
		at = at.Add(pause/2 + time.Duration(s.r.Int64N(int64(pause))))
	}
	return out
}

// day returns the calls of one day.
func (s *story) day(n int) (out []tokenomics.Event) {
	date := firstDay.AddDate(0, 0, n)
	nine := date.Add(9 * time.Hour)
	weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday
	if !weekend {
		out = s.sitting(out, "ben", nine.Add(time.Hour), 30, 6*time.Minute, 900_000, "claude-opus-4-6", "claude-sonnet-4-6")
		out = s.sitting(out, "cy", nine.Add(2*time.Hour), 4, 10*time.Minute, 60_000, "claude-haiku-4-5")
	}
	switch {
	case n == 0 || n == 2:
		return s.sitting(out, hero, nine.Add(6*time.Hour), 3, 5*time.Minute, 20_000, "claude-sonnet-4-6")
	case n < seriousDay, weekend, n >= holidayFrom && n < holidayTo:
		return out
	case n == longDay: // nine hours, never a quarter of one without a call
		return s.sitting(out, hero, nine.Add(-2*time.Hour), 75, 8*time.Minute, 900_000, "claude-opus-4-6", "claude-sonnet-4-6")
	case n == runawayDay:
		s.runaway = s.sitting(nil, hero, nine.Add(11*time.Hour), 240, 30*time.Second, 5_000_000, "claude-haiku-4-5")
		out = append(out, s.runaway...)
	case n == voidDay:
		for _, ev := range s.runaway { // the same calls, corrected
			ev.Revision, ev.Subject = 1, "ben"
			out = append(out, ev)
		}
	}
	models := []string{"claude-opus-4-6", "claude-sonnet-4-6"}
	if n >= holidayTo {
		models = append(models, "gpt-5.4", "gemini-3.1-pro-preview")
	}
	out = s.sitting(out, hero, nine, 14, 7*time.Minute, 700_000, models...)
	return s.sitting(out, hero, nine.Add(5*time.Hour), 16, 6*time.Minute, 900_000, models...)
}
