package tokenomics_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// teamVersions are random versions of calls of people who change teams.
func teamVersions(r *rand.Rand, n int) []tokenomics.Event {
	events := randomVersions(r, n)
	for i := range events {
		e := &events[i]
		e.Team = []string{"", "infra", "web", "a/b=c", "Ω"}[r.IntN(5)]
		e.Workflow = []string{"", "review", "fix"}[r.IntN(3)]
		e.Labels = store.Labels{{Key: "project", Value: fmt.Sprint("p", r.IntN(3))}}
	}
	return events
}

// counting returns the versions that count, the simplest way.
func counting(versions []tokenomics.Event) []tokenomics.Event {
	best := map[tokenomics.Key]*tokenomics.Event{}
	for i := range versions {
		v := &versions[i]
		if old := best[v.Key()]; old == nil || store.Compare(v, old) > 0 {
			best[v.Key()] = v
		}
	}
	var out []tokenomics.Event
	for _, v := range best {
		if !v.Void {
			out = append(out, *v)
		}
	}
	return out
}

var segmented = []tokenomics.Board{
	{Name: "people", Per: []tokenomics.Dimension{tokenomics.ByTeam, tokenomics.ByModel, tokenomics.ByLabel("project")}, History: 3},
	{Name: "cost", By: tokenomics.ByCost, Per: []tokenomics.Dimension{tokenomics.ByTeam}},
	{Name: "teams", By: tokenomics.ByCost, Of: tokenomics.ByTeam, Per: []tokenomics.Dimension{tokenomics.BySubject}},
	{Name: "models", Of: tokenomics.ByModel},
	{Name: "ever", Window: rank.Ever(), Per: []tokenomics.Dimension{tokenomics.ByWorkflow}, Score: func(e *tokenomics.Event) int64 { return e.Usage.Input % 7 }},
}

func keyOf(by tokenomics.Dimension, e *tokenomics.Event) string {
	switch by {
	case tokenomics.ByTeam:
		return e.Team
	case tokenomics.ByModel:
		return e.Model
	case tokenomics.ByWorkflow:
		return e.Workflow
	case tokenomics.BySubject:
		return e.Subject
	}
	v, _ := e.Labels.Get("project")
	return v
}

// TestSegmentsAreBoards: a segment is the board that an engine would have which
// took the counting events of that team, model or workflow only, row by row, now
// and in the past; what a board ranks is what its events name. The law of
// convergence holds for all of them.
func TestSegmentsAreBoards(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 17))
		versions := teamVersions(r, 60+r.IntN(120))
		clock := testNow
		book := testBook(t, "0.0013")
		cfg := tokenomics.Config{Book: book, Boards: segmented, Store: memstore.New(nil), Now: func() time.Time { return clock }}
		eng := newEngine(t, cfg)
		for part := range slices.Chunk(versions, 1+r.IntN(30)) {
			record(t, eng, part...)
		}
		other := cfg
		other.Store = memstore.New(nil)
		again := newEngine(t, other)
		shuffled := slices.Clone(versions)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for part := range slices.Chunk(shuffled, 1+r.IntN(30)) {
			record(t, again, part...)
			if r.IntN(3) == 0 {
				again = newEngine(t, other)
			}
		}
		if !bytes.Equal(snapshot(t, eng), snapshot(t, again)) {
			t.Fatalf("seed %d: another order gives another state", seed)
		}
		for _, days := range []int{0, 2, 29} {
			clock = testNow.Add(time.Duration(days) * 24 * time.Hour)
			if days > 0 && !bytes.Equal(snapshot(t, eng), snapshot(t, newEngine(t, cfg))) {
				t.Fatalf("seed %d: after %d days a fresh engine has another state", seed, days)
			}
			for _, spec := range segmented {
				compareSegments(t, eng, spec, counting(versions), book, clock, seed)
			}
		}
	}
}

