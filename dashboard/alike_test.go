package dashboard

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/tiers"
	"github.com/tokenomics-go/tokenomics/usage"
)

// pairs are lists asked for in ways beyond [lists]: narrowed twice, from beyond the
// end, by what is not there.
var pairs = []string{
	"?team=large&model=gpt-6-sol", "api/board?team=large&model=gpt-6-sol&workflow=review", "board.csv?in=team:middle&model=gpt-6-sol", "api/team?name=middle",
	"api/model?name=gpt-6-sol", "api/model?name=gemini-3.8-flash", "api/workflow?name=review", "api/workflow?name=triage", "api/models?board=tokens-7d",
	"api/board?board=fresh-30d", "api/board?board=fresh-7d", "board.csv?board=fresh-30d", "api/board?board=output-7d", "api/board?page=2&offset=20", "?board=none",
	"person", "person?id=x", "api/person?id=x", "api/none", "events", "consent",
}

// TestOneRequestIsSeenNowhere: two companies that differ in one small request of
// one person, the first of a day, of a model or of a meter, are alike to others: on
// every page, list, file and answer, its length and its headers.
func TestOneRequestIsSeenNowhere(t *testing.T) {
	requests := map[string]func(*tokenomics.Event){
		"on an idle day": func(e *tokenomics.Event) { e.Call.At = testNow.Add(-20 * 24 * time.Hour) },
		"of a model":     func(e *tokenomics.Event) { e.Call.Model = "gemini-3.8-flash" },
		"of a workflow":  func(e *tokenomics.Event) { e.Workflow = "triage" },
		"of a team":      func(e *tokenomics.Event) { e.Team = "middle" },
		"of few": func(e *tokenomics.Event) {
			e.Team, e.Workflow, e.Call.Model = "small", "secret-plan", "claude-haiku-5-5"
		},
		"of nobody else": func(e *tokenomics.Event) { e.Call.Model, e.Call.Usage.Pages = "claude-sonnet-5-5", 1 },
		"of a meter":     func(e *tokenomics.Event) { e.Call.Usage.WebSearches = 1 },
		"without price":  func(e *tokenomics.Event) { e.Call.Model = "no-such-model" },
		"of no group":    func(e *tokenomics.Event) { e.Team, e.Workflow = "", "" },
	}
	look := func(p Privacy, viewer string, change func(*tokenomics.Event)) string {
		w := newWorld(t)
		var err error // without titles, which tell that their gates are met, and some of that by one request
		if w.eng, err = tokenomics.New(t.Context(), &tokenomics.Config{Boards: w.eng.Boards(), Titles: []tiers.Rule{}, Now: w.clock}); err != nil {
			t.Fatal(err)
		}
		w.company()
		for i := range 10 { // others have no team, no price
			w.use(fmt.Sprint("further-", i), "", "no-such-model", "", 200_000, 3*time.Hour)
		}
		for i := range 3 {
			w.search(fmt.Sprintf("large-0%d", i))
		}
		if change != nil {
			e := tokenomics.Event{Source: "test", ID: "one", Subject: "large-03", Team: "large", Workflow: "build", Session: "s",
				Call: tokenomics.Call{Provider: "anthropic", Model: "claude-opus-5-5", At: testNow.Add(-time.Hour), Usage: usage.Usage{Input: 900, Output: 90}}}
			change(&e)
			if rs, err := w.eng.Record(t.Context(), e); err != nil || rs[0].Status != tokenomics.Accepted {
				t.Fatalf("recording: %v, %+v", err, rs)
			}
		}
		h := w.handler(Options{Authorize: as(Viewer{Subject: viewer}), Privacy: p})
		var all strings.Builder
		for _, r := range append(append(slices.Clone(routes), lists...), pairs...) {
			code, text, head := get(t, h, "/"+r)
			fmt.Fprintln(&all, "===", r, code, text, head)
		}
		return all.String()
	}
	for name, viewer := range map[string]string{"named": "large-04", "pseudonyms": "small-01", "opt-in key": ""} {
		p := privacies()[name]
		p.Key = []byte(strings.Repeat("k", MinKey)) // ids in links are those of every run
		without := look(p, viewer, nil)
		for kind, change := range requests {
			if with := look(p, viewer, change); with != without {
				i := 0
				for with[i] == without[i] {
					i++
				}
				page := with[strings.LastIndex(with[:i], "==="):]
				t.Errorf("%s: a request %s shows on %.40q: …%s…, without it …%s…", name, kind, page, with[max(0, i-60):i+60], without[max(0, i-60):i+60])
			}
		}
	}
}

