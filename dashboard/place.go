package dashboard

import (
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/rank"
)

// look is one request's way to see an edition: who asks, in which language.
type look struct {
	h     *Handler
	ed    *edition
	class class
	lang  *language
}

// nameOf says what a subject is called on a list. Nothing of a subject that is
// not listed is told by name, but to those who see all.
func (l *look) nameOf(list, subject string, listed bool) (name string, named bool, person string) {
	p := &l.h.opts.Privacy
	switch {
	case l.class.names, listed && p.Naming == Named, listed && p.Naming == OptIn && l.ed.named[subject]:
		if listed || l.class.exact {
			person = l.ed.token[subject]
		}
		return display(subject), true, person
	case !listed:
		return "", false, ""
	}
	return p.pseudonym(list, periodOf(p.Period, l.ed.at), subject), false, ""
}

// narrows reports whether lists may be narrowed to a team, a model or a
// workflow: only where a row has a name anyway. A pseudonym on a narrowed list
// would say which team it belongs to.
func (l *look) narrows() bool {
	return l.class.names || l.h.opts.Privacy.Naming != Pseudonyms
}

// movement compares a rank with that of before. It is not told of a pseudonym
// where the comparison crosses into another period.
func (l *look) movement(t *table, row *rowView, subject string, listed bool) {
	if t.before == nil || !listed && !l.class.names {
		return
	}
	p := &l.h.opts.Privacy
	if !row.Named && !row.You && periodOf(p.Period, t.since) != periodOf(p.Period, l.ed.at) {
		return
	}
	was, ok := t.before.Standing(subject)
	switch {
	case !ok, was.Rank > l.h.opts.Rows && !row.You && !l.class.names: // it was not listed then
		row.Move = "new"
		return
	case was.Rank > row.Rank:
		row.Move = "up"
	case was.Rank < row.Rank:
		row.Move = "down"
	default:
		row.Move = "same"
	}
	row.Was = was.Rank
}

// rowOf makes a row of a board's listing, as others see it, or as its owner does.
func (l *look) rowOf(t *table, s *tokenomics.Standing, own bool) rowView {
	listed := t.lists(s.Subject)
	row := rowView{Rank: s.Rank, You: own}
	if own {
		row.Name, row.Named = display(s.Subject), true
	} else {
		row.Name, row.Named, row.Person = l.nameOf(t.Name, s.Subject, listed)
	}
	l.movement(t, &row, s.Subject, listed || own)
	b := l.h.opts.Privacy.blur(l.class)
	b.exact = b.exact || own
	l.scores(t, &row, s, b, own)
	if listed || own {
		row.Tier, row.Titles = l.honorsOf(s.Subject, row.Named)
		if !row.Named && !l.ed.tiers[t.Name][row.Tier.Level] {
			row.Tier = tierView{maybe: true}
		}
	}
	switch steps := t.steps[s.Subject]; {
	case own && steps == nil:
		if steps, err := l.h.eng.Steps(t.Name, s.Subject); err == nil {
			row.Steps = levels(steps, sparkWidth, 0)
		}
	case row.Named || own:
		row.Steps = levels(steps, sparkWidth, leastStep(t, b))
	}
	return row
}

// leastStep is the least that is drawn of a day: as much as is told of a figure,
// so that no single request shows on a day without others.
func leastStep(t *table, b blurring) int64 {
	switch {
	case b.exact:
		return 0
	case metricOf(t) == "output":
		return b.leastOutput()
	case metricOf(t) == "cost":
		return max(b.least, 0) * 1000 // nano units
	case metricOf(t) == "tokens", metricOf(t) == "fresh":
		return b.least
	}
	return 10
}

// scores fills in what a row used: the board's own metric, and for rows with a
// name the others of the same window. With a pseudonym they would join boards.
func (l *look) scores(t *table, row *rowView, s *tokenomics.Standing, b blurring, own bool) {
	l.score(t, row, s, b)
	if !row.Named && !own {
		return
	}
	for _, sibling := range l.siblings(t) {
		if sibling == t {
			continue
		}
		if other, ok := sibling.view.Standing(s.Subject); ok || !b.exact { // nothing looks like little
			l.score(sibling, row, &other, b)
		}
	}
}

