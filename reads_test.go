package tokenomics_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
)

// TestViewAgreesWithBoard: what is read from a copy of a board is what is read
// from the board, and stays so while the board goes on. The boards by cost carry
// their exact amounts into it.
func TestViewAgreesWithBoard(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	eng := newEngine(t, tokenomics.Config{Book: testBook(t, "0.0013")})
	record(t, eng, randomVersions(r, 300)...)
	for _, board := range []string{"tokens-30d", "cost-30d"} {
		v, err := eng.View(board)
		if err != nil {
			t.Fatal(err)
		}
		now, err := eng.AsOf(board, testNow)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := eng.Top(board, 99)
		if got := slices.Collect(v.All()); !slices.Equal(got, want) || !slices.Equal(slices.Collect(now.All()), want) || v.Len() != len(want) || !v.At().Equal(now.At()) {
			t.Fatalf("%s: view %+v, want %+v", board, got, want)
		}
		if got := v.Rows(1, 2); !slices.Equal(got, want[1:3]) {
			t.Errorf("%s: rows %+v", board, got)
		}
		subjects := []string{"eli", "nobody", "ana", "eli"}
		list, err := eng.Standings(board, subjects...)
		if len(list) != 2 || err != nil || !slices.Equal(list, v.Standings(subjects...)) {
			t.Errorf("%s: standings %+v, %v", board, list, err)
		}
		for i, s := range want {
			p, ok, err := eng.Percentile(board, s.Subject)
			vp, vok := v.Percentile(s.Subject)
			if share := float64(len(want)-1-i) / float64(len(want)-1); p != share || vp != p || !ok || !vok || err != nil {
				t.Errorf("%s: %s is at %v (%v, %v), want %v", board, s.Subject, p, ok, err, share)
			}
			gap, ok, err := eng.Next(board, s.Subject)
			vgap, vok := v.Next(s.Subject)
			if ok != (i > 0) || vok != ok || gap != vgap || err != nil {
				t.Errorf("%s: gap of row %d: %v, %v", board, i, gap, err)
			}
			if i > 0 {
				cost, _ := want[i-1].Cost.Sub(s.Cost)
				if gap.Above != want[i-1] || gap.Behind != uint64(want[i-1].Score-s.Score) || gap.Cost != cost {
					t.Errorf("%s: gap of row %d: %+v", board, i, gap)
				}
			}
			if around, _ := eng.Around(board, s.Subject, 1); !slices.Equal(around, v.Around(s.Subject, 1)) {
				t.Errorf("%s: around row %d", board, i)
			}
			if row, ok := v.Standing(s.Subject); row != s || !ok {
				t.Errorf("%s: standing of row %d: %+v", board, i, row)
			}
		}
		for p, at := range map[float64]int{0: len(want) - 1, 0.5: len(want) / 2, 1: 0} {
			score, ok, err := eng.ScoreAt(board, p)
			vscore, _ := v.ScoreAt(p)
			if score != want[at].Score || vscore != score || !ok || err != nil {
				t.Errorf("%s: score at %v is %d (%v, %v), want %d", board, p, score, ok, err, want[at].Score)
			}
		}
		if _, ok, _ := eng.ScoreAt(board, 2); ok {
			t.Error("there is a score at twice everybody")
		}
		big := call("big", "zoe of "+board, testNow)
		big.ID = "big of " + board
		big.Usage.Input = 1e9
		record(t, eng, big)
		if got := slices.Collect(v.All()); !slices.Equal(got, want) {
			t.Errorf("%s: the view changed", board)
		}
		if _, ok := v.Standing("zoe of " + board); ok {
			t.Errorf("%s: the view knows who came later", board)
		}
	}
	if _, err := eng.View("nonsense"); !errors.Is(err, tokenomics.ErrUnknownBoard) {
		t.Errorf("%v", err)
	}
}

// TestFault36PagesOfOneMoment: the pages that follow from a first one do not
// shift, whatever is recorded between them; a new first page is current.
func TestFault36PagesOfOneMoment(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	var events []tokenomics.Event
	for i := range 50 {
		e := call(fmt.Sprint(i), fmt.Sprintf("s%02d", i), testNow)
		e.Usage.Input = int64(1000 - i)
		events = append(events, e)
	}
	record(t, eng, events...)
	want, _ := eng.Top("tokens-30d", 99)
	var got []tokenomics.Standing
	turned := 0
	for cursor := ""; ; turned++ {
		p, err := eng.Page("tokens-30d", cursor, 7)
		if err != nil || p.Shifted || p.Of != 50 || p.From != len(got) {
			t.Fatalf("page %d: %+v, %v", turned, p, err)
		}
		got = append(got, p.Rows...)
		if cursor = p.Next; cursor == "" {
			break
		}
		if strings.Contains(cursor, "s0") {
			t.Errorf("the cursor %q tells a name", cursor)
		}
		e := call(fmt.Sprint("x", turned), fmt.Sprintf("s%02d", 49-turned), testNow) // the last becomes the first
		e.Usage.Input = int64(10_000 + turned)
		record(t, eng, e)
	}
	if !slices.Equal(got, want) || turned != 7 {
		t.Errorf("%d pages of %d rows, want those of the first moment", turned+1, len(got))
	}
	if p, _ := eng.Page("tokens-30d", "", 1); p.Rows[0].Subject != "s43" || p.Next == "" {
		t.Errorf("a new first page: %+v", p)
	}
}

