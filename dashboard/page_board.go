package dashboard

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
)

// boardQuery is what a request for a board asks for.
type boardQuery struct {
	board  string
	filter *filterView
	search string
}

// parseBoard reads the query of a board: board=NAME, in=team:NAME (or team=,
// model=, workflow=), q=TEXT.
func parseBoard(q url.Values) (boardQuery, bool) {
	b := boardQuery{board: q.Get("board"), search: strings.TrimSpace(q.Get("q"))}
	if len(b.search) > 256 || len(b.board) > 256 {
		return b, false
	}
	if in := q.Get("in"); in != "" {
		by, key, ok := strings.Cut(in, ":")
		if _, known := dimensionOf(by); !ok || !known {
			return b, false
		}
		b.filter = &filterView{by, key}
	}
	for _, by := range dimensionNames {
		if key := q.Get(by); key != "" {
			b.filter = &filterView{by, key}
		}
	}
	return b, true
}

// query writes the query that leads to a list; text in the order it is read.
func (b boardQuery) query() string {
	q := url.Values{}
	if b.board != "" {
		q.Set("board", b.board)
	}
	if b.filter != nil {
		q.Set(b.filter.By, b.filter.Key)
	}
	if b.search != "" {
		q.Set("q", b.search)
	}
	return q.Encode()
}

// table finds the board that is asked for; without a name, the first.
func (ed *edition) table(name string) *table {
	if name == "" && len(ed.tables) > 0 {
		return ed.tables[0]
	}
	return ed.byBoard[name]
}

// board builds a board as others see it: nothing of the viewer's own. It is
// false where there is no such board or group, or none that may be shown.
func (l *look) board(q boardQuery) (*boardView, bool) {
	t := l.ed.table(q.board)
	if t == nil {
		return nil, false
	}
	w := &l.ed.fold.whole[t.span]
	groups := l.blurWhole(w)
	v := &boardView{
		Edition: l.editionView(), Board: t.Name, Metric: metricOf(t), Window: l.windowName(t.Window), From: t.from, To: t.to, Since: t.since,
		Ranked: l.ranked(t), Tokens: groups.total(w.tokens), Cost: groups.money(w.low, w.high, w.unpriced),
		Query: q.search, main: metricOf(t), lists: l.narrows(), searched: q.search != "",
	}
	v.shows.score = !narrowed(t)
	l.choices(v, t, q)
	switch {
	case q.filter != nil:
		if !l.filtered(v, t, q.filter) {
			return nil, false
		}
	default:
		v.Rows = make([]rowView, 0, len(t.listed))
		for i := range t.listed {
			v.Rows = append(v.Rows, l.rowOf(t, &t.listed[i], false))
		}
	}
	if q.search != "" {
		v.Rows = search(v.Rows, q.search)
		if len(v.Rows) == 0 {
			v.Notice = l.lang.text("board.nothing_found")
		}
	} else if len(v.Rows) == 0 && v.Notice == "" {
		v.Notice = l.lang.text("board.empty")
	}
	for _, r := range v.Rows {
		v.shows.tokens = v.shows.tokens || r.Tokens != nil
		v.shows.cost = v.shows.cost || r.Cost != nil
		v.shows.output = v.shows.output || r.Output != nil
		v.shows.steps = v.shows.steps || r.Steps != nil
	}
	return v, true
}

// search keeps the rows whose shown name holds a text: what is not shown cannot
// be found.
func search(rows []rowView, text string) []rowView {
	text = strings.ToLower(text)
	return slices.DeleteFunc(rows, func(r rowView) bool { return !strings.Contains(strings.ToLower(r.Name), text) })
}

