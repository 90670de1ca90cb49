package tiers

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Period says how a window moves.
type Period uint8

// The periods. The zero value is AllTime.
const (
	AllTime   Period = iota // everything up to the day asked for
	Rolling                 // the day asked for and the days before it
	CalDay                  // the calendar day
	CalWeek                 // the ISO week, from Monday
	CalMonth                // the calendar month
	CalSeason               // from First to Last, both inclusive
)

var periodNames = [...]string{"all_time", "rolling", "day", "week", "month", "season"}

// String returns the name used in JSON, such as "rolling".
func (p Period) String() string {
	if int(p) < len(periodNames) {
		return periodNames[p]
	}
	return fmt.Sprintf("period(%d)", uint8(p))
}

// Window is a span of whole civil days that follows the time asked for. It is
// comparable, and zones compare by pointer: load each zone once. The zero
// Window is all time in UTC.
type Window struct {
	Period      Period
	Days        int            // of Rolling: how many days, today included
	First, Last Day            // of CalSeason
	Zone        *time.Location // whose days; nil: UTC
}

// LastDays is the rolling window of n days in UTC, today included: the same
// window as a board's with steps of a day.
func LastDays(n int) Window { return Window{Period: Rolling, Days: n} }

// Season is the fixed span from first to last, both inclusive, in UTC.
func Season(first, last Day) Window { return Window{Period: CalSeason, First: first, Last: last} }

// In returns the same window on the days of a zone.
func (w Window) In(zone *time.Location) Window {
	if zone == time.UTC {
		zone = nil
	}
	w.Zone = zone
	return w
}

// Span returns the first and last day of the window as of an instant, both
// inclusive.
func (w Window) Span(asOf time.Time) (first, last Day) {
	today := DayOf(asOf, w.Zone)
	switch w.Period {
	case Rolling:
		return today - Day(w.Days) + 1, today
	case CalDay:
		return today, today
	case CalWeek:
		monday := today - Day((int(today.Weekday())+6)%7)
		return monday, monday + 6
	case CalMonth:
		y, m, _ := today.Date()
		return DateOf(y, m, 1), DateOf(y, m+1, 1) - 1
	case CalSeason:
		return w.First, w.Last
	}
	return math.MinInt32 / 2, today
}

// Reason names the one period of a calendar window that holds the instant:
// "2026-04-07", "2026-W15", "2026-04", "2026-04-01..2026-06-30". It is empty
// for windows that have no periods, rolling and all time.
func (w Window) Reason(asOf time.Time) string {
	var buf [32]byte
	return string(w.appendReason(buf[:0], asOf))
}

// isReason is Reason(asOf) == reason without allocating.
func (w Window) isReason(asOf time.Time, reason string) bool {
	var buf [32]byte
	return string(w.appendReason(buf[:0], asOf)) == reason
}

func (w Window) appendReason(b []byte, asOf time.Time) []byte {
	first, last := w.Span(asOf)
	switch w.Period {
	case CalDay:
		return first.append(b, time.DateOnly)
	case CalWeek:
		year, week := first.Start(nil).ISOWeek()
		b = strconv.AppendInt(b, int64(year), 10)
		b = append(b, "-W"...)
		return append(b, byte('0'+week/10), byte('0'+week%10))
	case CalMonth:
		return first.append(b, "2006-01")
	case CalSeason:
		return last.append(append(first.append(b, time.DateOnly), ".."...), time.DateOnly)
	}
	return b
}

// String says the window in words, such as "the last 30 days".
func (w Window) String() string {
	var s string
	switch w.Period {
	case AllTime:
		s = "all time"
	case Rolling:
		s = "the last " + plural(int64(w.Days), "day")
	case CalDay:
		s = "the day"
	case CalWeek:
		s = "the week"
	case CalMonth:
		s = "the month"
	case CalSeason:
		s = w.First.String() + " to " + w.Last.String()
	default:
		s = w.Period.String()
	}
	if w.Zone != nil {
		s += " in " + w.Zone.String()
	}
	return s
}

// fault says what is wrong with the window, and in which of its fields.
func (w Window) fault() (field, reason string) {
	switch {
	case int(w.Period) >= len(periodNames):
		return "period", "is unknown"
	case w.Period == Rolling && (w.Days < 1 || w.Days > MaxDays):
		return "days", fmt.Sprintf("is %d, want 1 to %d", w.Days, MaxDays)
	case w.Period != Rolling && w.Days != 0:
		return "days", "is only for rolling windows"
	case w.Period == CalSeason && w.Last < w.First:
		return "last", fmt.Sprintf("is %s, before the first day %s", w.Last, w.First)
	case w.Period != CalSeason && (w.First != 0 || w.Last != 0):
		return "first", "is only for seasons"
	case w.Zone == time.Local && w.Zone != nil:
		return "zone", "is the machine's local zone, want a named one: facts must not depend on where they are computed"
	}
	return "", ""
}

// MaxDays is the longest rolling window, ten years.
const MaxDays = 3660

// Lens says which samples facts are drawn from.
type Lens struct {
	Window   Window
	MinTrust uint8 // samples of less trust do not count
	Humans   bool  // samples of automation do not count
}

// takes reports whether samples of a class pass the lens.
func (l Lens) takes(c class) bool {
	return c.trust() >= l.MinTrust && (!l.Humans || !c.automation())
}

// class is what a lens filters by: trust and automation in one small number.
type class uint16

func classOf(trust uint8, automation bool) class {
	c := class(trust) << 1
	if automation {
		c |= 1
	}
	return c
}

func (c class) trust() uint8     { return uint8(c >> 1) }
func (c class) automation() bool { return c&1 == 1 }
