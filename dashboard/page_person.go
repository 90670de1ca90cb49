package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
	"github.com/tokenomics-go/tokenomics/usage"
)

// person builds the page of somebody: all of it for the person and for those
// who see everything, else what the board shows.
func (l *look) person(ctx context.Context, subject string, own bool) (*personView, error) {
	full := own || l.class.exact
	v := &personView{Edition: l.editionView(), Name: display(subject), You: own, Exact: full, Ranks: []rankView{}}
	v.Tier, v.Titles = l.honorsOf(subject, true)
	for _, t := range l.ed.tables {
		v.Ranks = append(v.Ranks, l.rankOn(t, subject, own, full))
	}
	v.Places = l.places(subject, full)
	if !full {
		return v, nil
	}
	if own && l.h.opts.Privacy.Naming == OptIn {
		yes, err := l.h.consented(ctx, []string{subject})
		if err != nil {
			return nil, err
		}
		v.Named = "no"
		if yes[0] {
			v.Named = "yes"
		}
	}
	if err := l.profile(ctx, v, subject); err != nil {
		return nil, err
	}
	return v, l.details(ctx, v, subject)
}

// rankOn is a person's place on a board.
func (l *look) rankOn(t *table, subject string, own, full bool) rankView {
	v := rankView{Board: t.Name, Label: l.metricName(t) + " · " + l.windowName(t.Window), Of: l.ranked(t)}
	me, ok := t.view.Standing(subject)
	if !ok || !t.lists(subject) && !full {
		return v
	}
	row := l.rowOf(t, &me, full)
	v.Rank, v.Was, v.Move, v.Steps = row.Rank, row.Was, row.Move, row.Steps
	switch metricOf(t) {
	case "tokens":
		v.Tokens = row.Tokens
	case "cost":
		v.Cost = row.Cost
	case "output":
		v.Output = row.Output
	default:
		v.Score = row.Score
	}
	return v
}

// places is the history of a rank on the first board, as far back as it looks.
func (l *look) places(subject string, full bool) []placeView {
	if len(l.ed.tables) == 0 {
		return nil
	}
	t := l.ed.tables[0]
	var out []placeView
	add := func(day string, rank int) {
		if rank > len(t.listed) && !full {
			rank = 0
		}
		out = append(out, placeView{day, rank})
	}
	for _, p := range l.ed.past {
		s, _ := p.view.Standing(subject)
		add(p.day, s.Rank)
	}
	now, _ := t.view.Standing(subject)
	add(l.ed.at.Format(time.DateOnly), now.Rank)
	if !slices.ContainsFunc(out, func(p placeView) bool { return p.Rank > 0 }) || len(out) < 2 {
		return nil
	}
	return out
}

// profile fills in what somebody has earned and what is missing.
func (l *look) profile(ctx context.Context, v *personView, subject string) error {
	p, err := l.ed.profileOf(ctx, l.h.eng, subject)
	if err != nil {
		return err
	}
	v.Tier = l.tier(p.Tier.At.Level)
	v.Titles = nil
	v.Climb = l.climbOf(&p.Tier)
	tokens, cost := exactly(p.Facts.Usage.Tokens()), exactAmount(p.Facts.Cost, p.Facts.Cost, p.Facts.Unpriced)
	v.Tokens, v.Cost = &tokens, &cost
	for i, t := range p.Titles {
		if t.Rule.Hidden && !t.Held {
			continue
		}
		r := ruleView{
			Title: l.title(i), Text: l.ruleText(i).Description, Held: t.Held, Since: t.Since,
			Done: l.doneOf(t.Why.Done(), t.Rule.Gate), Gates: l.ruleGates(t.Rule, t.Why.Gates),
		}
		if slices.ContainsFunc(t.Rule.Levels, func(x tiers.Level) bool { return l.moving(x.Gate) }) {
			r.Done = 0
			strip(r.Gates)
		}
		v.Rules = append(v.Rules, r)
		if t.Held {
			v.Titles = append(v.Titles, r.Title)
		}
	}
	for i := range p.History {
		v.History = append(v.History, l.event(&p.History[i]))
	}
	slices.Reverse(v.History)
	v.History = v.History[:min(len(v.History), 40)]
	return nil
}

// event says in words what was gained or lost.
func (l *look) event(t *tiers.Transition) eventView {
	name := l.tier(max(t.From, t.To)).Name
	if i, ok := l.h.eng.Titles().Index(t.Rule); ok {
		name = l.ruleText(i).Title
	}
	return eventView{t.At, l.lang.text("event."+strings.ReplaceAll(t.Change.String(), "-", "_"), name)}
}

// climb says what somebody misses to the next tier; nil at the top, or where
// the ledger cannot be read: a page stands without it.
func (l *look) climb(ctx context.Context, subject string) *climbView {
	c, err := l.h.eng.Climb(ctx, subject)
	if err != nil {
		l.h.opts.Log.Error("dashboard: tier", "err", err)
		return nil
	}
	return l.climbOf(&c)
}