// TestPagesAreBounded: a cursor whose moment is no longer kept goes on in the
// present and says so; a text that is no cursor is an error.
func TestPagesAreBounded(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	var first string
	for i := range 30 {
		record(t, eng, call(fmt.Sprint(i), fmt.Sprint("s", i), testNow))
		p, err := eng.Page("tokens-30d", "", 1)
		if err != nil || len(p.Rows) != 1 || (p.Next == "") != (i == 0) {
			t.Fatalf("%+v, %v", p, err)
		}
		if i == 1 {
			first = p.Next
		}
	}
	p, err := eng.Page("tokens-30d", first, 2)
	if err != nil || !p.Shifted || p.From != 1 || len(p.Rows) != 2 || p.Of != 30 {
		t.Errorf("%+v, %v", p, err)
	}
	if q, err := eng.Page("tokens-30d", p.Next, 2); err != nil || q.Shifted || q.From != 3 {
		t.Errorf("%+v, %v", q, err)
	}
	if _, err := eng.Page("cost-30d", p.Next, 2); !errors.Is(err, tokenomics.ErrCursor) {
		t.Errorf("a cursor of another board: %v", err)
	}
	for _, bad := range []string{"x", ".", "1.", ".1", "-1.0", "1.-1", "0.0", "1.zzzzzzzzzz", "\xff"} {
		if _, err := eng.Page("tokens-30d", bad, 2); !errors.Is(err, tokenomics.ErrCursor) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if p, err := eng.Page("tokens-30d", "", 0); err != nil || len(p.Rows) != 0 || p.Next != "" {
		t.Errorf("a page of no rows: %+v, %v", p, err)
	}
}

// TestMovers: who climbed and who fell since yesterday, with the amounts.
func TestMovers(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	yesterday := testNow.Add(-24 * time.Hour)
	for i, n := range []int64{50, 40, 30, 20} {
		e := call(fmt.Sprint(i), string(rune('a'+i)), yesterday)
		e.Usage.Input = n
		record(t, eng, e)
	}
	rise := call("rise", "d", testNow)
	rise.Usage.Input = 100
	came := call("came", "e", testNow)
	record(t, eng, rise, came)
	up, down, err := eng.Movers("cost-30d", yesterday, 2)
	if err != nil || len(up) != 1 || len(down) != 2 {
		t.Fatalf("up %+v, down %+v, %v", up, down, err)
	}
	d := up[0]
	if d.Subject != "d" || d.Climbed() != 3 || d.Now.Rank != 1 || d.Was.Rank != 4 || d.Now.Cost != pricing.MustMoney("0.00012") || d.Was.Cost != pricing.MustMoney("0.00002") {
		t.Errorf("up %+v", d)
	}
	if down[0].Subject != "a" || down[0].Climbed() != -1 || down[1].Subject != "b" {
		t.Errorf("down %+v", down)
	}
	if _, _, err := eng.Movers("cost-30d", testNow.Add(-90*24*time.Hour), 2); !errors.Is(err, rank.ErrOutsideHistory) {
		t.Errorf("beyond the history: %v", err)
	}
	if c := (tokenomics.Move{Now: tokenomics.Standing{Rank: 3}}).Climbed(); c != 0 {
		t.Errorf("who came climbed %d", c)
	}
}

// TestHistoryIsEveryStep: a board shows each past step it was told to keep, as
// an engine whose clock stood there would have shown it.
func TestHistoryIsEveryStep(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	const history = 12
	boards := []tokenomics.Board{{Name: "tokens", History: history}, {Name: "cost", By: tokenomics.ByCost, History: history, Ties: rank.FirstReached}}
	book := testBook(t, "0.0013")
	versions := randomVersions(r, 400)
	eng := newEngine(t, tokenomics.Config{Book: book, Boards: boards})
	record(t, eng, versions...)
	for back := range history + 2 {
		past := testNow.Add(-time.Duration(back) * 24 * time.Hour)
		then := newEngine(t, tokenomics.Config{Book: book, Boards: boards, Now: clockAt(past), MaxLate: tokenomics.NoLimit, MaxFuture: tokenomics.NoLimit})
		record(t, then, versions...)
		for _, b := range boards {
			v, err := eng.AsOf(b.Name, past)
			if back > history {
				if !errors.Is(err, rank.ErrOutsideHistory) {
					t.Errorf("%s %d days back: %v", b.Name, back, err)
				}
				continue
			}
			want, err2 := then.Top(b.Name, 99)
			if err != nil || err2 != nil || !slices.Equal(v.Top(99), want) {
				t.Errorf("%s %d days back: %v, %v", b.Name, back, err, err2)
			}
		}
	}
}

// TestProfileOfNobody: no subject is not all subjects.
func TestProfileOfNobody(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{})
	record(t, eng, call("a", "ana", testNow))
	p, err := eng.Profile(t.Context(), "")
	if err != nil || p.Facts.Usage.Tokens() != 0 || len(p.History) != 0 {
		t.Errorf("%+v, %v", p.Facts.Usage, err)
	}
}