// search records a call with a web search.
func (w *world) search(subject string) {
	w.t.Helper()
	w.n++
	e := tokenomics.Event{Source: "test", ID: fmt.Sprint(w.n), Subject: subject, Team: "large", Workflow: "build", Session: "s",
		Call: tokenomics.Call{Provider: "anthropic", Model: "claude-opus-5-5", At: w.clock().Add(-time.Hour), Usage: usage.Usage{Input: 1000, Output: 100, WebSearches: 37}}}
	if rs, err := w.eng.Record(w.t.Context(), e); err != nil || rs[0].Status != tokenomics.Accepted {
		w.t.Fatalf("recording: %v, %+v", err, rs)
	}
}

// TestMetersOfFewInAGroup: that everybody's searches are told of does not tell
// those of the one in a team who searched; nor does the rest of the team's.
func TestMetersOfFewInAGroup(t *testing.T) {
	w := newWorld(t)
	w.company()
	for i := range 11 {
		w.search(fmt.Sprintf("large-%02d", i))
	}
	for i := range 8 { // nothing has to be hidden because of the rest
		w.use(fmt.Sprint("further-", i), "small", "claude-haiku-5-5", "secret-plan", 5_000_000, time.Hour)
	}
	w.n++
	e := tokenomics.Event{Source: "test", ID: fmt.Sprint(w.n), Subject: "middle-04", Team: "middle", Workflow: "triage", Session: "s",
		Call: tokenomics.Call{Model: "gemini-3.8-flash", At: w.clock().Add(-time.Hour), Usage: usage.Usage{Input: 1000, Output: 100, WebSearches: 5300}}}
	if _, err := w.eng.Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-05"})})
	for target, want := range map[string]bool{"/api/cost": true, "/api/team?name=large": true, "/api/team?name=middle": false, "/api/model?name=gemini-3.8-flash": false} {
		var v struct{ Meters []meterView }
		if err := json.Unmarshal([]byte(mustGet(t, h, target)), &v); err != nil {
			t.Fatal(err)
		}
		if got := slices.ContainsFunc(v.Meters, func(m meterView) bool { return m.Meter == usage.WebSearches.String() }); got != want {
			t.Errorf("%s tells of searches: %t", target, got)
		}
	}
}