func (l *look) climbOf(c *tiers.Climb) *climbView {
	return &climbView{At: l.tier(c.At.Level), Next: l.tier(c.Next.Level), Done: l.doneOf(c.Done, c.Next.Enter), Gates: l.gates(gatesOf(c.Next.Enter), c.Gate)}
}

// gates says for each gate what there is, what it takes and what is missing. What
// a host's own function asks for is said in the host's words.
func (l *look) gates(of []tiers.Gate, ps []tiers.Progress) []gateView {
	var out []gateView
	for i, p := range ps {
		g := gateView{Label: p.Label, Done: thousandths(p.Done), Met: p.Met, english: true}
		if l.lang.tag == "en" {
			g.Note = p.Note // what to know besides is not translated
		}
		if i < len(of) {
			if words, ok := l.gateWords(of[i]); ok {
				g.Label, g.english = words, false
			}
			g.Of = l.gates(inside(of[i]), p.Of)
		}
		if p.Sized {
			g.Have, g.Want, g.Missing = l.value(p.Have), l.value(p.Want), l.value(p.Missing)
		}
		if i < len(of) && l.moving(of[i]) {
			g.Have, g.Want, g.Missing, g.Note, g.Done = "", "", "", "", 0
		}
		out = append(out, g)
	}
	return out
}

// moving reports whether a gate asks for ranks: how far somebody is is then told by
// the rank of the edition, which is on the page, and not by that of the moment, which
// moves with every request of others.
func (l *look) moving(g tiers.Gate) bool {
	switch g.(type) {
	case tiers.RankAtMost, tiers.TopShare:
		return !l.class.exact
	}
	return slices.ContainsFunc(inside(g), l.moving)
}

// doneOf is how far the whole is, in thousandths; 0 where ranks are asked for.
func (l *look) doneOf(f tiers.Fraction, g tiers.Gate) int64 {
	if l.moving(g) {
		return 0
	}
	return thousandths(f)
}

// ruleGates are the gates of holding a rule at all: the rules it builds upon come
// first.
func (l *look) ruleGates(r *tiers.Rule, ps []tiers.Progress) []gateView {
	n := min(len(r.Prereqs), len(ps))
	out := l.gates(nil, ps[:n])
	for i := range out {
		name := r.Prereqs[i]
		if k, ok := l.h.eng.Titles().Index(name); ok {
			name = l.ruleText(k).Title
		}
		out[i].Label, out[i].english = l.lang.text("gate.holds", display(name)), false
	}
	return append(out, l.gates(gatesOf(r.Gate), ps[n:])...)
}

func thousandths(f tiers.Fraction) int64 { return permille(f.Num, max(f.Den, 1)) }

// own is what a subject used in the last 30 days, by everything.
type own struct {
	days     map[int64]int64
	models   map[string]*sum
	sessions map[string]*sessionSum
	meters   [usage.NumMeters]meterSum
	total    sum
	dearest  []store.Entry
}

type sessionSum struct {
	sum
	from, to time.Time
}

// details reads a subject's own events: calendar, models, meters, sessions and
// the dearest calls with their proof.
func (l *look) details(ctx context.Context, v *personView, subject string) error {
	to := l.ed.at.Truncate(24 * time.Hour).Add(24 * time.Hour)
	o := own{days: map[int64]int64{}, models: map[string]*sum{}, sessions: map[string]*sessionSum{}}
	q := store.Query{Subject: subject, From: to.Add(-calendarDays * 24 * time.Hour), To: to}
	month := to.Add(-30 * 24 * time.Hour)
	for e, err := range l.h.eng.Entries(ctx, q) {
		if err != nil {
			return fmt.Errorf("dashboard: %w", err)
		}
		o.days[e.At.Unix()/daySeconds] += e.Usage.Tokens()
		if e.At.Before(month) {
			continue
		}
		if err := o.add(l.h.eng, &e); err != nil {
			return fmt.Errorf("dashboard: adding up a person's events: %w", err)
		}
	}
	l.ownDays(v, &o)
	l.ownModels(v, &o)
	v.Meters = l.meters(&o.meters, func(usage.Meter) bool { return true }, blurring{exact: true}, o.total.tokens)
	l.ownSessions(v, &o)
	for _, e := range o.dearest {
		p, err := l.h.eng.Explain(ctx, e.Key())
		if err != nil {
			return fmt.Errorf("dashboard: %w", err)
		}
		v.Proofs = append(v.Proofs, l.proof(&p))
	}
	return nil
}