// compareSegments compares every segment of a board with a plain board over its
// events.
func compareSegments(t *testing.T, eng *tokenomics.Engine, spec tokenomics.Board, events []tokenomics.Event, book *pricing.Book, now time.Time, seed uint64) {
	t.Helper()
	of := cmp.Or(spec.Of, tokenomics.BySubject)
	plain := spec
	plain.Of, plain.Per = "", nil
	check := func(name string, belongs func(*tokenomics.Event) bool) int {
		var of1 []tokenomics.Event
		for _, e := range events {
			if key := keyOf(of, &e); key != "" && belongs(&e) {
				e.Subject = key // on a plain board, subjects stand for what is ranked
				of1 = append(of1, e)
			}
		}
		alone := newEngine(t, tokenomics.Config{Book: book, Boards: []tokenomics.Board{plain}, MaxLate: tokenomics.NoLimit, Now: clockAt(now)})
		record(t, alone, of1...)
		want, err1 := alone.Top(spec.Name, 99)
		got, err2 := eng.Top(name, 99)
		if err1 != nil || err2 != nil || !slices.Equal(got, want) {
			t.Fatalf("seed %d: %s: %v, %v:\n%+v, want\n%+v", seed, name, err1, err2, got, want)
		}
		past := now.Add(-24 * time.Hour)
		was, err1 := alone.AsOf(spec.Name, past)
		is, err2 := eng.AsOf(name, past)
		if err1 != nil || err2 != nil || !slices.Equal(is.Top(99), was.Top(99)) {
			t.Fatalf("seed %d: %s yesterday: %v, %v", seed, name, err1, err2)
		}
		for _, row := range want {
			s, ok, err := eng.Standing(name, row.Subject)
			around, err2 := eng.Around(name, row.Subject, 1)
			wantAround, _ := alone.Around(spec.Name, row.Subject, 1)
			steps, err3 := eng.Steps(name, row.Subject)
			wantSteps, _ := alone.Steps(spec.Name, row.Subject)
			if !ok || s != row || !slices.Equal(around, wantAround) || !slices.Equal(steps, wantSteps) || errors.Join(err, err2, err3) != nil {
				t.Fatalf("seed %d: %s: %+v, want %+v; %v, %v, %v", seed, name, s, row, err, err2, err3)
			}
		}
		if n, err := eng.Len(name); n != len(want) || err != nil {
			t.Fatalf("seed %d: %s has %d rows (%v), want %d", seed, name, n, err, len(want))
		}
		return len(want)
	}
	check(spec.Name, func(*tokenomics.Event) bool { return true })
	for _, by := range spec.Per {
		keys := map[string]bool{"nobody is here": true}
		for i := range events {
			if key := keyOf(by, &events[i]); key != "" {
				keys[key] = true
			}
		}
		var want []tokenomics.Segment
		for key := range keys {
			if n := check(tokenomics.Within(spec.Name, by, key), func(e *tokenomics.Event) bool { return keyOf(by, e) == key }); n > 0 {
				want = append(want, tokenomics.Segment{Key: key, Ranked: n})
			}
		}
		slices.SortFunc(want, func(a, b tokenomics.Segment) int { return cmp.Compare(a.Key, b.Key) })
		if got, err := eng.Segments(spec.Name, by); err != nil || !slices.Equal(got, want) {
			t.Fatalf("seed %d: segments of %s by %s: %v, %v, want %v", seed, spec.Name, by, got, err, want)
		}
	}
}

// TestMembershipIsOfTheEvent: who changes teams leaves the past where it was.
func TestMembershipIsOfTheEvent(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{Boards: tokenomics.BoardsOver(rank.Rolling30d, "30d", tokenomics.ByTeam)})
	old, fresh := call("a", "ana", testNow.Add(-48*time.Hour)), call("b", "ana", testNow)
	old.Team, fresh.Team = "infra", "web"
	old.Usage.Input, fresh.Usage.Input = 10, 4
	record(t, eng, old, fresh)
	for name, want := range map[string]int64{"tokens-30d": 14, "tokens-30d/team=infra": 10, "tokens-30d/team=web": 4} {
		if s, ok, err := eng.Standing(name, "ana"); !ok || s.Score != want || err != nil {
			t.Errorf("%s: %+v, %v, want %d", name, s, err, want)
		}
	}
	fix := old // the log had the wrong team
	fix.Revision, fix.Team = 1, "web"
	record(t, eng, fix)
	for name, want := range map[string]int64{"tokens-30d": 14, "tokens-30d/team=infra": 0, "tokens-30d/team=web": 14} {
		if s, _, err := eng.Standing(name, "ana"); s.Score != want || err != nil {
			t.Errorf("corrected: %s: %+v, %v, want %d", name, s, err, want)
		}
	}
}