// TestLittleIsNotTold: on boards of fresh tokens, calls and of the host's own score
// nobody's count is told below the least, nor to the last digit.
func TestLittleIsNotTold(t *testing.T) {
	w := newWorld(t)
	boards := append(tokenomics.BoardsOver(rank.Rolling30d, "30d"), tokenomics.Board{Name: "calls-30d", Window: rank.Rolling30d, By: tokenomics.ByCalls},
		tokenomics.Board{Name: "own-30d", Window: rank.Rolling30d, Score: func(e *tokenomics.Event) int64 { return e.Call.Usage.Input }})
	var err error
	if w.eng, err = tokenomics.New(t.Context(), &tokenomics.Config{Boards: boards, Now: w.clock}); err != nil {
		t.Fatal(err)
	}
	for i := range 47 {
		w.use("ana", "t", "gpt-6-sol", "", 1, time.Duration(i)*time.Minute)
	}
	w.use("ben", "t", "gpt-6-sol", "", 53, time.Hour)
	h := w.handler(Options{Authorize: as(Viewer{Subject: "cem"})})
	for board, want := range map[string][]figure{
		"tokens-30d": {{Value: 1_000_000, Below: true}, {Value: 1_000_000, Below: true}},
		"fresh-30d":  {{Value: 1_000_000, Below: true}, {Value: 1_000_000, Below: true}},
		"calls-30d":  {{Value: 50}, {Value: 10, Below: true}},
		"own-30d":    {{Value: 50}, {Value: 50}},
	} {
		var v boardView
		if err := json.Unmarshal([]byte(mustGet(t, h, "/api/board?board="+board)), &v); err != nil {
			t.Fatal(err)
		}
		var got []figure
		for _, r := range v.Rows {
			f := r.Score
			if board == "tokens-30d" {
				f = r.Tokens
			}
			got = append(got, *f)
			if r.Output == nil || !r.Output.Below {
				t.Errorf("%s: %s generated %+v", board, r.Name, r.Output)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", board, got, want)
		}
		if v.Tokens != (figure{Value: 1_000_000, Below: true}) || !v.Cost.Below {
			t.Errorf("%s: two people's sum is %+v and %+v", board, v.Tokens, v.Cost)
		}
	}
}

// TestMetersAreNotFoundBySubtraction: of meters that add up to a sum that is told, the
// hidden ones are of as many people as it takes, or none is told.
func TestMetersAreNotFoundBySubtraction(t *testing.T) {
	const least = 5
	rng := newRand(t)
	tokens := tokenMeters()
	for range 2000 {
		users := make([]uint64, rng.IntN(40))
		for i := range users {
			users[i] = rng.Uint64() & rng.Uint64() & rng.Uint64() & (1<<usage.NumMeters - 1)
		}
		for _, addUp := range []uint64{allMeters, tokens} {
			people, shown := tellMeters(slices.Values(users), least, addUp)
			rest, told := uint64(0), false
			for m := range shown {
				switch {
				case shown[m] && people[m] < least:
					t.Fatalf("a meter of %d people is told of", people[m])
				case addUp>>m&1 == 0 && shown[m] != (people[m] >= least):
					t.Fatalf("a meter of %d people that adds up to nothing: %t", people[m], shown[m])
				case addUp>>m&1 == 1 && shown[m]:
					told = true
				case addUp>>m&1 == 1 && people[m] > 0:
					rest |= 1 << m
				}
			}
			if n := countAny(slices.Values(users), rest); told && rest != 0 && n < least {
				t.Fatalf("the rest is of %d people", n)
			}
		}
	}
}

// TestRareTiersJoinNothing: a tier that few rows without a name have would say which
// row of another board is the same; so would having none, if few have none.
func TestRareTiersJoinNothing(t *testing.T) {
	h := &Handler{opts: Options{Privacy: Privacy{Naming: OptIn, MinGroup: 5}}, ladder: tiers.DefaultLadder()}
	rng := newRand(t)
	for range 500 {
		tab := &table{Board: tokenomics.Board{Name: "b"}}
		ed := &edition{tables: []*table{tab}, named: map[string]bool{}, honors: &honors{of: map[string]honor{}}}
		for i := range rng.IntN(60) {
			s := fmt.Sprint(i)
			tab.listed = append(tab.listed, tokenomics.Standing{Subject: s})
			ed.named[s], ed.honors.of[s] = rng.IntN(4) == 0, honor{level: min(rng.IntN(6), rng.IntN(6))}
		}
		h.publishTiers(ed)
		seen := map[int]int{}
		for _, r := range tab.listed {
			if level := ed.honors.of[r.Subject].level; !ed.named[r.Subject] && ed.tiers["b"][level] {
				seen[level]++
			} else if !ed.named[r.Subject] {
				seen[0]++
			}
		}
		for level, n := range seen {
			if n < 5 && len(seen) > 1 {
				t.Fatalf("%d rows show level %d: %v", n, level, seen)
			}
		}
	}
}

// TestTierOfAPseudonym: the one silver of a board is not told, but to its owner.
func TestTierOfAPseudonym(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.use("silver", "", "gpt-6-sol", "", 90_000_000, time.Duration(i)*24*time.Hour)
	}
	for i := range 12 {
		w.use(fmt.Sprint("bronze-", i), "", "gpt-6-sol", "", int64(3_000_000+i*1_000_000), time.Hour)
	}
	p := privacies()["pseudonyms"]
	for viewer, want := range map[string]bool{"bronze-1": false, "silver": true} {
		h := w.handler(Options{Authorize: as(Viewer{Subject: viewer}), Privacy: p})
		text := mustGet(t, h, "/api/board") + mustGet(t, h, "/api/board?board=cost-30d")
		if got := strings.Contains(text, `"tier":{"level":2`); got != want {
			t.Errorf("%s sees a silver row: %t", viewer, got)
		}
	}
}

// TestEditionsAreFarApart: whoever comes just before an edition is due does not make
// two a moment apart, which would show what happened in that moment.
func TestEditionsAreFarApart(t *testing.T) {
	w := newWorld(t)
	w.company()
	for _, at := range []time.Duration{0, time.Second, 29 * time.Minute, 31 * time.Minute, 59*time.Minute + 59*time.Second} {
		w.set(testNow.Truncate(time.Hour).Add(at))
		h := w.handler(Options{Authorize: AllowAnyone, Every: time.Hour})
		mustGet(t, h, "/")
		ed := h.current.Load()
		if d := ed.next.Sub(ed.at); d < 30*time.Minute || d > 90*time.Minute {
			t.Errorf("%s after the hour: the next edition is %s later", at, d)
		}
	}
}