// score puts one board's figure into its column.
func (l *look) score(t *table, row *rowView, s *tokenomics.Standing, b blurring) {
	switch metricOf(t) {
	case "tokens":
		f := b.count(s.Score)
		row.Tokens = &f
	case "fresh":
		f := b.count(s.Score)
		row.Score = &f
	case "cost":
		a := b.money(s.Cost, s.Cost, s.Unpriced)
		row.Cost = &a
	case "output":
		f := b.output(s.Score)
		row.Output = &f
	default:
		f := b.plain(s.Score)
		row.Score = &f
	}
}

// metricOf names what a board ranks by.
func metricOf(t *table) string {
	if t.Board.Score != nil {
		return "score"
	}
	return t.By.String()
}

// siblings are the boards by tokens, cost and output over the window of one.
func (l *look) siblings(t *table) []*table {
	var out []*table
	for _, m := range []tokenomics.Metric{tokenomics.ByTokens, tokenomics.ByCost, tokenomics.ByOutput} {
		if s := l.sibling(t.Window, m); s != nil {
			out = append(out, s)
		}
	}
	return out
}

func (l *look) sibling(w rank.Window, m tokenomics.Metric) *table {
	for _, t := range l.ed.tables {
		if t.Window == w && t.By == m && t.Board.Score == nil {
			return t
		}
	}
	return nil
}

// honorsOf returns the tier of a subject, and the titles if it has a name: the
// few who hold a title are soon guessed.
func (l *look) honorsOf(subject string, named bool) (tierView, []titleView) {
	o := l.ed.honors.of[subject]
	var titles []titleView
	if named {
		for _, i := range o.titles {
			titles = append(titles, l.title(i))
		}
	}
	return l.tier(o.level), titles
}

func (l *look) tier(level int) tierView {
	rungs := l.h.ladder.Rungs
	if level < 1 || level > len(rungs) {
		return tierView{}
	}
	name := rungs[level-1].Name
	if t, ok := l.lang.texts["tier."+strings.ToLower(name)]; ok {
		name = t
	}
	return tierView{Level: level, Name: name}
}

func (l *look) title(i int) titleView {
	r := l.h.eng.Titles().Rule(i)
	return titleView{ID: r.ID, Name: l.ruleText(i).Title, icon: i}
}

// windowName says a window in words.
func (l *look) windowName(w rank.Window) string {
	switch {
	case w.Period == 0 && w.Length%(24*time.Hour) == 0 && w.Length > 24*time.Hour:
		return l.lang.text("window.days", int(w.Length/(24*time.Hour)))
	case w.Period == 0:
		return l.lang.text("window.hours", int(w.Length/time.Hour))
	case w == rank.Ever():
		return l.lang.text("window.ever")
	case w.Steps() <= 7:
		return l.lang.text("window.week")
	case w.Steps() <= 31:
		return l.lang.text("window.month")
	}
	return l.lang.text("window.season")
}

// levels draws steps in a number of columns, in levels from 0 (nothing, or less
// than the least) to 5 (the greatest): how much that is, is not told.
func levels(steps []int64, width int, least int64) []int {
	if len(steps) == 0 {
		return nil
	}
	if len(steps) > width {
		per := (len(steps) + width - 1) / width
		var joined []int64
		for end := len(steps); end > 0; end -= per {
			n := int64(0)
			for _, s := range steps[max(end-per, 0):end] {
				n += s
			}
			joined = append(joined, n)
		}
		for i, j := 0, len(joined)-1; i < j; i, j = i+1, j-1 {
			joined[i], joined[j] = joined[j], joined[i]
		}
		steps = joined
	}
	greatest := int64(1)
	for _, s := range steps {
		greatest = max(greatest, s)
	}
	out := make([]int, len(steps))
	for i, s := range steps {
		if s >= least {
			out[i] = level(s, greatest)
		}
	}
	return out
}

// level is where n stands below the greatest, in five steps; 0 only for nothing.
func level(n, greatest int64) int {
	if n <= 0 || greatest <= 0 {
		return 0
	}
	return min(int(float64(n)/float64(greatest)*5)+1, 5)
}

// sparkWidth is how many columns a small chart has.
const sparkWidth = 30