// TestSegmentsAreBounded: a flood of invented teams takes a stated room; what is
// kept stays exact, what is not is an error, and the state does not depend on
// which came first. It goes on when they are gone.
func TestSegmentsAreBounded(t *testing.T) {
	clock := testNow
	cfg := tokenomics.Config{Now: func() time.Time { return clock },
		Boards: []tokenomics.Board{{Name: "b", Per: []tokenomics.Dimension{tokenomics.ByTeam}, MaxSegments: 8}}}
	var events []tokenomics.Event
	for i := range 200 {
		e := call(fmt.Sprint(i), "ana", testNow)
		e.Team = fmt.Sprint("team ", i/2)
		events = append(events, e)
	}
	var want []byte
	for seed := range uint64(3) {
		eng := newEngine(t, cfg)
		rand.New(rand.NewPCG(seed, 2)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		record(t, eng, events...)
		first := events[0].Team
		if s, ok, err := eng.Standing(tokenomics.Within("b", tokenomics.ByTeam, first), "ana"); !ok || s.Score != 2 || err != nil {
			t.Errorf("a segment that is kept: %+v, %v", s, err)
		}
		segs, err := eng.Segments("b", tokenomics.ByTeam)
		if len(segs) != 8 || !errors.Is(err, tokenomics.ErrTooManySegments) {
			t.Errorf("%d segments, %v", len(segs), err)
		}
		refused := 0
		for i := range 100 {
			if _, err := eng.Top(tokenomics.Within("b", tokenomics.ByTeam, fmt.Sprint("team ", i)), 1); errors.Is(err, tokenomics.ErrTooManySegments) {
				refused++
			}
		}
		if refused != 92 {
			t.Errorf("%d of 100 teams are refused, want 92", refused)
		}
		if s, ok, err := eng.Standing("b", "ana"); !ok || s.Score != 200 || err != nil {
			t.Errorf("the whole board: %+v, %v", s, err)
		}
		if got := snapshot(t, eng); want == nil {
			want = got
		} else if !bytes.Equal(got, want) {
			t.Error("another order of arrival leaves other segments")
		}
		clock = testNow.Add(40 * 24 * time.Hour)
		late := call("late", "bo", clock)
		late.Team = "infra"
		if _, err := eng.Len("b"); err != nil {
			t.Fatal(err)
		}
		record(t, eng, late)
		if n, err := eng.Len("b/team=infra"); n != 1 || err != nil {
			t.Errorf("%d ranked in a new team after the flood (%v)", n, err)
		}
		clock = testNow
	}
}

// TestManySegments: thousands of small segments are cheap.
func TestManySegments(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{Boards: []tokenomics.Board{{Name: "b", Per: []tokenomics.Dimension{tokenomics.ByWorkflow}}}})
	var events []tokenomics.Event
	for i := range 20_000 {
		e := call(fmt.Sprint(i), fmt.Sprint("s", i%977), testNow.Add(-time.Duration(i%29)*24*time.Hour))
		e.Workflow = fmt.Sprint("w", i%5000)
		events = append(events, e)
	}
	record(t, eng, events...)
	segs, err := eng.Segments("b", tokenomics.ByWorkflow)
	if err != nil || len(segs) != 5000 || segs[0].Ranked != 4 {
		t.Fatalf("%d segments, %v", len(segs), err)
	}
}

// TestBrokenSegment: a total beyond what a board holds is the error of the board
// and the segment it is on, not of the others, and heals with its cause.
func TestBrokenSegment(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{Boards: []tokenomics.Board{
		{Name: "cost", By: tokenomics.ByCost, Per: []tokenomics.Dimension{tokenomics.ByTeam}},
		{Name: "teams", By: tokenomics.ByCost, Of: tokenomics.ByTeam}}})
	small := call("small", "ana", testNow)
	small.Team = "infra"
	record(t, eng, small)
	var last tokenomics.Event
	for i := range 1000 {
		last = call(fmt.Sprint(i), "eve", testNow)
		last.Model, last.Team, last.Usage = "large", "web", tokenomics.Usage{Input: 1e12, Output: 1e12}
		record(t, eng, last)
		if _, err := eng.Top("cost/team=web", 1); err != nil {
			if !errors.Is(err, rank.ErrOverflow) {
				t.Fatal(err)
			}
			break
		}
	}
	if n, err := eng.Len("cost/team=infra"); n != 1 || err != nil {
		t.Errorf("the other team: %d, %v", n, err)
	}
	for _, broken := range []string{"cost", "cost/team=web", "teams"} {
		if _, err := eng.Top(broken, 1); !errors.Is(err, rank.ErrOverflow) {
			t.Errorf("%s: %v", broken, err)
		}
	}
	last.Void = true
	record(t, eng, last)
	for _, healed := range []string{"cost", "cost/team=web", "teams"} {
		if top, err := eng.Top(healed, 1); err != nil || len(top) != 1 {
			t.Errorf("%s: %v, %v", healed, top, err)
		}
	}
}