// choices says how else the list can be told.
func (l *look) choices(v *boardView, t *table, q boardQuery) {
	for _, x := range l.ed.tables {
		other, ok := l.on(q, x)
		if ok && x.Window == t.Window {
			v.Sorts = append(v.Sorts, choice{l.metricName(x), other.query(), x == t})
		}
		if ok && metricOf(x) == metricOf(t) && (metricOf(x) != "score" || x == t) {
			v.Windows = append(v.Windows, choice{l.windowName(x.Window), other.query(), x == t})
		}
	}
	csv := q
	csv.board = t.Name
	v.csv = csv.query()
	if !v.lists || v.shows.score {
		v.lists = false
		return
	}
	for d := range dimensions {
		g := filterGroup{Label: l.lang.text("groups." + d.String())}
		for _, x := range l.h.visible(l.ed, d, t.span, l.class) {
			chosen := q.filter != nil && q.filter.By == d.String() && q.filter.Key == x.key
			g.Choices = append(g.Choices, filterChoice{d.String() + ":" + x.key, display(x.key), chosen})
		}
		if len(g.Choices) > 0 {
			v.filters = append(v.filters, g)
		}
	}
}

// on asks for the same list on another board; false where that has none such.
func (l *look) on(q boardQuery, t *table) (boardQuery, bool) {
	q.board = t.Name
	if q.filter == nil {
		return q, true
	}
	d, ok := dimensionOf(q.filter.By)
	if !ok || !narrowed(t) {
		return q, false
	}
	_, ok = l.h.groupFor(l.ed, d, q.filter.Key, t.span, l.class)
	return q, ok
}

// narrowed reports whether a board can be narrowed to a group: those by what the
// sums over groups have.
func narrowed(t *table) bool {
	m := metricOf(t)
	return m == "tokens" || m == "cost" || m == "output"
}

// metricName is a board's metric in words; boards of the host's own have names.
func (l *look) metricName(t *table) string {
	if m := metricOf(t); m != "score" {
		return l.lang.text("metric." + m)
	}
	return display(t.Name)
}

// filtered lists the members of a group by what they used in it.
func (l *look) filtered(v *boardView, t *table, f *filterView) bool {
	d, ok := dimensionOf(f.By)
	if !ok || v.shows.score {
		return false
	}
	g, ok := l.h.groupFor(l.ed, d, f.Key, t.span, l.class)
	if !ok {
		return false
	}
	v.Filter = &filterView{d.String(), display(g.key)}
	v.Rows = []rowView{}
	if !l.narrows() {
		v.Notice = l.lang.text("board.no_narrowing")
		return true
	}
	v.Rows = l.members(g, t, l.h.opts.Rows)
	if len(v.Rows) == 0 {
		v.Notice = l.lang.text("board.nobody_named")
	}
	return true
}

// members lists those of a group who have a name to this viewer, are listed on
// some board and used enough in it to be told of, or a single request would put a
// name there; their ranks are among all of the group.
func (l *look) members(g *group, t *table, limit int) []rowView {
	b := l.h.opts.Privacy.blur(l.class)
	var rows []rowView
	for _, m := range g.ranking(t.span, func(s *sum) int64 { return s.of(t.By) }) {
		if len(rows) == limit {
			break
		}
		_, listed := l.ed.token[m.subject]
		row := rowView{Rank: m.rank}
		row.Name, row.Named, row.Person = l.nameOf(t.Name, m.subject, listed)
		if !row.Named {
			continue
		}
		tokens, output, cost := b.count(m.sum.tokens), b.output(m.sum.output), b.money(m.sum.low, m.sum.high, m.sum.unpriced)
		if tokens.Below {
			continue
		}
		row.Tokens, row.Output, row.Cost = &tokens, &output, &cost
		row.Tier, row.Titles = l.honorsOf(m.subject, true)
		rows = append(rows, row)
	}
	return rows
}

// blurWhole is how sums over everybody are shown: of fewer people than make a
// group to one digit only, since who is one of two could take the own figure off,
// and with the least of a person's figure, since of one person it is that.
func (l *look) blurWhole(w *whole) blurring {
	if w.people < l.h.opts.Privacy.MinGroup {
		b := l.h.opts.Privacy.blur(l.class)
		b.digits = 1
		return b
	}
	b := l.h.opts.Privacy.blurGroups(l.class)
	b.all = true
	return b
}

