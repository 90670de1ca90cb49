package tokenomics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/tiers"
)

// Badge is one rule that a subject holds.
type Badge struct {
	Rule  *tiers.Rule // not to be modified
	Level int         // 1 for a rule without levels; 0: a repeatable earned before, not in its present period
	Count int         // how many times it was earned; 1 unless repeatable
	Since time.Time   // when Level was reached, in event time; zero with Level 0
}

// Badges is what one subject holds at one instant.
type Badges struct {
	Subject string
	Tier    tiers.Rung // Level 0: none
	Since   time.Time  // when the tier was reached, in event time
	Held    []Badge    // in the order of the configuration
}

// Badges returns what subjects hold now, in their order: the tier and the
// titles for the rows of a page. Unlike [Engine.Profile] it explains nothing.
// A subject that was never seen holds nothing.
func (e *Engine) Badges(ctx context.Context, subjects ...string) ([]Badges, error) {
	out := make([]Badges, len(subjects))
	for i, subject := range subjects {
		p, err := e.Profile(ctx, subject)
		if err != nil {
			return nil, err
		}
		out[i] = p.badges()
	}
	return out, nil
}

func (p *Profile) badges() Badges {
	b := Badges{Subject: p.Subject, Tier: p.Tier.At, Since: p.Since}
	for i := range p.Titles {
		if t := &p.Titles[i]; t.Held {
			b.Held = append(b.Held, Badge{Rule: t.Rule, Level: t.Level, Count: t.Count, Since: t.Since})
		}
	}
	return b
}

// Holder is a subject that holds a rule.
type Holder struct {
	Subject string
	Level   int
	Count   int
	Since   time.Time // when Level was reached, in event time
}

// Holding says how many hold a rule: its rarity is Holders of [Awards.Len].
type Holding struct {
	Rule    *tiers.Rule // not to be modified
	Holders int
	Levels  []int // how many hold exactly level i+1; of a repeatable, in the present period
}

// Rung says how many stand on a rung of the ladder.
type Rung struct {
	tiers.Rung
	Holders int
}

// Awards is who holds what at the close of a day: the fold of all closed days
// up to it, on the events that count now. It is immutable.
type Awards struct {
	asOf    time.Time
	ladder  *tiers.Ladder
	rules   *tiers.Set
	all     []Badges // by subject bytes
	holders [][]Holder
}

// Awards returns who holds what as of the last close of a UTC day that is not
// after an instant, or of the engine's clock if that is earlier. Today is not
// closed: what is held now says [Engine.Badges].
func (e *Engine) Awards(ctx context.Context, asOf time.Time) (*Awards, error) {
	asOf = lastClose(asOf)
	if now := lastClose(e.now()); asOf.After(now) {
		asOf = now
	}
	totals, err := e.Totals(ctx, BySubject, time.Time{}, asOf.Add(1))
	if err != nil {
		return nil, err
	}
	a := &Awards{asOf: asOf, ladder: &e.ladder, rules: e.titles, holders: make([][]Holder, e.titles.Len())}
	for _, t := range totals {
		if t.Key == "" {
			continue // of those who were forgotten
		}
		p := Profile{Subject: t.Key, AsOf: asOf}
		acc, first, err := e.gather(ctx, t.Key, asOf)
		if err != nil {
			return nil, err
		}
		if err := e.judge(&p, acc, first); err != nil {
			return nil, err
		}
		a.add(p.badges())
	}
	return a, nil
}

// lastClose returns the last instant of the last UTC day that is over at t.
func lastClose(t time.Time) time.Time {
	return dayAfter(t.Add(1)).Add(-24*time.Hour - 1)
}

func (a *Awards) add(b Badges) {
	a.all = append(a.all, b)
	for _, held := range b.Held {
		i, _ := a.rules.Index(held.Rule.ID)
		a.holders[i] = append(a.holders[i], Holder{b.Subject, held.Level, held.Count, held.Since})
	}
}

// AsOf returns the close that the awards are of.
func (a *Awards) AsOf() time.Time { return a.asOf }

// Len returns how many subjects had a counting event by then.
func (a *Awards) Len() int { return len(a.all) }

// Of returns what one subject holds; false for one without a counting event.
func (a *Awards) Of(subject string) (Badges, bool) {
	i, ok := slices.BinarySearchFunc(a.all, subject, func(b Badges, s string) int { return strings.Compare(b.Subject, s) })
	if !ok {
		return Badges{Subject: subject}, false
	}
	return a.all[i], true
}

// Rules returns how many hold each rule, in the order of the configuration.
func (a *Awards) Rules() []Holding {
	out := make([]Holding, a.rules.Len())
	for i := range out {
		r := a.rules.Rule(i)
		out[i] = Holding{Rule: r, Holders: len(a.holders[i]), Levels: make([]int, max(len(r.Levels), 1))}
		for _, h := range a.holders[i] {
			if h.Level > 0 {
				out[i].Levels[h.Level-1]++
			}
		}
	}
	return out
}

// Tiers returns how many stand on each rung of the ladder, lowest first.
func (a *Awards) Tiers() []Rung {
	out := make([]Rung, len(a.ladder.Rungs))
	for i := range out {
		out[i].Rung = a.ladder.Rungs[i]
		out[i].Level = i + 1
	}
	for i := range a.all {
		if level := a.all[i].Tier.Level; level > 0 {
			out[level-1].Holders++
		}
	}
	return out
}

// Holders returns who holds a rule: the highest level first, then the longest
// held, then by subject bytes. It fails with [ErrUnknownRule].
func (a *Awards) Holders(ruleID string) ([]Holder, error) {
	i, ok := a.rules.Index(ruleID)
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrUnknownRule, ruleID)
	}
	out := slices.Clone(a.holders[i])
	slices.SortFunc(out, func(x, y Holder) int {
		return cmp.Or(cmp.Compare(y.Level, x.Level), x.Since.Compare(y.Since), strings.Compare(x.Subject, y.Subject))
	})
	return out, nil
}

// Holders returns who holds a rule as of the last close: see [Awards.Holders].
func (e *Engine) Holders(ctx context.Context, ruleID string) ([]Holder, error) {
	a, err := e.Awards(ctx, e.now())
	if err != nil {
		return nil, err
	}
	return a.Holders(ruleID)
}
