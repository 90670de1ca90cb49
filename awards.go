package tokenomics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
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
	Held    []Badge    // in the order of the configuration; not to be modified
}

// Badges returns what subjects hold now, in their order: the tier and the
// titles for the rows of a page. Unlike [Engine.Profile] it explains nothing.
// A subject that was never seen holds nothing; one that [Engine.Rename] counts as
// another is answered for under the other name.
//
// It looks at facts that are kept, and at the ledger only for days of these
// subjects that changed since they were asked for last. What corrections did to
// ranks of past days it leaves to [Engine.Advance] and [Engine.Awards].
func (e *Engine) Badges(ctx context.Context, subjects ...string) ([]Badges, error) {
	return e.BadgesOf(ctx, tiers.OfSubject, subjects...)
}

// BadgesOf is [Engine.Badges] of teams, or of the organization, whose only name
// is "organization". The ladder is for subjects: others stand on no tier.
func (e *Engine) BadgesOf(ctx context.Context, scope tiers.Scope, names ...string) ([]Badges, error) {
	f := e.factsOf(scope)
	if f == nil {
		out := make([]Badges, len(names))
		for i := range out {
			out[i].Subject = names[i]
		}
		return out, nil
	}
	return f.live(ctx, names)
}

// factsOf returns the facts of a scope; nil where no rule looks at any.
func (e *Engine) factsOf(scope tiers.Scope) *facts {
	for _, f := range e.scopes {
		if f.scope == scope {
			return f
		}
	}
	return nil
}

// live evaluates some as of now.
func (f *facts) live(ctx context.Context, names []string) ([]Badges, error) {
	who, err := f.e.who(ctx)
	if err != nil {
		return nil, err
	}
	if f.scope == tiers.OfSubject {
		names = slices.Clone(names)
		for i := range names {
			if as := who.resolve(names[i]); as != "" {
				names[i] = as
			}
		}
	}
	if err := f.e.readOwnWrites(ctx); err != nil {
		return nil, err
	}
	f.work.Lock()
	defer f.work.Unlock()
	now := f.e.now().UTC()
	through := f.open(now)
	ids := make([]rank.ID, len(names))
	for i, name := range names {
		ids[i], _ = f.names.Lookup(name)
		if ids[i] != rank.NoID || f.complete {
			continue
		}
		ok, err := f.exists(ctx, name, f.counters)
		if err != nil {
			return nil, err
		}
		if ok {
			ids[i] = f.id(name)
		}
	}
	known := slices.DeleteFunc(slices.Clone(ids), func(id rank.ID) bool { return id == rank.NoID })
	if err := f.bring(ctx, known, through); err != nil {
		return nil, err
	}
	ranks, err := f.ranksNow(ctx, names)
	if err != nil {
		return nil, err
	}
	if closed := through.Close(); !now.After(closed) {
		now = closed.Add(1)
	}
	out := make([]Badges, len(names))
	for i, name := range names {
		out[i].Subject = name
		if ids[i] == rank.NoID {
			continue
		}
		f.standAt(i, ranks)
		k, today, places := &f.of[ids[i]], dayOf(now), f.places()
		if k.live != nil && k.live.day == today && k.live.places == places {
			out[i] = k.live.badges
			continue
		}
		f.closing.Open(&k.Kept, k.closed)
		if _, _, ok := k.Days(); !ok {
			continue
		}
		hangs, err := f.closing.See(name, now)
		if err != nil {
			return nil, fmt.Errorf("tokenomics: facts of %s: %w", name, err)
		}
		out[i] = f.badges(name, f.closing.States())
		if !hangs && f.keeper.Steady() {
			k.live = &live{today, places, out[i]}
		}
	}
	return out, nil
}