// ranked shows how many have a rank: exactly where all of them are listed.
func (l *look) ranked(t *table) figure {
	if len(t.listed) == t.view.Len() {
		return exactly(int64(len(t.listed)))
	}
	return l.people(t.view.Len())
}

// people shows how many people there are: rounded down to a multiple of five,
// so that one who comes or goes is not seen. Fewer than five are never none.
func (l *look) people(n int) figure {
	if l.class.exact || l.h.opts.Privacy.Exact {
		return exactly(int64(n))
	}
	if least := max(l.h.opts.Privacy.MinGroup, 5); n < least {
		return figure{Value: int64(least), Below: true}
	}
	return figure{Value: int64(n - n%5)}
}

// you builds the viewer's own place on a board.
func (l *look) you(ctx context.Context, subject, boardName string) *youView {
	t := l.ed.table(boardName)
	if t == nil || subject == "" {
		return nil
	}
	v := &youView{Of: l.ranked(t)}
	v.Tier = l.climb(ctx, subject)
	me, ok := t.view.Standing(subject)
	if !ok {
		v.Row = rowView{Name: display(subject), Named: true, You: true}
		return v
	}
	v.Ranked, v.Rank, v.Listed = true, me.Rank, t.lists(subject)
	v.Row = l.rowOf(t, &me, true)
	if v.Tier != nil {
		v.Row.Tier = v.Tier.At
	}
	others := look{l.h, l.ed, class{own: true}, l.lang}
	if shown, named, _ := others.nameOf(t.Name, subject, v.Listed); v.Listed && !named {
		v.ShownAs = shown
		if shown == "" {
			v.ShownAs = l.lang.text("row.unnamed")
		}
	}
	v.Next = l.gap(t, &me)
	around := t.view.Around(me.Subject, 5)
	at := slices.IndexFunc(around, func(s tokenomics.Standing) bool { return s.Subject == me.Subject })
	for i := max(at-5, 0); i < min(at+6, len(around)); i++ {
		row := v.Row
		if around[i].Subject != me.Subject {
			row = l.rowOf(t, &around[i], false)
		}
		row.Steps = nil
		v.Around = append(v.Around, row)
	}
	return v
}

// gap says what it takes to pass the nearest greater score: from what is
// published of that row, so that the viewer's exact figure tells no other.
func (l *look) gap(t *table, me *tokenomics.Standing) *gapView {
	next, ok := t.view.Next(me.Subject)
	if !ok {
		return nil
	}
	g := &gapView{Rank: next.Above.Rank}
	b := l.h.opts.Privacy.blur(l.class)
	if metricOf(t) == "cost" {
		above := b.money(next.Above.Cost, next.Above.Cost, 0)
		diff, err := above.Value.Sub(me.Cost)
		if err != nil || diff.Sign() <= 0 || above.Below {
			g.Close = true
			return g
		}
		a := amount{Value: roundMoney(diff, l.h.opts.Privacy.Digits)}
		if above.Exact {
			a = exactAmount(diff, pricing.Money{}, 0)
		}
		g.Cost = &a
		return g
	}
	above := b.plain(next.Above.Score)
	switch metricOf(t) {
	case "tokens", "fresh":
		above = b.count(next.Above.Score)
	case "output":
		above = b.output(next.Above.Score)
	}
	diff := above.Value - me.Score
	if diff <= 0 || above.Below {
		g.Close = true
		return g
	}
	f := figure{Value: round(diff, l.h.opts.Privacy.Digits)}
	if above.Exact {
		f = exactly(diff)
	}
	if t.By == tokenomics.ByTokens && t.Board.Score == nil {
		g.Tokens = &f
	} else {
		g.Score = &f
	}
	return g
}

func (l *look) editionView() editionView {
	return editionView{l.ed.serial, l.ed.at, l.ed.next, l.ed.fold.at, l.h.currency()}
}
