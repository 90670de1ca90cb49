package rank

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata" // zones on machines that have none
)

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestWindowValidate(t *testing.T) {
	hour := time.Hour
	tests := []struct {
		w  Window
		ok bool
	}{
		{Rolling24h, true}, {Rolling7d, true}, {Rolling30d, true}, {Ever(), true}, {ThisMonth(nil), true},
		{ThisWeek(time.FixedZone("X", 3600)), true}, {Window{Period: Quarter}, true},
		{Window{Length: MaxSteps * time.Second, Step: time.Second}, true},
		{Window{Length: 100 * time.Millisecond, Step: time.Millisecond}, true},
		{Window{}, false}, {Window{Length: hour}, false}, {Window{Step: hour}, false},
		{Window{Length: 25 * hour, Step: 2 * hour}, false}, {Window{Length: hour, Step: 2 * hour}, false},
		{Window{Length: -hour, Step: hour}, false}, {Window{Length: hour, Step: -hour}, false},
		{Window{Length: (MaxSteps + 1) * time.Second, Step: time.Second}, false},
		{Window{Period: Month, Step: hour}, false}, {Window{Length: hour, Step: hour, Zone: time.UTC}, false},
		{Window{Period: AllTime + 1}, false},
	}
	for _, tt := range tests {
		if err := tt.w.Validate(); (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrInvalidConfig) {
			t.Errorf("%+v: %v", tt.w, err)
		}
	}
}

// The law of windows, said as the design says it.
func TestRollingWindowEdges(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, w := range []Window{
		{Length: 6 * time.Hour, Step: time.Hour}, {Length: 7 * time.Minute, Step: 7 * time.Minute},
		{Length: 30 * time.Millisecond, Step: 10 * time.Millisecond}, Rolling30d,
	} {
		for range 2000 {
			now := time.Unix(rng.Int64N(4e9)-2e9, rng.Int64N(1e9)) // from 1906 to 2033
			at := now.Add(time.Duration(rng.Int64N(int64(3*w.Length))) - 2*w.Length)
			if rng.IntN(4) == 0 {
				at = at.Truncate(w.Step) // not floor since 1970, but often an edge
			}
			b, err := New(Config{Window: w})
			if err == nil {
				err = b.Advance(now)
			}
			if err != nil {
				t.Fatal(err)
			}
			floor := func(t time.Time) int64 { return floorDiv(t.UnixNano(), int64(w.Step)) * int64(w.Step) }
			counts := floor(now)-int64(w.Length-w.Step) <= floor(at) && floor(at) <= floor(now)
			err = b.Add("ann", at, 1)
			if (b.Len() == 1) != counts {
				t.Fatalf("%+v at %v, now %v: listed %v, want %v (%v)", w, at, now, b.Len() == 1, counts, err)
			}
			if from, until := b.Window(); counts != (!at.Before(from) && at.Before(until)) {
				t.Fatalf("%v is not as Window says: %v to %v", at, from, until)
			}
		}
	}
}

func TestCalendarWindows(t *testing.T) {
	newYork, lordHowe := mustZone(t, "America/New_York"), mustZone(t, "Australia/Lord_Howe")
	apia := mustZone(t, "Pacific/Apia") // had no 30 December 2011
	tests := []struct {
		w              Window
		now, from, end string // in RFC 3339
	}{
		{Window{Period: Day, Zone: newYork}, "2026-11-01T23:00:00-05:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
		{ThisWeek(newYork), "2026-11-02T04:59:59Z", "2026-10-26T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
		{ThisWeek(newYork), "2026-11-02T05:00:00Z", "2026-11-02T00:00:00-05:00", "2026-11-03T00:00:00-05:00"},
		{ThisMonth(nil), "2026-02-28T12:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{ThisMonth(lordHowe), "2026-04-30T14:00:00Z", "2026-05-01T00:00:00+10:30", "2026-05-02T00:00:00+10:30"},
		{Window{Period: Quarter}, "2026-06-30T23:59:59Z", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"},
		{Window{Period: Year}, "2028-12-31T01:00:00Z", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z"},
		{ThisMonth(apia), "2011-12-31T12:00:00+14:00", "2011-12-01T00:00:00-10:00", "2012-01-01T00:00:00+14:00"},
		{ThisMonth(nil), "1969-12-31T12:00:00Z", "1969-12-01T00:00:00Z", "1970-01-01T00:00:00Z"},
	}
	parse := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range tests {
		b, err := New(Config{Window: tt.w})
		if err == nil {
			err = b.Advance(parse(tt.now))
		}
		if err != nil {
			t.Fatal(err)
		}
		from, until := b.Window()
		if !from.Equal(parse(tt.from)) || !until.Equal(parse(tt.end)) {
			t.Errorf("%v at %s: %v to %v, want %s to %s", tt.w.Period, tt.now, from, until, tt.from, tt.end)
		}
		mustAdd(t, b, "first", from, 1)
		mustAdd(t, b, "last", until.Add(-1), 1)
		mustAdd(t, b, "ahead", until, 1)
		if err := b.Add("before", from.Add(-1), 1); !errors.Is(err, ErrOutsideWindow) {
			t.Errorf("before %v: %v", from, err)
		}
		if b.Len() != 2 {
			t.Errorf("%v at %s: %v", tt.w.Period, tt.now, b.Top(5))
		}
	}
}

// A month ends at midnight of its zone, all at once.
func TestMonthStartsEmpty(t *testing.T) {
	b := mustBoard(t, Config{Window: ThisMonth(nil), History: 1})
	for day := range 30 {
		now := epoch.AddDate(0, 0, day)
		if err := b.Advance(now); err != nil {
			t.Fatal(err)
		}
		mustAdd(t, b, "ann", now, 1)
	}
	if s, _ := b.Standing("ann"); s.Score != 30 || len(b.Steps("ann")) != 30 {
		t.Fatalf("at the end of the month: %v", s)
	}
	if err := b.Advance(epoch.AddDate(0, 1, 0)); err != nil || b.Len() != 0 {
		t.Fatalf("on the first: %v, %v", b.Top(1), err)
	}
	v, err := b.AsOf(epoch.AddDate(0, 0, 29))
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := v.Standing("ann"); s.Score != 30 {
		t.Errorf("as of the last day: %v", s)
	}
}

func TestTimesBeyondInt64AreErrors(t *testing.T) {
	for _, w := range []Window{Rolling30d, ThisMonth(nil), Ever()} {
		b := mustBoard(t, Config{Window: w})
		for _, at := range []time.Time{{}, time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
			if err := b.Add("ann", at, 1); !errors.Is(err, ErrOutsideWindow) {
				t.Errorf("%v: Add at %v: %v", w, at, err)
			}
			if err := b.Advance(at); !errors.Is(err, ErrOutsideWindow) {
				t.Errorf("%v: Advance to %v: %v", w, at, err)
			}
			if _, err := b.AsOf(at); !errors.Is(err, ErrOutsideHistory) {
				t.Errorf("%v: AsOf %v: %v", w, at, err)
			}
		}
	}
}
