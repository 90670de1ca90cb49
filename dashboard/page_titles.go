package dashboard

import (
	"github.com/tokenomics-go/tokenomics/tiers"
)

// titles lists tiers and titles: what they take, who holds them, how rare they
// are.
func (l *look) titles() *titlesView {
	v := &titlesView{Edition: l.editionView(), Tiers: []rungView{}, Titles: []holdersView{}}
	a := l.ed.honors.awards
	all := 0
	if a != nil {
		all = a.Len()
		v.AsOf = a.AsOf()
	}
	v.People = l.people(all)
	rungs := l.h.ladder.Rungs
	for i := len(rungs) - 1; i >= 0; i-- {
		r := rungView{Tier: l.tier(i + 1), Gates: l.takes(&tiers.Rule{Gate: rungs[i].Enter, Window: l.h.ladder.Window})}
		if a != nil {
			r.Holders, r.Few, r.Share = l.holders(a.Tiers()[i].Holders, all)
		}
		v.Tiers = append(v.Tiers, r)
	}
	set := l.h.eng.Titles()
	for i := range set.Len() {
		rule := set.Rule(i)
		if rule.Hidden {
			continue // whoever earns it sees it
		}
		x := holdersView{Title: l.title(i), Text: l.ruleText(i).Description, Gates: l.takes(rule)}
		if a != nil && rule.Kind != tiers.Standing { // those move with the rank: at a close nobody holds them
			x.Holders, x.Few, x.Share = l.holders(a.Rules()[i].Holders, all)
		}
		x.Names = l.listedHolders(i)
		v.Titles = append(v.Titles, x)
	}
	return v
}

// takes says what a rule takes, gate by gate, of nobody's facts.
func (l *look) takes(r *tiers.Rule) []gateView {
	x := tiers.Explain(r, &tiers.Facts{Lens: r.Lens(), Rank: map[string]int{}, Population: l.populations()})
	gates := l.ruleGates(r, x.Gates)
	strip(gates)
	return gates
}

// populations says of every board how many it ranks, for rules about ranks.
func (l *look) populations() map[string]int {
	n := make(map[string]int, len(l.ed.tables))
	for _, t := range l.ed.tables {
		n[t.Name] = t.view.Len()
	}
	return n
}

// strip leaves what a gate wants and takes out what nobody has.
func strip(gates []gateView) {
	for i := range gates {
		gates[i].Have, gates[i].Missing, gates[i].Done, gates[i].Note = "", "", 0, ""
		gates[i].Met = false
		strip(gates[i].Of)
	}
}

// holders tells how many hold something, unless they are so few that it tells
// of them.
func (l *look) holders(n, all int) (f *figure, few bool, share int64) {
	if n > 0 && n < l.h.opts.Privacy.MinGroup && !l.class.exact {
		return nil, true, 0
	}
	x := l.people(n)
	if n == 0 {
		x = exactly(0)
	}
	return &x, false, permille(x.Value, l.people(all).Value)
}

// listedHolders names the holders of a rule among those the first board lists
// by name.
func (l *look) listedHolders(rule int) []rowView {
	if len(l.ed.tables) == 0 {
		return nil
	}
	t := l.ed.tables[0]
	var out []rowView
	for i := range t.listed {
		held := false
		for _, x := range l.ed.honors.of[t.listed[i].Subject].titles {
			held = held || x == rule
		}
		if !held {
			continue
		}
		name, named, person := l.nameOf(t.Name, t.listed[i].Subject, true)
		if !named {
			continue
		}
		out = append(out, rowView{Rank: t.listed[i].Rank, Name: name, Named: true, Person: person, Tier: l.tier(l.ed.honors.of[t.listed[i].Subject].level)})
		if len(out) == 25 {
			break
		}
	}
	return out
}
