package tiers

import "time"

// Lapses says when a rule that is met would be lost if nothing more happened:
// the beginning of the first day of its window's zone on which the gate is no
// longer met, and the grace after it. It is false for a rule that is not met,
// is kept, would not lapse within its window or a year, or cannot be decided.
// Ranks are taken to stay as place sets them.
func (r *Rule) Lapses(a *Accumulator, asOf time.Time, place func(f *Facts)) (time.Time, bool) {
	p := r.policy()
	if p.Policy == PolicyKeep {
		return time.Time{}, false
	}
	zone := r.Lens().Window.Zone
	var f Facts
	met := func(at time.Time) bool {
		if a.SeeInto(&f, at, r.Lens()) != nil {
			return false
		}
		if place != nil {
			place(&f)
		}
		level, _ := r.worth(&view{f: &f, rule: r.ID})
		return level > 0
	}
	if !met(asOf) {
		return time.Time{}, false
	}
	limit := 366
	if r.Window.Period == Rolling {
		limit = r.Window.Days
	}
	today := DayOf(asOf, zone)
	for d := today + 1; d <= today+Day(limit); d++ {
		if at := d.Start(zone); !met(at) {
			if p.Policy == PolicyGrace {
				at = at.Add(p.After)
			}
			return at, true
		}
	}
	return time.Time{}, false
}

// Lapses says when a subject would lose its rung if nothing more happened: the
// beginning of the first day on which the gate to keep it is not met and the
// dwell is over. It is false for a subject on no rung, on a sticky ladder, or
// that would keep the rung for longer than the window and the dwell, or a year.
// Ranks are taken to stay as place sets them.
func (l *Ladder) Lapses(a *Accumulator, s State, asOf time.Time, place func(f *Facts)) (time.Time, bool) {
	if s.Level == 0 || l.Sticky {
		return time.Time{}, false
	}
	days := 366
	if l.Window.Period == Rolling {
		days = l.Window.Days
	}
	zone := l.Lens().Window.Zone
	today := DayOf(asOf, zone)
	last := today + Day(days) + Day(l.MinDwell/(24*time.Hour)) + 1
	var f Facts
	for d := today + 1; d <= last; d++ {
		at := d.Start(zone)
		if at.Sub(s.Since) < l.MinDwell {
			continue
		}
		if a.SeeInto(&f, at, l.Lens()) != nil {
			return time.Time{}, false
		}
		if place != nil {
			place(&f)
		}
		if l.level(&f, s.Level) < s.Level {
			return at, true
		}
	}
	return time.Time{}, false
}
