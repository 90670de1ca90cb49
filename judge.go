package tokenomics

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// judgement folds the events of one subject, evaluating ladder and titles at the
// close of each day, and keeps the evidence.
type judgement struct {
	e      *Engine
	p      *Profile
	acc    *tiers.Accumulator
	past   *pastRanks
	states []tiers.State
	tier   tiers.State
	facts  []tiers.Facts // of each lens of the titles
	ladder tiers.Facts
}

// judge reads a subject's events and evaluates ladder and titles at the closes
// from the first event on, then as of the profile's instant. Events later than
// that day are not looked at.
func (e *Engine) judge(ctx context.Context, p *Profile) error {
	past, err := e.scopes[0].pastRanks(ctx, p.Subject, p.AsOf)
	if err != nil {
		return err
	}
	j := judgement{
		e: e, p: p, past: past, acc: tiers.NewAccumulator(e.titles.Needs().Join(e.ladder.Needs())),
		states: make([]tiers.State, e.titles.Len()), facts: make([]tiers.Facts, len(e.titles.Lenses())),
	}
	today, prices := dayOf(p.AsOf), e.prices.Load()
	if p.Subject == "" {
		return j.now() // nobody: a query for no subject is one for all
	}
	var day tiers.Day // the first that is not closed yet
	for entry, err := range e.scan(ctx, store.Query{Subject: p.Subject, To: dayAfter(p.AsOf), Voids: e.scopes[0].counters}) {
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if entry.Void && !observed(&entry) {
			continue
		}
		if day == 0 {
			day = dayOf(entry.At)
		}
		for ; day < dayOf(entry.At); day++ {
			if err := j.close(day); err != nil {
				return err
			}
		}
		e.scopes[0].count(j.acc, prices, &entry)
	}
	for ; day > 0 && day < today; day++ {
		if err := j.close(day); err != nil {
			return err
		}
	}
	return j.now()
}

// close evaluates the close of a day, by the ranks that were then.
func (j *judgement) close(day tiers.Day) error {
	j.past.place(day, &j.ladder)
	for i := range j.facts {
		j.facts[i].Rank, j.facts[i].Population = j.ladder.Rank, j.ladder.Population
	}
	return j.at(day.Close())
}

func (j *judgement) at(asOf time.Time) (err error) {
	if j.facts, err = j.e.titles.Gather(j.facts, j.acc, asOf); err != nil {
		return fmt.Errorf("tokenomics: facts of %s: %w", j.p.Subject, err)
	}
	if err := j.acc.SeeInto(&j.ladder, asOf, j.e.ladder.Lens()); err != nil {
		return fmt.Errorf("tokenomics: facts of %s: %w", j.p.Subject, err)
	}
	j.ladder.Subject = j.p.Subject
	for i := range j.facts {
		j.facts[i].Subject = j.p.Subject
	}
	var steps []tiers.Transition
	if j.tier, steps = j.e.ladder.Eval(&j.ladder, j.tier); steps != nil {
		j.p.History = append(j.p.History, steps...)
	}
	for _, step := range j.e.titles.Eval(j.facts, j.states, nil) {
		if step.Change != tiers.Fault { // the title's Why says it
			j.p.History = append(j.p.History, step)
		}
	}
	return nil
}

// now evaluates as of the profile's instant, by the ranks of the present, and
// fills the profile.
func (j *judgement) now() error {
	p := j.p
	ranks, population := map[string]int{}, map[string]int{}
	for _, s := range p.Standings {
		if s.Err != nil {
			continue // rules about it cannot be decided and keep what was held
		}
		population[s.Board] = s.Of
		if s.Ranked {
			ranks[s.Board] = s.Rank
		}
	}
	version := ""
	if book := j.e.Book(p.AsOf); book != nil {
		version = book.Version()
	}
	setRanks := func(f *tiers.Facts) { f.Rank, f.Population, f.Book = ranks, population, version }
	for i := range j.facts {
		setRanks(&j.facts[i])
	}
	setRanks(&j.ladder)
	if err := j.at(p.AsOf); err != nil {
		return err
	}
	p.Facts = j.ladder
	p.Tier = j.e.ladder.ProgressFrom(&j.ladder, j.tier)
	if j.tier.Level > 0 {
		p.Since = j.tier.Since
		p.Lapses, _ = j.e.ladder.Lapses(j.acc, j.tier, p.AsOf, setRanks)
	}
	for i := range j.e.titles.Len() {
		s := &j.states[i]
		p.Titles = append(p.Titles, Title{
			Rule: j.e.titles.Rule(i), Held: s.Held(), Level: s.Level, Count: s.Count, Since: s.Since,
			Lapses: j.lapses(i, setRanks), Why: j.e.titles.Explain(i, j.facts, j.states),
		})
	}
	return nil
}

// lapses returns when a rule that is held would be lost.
func (j *judgement) lapses(i int, setRanks func(*tiers.Facts)) time.Time {
	s, r := &j.states[i], j.e.titles.Rule(i)
	if s.Level == 0 {
		return time.Time{}
	}
	if !s.Failing.IsZero() { // its grace runs
		return s.Failing.Add(r.Revocation.After)
	}
	held := map[string]int{}
	for _, id := range r.Prereqs {
		if k, ok := j.e.titles.Index(id); ok && j.states[k].Held() {
			held[id] = 1
		}
	}
	at, _ := r.Lapses(j.acc, j.p.AsOf, func(f *tiers.Facts) {
		setRanks(f)
		f.Held = held
	})
	return at
}

// pastRanks is where one subject stood at the closes of past days.
type pastRanks struct {
	from   tiers.Day
	boards []string
	days   [][]pastRank // by day, then board
}

type pastRank struct{ rank, population int }

// pastRanks returns where a subject stood, as far as rules about ranks ask. What
// corrections did to it meanwhile is left to who settles awards.
func (f *facts) pastRanks(ctx context.Context, name string, now time.Time) (*pastRanks, error) {
	p := &pastRanks{boards: f.boards}
	if len(f.boards) == 0 {
		return p, nil
	}
	f.work.Lock()
	defer f.work.Unlock()
	if err := f.rankThrough(ctx, f.open(now)); err != nil {
		return nil, err
	}
	id, _ := f.names.Lookup(name)
	p.from, p.days = f.ranks.from, make([][]pastRank, len(f.ranks.days))
	for i := range p.days {
		for b := range f.boards {
			front := &f.ranks.days[i].boards[b]
			p.days[i] = append(p.days[i], pastRank{front.rankOf(id), front.population})
		}
	}
	return p, nil
}

// place sets the ranks of a close on facts.
func (p *pastRanks) place(day tiers.Day, f *tiers.Facts) {
	f.Rank, f.Population = map[string]int{}, map[string]int{}
	for b, name := range p.boards {
		f.Population[name] = 0 // a board that is not known has nobody
		if i := int(day - p.from); p.from != 0 && i >= 0 && i < len(p.days) {
			f.Population[name] = p.days[i][b].population
			if r := p.days[i][b].rank; r > 0 {
				f.Rank[name] = r
			}
		}
	}
}