// TestRankBeforeBeingListed: how far behind the list somebody was is not told who has
// come onto it.
func TestRankBeforeBeingListed(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.use(fmt.Sprintf("p-%02d", i), "", "gpt-6-sol", "", int64(100_000_000-i*1_000_000), 50*time.Hour)
	}
	w.use("p-17", "", "gpt-6-sol", "", 900_000_000, time.Hour)
	for viewer, want := range map[string]int{"p-03": 0, "p-17": 18} {
		var v boardView
		if err := json.Unmarshal([]byte(mustGet(t, w.handler(Options{Authorize: as(Viewer{Subject: viewer}), Rows: 5}), "/api/board")), &v); err != nil {
			t.Fatal(err)
		}
		if first := v.Rows[0]; first.Name != "p-17" || first.Was != 0 || first.Move != "new" {
			t.Errorf("the list tells %s: %+v", viewer, first)
		}
		if got := v.You.Around[0].Was; v.You.Around[0].Name == "p-17" && got != want {
			t.Errorf("%s is told that p-17 was %d, want %d", viewer, got, want)
		}
	}
}

// TestRanksAreOfTheEdition: what titles ask for of ranks does not tell the rank of the
// moment: others' requests would show in it.
func TestRanksAreOfTheEdition(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "middle-05"}), Every: time.Hour})
	mustGet(t, h, "/")
	before := w.handler(Options{Authorize: as(Viewer{Subject: "middle-05"}), Every: time.Hour})
	mustGet(t, before, "/")
	page := func(h *Handler) string { return mustGet(t, h, "/api/me") }
	was := page(before)
	for i := range 3 {
		w.use(fmt.Sprintf("middle-0%d", i), "middle", "gemini-3.8-flash", "triage", 900_000_000, 0)
	}
	if now := page(h); now != was {
		i := 0
		for now[i] == was[i] {
			i++
		}
		t.Errorf("…%s…, before …%s…", now[max(0, i-200):i+60], was[max(0, i-200):i+60])
	}
}

// TestGuessesAreNotCompressed: what is searched for is not compressed together with
// the viewer's own figures: the length of the answer would tell a right guess.
func TestGuessesAreNotCompressed(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-05"})})
	lengths := map[string]bool{}
	for _, guess := range []string{"zqxjkvbw", "large-5-"} {
		_, _, head := get(t, h, "/api/board?q="+guess)
		lengths[head.Get("Content-Length")] = true
	}
	if len(lengths) != 1 {
		t.Errorf("two guesses of the same length have answers of %v bytes", slices.Collect(maps.Keys(lengths)))
	}
}

// TestWhoHasNoPageIsNobody: an address of somebody who is listed without a name is as
// one of nobody's, and so is the name itself.
func TestWhoHasNoPageIsNobody(t *testing.T) {
	w := newWorld(t)
	w.company()
	for name, p := range privacies() {
		if name == "named" {
			continue
		}
		h := w.handler(Options{Authorize: as(Viewer{Subject: "small-01"}), Privacy: p})
		for _, page := range []string{"/person", "/api/person"} {
			wantCode, want, wantHead := get(t, h, page+"?id="+keyed(h.secret, "link", "nobody"))
			for _, id := range []string{keyed(h.secret, "link", "large-03"), "large-03", p.pseudonym("tokens-30d", "2026-11", "large-03")} {
				code, text, head := get(t, h, page+"?id="+id)
				if code != wantCode || text != want || !maps.EqualFunc(head, wantHead, slices.Equal) {
					t.Errorf("%s: %s?id=%s: %d, want %d as of nobody", name, page, id, code, wantCode)
				}
			}
		}
	}
}

// TestMissesAreNotKept: pages that are none do not take the place of those that are.
func TestMissesAreNotKept(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: AllowAnyone})
	for i := range maxRendered + 1 {
		get(t, h, fmt.Sprint("/team?name=", i))
	}
	if n := len(h.current.Load().cache.pages); n != 0 {
		t.Errorf("%d are kept", n)
	}
}

// TestProviderIsOfMost: one who comes to a model by another provider does not show.
func TestProviderIsOfMost(t *testing.T) {
	for others, want := range map[int]string{0: "anthropic", 1: "anthropic", 3: "anthropic", 9: ""} {
		g := group{}
		for i := range 12 + others {
			provider := "anthropic"
			if i >= 6 && i < 6+others {
				provider = "bedrock"
			}
			g.vote(provider)
			g.members = append(g.members, member{})
		}
		if got := g.providerOf(); got != want {
			t.Errorf("12 and %d others: %q, want %q", others, got, want)
		}
	}
}
