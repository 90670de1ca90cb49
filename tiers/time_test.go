package tiers

import (
	"testing"
	"time"
)

func TestDay(t *testing.T) {
	for _, c := range []struct {
		zone, at string
		want     string
		hour     int
	}{
		{"UTC", "2026-04-07T23:59:59Z", "2026-04-07", 23},
		{"UTC", "1969-12-31T23:00:00Z", "1969-12-31", 23},
		{"Asia/Kathmandu", "2026-04-07T18:14:59Z", "2026-04-07", 23}, // +05:45
		{"Asia/Kathmandu", "2026-04-07T18:15:00Z", "2026-04-08", 0},
		{"America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03", 23},
		{"America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04", 1}, // there was no midnight
		{"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29", 23},
		{"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", 0}, // there was no 30th
		{"America/St_Johns", "2010-11-07T02:30:59Z", "2010-11-07", 0},
		{"America/St_Johns", "2010-11-07T02:31:00Z", "2010-11-06", 23}, // back over midnight
		{"America/St_Johns", "2010-11-07T03:30:00Z", "2010-11-07", 0},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if d, h := dayHour(at, zone(t, c.zone)); d.String() != c.want || h != c.hour {
			t.Errorf("%s in %s: %s %02dh, want %s %02dh", c.at, c.zone, d, h, c.want, c.hour)
		}
	}
}

func TestDayStart(t *testing.T) {
	for _, c := range []struct {
		zone   string
		day    Day
		want   string
		exists bool
	}{
		{"UTC", DateOf(2026, 4, 7), "2026-04-07T00:00:00Z", true},
		{"Europe/Berlin", DateOf(2026, 3, 29), "2026-03-28T23:00:00Z", true}, // 23 hours long
		{"Europe/Berlin", DateOf(2026, 3, 30), "2026-03-29T22:00:00Z", true},
		{"Europe/Berlin", DateOf(2026, 10, 25), "2026-10-24T22:00:00Z", true}, // 25 hours long
		{"Europe/Berlin", DateOf(2026, 10, 26), "2026-10-25T23:00:00Z", true},
		{"America/Sao_Paulo", DateOf(2018, 11, 4), "2018-11-04T03:00:00Z", true}, // begins at 01:00
		{"Pacific/Apia", DateOf(2011, 12, 30), "2011-12-30T10:00:00Z", false},    // as the day after
		{"Pacific/Apia", DateOf(2011, 12, 31), "2011-12-30T10:00:00Z", true},
		{"Pacific/Kiritimati", DateOf(1994, 12, 31), "1994-12-31T10:00:00Z", false}, // skipped too: as the day after
		{"UTC", DateOf(2024, 2, 29), "2024-02-29T00:00:00Z", true},
	} {
		z := zone(t, c.zone)
		if got := c.day.Start(z).UTC().Format(time.RFC3339); got != c.want || c.day.Exists(z) != c.exists {
			t.Errorf("%s in %s starts %s and exists: %v, want %s, %v", c.day, c.zone, got, c.day.Exists(z), c.want, c.exists)
		}
	}
}

// Every instant of a day in the zone lies between its start and the next one's.
func TestDayStartHoldsItsDay(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana"} {
		z := zone(t, name)
		for at := time.Date(2011, 1, 1, 0, 7, 0, 0, time.UTC); at.Year() < 2013; at = at.Add(53 * time.Minute) {
			d := DayOf(at, z)
			if at.Before(d.Start(z)) || !at.Before((d + 1).Start(z)) || !d.Exists(z) {
				t.Fatalf("%s in %s is on %s, which is %s to %s", at, name, d, d.Start(z), (d + 1).Start(z))
			}
		}
	}
}

func TestWeekday(t *testing.T) {
	for d := Day(-800); d < 800; d++ {
		if want := d.Start(nil).Weekday(); d.Weekday() != want {
			t.Fatalf("%s is a %s, want %s", d, d.Weekday(), want)
		}
	}
}

