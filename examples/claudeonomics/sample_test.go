package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/claudeonomics/naive"
	"github.com/tokenomics-go/tokenomics/examples/claudeonomics/sample"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
)

// sampleEngine is the engine over the embedded sample, as of its last day.
func sampleEngine(t *testing.T, o options) (*tokenomics.Engine, *loaded) {
	t.Helper()
	ctx := context.Background()
	in, err := load(ctx, o, screen.Screen{})
	if err != nil {
		t.Fatal(err)
	}
	eng, err := newEngine(ctx, o, in.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.record(ctx, eng); err != nil {
		t.Fatal(err)
	}
	return eng, in
}

func defaults(t *testing.T, args ...string) options {
	t.Helper()
	var errs bytes.Buffer
	o, status, done := parse(args, &errs, &errs)
	if done {
		t.Fatalf("exit %d: %s", status, errs.String())
	}
	return o
}

// TestSampleEqualsNaive holds every figure of the board against a second
// program that shares no code with it.
func TestSampleEqualsNaive(t *testing.T) {
	ctx := context.Background()
	want, err := naive.Recompute(sample.FS(), sample.At(), 30)
	if err != nil {
		t.Fatal(err)
	}
	eng, in := sampleEngine(t, defaults(t))
	if err := in.report.Balance(); err != nil {
		t.Error(err)
	}
	for metric, standings := range want.Window.Boards {
		top, err := eng.Top(metric+"-30d", 1000)
		if err != nil || len(top) != len(standings) || len(top) < 10 {
			t.Fatalf("%s: %d rows (%v), want %d", metric, len(top), err, len(standings))
		}
		for i, w := range standings {
			g := top[i]
			score := fmt.Sprint(g.Score)
			if metric == "cost" {
				score = g.Cost.String()
				if floor := nanoFloor(t, w.Score); g.Score > floor || floor-g.Score > 30 {
					t.Errorf("cost of %s scores %d nano, its amount is %d", w.Name, g.Score, floor)
				}
			}
			if g.Rank != w.Rank || g.Subject != w.Name || score != w.Score {
				t.Errorf("%s row %d: %d %s %s, want %d %s %s", metric, i, g.Rank, g.Subject, score, w.Rank, w.Name, w.Score)
			}
		}
	}
	from, to, err := eng.Window("tokens-30d")
	if err != nil || !from.Equal(want.From) || !to.Equal(want.Until) {
		t.Errorf("window %s to %s (%v), want %s to %s", from, to, err, want.From, want.Until)
	}
	for _, span := range []struct {
		name     string
		from, to time.Time
		want     naive.Slice
	}{{"window", from, to, want.Window}, {"all", time.Time{}, time.Time{}, want.All}} {
		for _, by := range []struct {
			dim  tokenomics.Dimension
			want map[string]*naive.Row
		}{{tokenomics.BySubject, span.want.People}, {tokenomics.ByTeam, span.want.Teams}, {tokenomics.ByModel, span.want.Models}} {
			totals, err := eng.Totals(ctx, by.dim, span.from, span.to)
			if err != nil || len(totals) != len(by.want) {
				t.Fatalf("%s by %s: %d totals (%v), want %d", span.name, by.dim, len(totals), err, len(by.want))
			}
			for _, total := range totals {
				compareTotal(t, span.name+" by "+string(by.dim), total, by.want[total.Key])
			}
		}
	}
}

func nanoFloor(t *testing.T, usd string) int64 {
	t.Helper()
	r, ok := new(big.Rat).SetString(usd)
	if !ok {
		t.Fatalf("no amount: %q", usd)
	}
	r.Mul(r, big.NewRat(1_000_000_000, 1))
	return new(big.Int).Div(r.Num(), r.Denom()).Int64()
}

func compareTotal(t *testing.T, where string, got tokenomics.Total, want *naive.Row) {
	t.Helper()
	if want == nil {
		t.Errorf("%s: %q is nobody the second program knows", where, got.Key)
		return
	}
	meters := map[string]int64{}
	for m, n := range got.Usage.All() {
		if m.String() != "requests" {
			meters[m.String()] = n
		}
	}
	if fmt.Sprint(meters) != fmt.Sprint(want.Meters) {
		t.Errorf("%s: %s used %v, want %v", where, got.Key, meters, want.Meters)
	}
	if got.Tokens != want.Tokens || got.Cost.String() != want.Cost || got.High != got.Cost ||
		int(got.Events) != want.Bills || int(got.Unpriced) != want.Unpriced {
		t.Errorf("%s: %s has %d tokens, %s USD, %d bills, %d unpriced; want %d, %s, %d, %d", where, got.Key,
			got.Tokens, got.Cost, got.Events, got.Unpriced, want.Tokens, want.Cost, want.Bills, want.Unpriced)
	}
}

// TestJSONLines holds what scripts rely on: totals over everything read at the
// end, then the quality line, every counter in it.
func TestJSONLines(t *testing.T) {
	want, err := naive.Recompute(sample.FS(), sample.At(), 30)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"-json", "-board", "cost"}, screen.Screen{W: &out}, screen.Screen{W: &errs}); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	var types []string
	totals := 0
	for line := range strings.Lines(out.String()) {
		var l struct {
			Type, Key, Subject, USD string
			Score                   any
			Tokens                  int64
			Usage                   map[string]int64
			Counts                  map[string]int64
			Older                   *int64 `json:"older_than_window"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		types = append(types, l.Type)
		switch l.Type {
		case "standing":
			if s, ok := l.Score.(string); !ok || s != want.Window.People[l.Subject].Cost {
				t.Errorf("%s scores %v, want %s", l.Subject, l.Score, want.Window.People[l.Subject].Cost)
			}
		case "totals":
			totals++
			if w := want.All.Models[l.Key]; w == nil || l.Tokens != w.Tokens || l.USD != w.Cost {
				t.Errorf("totals of %q: %+v", l.Key, l)
			}
		case "quality":
			if l.Older == nil || *l.Older == 0 || l.Counts["sidechain_replays"] == 0 || l.Counts["faulty"] == 0 {
				t.Errorf("quality %s", line)
			}
		}
	}
	if n := len(types); n == 0 || types[n-1] != "quality" || totals != len(want.All.Models) || types[0] != "standing" {
		t.Errorf("%d totals, lines %v", totals, types)
	}
}

// TestScreens prints everything at every width: nothing breaks the screen, and
// without a terminal there are no escapes.
func TestScreens(t *testing.T) {
	ctx := context.Background()
	o := defaults(t, "-n", "20")
	eng, in := sampleEngine(t, o)
	r, err := newReport(ctx, eng, o, in.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{0, 40, 60, 80, 100, 132, 200} {
		for _, color := range []bool{false, true} {
			var out bytes.Buffer
			s := screen.Screen{W: &out, Width: width, Color: color}
			if err := r.print(ctx, s, in); err != nil {
				t.Fatal(err)
			}
			if err := r.printPerson(ctx, s, r.rows[0].Subject); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out.String(), "\x1b") != color {
				t.Errorf("width %d: escapes without color, or color without escapes", width)
			}
			if color {
				continue
			}
			for i := range r.rows {
				if name := r.rows[i].Subject; width >= 100 && !strings.Contains(out.String(), "  "+name+" ") {
					t.Errorf("width %d: %s is cut", width, name)
				}
			}
			for line := range strings.Lines(out.String()) {
				if w := screen.Width(strings.TrimRight(line, "\n")); width > 0 && w > width {
					t.Errorf("width %d: a line takes %d cells: %s", width, w, line)
				}
			}
		}
	}
}