// TestSegmentConfig: what cannot be kept is an error of New, or of the read.
func TestSegmentConfig(t *testing.T) {
	for _, bad := range []tokenomics.Board{
		{Name: "a/b"},
		{Name: "a", Of: tokenomics.ByDay},
		{Name: "a", Of: tokenomics.BySession},
		{Name: "a", Of: "nonsense"},
		{Name: "a", Of: tokenomics.ByTeam, Per: []tokenomics.Dimension{tokenomics.ByTeam}},
		{Name: "a", Per: []tokenomics.Dimension{tokenomics.BySubject}},
		{Name: "a", Per: []tokenomics.Dimension{tokenomics.ByTeam, tokenomics.ByTeam}},
		{Name: "a", Per: []tokenomics.Dimension{tokenomics.ByLabel("x=y")}},
		{Name: "a", Per: []tokenomics.Dimension{tokenomics.Cross(tokenomics.ByTeam, tokenomics.ByModel)}},
		{Name: "a", MaxSegments: -1},
	} {
		if _, err := tokenomics.New(t.Context(), &tokenomics.Config{Boards: []tokenomics.Board{bad}, Book: testBook(t, "1"), Now: clockAt(testNow)}); !errors.Is(err, tokenomics.ErrConfig) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	eng := newEngine(t, tokenomics.Config{Boards: []tokenomics.Board{{Name: "a", Per: []tokenomics.Dimension{tokenomics.ByTeam}}}})
	for _, name := range []string{"b", "a/", "a/team", "a/model=x", "b/team=x", "/team=x", ""} {
		if _, err := eng.Top(name, 1); !errors.Is(err, tokenomics.ErrUnknownBoard) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := eng.Segments("a", tokenomics.ByModel); !errors.Is(err, tokenomics.ErrUnknownBoard) {
		t.Errorf("segments that are not kept: %v", err)
	}
}

// TestPagesOfASegmentMadeAgain: a segment that was empty for a while shows nothing of
// the one before, though it has changed as often.
func TestPagesOfASegmentMadeAgain(t *testing.T) {
	clock := testNow
	hour := rank.Window{Length: time.Hour, Step: time.Hour}
	eng := newEngine(t, tokenomics.Config{Now: func() time.Time { return clock }, Boards: []tokenomics.Board{{Name: "b", Window: hour, Per: []tokenomics.Dimension{tokenomics.ByTeam}}}})
	add := func(id, who string) {
		e := call(id, who, clock)
		e.Team = "infra"
		record(t, eng, e)
	}
	add("1", "ana")
	add("2", "bo")
	if p, err := eng.Page("b/team=infra", "", 1); err != nil || p.Next == "" {
		t.Fatal(p, err)
	}
	clock = clock.Add(5 * time.Hour)
	if _, err := eng.Top("b", 1); err != nil {
		t.Fatal(err)
	}
	add("3", "cem")
	add("4", "dua")
	p, err := eng.Page("b/team=infra", "", 2)
	if err != nil || len(p.Rows) != 2 || p.Rows[0].Subject != "cem" {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestBoardsAreACopy: what a host does to the specifications it is given is its own affair.
func TestBoardsAreACopy(t *testing.T) {
	per := []tokenomics.Dimension{tokenomics.ByTeam}
	eng := newEngine(t, tokenomics.Config{Boards: []tokenomics.Board{{Name: "b", Per: per}}})
	bs := eng.Boards()
	bs[0].Per[0] = tokenomics.ByModel
	if eng.Boards()[0].Per[0] != tokenomics.ByTeam {
		t.Error("the engine keeps its boards per what the host wrote there")
	}
}
