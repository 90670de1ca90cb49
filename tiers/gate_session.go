package tiers

import (
	"fmt"
	"time"
)

// Session is met by a continuous session: calls of one session, each at most
// Idle after the one before it, that together last at least AtLeast. A session
// that began before the window counts from its first call inside it.
type Session struct {
	AtLeast time.Duration
	Idle    time.Duration // 0: DefaultIdle
}

func (g Session) idle() time.Duration {
	if g.Idle == 0 {
		return DefaultIdle
	}
	return g.Idle
}

func (g Session) check(v *view) verdict {
	s, ok := v.f.longest(g.idle())
	if !ok {
		return v.lacks("the facts have no sessions with an idle gap of " + spanText(g.idle()))
	}
	return verdictOf(s.Length() >= g.AtLeast)
}

func (g Session) explain(v *view) Progress {
	p := Progress{
		Label: fmt.Sprintf("a session of %s with no pause over %s", spanText(g.AtLeast), spanText(g.idle())),
		Op:    GE, Want: Span(g.AtLeast), Have: Span(0), Sized: true,
	}
	if s, ok := v.f.longest(g.idle()); ok {
		p.Have = Span(s.Length())
		if s.Length() > 0 {
			p.Note = "from " + s.From.Format("2006-01-02 15:04") + " UTC"
		}
	}
	return p.judged(g.check(v))
}

func (g Session) validate(c *checker, path string) {
	path += ".session"
	if g.AtLeast <= 0 {
		c.fail(path+".at_least", "is %s, want more than 0", g.AtLeast)
	}
	if g.Idle < 0 || g.Idle > 24*time.Hour {
		c.fail(path+".idle", "is %s, want 0 to 24h", g.Idle)
	}
	if days := ActiveDays.limit(c.window); days > 0 && g.AtLeast > time.Duration(days)*25*time.Hour {
		c.fail(path+".at_least", "is %s, which cannot be met in %s", spanText(g.AtLeast), c.window)
	}
}

func (g Session) need(n *Needs) {
	n.facets |= facetLongest
	n.addIdle(g.idle())
}
