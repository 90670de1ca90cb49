package tiers

import (
	"fmt"
	"time"
)

// Day is a civil day: the number of days since 1970-01-01 in the calendar of
// whatever zone it is used with.
type Day int32

const secondsPerDay = 24 * 60 * 60

// DateOf returns the civil day of a date. Out of range months and days are
// normalized as [time.Date] does.
func DateOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// DayOf returns the civil day in zone that holds the instant. A nil zone is
// UTC.
func DayOf(t time.Time, zone *time.Location) Day {
	d, _ := dayHour(t, zone)
	return d
}

// dayHour returns the civil day and the hour of the day, 0 to 23.
func dayHour(t time.Time, zone *time.Location) (Day, int) {
	sec := t.Unix()
	if zone != nil && zone != time.UTC {
		_, offset := t.In(zone).Zone()
		sec += int64(offset)
	}
	day := sec / secondsPerDay
	rest := sec % secondsPerDay
	if rest < 0 {
		day--
		rest += secondsPerDay
	}
	return Day(day), int(rest / 3600)
}

// ParseDay reads a date such as "2026-04-07".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%w: %q is no date, want one such as 2026-04-07", ErrInvalid, s)
	}
	return Day(t.Unix() / secondsPerDay), nil
}

// Date returns the year, month and day of the month.
func (d Day) Date() (int, time.Month, int) {
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().Date()
}

// String returns the date, such as "2026-04-07".
func (d Day) String() string {
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().Format(time.DateOnly)
}

func (d Day) append(b []byte, layout string) []byte {
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().AppendFormat(b, layout)
}

// MarshalText implements [encoding.TextMarshaler].
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Day) UnmarshalText(b []byte) error {
	v, err := ParseDay(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday((int(d)%7 + 11) % 7) }

// Weekend reports a Saturday or a Sunday.
func (d Day) Weekend() bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// Start returns the first instant of the day in zone. Where midnight does not
// exist the day begins later; a day that the zone skipped as a whole begins
// where the next one does. A nil zone is UTC.
func (d Day) Start(zone *time.Location) time.Time {
	utc := int64(d) * secondsPerDay
	if zone == nil || zone == time.UTC {
		return time.Unix(utc, 0).UTC()
	}
	// No zone is further than a day from UTC, and transitions happen on whole
	// seconds: bisect for the first second that is on the day or past it.
	lo, hi := utc-2*secondsPerDay, utc+2*secondsPerDay
	for lo < hi {
		mid := lo + (hi-lo)/2
		if DayOf(time.Unix(mid, 0), zone) >= d {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return time.Unix(lo, 0).In(zone)
}

// Exists reports whether the zone has the day at all: Samoa went from
// 2011-12-29 straight to 2011-12-31.
func (d Day) Exists(zone *time.Location) bool {
	if zone == nil || zone == time.UTC {
		return true
	}
	y, m, day := d.Date()
	return DayOf(time.Date(y, m, day, 12, 0, 0, 0, zone), zone) == d
}