// badges says what states hold.
func (f *facts) badges(name string, states []tiers.State) Badges {
	b := Badges{Subject: name}
	if f.ladder != nil && states[0].Level > 0 {
		b.Tier = f.ladder.Rungs[states[0].Level-1]
		b.Tier.Level, b.Since = states[0].Level, states[0].Since
	}
	for i, s := range states[1:] {
		if s.Held() {
			b.Held = append(b.Held, Badge{Rule: f.set.Rule(i), Level: s.Level, Count: s.Count, Since: s.Since})
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
	day     tiers.Day
	version uint64
	asOf    time.Time
	ladder  *tiers.Ladder
	rules   *tiers.Set
	all     []Badges // by subject bytes
	holders [][]Holder
}

// Awards returns who holds what as of the last close of a UTC day that is not
// after an instant, or of the engine's clock if that is earlier. Today is not
// closed: what is held now says [Engine.Badges].
//
// The first call reads the whole ledger, unless Advance has; later ones what
// changed.
func (e *Engine) Awards(ctx context.Context, asOf time.Time) (*Awards, error) {
	return e.AwardsOf(ctx, tiers.OfSubject, asOf)
}

// AwardsOf is [Engine.Awards] of teams, or of the organization.
func (e *Engine) AwardsOf(ctx context.Context, scope tiers.Scope, asOf time.Time) (*Awards, error) {
	f := e.factsOf(scope)
	if f == nil {
		none, err := tiers.NewSet()
		return &Awards{asOf: asOf, ladder: &tiers.Ladder{}, rules: none}, err
	}
	if err := e.readOwnWrites(ctx); err != nil {
		return nil, err
	}
	defer e.announcer.tell()
	f.work.Lock()
	defer f.work.Unlock()
	through := f.open(e.now().UTC())
	if err := f.everybody(ctx, through); err != nil {
		return nil, err
	}
	day := min(dayOf(asOf.Add(1))-1, through)
	if a := f.latest; a != nil && a.day == day && a.version == f.version {
		return a, nil
	}
	f.latest = f.awards(day)
	return f.latest, nil
}

// settleAwards brings everybody up to the last close, if anybody asked for that,
// and tells what is new.
func (e *Engine) settleAwards(ctx context.Context) error {
	if err := e.readOwnWrites(ctx); err != nil {
		return err
	}
	_, announcing := e.announcer.since()
	for _, f := range e.scopes {
		if err := f.settle(ctx, announcing); err != nil {
			return err
		}
	}
	e.announcer.tell()
	return nil
}

func (f *facts) settle(ctx context.Context, announcing bool) error {
	f.work.Lock()
	defer f.work.Unlock()
	if !announcing && !f.complete {
		return nil
	}
	return f.everybody(ctx, f.open(f.e.now().UTC()))
}

// awards lists what everybody held at the close of a day.
func (f *facts) awards(day tiers.Day) *Awards {
	a := &Awards{day: day, version: f.version, asOf: day.Close(), rules: f.set, holders: make([][]Holder, f.set.Len()), ladder: f.ladder}
	if a.ladder == nil {
		a.ladder = &tiers.Ladder{}
	}
	var states []tiers.State
	for id := rank.ID(1); int(id) < len(f.of); id++ {
		k := &f.of[id]
		if first, _, ok := k.Days(); !ok || first > day {
			continue
		}
		states = f.keeper.Recall(states, &k.Kept, day)
		a.all = append(a.all, f.badges(f.names.Name(id), states))
	}
	slices.SortFunc(a.all, func(x, y Badges) int { return strings.Compare(x.Subject, y.Subject) })
	for i := range a.all {
		for _, held := range a.all[i].Held {
			r, _ := f.set.Index(held.Rule.ID)
			a.holders[r] = append(a.holders[r], Holder{a.all[i].Subject, held.Level, held.Count, held.Since})
		}
	}
	return a
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
// The rule may be of any scope.
func (e *Engine) Holders(ctx context.Context, ruleID string) ([]Holder, error) {
	for _, f := range e.scopes {
		if _, ok := f.set.Index(ruleID); !ok {
			continue
		}
		a, err := e.AwardsOf(ctx, f.scope, e.now())
		if err != nil {
			return nil, err
		}
		return a.Holders(ruleID)
	}
	return nil, fmt.Errorf("%w: %q", ErrUnknownRule, ruleID)
}
