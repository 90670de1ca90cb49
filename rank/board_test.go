package rank

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestInvalidConfigs(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no window":          {},
		"unknown ties":       {Window: Rolling30d, Ties: FirstReached + 1},
		"negative history":   {Window: Rolling30d, History: -1},
		"vast history":       {Window: Rolling30d, History: MaxSteps + 1},
		"falling bracket":    {Window: Rolling30d, Scorer: Scorer{{10, 1, 2}, {10, 1, 4}}},
		"negative bracket":   {Window: Rolling30d, Scorer: Scorer{{-1, 1, 2}}},
		"more than whole":    {Window: Rolling30d, Scorer: Scorer{{1, 3, 2}}},
		"division by zero":   {Window: Rolling30d, Scorer: Scorer{{1, 0, 0}}},
		"length and step":    {Window: Window{Length: 5 * time.Hour, Step: 2 * time.Hour}},
		"a calendar's steps": {Window: Window{Period: Month, Step: time.Hour}},
	} {
		var e *Error
		if _, err := New(cfg); !errors.Is(err, ErrInvalidConfig) || !errors.As(err, &e) || e.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBeforeTheFirstAdvance(t *testing.T) {
	b, err := New(Config{Window: Rolling30d})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Add("ann", epoch, 1); !errors.Is(err, ErrOutsideWindow) || !strings.Contains(err.Error(), "Advance") {
		t.Errorf("Add: %v", err)
	}
	if _, err := b.AsOf(epoch); !errors.Is(err, ErrOutsideHistory) {
		t.Errorf("AsOf: %v", err)
	}
	b.Compact()
	if b.Len() != 0 || b.Steps("ann") != nil || len(b.Top(3)) != 0 || b.Names().Len() != 0 {
		t.Error("the board is not empty")
	}
	if err := b.Hide("eve"); err != nil {
		t.Fatal(err)
	}
	again, err := New(Config{Window: Rolling30d})
	if err == nil {
		err = again.Restore(b.Snapshot())
	}
	if err != nil || !slices.Equal(slices.Collect(again.Hidden()), []string{"eve"}) {
		t.Errorf("restored without a now: %v", err)
	}
}

func TestInvalidSubjects(t *testing.T) {
	b := mustBoard(t, Config{})
	for _, s := range []string{"", "a\xffb", strings.Repeat("x", MaxSubject+1)} {
		if err := b.Add(s, epoch, 1); !errors.Is(err, ErrInvalidSubject) {
			t.Errorf("Add(%.10q): %v", s, err)
		}
		if err := b.Add(s, epoch, 0); !errors.Is(err, ErrInvalidSubject) {
			t.Errorf("Add(%.10q) of zero: %v", s, err)
		}
		if err := b.Hide(s); !errors.Is(err, ErrInvalidSubject) {
			t.Errorf("Hide(%.10q): %v", s, err)
		}
		if id := b.Names().ID(s); id != NoID {
			t.Errorf("ID(%.10q) = %d", s, id)
		}
	}
	for _, id := range []ID{NoID, 1, math.MaxUint32} {
		if err := b.AddID(id, epoch, 1); !errors.Is(err, ErrUnknownID) {
			t.Errorf("AddID(%d): %v", id, err)
		}
		if err := b.AmendID(id, epoch, 1); !errors.Is(err, ErrUnknownID) {
			t.Errorf("AmendID(%d): %v", id, err)
		}
		if _, ok := b.StandingID(id); ok || b.Names().Name(id) != "" {
			t.Errorf("id %d is somebody", id)
		}
	}
	mustAdd(t, b, strings.Repeat("x", MaxSubject), epoch, 1)
	if b.Len() != 1 || b.Names().Len() != 1 {
		t.Error("the longest subject is not listed, or others are known")
	}
}

func TestBatchSaysWhichItemsFailed(t *testing.T) {
	b := mustBoard(t, Config{})
	ann := b.Names().ID("ann")
	err := b.AddBatch([]Delta{
		{ID: ann, At: epoch, Delta: 5},
		{Subject: "", At: epoch, Delta: 5},
		{Subject: "bob", At: epoch, Delta: 6},
		{ID: 99, At: epoch, Delta: 5},
		{Subject: "bob", At: daysAgo(40), Delta: 5},
		{Subject: "bob", At: epoch, Delta: math.MaxInt64},
		{ID: ann, At: epoch, Delta: -1},
	})
	var batch *BatchError
	if !errors.As(err, &batch) {
		t.Fatalf("got %v", err)
	}
	want := map[int]error{1: ErrInvalidSubject, 3: ErrUnknownID, 4: ErrOutsideWindow, 5: ErrOverflow}
	for _, f := range batch.Failed {
		if !errors.Is(f.Err, want[f.Index]) || !errors.Is(err, want[f.Index]) {
			t.Errorf("item %d: %v, want %v", f.Index, f.Err, want[f.Index])
		}
		delete(want, f.Index)
	}
	if len(want) > 0 || !strings.Contains(err.Error(), "4 items") {
		t.Errorf("%v does not name %v", err, want)
	}
	if got := b.Top(9); !slices.Equal(got, []Standing{{1, "bob", 6}, {2, "ann", 4}}) {
		t.Errorf("got %v", got)
	}
	if err := b.AddBatch([]Delta{{ID: ann, At: epoch, Delta: 5}}); err != nil {
		t.Error(err)
	}
}

func TestNewestSaysWhichItemsFailed(t *testing.T) {
	b := mustBoard(t, Config{})
	ids := b.Names().IDs(nil, []string{"ann", "", "bob"})
	if ids[1] != NoID {
		t.Errorf("the empty name has handle %d", ids[1])
	}
	err := b.AddNewest([]Increment{{ids[0], 5}, {NoID, 5}, {ids[2], 6}, {99, 5}, {ids[2], math.MaxInt64}, {ids[0], -1}})
	var batch *BatchError
	if !errors.As(err, &batch) || len(batch.Failed) != 3 {
		t.Fatalf("got %v", err)
	}
	for n, want := range []ItemError{{1, ErrUnknownID}, {3, ErrUnknownID}, {4, ErrOverflow}} {
		if got := batch.Failed[n]; got.Index != want.Index || !errors.Is(got.Err, want.Err) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if got := b.Top(9); !slices.Equal(got, []Standing{{1, "bob", 6}, {2, "ann", 4}}) {
		t.Errorf("got %v", got)
	}
	if err := b.AddNewest(nil); err != nil {
		t.Error(err)
	}
}

// Amend reaches the steps that only the past shows; Add does not.
func TestAmendReachesYesterday(t *testing.T) {
	b := mustBoard(t, Config{History: 2})
	ann := b.Names().ID("ann")
	mustAdd(t, b, "bob", epoch, 5)
	gone := daysAgo(31) // of the window of two days ago
	if err := b.AddID(ann, gone, 9); !errors.Is(err, ErrOutsideWindow) {
		t.Errorf("Add: %v", err)
	}
	if err := b.AmendID(ann, gone, 9); err != nil {
		t.Fatal(err)
	}
	if err := b.AmendID(ann, daysAgo(32), 9); !errors.Is(err, ErrOutsideWindow) {
		t.Errorf("Amend: %v", err)
	}
	if _, ok := b.Standing("ann"); ok {
		t.Error("ann is listed today")
	}
	v, err := b.AsOf(daysAgo(2))
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := v.Standing("ann"); !ok || s.Score != 9 || v.Len() != 1 {
		t.Errorf("two days ago: %v", s)
	}
	if _, err := b.AsOf(daysAgo(3)); !errors.Is(err, ErrOutsideHistory) {
		t.Errorf("three days ago: %v", err)
	}
	if _, err := b.AsOf(epoch.AddDate(0, 0, 1)); !errors.Is(err, ErrOutsideHistory) {
		t.Errorf("tomorrow: %v", err)
	}
}

func TestMovement(t *testing.T) {
	b := mustBoard(t, Config{})
	for s, v := range map[string]int64{"ann": 30, "bob": 20, "cat": 10, "dan": 5} {
		mustAdd(t, b, s, epoch, v)
	}
	today := epoch.AddDate(0, 0, 1)
	if err := b.Advance(today); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, b, "cat", today, 25)
	mustAdd(t, b, "eve", today, 1)
	mustAdd(t, b, "dan", today, -5)
	up, down, err := b.Movers(epoch, 5)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Move{{"cat", 1, 3, 35, 10}}; !slices.Equal(up, want) {
		t.Errorf("up %v, want %v", up, want)
	}
	if want := []Move{{"ann", 2, 1, 30, 30}, {"bob", 3, 2, 20, 20}}; !slices.Equal(down, want) {
		t.Errorf("down %v, want %v", down, want)
	}
	for _, want := range []Move{{"eve", 4, 0, 1, 0}, {"dan", 0, 4, 0, 5}, {"zoe", 0, 0, 0, 0}, up[0]} {
		if m, err := b.Movement(want.Subject, epoch); err != nil || m != want {
			t.Errorf("got %v, %v; want %v", m, err, want)
		}
	}
	// A correction of yesterday reaches yesterday's rank.
	mustAdd(t, b, "bob", epoch, 100)
	if m, err := b.Movement("bob", epoch); err != nil || m.Was != 1 || m.Climbed() != 0 {
		t.Errorf("after the correction: %v, %v", m, err)
	}
	if _, _, err := b.Movers(daysAgo(9), 1); !errors.Is(err, ErrOutsideHistory) {
		t.Errorf("too long ago: %v", err)
	}
	if _, err := b.Movement("ann", daysAgo(9)); !errors.Is(err, ErrOutsideHistory) {
		t.Errorf("too long ago: %v", err)
	}
}

func TestScorerKeepsTheRaw(t *testing.T) {
	b := mustBoard(t, Config{Scorer: CapPerStep(100)})
	mustAdd(t, b, "ann", epoch, 250)
	mustAdd(t, b, "ann", daysAgo(1), 60)
	mustAdd(t, b, "bob", epoch, 101)
	if s, _ := b.Standing("ann"); s.Score != 160 || b.Raw("ann").String() != "310" {
		t.Errorf("ann: %v, raw %v", s, b.Raw("ann"))
	}
	mustAdd(t, b, "ann", epoch, -200) // judged by the cap again
	if s, _ := b.Standing("ann"); s.Score != 110 || b.RawSteps("ann")[29] != 50 {
		t.Errorf("ann: %v, raw %v", s, b.RawSteps("ann"))
	}
}

func TestScorer(t *testing.T) {
	s := Scorer{{100, 1, 2}, {200, 1, 4}, {1000, 0, 1}}
	for raw, want := range map[int64]int64{
		math.MinInt64: math.MinInt64, -5: -5, 0: 0, 100: 100, 101: 100, 102: 101, 200: 150, 203: 150, 204: 151, 1000: 350, 1001: 350, math.MaxInt64: 350,
	} {
		if got := s.Score(raw); got != want {
			t.Errorf("Score(%d) = %d, want %d", raw, got, want)
		}
	}
	rng := rand.New(rand.NewPCG(6, 6))
	vast := Scorer{{0, math.MaxInt64 - 1, math.MaxInt64}, {1 << 40, 1, 3}}
	for range 10_000 {
		a, z := rng.Int64()>>rng.IntN(63), rng.Int64()>>rng.IntN(63)
		if a > z {
			a, z = z, a
		}
		if vast.Score(a) > vast.Score(z) || vast.Score(z) > z {
			t.Fatalf("Score(%d) = %d, Score(%d) = %d", a, vast.Score(a), z, vast.Score(z))
		}
	}
}

// The older last step wins a tie, then the subject: whatever came first.
func TestFirstReachedIsAFunctionOfTheSet(t *testing.T) {
	b := mustBoard(t, Config{Ties: FirstReached})
	mustAdd(t, b, "zoe", epoch, 5)
	mustAdd(t, b, "zoe", daysAgo(3), 5)
	mustAdd(t, b, "ann", daysAgo(1), 10)
	mustAdd(t, b, "eve", daysAgo(3), 10)
	mustAdd(t, b, "bob", daysAgo(1), 10)
	want := []string{"eve", "ann", "bob", "zoe"}
	for i, s := range b.Top(4) {
		if s.Subject != want[i] || s.Rank != i+1 {
			t.Errorf("row %d is %v, want %s", i, s, want[i])
		}
	}
	// The last step empties again: the one before it is the last.
	mustAdd(t, b, "zoe", epoch, -5)
	mustAdd(t, b, "zoe", daysAgo(3), 5)
	if s, _ := b.Standing("zoe"); s.Rank != 2 {
		t.Errorf("zoe: %v, want rank 2, behind eve by name", s)
	}
}

func TestMergeWantsBoardsOfOneKind(t *testing.T) {
	a := mustBoard(t, Config{})
	later := mustBoard(t, Config{})
	if err := later.Advance(epoch.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	for name, boards := range map[string][]*Board{
		"none":     nil,
		"windows":  {a, mustBoard(t, Config{Window: Rolling7d})},
		"ties":     {a, mustBoard(t, Config{Ties: Dense})},
		"scorers":  {a, mustBoard(t, Config{Scorer: CapPerStep(5)})},
		"hidden":   {a, mustBoard(t, Config{CountHidden: true})},
		"instants": {a, later},
	} {
		if _, err := Merge(boards...); !errors.Is(err, ErrInvalidConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseCursorRefusesWhatStringDoesNotWrite(t *testing.T) {
	for _, s := range []string{"!", "AA", "AAA", "AAAAAA==", "gAAAYQ", "AAD_", "/////w"} {
		if c, err := ParseCursor(s); !errors.Is(err, ErrInvalidCursor) {
			t.Errorf("%q: %v, %v", s, c, err)
		}
	}
	if c, err := ParseCursor(""); err != nil || c != (Cursor{}) {
		t.Errorf("the empty text: %v, %v", c, err)
	}
}

// Boards share names; each sees its own part of them, in its own order.
func TestBoardsShareNames(t *testing.T) {
	names := NewNames()
	var all []ID
	for i := range 3000 {
		all = append(all, names.ID(subjectName(i)))
	}
	for _, step := range []int{1, 2, 7, 500} {
		for _, back := range []bool{false, true} {
			b := mustBoard(t, Config{Names: names})
			ids := slices.Clone(all)
			if back {
				slices.Reverse(ids)
			}
			for i := 0; i < len(ids); i += step {
				if err := b.AddID(ids[i], epoch, int64(i+1)); err != nil {
					t.Fatal(err)
				}
			}
			for i, id := range ids {
				if s, ok := b.StandingID(id); ok != (i%step == 0) || ok && (s.Score != int64(i+1) || s.Subject != names.Name(id)) {
					t.Fatalf("every %d: id %d is %v, %v", step, id, s, ok)
				}
			}
			if b.Len() != (len(ids)+step-1)/step {
				t.Fatalf("Len %d", b.Len())
			}
		}
	}
	// One far handle after many near ones.
	b := mustBoard(t, Config{Names: names})
	for _, id := range []ID{5, 4, 3} {
		if err := b.AddID(id, epoch, 1); err != nil {
			t.Fatal(err)
		}
	}
	for i := range ID(100) {
		if err := b.AddID(i+1, epoch, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.AddID(3000, epoch, 7); err != nil || b.Top(1)[0].Subject != names.Name(3000) || b.Len() != 101 {
		t.Errorf("got %v, %d, %v", b.Top(1), b.Len(), err)
	}
}

func TestSnapshotIsAFunctionOfTheSet(t *testing.T) {
	type add struct {
		subject string
		at      time.Time
		delta   int64
	}
	rng := rand.New(rand.NewPCG(8, 8))
	var adds []add
	for range 2500 {
		at := epoch.Add(-time.Duration(rng.Int64N(int64(28 * 24 * time.Hour))))
		adds = append(adds, add{subjectName(rng.IntN(400)), at, rng.Int64N(1000) - 200})
	}
	for _, cfg := range []Config{{Window: Rolling30d}, {Window: Rolling30d, Ties: FirstReached, Scorer: CapPerStep(300), History: 3}, {Window: Window{Length: 720 * time.Hour, Step: time.Hour}}} {
		var want []byte
		var rows []Standing
		for round := range 6 {
			b, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			rng.Shuffle(len(adds), func(i, j int) { adds[i], adds[j] = adds[j], adds[i] })
			if err := b.Advance(epoch.AddDate(0, 0, 1-round%2)); err != nil { // one day already there, or slid to at the end
				t.Fatal(err)
			}
			for i, a := range adds {
				id := b.Names().ID(a.subject)
				if round%3 == 0 { // in two halves, with a detour
					if b.AmendID(id, a.at, a.delta+7) != nil || b.AmendID(id, a.at, -7) != nil {
						t.Fatal("refused")
					}
				} else if err := b.AmendID(id, a.at, a.delta); err != nil {
					t.Fatal(err)
				}
				if i == 1200 && round == 4 {
					b.Compact()
				}
				if i == 1700 && round > 2 {
					again, err := New(cfg)
					if err == nil {
						err = again.Restore(b.Snapshot())
					}
					if err != nil {
						t.Fatal(err)
					}
					b = again
				}
			}
			if err := b.Advance(epoch.AddDate(0, 0, 1)); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want, rows = b.Snapshot(), b.Top(1000)
			}
			if !bytes.Equal(b.Snapshot(), want) || !slices.Equal(b.Top(1000), rows) {
				t.Fatalf("%+v, round %d: another snapshot or other rows", cfg, round)
			}
		}
	}
}
