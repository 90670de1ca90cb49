package rank

import (
	"fmt"
	"time"
)

// MaxSteps is the greatest number of steps of a window, and of its history.
const MaxSteps = 1 << 20

// Window says which steps count. The zero Period is a rolling window: the step
// that holds now and the Length/Step − 1 before it, with steps counted from
// 1970-01-01 UTC. Any other Period is a calendar window: from the start of the
// period that holds now, by civil days of Zone, through today.
//
// Window is comparable plain data.
type Window struct {
	Length time.Duration // of a rolling window; a multiple of Step
	Step   time.Duration // how finely a rolling window slides

	Period Period         // zero: rolling
	Zone   *time.Location // whose days a calendar window counts; nil is UTC
}

// The usual rolling windows: 24 hours by the minute, 7 days by the hour, 30 days
// by the day.
var (
	Rolling24h = Window{Length: 24 * time.Hour, Step: time.Minute}
	Rolling7d  = Window{Length: 7 * 24 * time.Hour, Step: time.Hour}
	Rolling30d = Window{Length: 30 * 24 * time.Hour, Step: 24 * time.Hour}
)

// Period is the kind of a window.
type Period uint8

// The kinds of windows. AllTime is one step that never ends, so everything
// counts and nothing slides.
const (
	Rolling Period = iota
	Day
	Week // starts on Monday
	Month
	Quarter
	Year
	AllTime
)

// ThisWeek is the week that holds now, from Monday, in the days of zone.
func ThisWeek(zone *time.Location) Window { return Window{Period: Week, Zone: zone} }

// ThisMonth is the month that holds now, in the days of zone.
func ThisMonth(zone *time.Location) Window { return Window{Period: Month, Zone: zone} }

// Ever is the window that never slides: everything counts, for all time.
func Ever() Window { return Window{Period: AllTime} }

// Validate reports what is wrong with a window, as an [*Error] that matches
// [ErrInvalidConfig]: a Length or Step that is not positive, a Length that is no
// multiple of its Step, more than [MaxSteps] steps, or a calendar window that
// sets Length or Step.
func (w Window) Validate() error {
	fail := func(reason string, args ...any) error {
		return &Error{Op: "window", Err: ErrInvalidConfig, Reason: fmt.Sprintf(reason, args...)}
	}
	switch {
	case w.Period > AllTime:
		return fail("period %d is unknown", w.Period)
	case w.Period != Rolling && (w.Length != 0 || w.Step != 0):
		return fail("a calendar window has no length or step of its own; leave both zero")
	case w.Period != Rolling:
		return nil
	case w.Zone != nil:
		return fail("a rolling window is in UTC; leave Zone nil or choose a Period")
	case w.Step <= 0:
		return fail("step %v is not positive", w.Step)
	case w.Length <= 0:
		return fail("length %v is not positive", w.Length)
	case w.Length%w.Step != 0:
		return fail("length %v is no multiple of step %v", w.Length, w.Step)
	case w.Length/w.Step > MaxSteps:
		return fail("%d steps, want at most %d; choose a longer step", w.Length/w.Step, MaxSteps)
	}
	return nil
}

// Steps returns the greatest number of steps the window holds: Length/Step, or
// the days of the longest period; 1 for all time.
func (w Window) Steps() int {
	switch w.Period {
	case Rolling:
		return int(w.Length / w.Step)
	case Week:
		return 7
	case Month:
		return 31
	case Quarter:
		return 92
	case Year:
		return 366
	}
	return 1
}

const (
	nanosPerSecond = int64(time.Second)
	secondsPerDay  = 24 * 60 * 60

	// Times further from 1970 than this (about the years 1678 and 2262) have no
	// int64 nanoseconds; they are outside every window.
	maxSeconds = 9_200_000_000
)

// index returns the number of the step that holds t: whole steps since
// 1970-01-01 UTC, or the civil day of the zone. It is false for times out of the
// range of int64 nanoseconds.
func (w Window) index(t time.Time) (int64, bool) {
	sec := t.Unix()
	if sec < -maxSeconds || sec > maxSeconds {
		return 0, false
	}
	switch w.Period {
	case Rolling:
		return floorDiv(sec*nanosPerSecond+int64(t.Nanosecond()), int64(w.Step)), true
	case AllTime:
		return 0, true
	}
	return civilDay(t.In(w.zone())), true
}

// steps returns the first and the last step that index can return.
func (w Window) steps() (low, high int64) {
	switch w.Period {
	case Rolling:
		return floorDiv(-maxSeconds*nanosPerSecond, int64(w.Step)), maxSeconds * nanosPerSecond / int64(w.Step)
	case AllTime:
		return 0, 0
	}
	return -maxSeconds/secondsPerDay - 1, maxSeconds/secondsPerDay + 1
}

// first returns the first step of the window whose newest step is k.
func (w Window) first(k int64) int64 {
	if w.Period == Rolling {
		return k - int64(w.Length/w.Step) + 1
	}
	if w.Period == AllTime || w.Period == Day {
		return k
	}
	t := time.Unix(k*secondsPerDay, 0).UTC()
	y, m, d := t.Date()
	switch w.Period {
	case Week:
		return k - int64((t.Weekday()+6)%7)
	case Month:
		return k - int64(d-1)
	case Quarter:
		m -= (m - 1) % 3
	default:
		m = time.January
	}
	return civilDay(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC))
}

// start returns when step k begins. For a calendar window that is midnight of
// its zone, or what Go makes of a midnight that the zone skips.
func (w Window) start(k int64) time.Time {
	switch w.Period {
	case Rolling:
		sec := floorDiv(k*int64(w.Step), nanosPerSecond)
		return time.Unix(sec, k*int64(w.Step)-sec*nanosPerSecond).UTC()
	case AllTime:
		return time.Time{}
	}
	y, m, d := time.Unix(k*secondsPerDay, 0).UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, w.zone())
}

func (w Window) zone() *time.Location {
	if w.Zone == nil {
		return time.UTC
	}
	return w.Zone
}

// civilDay numbers the date that t shows, whatever its zone, from 1970-01-01.
func civilDay(t time.Time) int64 {
	y, m, d := t.Date()
	return floorDiv(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix(), secondsPerDay)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