func TestWindowSpan(t *testing.T) {
	apia := zone(t, "Pacific/Apia")
	for _, c := range []struct {
		window      Window
		at          string
		first, last string
		reason      string
	}{
		{LastDays(30), "2026-04-30T23:59:59Z", "2026-04-01", "2026-04-30", ""},
		{LastDays(1), "2026-04-30T00:00:00Z", "2026-04-30", "2026-04-30", ""},
		{LastDays(2), "2024-03-01T00:00:00Z", "2024-02-29", "2024-03-01", ""},
		{LastDays(2), "2026-03-01T00:00:00Z", "2026-02-28", "2026-03-01", ""},
		{LastDays(30).In(apia), "2026-04-30T10:59:59Z", "2026-04-01", "2026-04-30", ""},
		{LastDays(30).In(apia), "2026-04-30T11:00:00Z", "2026-04-02", "2026-05-01", ""},
		{Window{Period: CalDay}, "2026-04-07T12:00:00Z", "2026-04-07", "2026-04-07", "2026-04-07"},
		{Window{Period: CalWeek}, "2026-04-05T12:00:00Z", "2026-03-30", "2026-04-05", "2026-W14"},
		{Window{Period: CalWeek}, "2026-04-06T00:00:00Z", "2026-04-06", "2026-04-12", "2026-W15"},
		{Window{Period: CalWeek}, "2021-01-03T12:00:00Z", "2020-12-28", "2021-01-03", "2020-W53"},
		{Window{Period: CalMonth}, "2024-02-10T12:00:00Z", "2024-02-01", "2024-02-29", "2024-02"},
		{Window{Period: CalMonth}, "2026-12-31T12:00:00Z", "2026-12-01", "2026-12-31", "2026-12"},
		{Season(DateOf(2026, 4, 1), DateOf(2026, 6, 30)), "2030-01-01T00:00:00Z", "2026-04-01", "2026-06-30", "2026-04-01..2026-06-30"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		first, last := c.window.Span(at)
		if first.String() != c.first || last.String() != c.last || c.window.Reason(at) != c.reason {
			t.Errorf("%s as of %s: %s to %s, %q, want %s to %s, %q", c.window, c.at, first, last, c.window.Reason(at), c.first, c.last, c.reason)
		}
	}
}

// The law of windows: with days as steps, an event counts exactly if
// floor(at)-(W-1) <= floor(event) <= floor(at).
func TestRollingWindowLaw(t *testing.T) {
	asOf := time.Date(2026, 4, 30, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		at   time.Time
		want int64
	}{
		{time.Date(2026, 3, 31, 23, 59, 59, 999_999_999, time.UTC), 0},
		{time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), 1},
		{time.Date(2026, 4, 30, 23, 59, 59, 999_999_999, time.UTC), 1}, // later in the same step
		{time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), 0},
	} {
		if f := factsOf(t, asOf, LastDays(30), call(c.at, 1)); f.Events != c.want {
			t.Errorf("%s: %d events, want %d", c.at, f.Events, c.want)
		}
	}
}

// A month that goes on holds nothing of its days to come.
func TestCalendarWindowsDoNotSeeTheFuture(t *testing.T) {
	for _, w := range []Window{{Period: CalMonth}, {Period: CalWeek}, Season(DateOf(2026, 4, 1), DateOf(2026, 4, 30))} {
		f := factsOf(t, noon(8), w, call(noon(7), 1), call(noon(8).Add(time.Hour), 1), call(noon(9), 1))
		if f.Events != 2 || f.Last != DateOf(2026, 4, 8) {
			t.Errorf("%s: %d events up to %s, want 2 up to 2026-04-08", w, f.Events, f.Last)
		}
	}
	if f := factsOf(t, noon(1), Season(DateOf(2026, 5, 1), DateOf(2026, 5, 30)), call(noon(1), 1)); f.Events != 0 {
		t.Errorf("a season to come has %d events", f.Events)
	}
}

