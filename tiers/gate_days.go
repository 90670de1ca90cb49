package tiers

import (
	"fmt"
	"time"
)

// Streak is met by a run of active days. Grace days may be missed between two
// active ones without breaking it; they do not count. Days the zone does not
// have are not missed.
type Streak struct {
	Days     int
	Grace    int  // missed days in a row that do not break the run
	Weekdays bool // Saturdays and Sundays are never missed, and count if active
	Current  bool // only the run that reaches today, or yesterday while today is young
}

func (g Streak) check(v *view) verdict { return verdictOf(g.run(v.f) >= g.Days) }

// run returns the length of the longest run, or of the current one.
func (g Streak) run(f *Facts) int {
	best, run := 0, 0
	for i := range f.Days {
		if i > 0 && g.missed(f.Days[i-1].Day, f.Days[i].Day, f.Lens.Window.Zone) > g.Grace {
			run = 0
		}
		run++
		best = max(best, run)
	}
	if !g.Current {
		return best
	}
	if run == 0 {
		return 0
	}
	// Today is not over: it is no missed day yet.
	today := DayOf(f.AsOf, f.Lens.Window.Zone)
	if g.missed(f.Days[len(f.Days)-1].Day, today, f.Lens.Window.Zone) > g.Grace {
		return 0
	}
	return run
}

// missed counts the days between two active ones that should not have been
// missed, up to one more than the grace.
func (g Streak) missed(from, to Day, zone *time.Location) (n int) {
	if to <= from+1 {
		return 0
	}
	for d := from + 1; d < to && n <= g.Grace; d++ {
		if g.Weekdays && d.Weekend() || !d.Exists(zone) {
			continue
		}
		n++
	}
	return n
}

func (g Streak) explain(v *view) Progress {
	label := "a run of " + plural(int64(g.Days), "active day")
	if g.Weekdays {
		label += ", weekends free"
	}
	if g.Grace > 0 {
		label += ", " + plural(int64(g.Grace), "missed day") + " forgiven"
	}
	if g.Current {
		label += ", not broken yet"
	}
	return Progress{
		Label: label, Op: GE, Have: Count(int64(g.run(v.f))), Want: Count(int64(g.Days)), Sized: true,
	}.judged(g.check(v))
}

func (g Streak) validate(c *checker, path string) {
	path += ".streak"
	if g.Days < 1 {
		c.fail(path+".days", "is %d, want 1 or more", g.Days)
	}
	if g.Grace < 0 || g.Grace > 30 {
		c.fail(path+".grace", "is %d, want 0 to 30", g.Grace)
	}
	if days := ActiveDays.limit(c.window); days > 0 && int64(g.Days) > days {
		c.fail(path+".days", "is %d, which cannot be met in %s", g.Days, c.window)
	}
}

func (g Streak) need(*Needs) {}

// Comeback is met by a subject that was away for a number of days and has been
// active on a number of days since.
type Comeback struct{ Away, Back int }

func (g Comeback) check(v *view) verdict { return verdictOf(g.back(v.f) >= g.Back) }

// back returns the active days since the last time away; 0 without one.
func (g Comeback) back(f *Facts) int {
	absent := Streak{Grace: g.Away}
	for i := len(f.Days) - 1; i > 0; i-- {
		if int(f.Days[i].Day-f.Days[i-1].Day) <= g.Away {
			continue
		}
		if absent.missed(f.Days[i-1].Day, f.Days[i].Day, f.Lens.Window.Zone) >= g.Away {
			return len(f.Days) - i
		}
	}
	return 0
}

func (g Comeback) explain(v *view) Progress {
	return Progress{
		Label: fmt.Sprintf("back for %s after %s away", plural(int64(g.Back), "active day"), plural(int64(g.Away), "day")),
		Op:    GE, Have: Count(int64(g.back(v.f))), Want: Count(int64(g.Back)), Sized: true,
	}.judged(g.check(v))
}

func (g Comeback) validate(c *checker, path string) {
	path += ".comeback"
	if g.Away < 1 || g.Away > MaxDays {
		c.fail(path+".away", "is %d, want 1 to %d", g.Away, MaxDays)
	}
	if g.Back < 1 || g.Back > MaxDays {
		c.fail(path+".back", "is %d, want 1 to %d", g.Back, MaxDays)
	}
	if days := ActiveDays.limit(c.window); days > 0 && int64(g.Away)+int64(g.Back)+1 > days {
		c.fail(path+".away", "and back are %d and %d, which cannot be met in %s", g.Away, g.Back, c.window)
	}
}

func (g Comeback) need(*Needs) {}

// DateOfWhat says which day a [Date] gate looks at.
type DateOfWhat uint8

// The days a [Date] gate can look at.
const (
	Today      DateOfWhat = iota // the day facts are as of
	FirstEvent                   // the day of the first event in the window
	LastEvent                    // the day of the last one
)

var dateOfNames = [...]string{"today", "first_event", "last_event"}

// String returns "today", "first_event" or "last_event".
func (d DateOfWhat) String() string {
	if int(d) < len(dateOfNames) {
		return dateOfNames[d]
	}
	return fmt.Sprintf("date_of(%d)", uint8(d))
}

// Date is met if a day is From or later and before Until. A bound of 0 is
// none.
type Date struct {
	Of          DateOfWhat
	From, Until Day
}

// Before is met by subjects whose first event in the window is before a day.
func Before(d Day) Date { return Date{Of: FirstEvent, Until: d} }

// After is met from a day on.
func After(d Day) Date { return Date{Of: Today, From: d} }

func (g Date) day(f *Facts) (Day, bool) {
	if g.Of == Today {
		return DayOf(f.AsOf, f.Lens.Window.Zone), true
	}
	if len(f.Days) == 0 {
		return 0, false
	}
	if g.Of == FirstEvent {
		return f.Days[0].Day, true
	}
	return f.Days[len(f.Days)-1].Day, true
}

func (g Date) check(v *view) verdict {
	d, ok := g.day(v.f)
	return verdictOf(ok && (g.From == 0 || d >= g.From) && (g.Until == 0 || d < g.Until))
}

func (g Date) explain(v *view) Progress {
	label := [...]string{"the day", "first event", "last event"}[g.Of%3]
	if g.From != 0 {
		label += " on or after " + g.From.String()
	}
	if g.Until != 0 {
		label += " before " + g.Until.String()
	}
	p := Progress{Label: label}
	if d, ok := g.day(v.f); ok {
		p.Have = OnDay(d)
		p.Note = "it is " + d.String()
	} else {
		p.Note = "no event yet"
	}
	return p.judged(g.check(v))
}

func (g Date) validate(c *checker, path string) {
	path += ".date"
	if int(g.Of) >= len(dateOfNames) {
		c.fail(path+".of", "is unknown, want today, first_event or last_event")
	}
	if g.From == 0 && g.Until == 0 {
		c.fail(path+".from", "and until are both missing, want at least one")
	}
	if g.Until != 0 && g.From != 0 && g.Until <= g.From {
		c.fail(path+".until", "is %s, which is not after %s and cannot be met", g.Until, g.From)
	}
}

func (g Date) need(*Needs) {}
