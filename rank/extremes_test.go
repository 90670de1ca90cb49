package rank

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"
)

// mustBoard returns a board of daily steps whose newest is the day of epoch.
func mustBoard(t testing.TB, cfg Config) *Board {
	t.Helper()
	if cfg.Window == (Window{}) {
		cfg.Window = Rolling30d
	}
	b, err := New(cfg)
	if err == nil {
		err = b.Advance(epoch)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustAdd(t testing.TB, b *Board, subject string, at time.Time, delta int64) {
	t.Helper()
	if err := b.Add(subject, at, delta); err != nil {
		t.Fatal(err)
	}
}

func daysAgo(n int) time.Time { return epoch.AddDate(0, 0, -n) }

func TestTotalsAtTheEdgesOfInt64(t *testing.T) {
	for _, filler := range []int{0, 400} { // scanned, and with a ladder
		b := mustBoard(t, Config{})
		for i := range filler {
			mustAdd(t, b, subjectName(i), epoch, int64(i-200))
		}
		mustAdd(t, b, "max", epoch, math.MaxInt64)
		mustAdd(t, b, "max2", daysAgo(3), math.MaxInt64-1)
		mustAdd(t, b, "min", epoch, math.MinInt64)
		mustAdd(t, b, "min2", daysAgo(2), math.MinInt64+1)
		rows := slices.Collect(b.All())
		n := len(rows)
		for at, want := range map[int]Standing{
			0: {1, "max", math.MaxInt64}, 1: {2, "max2", math.MaxInt64 - 1},
			n - 2: {n - 1, "min2", math.MinInt64 + 1}, n - 1: {n, "min", math.MinInt64},
		} {
			if rows[at] != want {
				t.Errorf("row %d is %v, want %v", at, rows[at], want)
			}
			if got, _ := b.Standing(want.Subject); got != want {
				t.Errorf("Standing %v, want %v", got, want)
			}
		}
		if gap, ok := b.Next("max2"); !ok || gap.Behind != 1 {
			t.Errorf("Next(max2) = %v", gap)
		}
		if s, ok := b.ScoreAt(0); !ok || s != math.MinInt64 {
			t.Errorf("ScoreAt(0) = %d", s)
		}
		if p, ok := b.Percentile("min"); !ok || p != 0 {
			t.Errorf("Percentile(min) = %v", p)
		}
		again, err := New(Config{Window: Rolling30d})
		if err == nil {
			err = again.Restore(b.Snapshot())
		}
		if err != nil || !slices.Equal(again.Top(n), rows) {
			t.Errorf("a restored board differs: %v", err)
		}
		b.Unhide("min")
		if err := b.Hide("min"); err != nil || b.Total() != again.Total().minus(math.MinInt64) {
			t.Errorf("the total with min hidden is %v, %v", b.Total(), err)
		}
	}
}

func TestOverflowIsJudgedOnTotalsAndLeavesNoTrace(t *testing.T) {
	type add struct {
		daysAgo int
		delta   int64
	}
	const top = math.MaxInt64
	tests := []struct {
		name string
		adds []add
		last error
	}{
		{"one step", []add{{0, top}, {0, 1}}, ErrOverflow},
		{"two steps", []add{{3, top}, {0, 1}}, ErrOverflow},
		{"downwards", []add{{3, math.MinInt64}, {0, -1}}, ErrOverflow},
		{"up to the edge", []add{{3, top - 1}, {0, 1}}, nil},
		{"there and back", []add{{0, top}, {0, -top}, {0, math.MinInt64}, {0, top}}, nil},
		{"balanced by a later step", []add{{5, -top}, {0, top}, {0, -7}}, nil},
		{"balanced, and fine once the older leaves", []add{{5, top}, {2, -top}, {0, top}}, nil},
		{"balanced by a step that leaves first", []add{{5, -top}, {2, top}, {0, top - 1}}, ErrOverflow},
		{"ahead", []add{{0, top}, {-1, 1}}, ErrOverflow},
		{"ahead, after the oldest has left", []add{{29, top}, {-1, top}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := mustBoard(t, Config{})
			for i, a := range tt.adds {
				before := string(b.Snapshot())
				err := b.Add("ann", daysAgo(a.daysAgo), a.delta)
				if i < len(tt.adds)-1 && err != nil {
					t.Fatal(err)
				} else if i == len(tt.adds)-1 && !errors.Is(err, tt.last) {
					t.Fatalf("got %v, want %v", err, tt.last)
				}
				if err != nil && string(b.Snapshot()) != before {
					t.Error("the refused add left a trace")
				}
			}
			for day := range 35 { // no slide may overflow
				if err := b.Advance(epoch.AddDate(0, 0, day)); err != nil {
					t.Fatal(err)
				}
				sum := Sum{}
				for _, v := range b.Steps("ann") {
					sum = sum.plus(v)
				}
				got, _ := b.Standing("ann")
				if want, ok := sum.Int64(); !ok || got.Score != want || b.Total() != sum {
					t.Fatalf("after %d days: score %d, total %v, want %v", day, got.Score, b.Total(), sum)
				}
			}
			if b.ring.big != 0 {
				t.Errorf("%d vast sums are counted, but all have left", b.ring.big)
			}
		})
	}
}

func TestSumIsExactBeyondInt64(t *testing.T) {
	b := mustBoard(t, Config{})
	for i := range 5 {
		mustAdd(t, b, subjectName(i), epoch, math.MaxInt64)
	}
	if got := b.Total().String(); got != "46116860184273879035" {
		t.Errorf("Total %s", got)
	}
	if _, ok := b.Total().Int64(); ok {
		t.Error("five times the greatest int64 is no int64")
	}
	if f := b.Total().Float64(); f != 5*float64(math.MaxInt64) {
		t.Errorf("Float64 %v", f)
	}
	if s := (Sum{}).plus(-1); s.String() != "-1" || s.Float64() != -1 {
		t.Errorf("-1 is %v, %v", s, s.Float64())
	}
}
