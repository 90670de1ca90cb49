package dashboard

import (
	"net/url"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

// windowChoices are the windows there are boards for and that a page is shown
// in, with the query that leads there beside others.
func (l *look) windowChoices(t *table, rest url.Values, shown func(span int) bool) []choice {
	var out []choice
	var seen []int
	for _, x := range l.ed.tables {
		if slices.Contains(seen, x.span) || shown != nil && !shown(x.span) {
			continue
		}
		seen = append(seen, x.span)
		q := url.Values{}
		for k, v := range rest {
			q[k] = v
		}
		q.Set("board", x.Name)
		out = append(out, choice{l.windowName(x.Window), q.Encode(), x.span == t.span})
	}
	return out
}

// groups lists the teams, models or workflows.
func (l *look) groups(d dimension, board string) (*groupsView, bool) {
	t := l.ed.table(board)
	if t == nil {
		return nil, false
	}
	v := &groupsView{
		Edition: l.editionView(), By: d.String(), Window: l.windowName(t.Window), Windows: l.windowChoices(t, nil, nil),
		Least: l.h.opts.Privacy.MinGroup, Groups: []shareView{},
		Hidden: !l.class.exact && l.ed.groups[t.span][d].hidden > 0,
	}
	for _, g := range l.h.visible(l.ed, d, t.span, l.class) {
		v.Groups = append(v.Groups, l.share(g, t))
	}
	return v, true
}

// share is a group's line in a list.
func (l *look) share(g *group, t *table) shareView {
	s := &g.spans[t.span]
	b := l.h.opts.Privacy.blurGroups(l.class)
	events, tokens, cost, people := b.events(s.events), b.plain(s.tokens), b.money(s.low, s.high, s.unpriced), l.people(s.people)
	q := url.Values{"name": {g.key}, "board": {t.Name}}
	return shareView{
		Name: display(g.key), Events: &events, Tokens: &tokens, Cost: &cost, People: &people,
		Share: permille(tokens.Value, l.wholeTokens(t.span)), Link: g.dim.String() + "?" + q.Encode(),
	}
}

// wholeTokens is what everybody used, as it is shown: a share of the exact sum
// would tell that.
func (l *look) wholeTokens(span int) int64 {
	w := &l.ed.fold.whole[span]
	return l.blurWhole(w).total(w.tokens).Value
}

// permille is n of the whole in thousandths, never more than all.
func permille(n, whole int64) int64 {
	if whole <= 0 || n <= 0 {
		return 0
	}
	return min(int64(float64(n)/float64(whole)*1000+0.5), 1000)
}

// group shows one of them; false where there is none, or none to be shown.
func (l *look) group(d dimension, key, board string) (*groupView, bool) {
	t := l.ed.table(board)
	if t == nil {
		return nil, false
	}
	g, ok := l.h.groupFor(l.ed, d, key, t.span, l.class)
	if !ok {
		return nil, false
	}
	s := &g.spans[t.span]
	b := l.h.opts.Privacy.blurGroups(l.class)
	v := &groupView{
		Edition: l.editionView(), By: d.String(), Key: display(g.key), Window: l.windowName(t.Window),
		Windows: l.windowChoices(t, url.Values{"name": {g.key}}, func(span int) bool { _, ok := l.h.groupFor(l.ed, d, key, span, l.class); return ok }),
		People:  l.people(s.people), Events: b.events(s.events), Tokens: b.plain(s.tokens), Output: b.plain(s.output),
		Cost: b.money(s.low, s.high, s.unpriced), board: t.Name, raw: g.key,
	}
	if d == byModel {
		v.Provider = g.providerOf()
	}
	v.Share = permille(v.Tokens.Value, l.wholeTokens(t.span))
	v.Meters = l.groupMeters(s, t.span, b)
	v.Days = l.groupDays(g)
	ranked := t
	if s := l.siblings(t); !narrowed(t) && len(s) > 0 {
		ranked = s[0]
	}
	if v.board = ""; narrowed(ranked) {
		v.board = ranked.Name
	}
	if l.narrows() {
		v.Rows = l.members(g, ranked, 25)
	} else {
		v.Notice = l.lang.text("board.no_narrowing")
	}
	return v, true
}

// groupMeters tells what a group used by meter, where enough of it and of all used
// that. What single meters of a group cost is not: of a model it would be a
// division away.
func (l *look) groupMeters(s *groupSum, span int, b blurring) []meterView {
	var out []meterView
	w := &l.ed.fold.whole[span]
	for i, n := range s.usage {
		m := usage.Meter(i)
		if n == 0 || !l.class.exact && !(w.shown[m] && s.shown[m]) {
			continue
		}
		q := b.plain(n)
		v := meterView{Meter: m.String(), Label: l.lang.text("meter." + m.String()), Quantity: q}
		if m.IsToken() {
			v.Share = permille(q.Value, b.plain(s.tokens).Value)
		}
		out = append(out, v)
	}
	return out
}

// groupDays draws the days of the longest window in levels. A day on which
// fewer people were active than make a group is not told.
func (l *look) groupDays(g *group) []dayView {
	greatest := int64(0)
	for _, d := range g.days {
		if d.people >= l.h.opts.Privacy.MinGroup || l.class.exact {
			greatest = max(greatest, d.tokens)
		}
	}
	return l.calendar(func(day int64) dayView {
		i, ok := slices.BinarySearchFunc(g.days, day, func(d groupDay, day int64) int { return int(d.day - day) })
		v := dayView{}
		if !ok {
			v.Hidden = !l.class.exact // nobody is fewer than some, too
			return v
		}
		d := g.days[i]
		if d.people < l.h.opts.Privacy.MinGroup && !l.class.exact {
			v.Hidden = true
			return v
		}
		v.Level = level(d.tokens, greatest)
		if l.class.exact {
			f := exactly(d.tokens)
			v.Tokens = &f
		}
		return v
	})
}

// calendarDays is how many days a calendar shows.
const calendarDays = 35

// calendar lists the last days, the edition's the last of them.
func (l *look) calendar(of func(day int64) dayView) []dayView {
	today := l.ed.at.Unix() / daySeconds
	out := make([]dayView, 0, calendarDays)
	for day := today - calendarDays + 1; day <= today; day++ {
		v := of(day)
		v.Day = time.Unix(day*daySeconds, 0).UTC().Format(time.DateOnly)
		out = append(out, v)
	}
	return out
}