func TestStreakOverOddDays(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name   string
		zone   string
		days   []string
		gate   Streak
		asOf   string
		streak int
	}{
		{"over the day Samoa skipped", "Pacific/Apia", []string{"2011-12-29T12:00:00Z", "2011-12-30T12:00:00Z"}, Streak{Days: 2}, "2012-01-01T00:00:00Z", 2},
		{"over a leap day that was missed", "UTC", []string{"2024-02-28T12:00:00Z", "2024-03-01T12:00:00Z"}, Streak{Days: 2}, "2024-03-01T12:00:00Z", 1},
		{"over a leap day that was used", "UTC", []string{"2024-02-28T12:00:00Z", "2024-02-29T12:00:00Z", "2024-03-01T12:00:00Z"}, Streak{Days: 3}, "2024-03-01T12:00:00Z", 3},
		{"no leap day in 2026", "UTC", []string{"2026-02-28T12:00:00Z", "2026-03-01T12:00:00Z"}, Streak{Days: 2}, "2026-03-01T12:00:00Z", 2},
		{"over the short day", "Europe/Berlin", []string{"2026-03-28T22:59:00Z", "2026-03-29T21:59:00Z", "2026-03-29T22:00:00Z"}, Streak{Days: 3}, "2026-03-30T12:00:00Z", 3},
		{"over the long day", "Europe/Berlin", []string{"2026-10-24T21:59:00Z", "2026-10-25T22:59:00Z", "2026-10-25T23:00:00Z"}, Streak{Days: 3}, "2026-10-26T12:00:00Z", 3},
		{"the day without midnight", "America/Sao_Paulo", []string{"2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T12:00:00Z"}, Streak{Days: 3}, "2018-11-05T12:00:00Z", 3},
		{"grace", "UTC", []string{"2026-04-01T12:00:00Z", "2026-04-03T12:00:00Z"}, Streak{Days: 2, Grace: 1}, "2026-04-03T12:00:00Z", 2},
		{"grace used up", "UTC", []string{"2026-04-01T12:00:00Z", "2026-04-04T12:00:00Z"}, Streak{Days: 2, Grace: 1}, "2026-04-04T12:00:00Z", 1},
		{"weekends free", "UTC", []string{"2026-04-03T12:00:00Z", "2026-04-06T12:00:00Z"}, Streak{Days: 2, Weekdays: true}, "2026-04-06T12:00:00Z", 2},
		{"today is young", "UTC", []string{"2026-04-01T12:00:00Z", "2026-04-02T12:00:00Z"}, Streak{Days: 2, Current: true}, "2026-04-03T23:00:00Z", 2},
		{"yesterday was missed", "UTC", []string{"2026-04-01T12:00:00Z", "2026-04-02T12:00:00Z"}, Streak{Days: 2, Current: true}, "2026-04-04T00:00:00Z", 0},
	} {
		z := zone(t, c.zone)
		a := NewAccumulator(Needs{}.With(z))
		for _, d := range c.days {
			a.Add(call(at(d), 1))
		}
		f, err := a.Facts(at(c.asOf), Window{}.In(z))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.gate.run(&f); got != c.streak {
			t.Errorf("%s: %d, want %d", c.name, got, c.streak)
		}
	}
}

func TestLapses(t *testing.T) {
	a := NewAccumulator(Needs{})
	for _, d := range upTo(6) {
		a.Add(call(noon(d), 1))
	}
	r := Rule{ID: "r", Version: 1, Gate: AtLeast(ActiveDays, 5), Window: LastDays(30), Text: Text{Title: "R"}, Revocation: Live()}
	// 6 days are active from the 1st; 5 are left until the 2nd leaves the window, on 2 May.
	want := DateOf(2026, 5, 2).Start(nil)
	if at, ok := r.Lapses(a, noon(10), nil); !ok || !at.Equal(want) {
		t.Errorf("live: %v %v, want %v", at, ok, want)
	}
	if at, ok := r.Lapses(a, want.Add(-time.Hour), nil); !ok || !at.Equal(want) {
		t.Errorf("an hour before: %v %v, want %v", at, ok, want)
	}
	r.Revocation = Grace(48 * time.Hour)
	if at, ok := r.Lapses(a, noon(10), nil); !ok || !at.Equal(want.Add(48*time.Hour)) {
		t.Errorf("grace: %v %v", at, ok)
	}
	r.Revocation = Keep()
	if at, ok := r.Lapses(a, noon(10), nil); ok {
		t.Errorf("keep lapses at %v", at)
	}
	r.Revocation, r.Gate = Live(), AtLeast(ActiveDays, 7)
	if at, ok := r.Lapses(a, noon(10), nil); ok {
		t.Errorf("what is not held lapses at %v", at)
	}
}
