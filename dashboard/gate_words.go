package dashboard

import (
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/tiers"
)

// gatesOf are the gates that an explanation of one lists: those of an outermost All,
// or the gate itself.
func gatesOf(g tiers.Gate) []tiers.Gate {
	switch g := g.(type) {
	case nil:
		return nil
	case tiers.All:
		return g
	}
	return []tiers.Gate{g}
}

// inside are the gates that a gate is made of.
func inside(g tiers.Gate) []tiers.Gate {
	switch g := g.(type) {
	case tiers.All:
		return g
	case tiers.Any:
		return g
	case tiers.KOf:
		return g.Of
	case tiers.Not:
		return []tiers.Gate{g.Gate}
	}
	return nil
}

// gateWords says what a gate takes in the page's language; false for a gate that
// only the host has words for.
func (l *look) gateWords(g tiers.Gate) (string, bool) {
	t := l.lang.text
	switch g := g.(type) {
	case tiers.All:
		return t("gate.all"), true
	case tiers.Any:
		return t("gate.any"), true
	case tiers.KOf:
		return t("gate.k_of", g.K, len(g.Of)), true
	case tiers.Not:
		return t("gate.not"), true
	case tiers.Threshold:
		return t("gate."+opKey(g.Op), l.metricWords(g.Metric), l.value(g.Want)), true
	case tiers.Ratio:
		key, share := "least", g.AtLeast
		if g.AtMost.Num > 0 || g.AtMost.Den > 0 {
			key, share = "most", g.AtMost
		}
		return t("gate.ratio_"+key, l.metricWords(g.Of), l.metricWords(g.Per), l.percent(share)), true
	case tiers.Distinct:
		return l.distinctWords(&g), true
	case tiers.RankAtMost:
		return t("gate.rank", l.boardWords(g.Board), l.lang.exact(int64(g.Rank))), true
	case tiers.TopShare:
		return t("gate.top", l.boardWords(g.Board), l.percent(g.Share)), true
	case tiers.Streak:
		return l.streakWords(&g), true
	case tiers.Comeback:
		return t("gate.comeback", g.Back, g.Away), true
	case tiers.Date:
		return l.dateWords(&g), true
	case tiers.Session:
		idle := g.Idle
		if idle == 0 {
			idle = tiers.DefaultIdle
		}
		return t("gate.session", l.lang.duration(g.AtLeast), l.lang.duration(idle)), true
	case tiers.HoursShare:
		key, share := "least", g.AtLeast
		if g.AtMost.Num > 0 || g.AtMost.Den > 0 {
			key, share = "most", g.AtMost
		}
		return t("gate.hours_"+key, g.From, g.To, l.percent(share)), true
	case tiers.Trend:
		return t("gate.trend", l.metricWords(g.Of), l.metricWords(g.Per), l.percent(g.Fall)), true
	}
	return "", false
}

func opKey(o tiers.Op) string {
	return map[tiers.Op]string{tiers.GE: "least", tiers.GT: "more", tiers.LE: "most", tiers.LT: "less"}[o]
}

// metricWords names a metric: a meter, a sum, or what the host counts, which has
// the host's own name.
func (l *look) metricWords(m tiers.Metric) string {
	for _, key := range []string{"gate.metric.", "meter."} {
		if name, ok := l.lang.texts[key+string(m)]; ok {
			return name
		}
	}
	_, name, ok := strings.Cut(string(m), ":")
	if !ok {
		name = string(m)
	}
	return display(strings.ReplaceAll(name, "_", " "))
}

// boardWords names a board.
func (l *look) boardWords(name string) string {
	if t := l.ed.byBoard[name]; t != nil {
		return l.metricName(t) + " · " + l.windowName(t.Window)
	}
	return display(name)
}

func (l *look) distinctWords(g *tiers.Distinct) string {
	key := "gate.models"
	if g.Provider {
		key = "gate.providers"
	}
	if g.Each.Num <= 0 {
		return l.lang.text(key, g.AtLeast)
	}
	of := l.lang.text("gate.of_spend")
	if g.ByTokens {
		of = l.lang.text("gate.of_tokens")
	}
	return l.lang.text(key+"_each", g.AtLeast, l.percent(g.Each), of)
}

func (l *look) streakWords(g *tiers.Streak) string {
	words := []string{l.lang.text("gate.streak", g.Days)}
	if g.Weekdays {
		words = append(words, l.lang.text("gate.streak_weekdays"))
	}
	if g.Grace > 0 {
		words = append(words, l.lang.text("gate.streak_grace", g.Grace))
	}
	if g.Current {
		words = append(words, l.lang.text("gate.streak_current"))
	}
	return strings.Join(words, ", ")
}

func (l *look) dateWords(g *tiers.Date) string {
	words := []string{l.lang.text([...]string{"gate.date_day", "gate.date_first", "gate.date_last"}[g.Of%3])}
	if g.From != 0 {
		words = append(words, l.lang.text("gate.date_from", l.lang.date(g.From.Start(nil))))
	}
	if g.Until != 0 {
		words = append(words, l.lang.text("gate.date_until", l.lang.date(g.Until.Start(nil))))
	}
	return strings.Join(words, " ")
}

// value writes a fact or a threshold in the page's language.
func (l *look) value(v tiers.Value) string {
	n := v.Int64()
	f, share := v.Fraction()
	switch {
	case share:
		return l.percent(f)
	case v == tiers.Count(n):
		return l.lang.exact(n)
	case v == tiers.Amount(v.Money()):
		return l.lang.exactMoney(v.Money(), l.h.currency())
	case v == tiers.Span(time.Duration(n)):
		return l.lang.duration(time.Duration(n))
	}
	return l.lang.date(tiers.Day(n).Start(nil))
}

// percent writes a fraction as a percentage with a digit behind the point, if it
// has one.
func (l *look) percent(f tiers.Fraction) string {
	if f.Den == 0 {
		return l.lang.permille(0)
	}
	n := thousandths(f)
	text := l.lang.exact(n / 10)
	if n%10 != 0 {
		text += l.lang.texts["number.point"] + l.lang.exact(n%10)
	}
	return text + l.lang.texts["number.percent"]
}