func (o *own) add(eng *tokenomics.Engine, e *store.Entry) error {
	if err := o.total.add(e); err != nil {
		return err
	}
	m := o.models[e.Model]
	if m == nil {
		m = &sum{}
		o.models[e.Model] = m
	}
	if err := m.add(e); err != nil {
		return err
	}
	if e.Session != "" {
		s := o.sessions[e.Session]
		if s == nil {
			s = &sessionSum{from: e.At}
			o.sessions[e.Session] = s
		}
		s.to = e.At
		if err := s.add(e); err != nil {
			return err
		}
	}
	for m, n := range e.Usage.All() {
		o.meters[m].quantity += n
	}
	if book := eng.Book(e.At); book != nil && e.Status != pricing.Unpriced {
		var c pricing.Cost
		_ = book.PriceInto(&c, &e.Call) // what has no rate has no amount
		for m, a := range c.Amounts() {
			x := &o.meters[m]
			var err error
			if x.cost, err = x.cost.Add(a); err != nil {
				return err
			}
			x.priced = true
		}
	}
	o.dearest = append(o.dearest, *e)
	slices.SortStableFunc(o.dearest, func(a, b store.Entry) int { return b.Cost.Cmp(a.Cost) })
	o.dearest = o.dearest[:min(len(o.dearest), 3)]
	return nil
}

func (l *look) ownDays(v *personView, o *own) {
	greatest := int64(0)
	for _, n := range o.days {
		greatest = max(greatest, n)
	}
	v.Days = l.calendar(func(day int64) dayView {
		f := exactly(o.days[day])
		return dayView{Level: level(f.Value, greatest), Tokens: &f}
	})
}

func (l *look) ownModels(v *personView, o *own) {
	for name, s := range o.models {
		tokens, events, cost := exactly(s.tokens), exactly(s.events), exactAmount(s.low, s.high, s.unpriced)
		v.Models = append(v.Models, shareView{Name: display(name), Tokens: &tokens, Events: &events, Cost: &cost, Share: permille(s.tokens, o.total.tokens)})
	}
	slices.SortFunc(v.Models, func(a, b shareView) int {
		return cmp.Or(cmp.Compare(b.Tokens.Value, a.Tokens.Value), cmp.Compare(a.Name, b.Name))
	})
}

func (l *look) ownSessions(v *personView, o *own) {
	for name, s := range o.sessions {
		v.Sessions = append(v.Sessions, sessionView{display(name), s.from, s.to, s.events, exactly(s.tokens), exactAmount(s.low, s.high, s.unpriced)})
	}
	slices.SortFunc(v.Sessions, func(a, b sessionView) int {
		return cmp.Or(cmp.Compare(b.Tokens.Value, a.Tokens.Value), cmp.Compare(a.Name, b.Name))
	})
	v.Sessions = v.Sessions[:min(len(v.Sessions), 10)]
}

// meters lists meters by what they cost, those without a price after that.
func (l *look) meters(sums *[usage.NumMeters]meterSum, shown func(usage.Meter) bool, b blurring, tokens int64) []meterView {
	var total pricing.Money
	priced := false
	for i := range sums {
		if t, err := total.Add(sums[i].cost); err == nil {
			total, priced = t, priced || sums[i].priced
		}
	}
	if !b.exact { // shares of exact sums would tell those
		total, tokens = roundMoney(total, b.digits), b.plain(tokens).Value
	}
	var out []meterView
	for i := range sums {
		m, s := usage.Meter(i), &sums[i]
		if s.quantity == 0 || !shown(m) {
			continue
		}
		v := meterView{Meter: m.String(), Label: l.lang.text("meter." + m.String()), Quantity: b.plain(s.quantity)}
		switch {
		case s.priced:
			a := b.money(s.cost, s.cost, 0)
			v.Cost, v.Share = &a, permilleMoney(a.Value, total)
		case !priced && m.IsToken():
			v.Share = permille(v.Quantity.Value, tokens)
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b meterView) int { return cmp.Compare(b.Share, a.Share) })
	return out
}

func permilleMoney(m, whole pricing.Money) int64 {
	a, _ := m.Columns()
	b, _ := whole.Columns()
	return permille(a, b)
}

// proof is a cost with its lines.
func (l *look) proof(p *tokenomics.Proof) proofView {
	v := proofView{
		At: p.Entry.At, Model: display(p.Entry.Model), Book: p.Activation.Book,
		Cost: exactAmount(p.Cost.Total, p.Cost.High, 0), Lines: []lineView{},
	}
	if p.Err != nil {
		v.Note, v.Cost.Unpriced = p.Err.Error(), true
	}
	for line := range p.Cost.Lines() {
		var factors []string
		for _, f := range line.Factors {
			factors = append(factors, fmt.Sprintf("× %s (%s)", f.By, f.Name))
		}
		v.Lines = append(v.Lines, lineView{
			Meter: l.lang.text("meter." + line.Meter.String()), Quantity: line.Quantity, Price: line.UnitPrice.String(),
			Factors: strings.Join(factors, " "), Amount: line.Amount.String(), Sheet: line.Sheet, Why: line.Why,
		})
	}
	return v
}
