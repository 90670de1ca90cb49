package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// everything asks for all that a viewer can ask for and returns it as one text.
func everything(t *testing.T, h *Handler, more ...string) string {
	t.Helper()
	var all strings.Builder
	for _, r := range append(slices.Clone(routes), more...) {
		if _, text, _ := get(t, h, "/"+r); text != "" {
			all.WriteString("\n=== " + r + "\n" + text)
		}
	}
	return all.String()
}

// lists are boards by every sort, window, filter and search.
var lists = []string{
	"?board=cost-30d", "?board=output-30d", "?board=fresh-30d", "?board=tokens-7d", "?board=cost-7d", "?team=large", "?team=small", "?in=workflow:build",
	"?in=workflow:secret-plan", "?model=claude-opus-5-5", "?model=claude-haiku-5-5", "?q=l", "?q=large-07", "?board=cost-30d&q=small",
	"api/board?board=cost-30d", "api/board?team=large", "api/board?team=small", "api/board?q=small", "board.csv?board=cost-30d", "board.csv?team=large", "board.csv?q=l",
	"team?name=small", "workflow?name=secret-plan", "model?name=claude-haiku-5-5", "api/team?name=small", "api/workflow?name=secret-plan",
	"teams?board=cost-7d", "cost?board=tokens-7d", "api/cost?board=tokens-7d", "?lang=de", "teams?lang=de",
}

// TestNobodysExactFigure: no page, sort, filter, search or export has another's
// exact count or cost; the viewer's own are there.
func TestNobodysExactFigure(t *testing.T) {
	w := newWorld(t)
	w.company()
	own := "large-05"
	for name, p := range privacies() {
		if name == "opt-in" {
			continue // with a key more is shown
		}
		t.Run(name, func(t *testing.T) {
			text := everything(t, w.handler(Options{Authorize: as(Viewer{Subject: own}), Privacy: p}), lists...)
			rows, err := w.eng.Top("tokens-30d", 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				for _, written := range writings(r.Score) {
					if has := strings.Contains(text, written); has != (r.Subject == own) && (r.Subject != own || written == fmt.Sprint(r.Score)) {
						t.Errorf("%s of %s is in what %s sees: %t", written, r.Subject, own, has)
					}
				}
			}
			costs, err := w.eng.Top("cost-30d", 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range costs {
				if c := r.Cost.String(); r.Subject != own && len(c) > 5 && strings.Contains(text, c) {
					t.Errorf("the cost of %s, %s, is in what %s sees", r.Subject, c, own)
				}
			}
		})
	}
}

// writings are the ways a count is written.
func writings(n int64) []string {
	en := language{tag: "en", texts: map[string]string{"number.group": ",", "number.group_from": "4"}}
	de := language{tag: "de", texts: map[string]string{"number.group": ".", "number.group_from": "4"}}
	return []string{fmt.Sprint(n), en.exact(n), de.exact(n)}
}

func privacies() map[string]Privacy {
	key := bytes.Repeat([]byte("k"), MinKey)
	consent := &MemoryConsent{yes: map[string]bool{}}
	consent.yes["large-07"] = true
	return map[string]Privacy{
		"named":      {},
		"pseudonyms": {Naming: Pseudonyms, Key: key},
		"opt-in":     {Naming: OptIn, Consent: consent},
		"opt-in key": {Naming: OptIn, Consent: consent, Key: key},
	}
}

// TestNobodysName: with pseudonyms nobody's name is anywhere, with opt-in only
// theirs who have said so; a search finds no name that is not shown.
func TestNobodysName(t *testing.T) {
	w := newWorld(t)
	w.company()
	name := regexp.MustCompile(`(large|middle|small)-\d\d`)
	for kind, p := range privacies() {
		if kind == "named" {
			continue
		}
		for _, v := range []Viewer{{Subject: "small-01"}} {
			text := everything(t, w.handler(Options{Authorize: as(v), Privacy: p}), lists...)
			text = strings.ReplaceAll(text, "q=large-07", "")
			text = strings.ReplaceAll(text, `value="large-07"`, "")
			text = strings.ReplaceAll(text, `"search":"large-07"`, "")
			found := map[string]bool{}
			for _, n := range name.FindAllString(text, -1) {
				found[n] = true
			}
			delete(found, v.Subject)
			if kind != "pseudonyms" {
				delete(found, "large-07")
			}
			if len(found) > 0 {
				n := slices.Collect(maps.Keys(found))[0]
				i := strings.Index(text, n)
				t.Errorf("%s: %q sees %s: …%s…", kind, v.Subject, n, text[max(0, i-200):min(len(text), i+100)])
			}
		}
	}
}

// TestPseudonymsJoinNothing: the rows of two boards, of a board and its
// narrowed lists, and of two months have nothing in common to join them by.
func TestPseudonymsJoinNothing(t *testing.T) {
	w := newWorld(t)
	w.company()
	p := privacies()["pseudonyms"]
	h := w.handler(Options{Authorize: as(Viewer{Subject: "small-01"}), Privacy: p})
	read := func(target string) (v boardView) {
		t.Helper()
		if err := json.Unmarshal([]byte(mustGet(t, h, target)), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	names := map[string]string{}
	for _, b := range []string{"tokens-30d", "cost-30d", "tokens-7d"} {
		v := read("/api/board?board=" + b)
		if len(v.Rows) == 0 {
			t.Fatal("no rows")
		}
		for _, r := range v.Rows {
			if was, ok := names[r.Name]; ok {
				t.Errorf("%s is on %s and %s", r.Name, was, b)
			}
			names[r.Name] = b
			if r.Person != "" || r.Steps != nil || r.Titles != nil || (r.Tokens != nil) && (r.Cost != nil) {
				t.Errorf("%s: a row with a pseudonym has %+v", b, r)
			}
		}
	}
	for _, narrowed := range []string{"?team=large", "?model=claude-opus-5-5", "?workflow=build"} {
		if v := read("/api/board" + narrowed); len(v.Rows) > 0 || v.Notice == "" {
			t.Errorf("%s lists %d rows", narrowed, len(v.Rows))
		}
	}
	w.set(time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC))
	for _, r := range read("/api/board?board=tokens-30d").Rows {
		if names[r.Name] != "" {
			t.Errorf("%s holds into the next month", r.Name)
		}
		if r.Move != "" || r.Was != 0 {
			t.Errorf("movement from November joins %s to a pseudonym of then: %+v", r.Name, r)
		}
	}
}

// TestSmallGroups: what fewer than ten did is nowhere, nor to be had by taking
// what is shown from the whole; there being such a group looks like there being
// none.
func TestSmallGroups(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-05"})})
	for _, target := range lists {
		if !strings.Contains(target, "small") && !strings.Contains(target, "secret-plan") && !strings.Contains(target, "haiku") || strings.Contains(target, "q=") {
			continue
		}
		code, text, _ := get(t, h, "/"+target)
		_, none, _ := get(t, h, "/"+strings.NewReplacer("small", "smxll", "secret-plan", "secrxt-plan", "haiku", "hxiku").Replace(target))
		clean := func(s string) string { // links to other languages repeat what was asked
			return strings.NewReplacer("smxll", "small", "secrxt-plan", "secret-plan", "hxiku", "haiku").Replace(s)
		}
		if code != http.StatusNotFound || clean(text) != clean(none) {
			t.Errorf("%s: %d, and other than for none", target, code)
		}
	}
	var groups groupsView
	for _, kind := range []string{"teams", "models", "workflows"} {
		body := mustGet(t, h, "/api/"+kind)
		if strings.Contains(body, "small") || strings.Contains(body, "secret") || strings.Contains(body, "haiku") {
			t.Errorf("%s tells of a small group: %s", kind, body)
		}
		if err := json.Unmarshal([]byte(body), &groups); err != nil {
			t.Fatal(err)
		}
		if len(groups.Groups) == 0 || !groups.Hidden {
			t.Errorf("%s: %d shown, hidden %t", kind, len(groups.Groups), groups.Hidden)
		}
	}
}

// TestComplementarySuppression: over many random companies, what is not shown
// of a partition is of at least MinGroup people, or it is nothing.
func TestComplementarySuppression(t *testing.T) {
	const least = 5
	h := &Handler{opts: Options{Privacy: Privacy{MinGroup: least}}}
	rng := newRand(t)
	for range 2000 {
		f := &fold{}
		all := map[string]map[string]bool{}
		for g := range 1 + rng.IntN(8) {
			x := &group{dim: byTeam, key: fmt.Sprint("g", g), spans: make([]groupSum, 1)}
			if g == 0 && rng.IntN(3) == 0 {
				x.key = "" // events without a team
			}
			all[x.key] = map[string]bool{}
			for range 1 + rng.IntN(12) {
				s := fmt.Sprint(rng.IntN(30))
				if !all[x.key][s] {
					all[x.key][s] = true
					x.members = append(x.members, member{subject: s, spans: []sum{{events: 1}}})
				}
			}
			x.spans[0].people = len(x.members)
			f.groups[byTeam] = append(f.groups[byTeam], x)
		}
		p := h.publishGroups(f, byTeam, 0)
		rest := map[string]bool{}
		for key, members := range all {
			if p.ok[key] {
				if len(members) < least || key == "" {
					t.Fatalf("a group of %d is shown", len(members))
				}
				continue
			}
			maps.Copy(rest, members)
		}
		if len(p.shown) > 0 && len(rest) > 0 && len(rest) < least {
			t.Fatalf("%d shown, and the rest is %d people", len(p.shown), len(rest))
		}
	}
}

// TestEditionsHideRequests: what happens between two editions shows on nothing,
// the viewer's own rank and gap included.
func TestEditionsHideRequests(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-05"}), Every: time.Hour, AccessLog: func(Access) {}})
	shared := append(slices.DeleteFunc(slices.Clone(routes), func(r string) bool { return strings.HasSuffix(r, "me") || r == "card.svg" }), lists...)
	before := map[string]string{}
	for _, r := range shared {
		_, before[r], _ = get(t, h, "/"+r)
	}
	w.set(w.clock().Add(time.Minute))
	w.use("large-04", "large", "claude-opus-5-5", "build", 900_000_000, 0)
	w.use("new", "large", "claude-opus-5-5", "build", 900_000_000, 0)
	for _, r := range shared {
		if _, now, _ := get(t, h, "/"+r); now != before[r] {
			t.Errorf("%s changed between editions", r)
		}
	}
	if body := mustGet(t, h, "/api/me"); strings.Contains(body, "900000000") {
		t.Error("the own page tells of others' use")
	}
	w.set(w.clock().Add(time.Hour))
	mustGet(t, h, "/") // the last of the old edition; the next is made behind it
	if err := h.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if body := mustGet(t, h, "/"); body == before[""] || !strings.Contains(body, ">new<") {
		t.Error("the next edition shows nothing new")
	}
}

// TestGapTellsNothing: what is missing to the next rank is the same whatever the
// exact figure of that row is within its rounding.
func TestGapTellsNothing(t *testing.T) {
	var first string
	for i, above := range []int64{5_250_000, 5_251_234, 5_349_999} {
		w := newWorld(t)
		w.use("above", "", "gpt-6-sol", "", above, time.Hour)
		w.use("own", "", "gpt-6-sol", "", 3_333_333, time.Hour)
		var v boardView
		body := mustGet(t, w.handler(Options{Authorize: as(Viewer{Subject: "own"})}), "/api/board")
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Fatal(err)
		}
		gap, _ := json.Marshal(v.You.Next)
		if i > 0 && string(gap) != first {
			t.Errorf("%d above: %s, else %s", above, gap, first)
		}
		first = string(gap)
	}
}

// TestUnlistedCannotBeLookedUp: beyond the rows that are listed there is no
// page, no search and no name, but of neighbors that they are there.
func TestUnlistedCannotBeLookedUp(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-00"}), Rows: 5})
	text := everything(t, h, append(lists, "person?id="+keyed(h.secret, "link", "middle-00"))...)
	rows, err := w.eng.Top("tokens-30d", 100)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{"large-00": true}
	for _, b := range []string{"tokens-30d", "cost-30d", "output-30d", "fresh-30d", "tokens-7d", "cost-7d", "output-7d", "fresh-7d"} {
		top, err := w.eng.Top(b, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range top {
			listed[r.Subject] = true
		}
	}
	for _, r := range rows {
		if !listed[r.Subject] && strings.Contains(strings.ReplaceAll(text, "large-07", ""), r.Subject) {
			t.Errorf("%s, rank %d, is named", r.Subject, r.Rank)
		}
	}
}

// TestOthersPage: somebody else's page has what the board has.
func TestOthersPage(t *testing.T) {
	w := newWorld(t)
	w.company()
	var seen []Access
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-05"}), AccessLog: func(a Access) { seen = append(seen, a) }})
	target := "person?id=" + keyed(h.secret, "link", "large-07")
	body := mustGet(t, h, "/api/"+target)
	var v personView
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	if v.Days != nil || v.Models != nil || v.Meters != nil || v.Sessions != nil || v.Proofs != nil || v.Rules != nil || v.History != nil || v.Tokens != nil || v.Exact {
		t.Errorf("more than the board: %s", body)
	}
	if len(seen) != 1 || seen[0].Subject != "large-07" || seen[0].Viewer.Subject != "large-05" || seen[0].Page != "api/person" || seen[0].Status != 200 || !seen[0].At.Equal(w.clock()) {
		t.Errorf("the access log has %+v", seen)
	}
	exact := w.handler(Options{Authorize: as(Viewer{Exact: true})})
	if err := json.Unmarshal([]byte(mustGet(t, exact, "/api/person?id="+keyed(exact.secret, "link", "large-07"))), &v); err != nil || v.Days == nil || len(v.Proofs) == 0 {
		t.Errorf("who runs the board does not see it: %v", err)
	}
}

// TestBadgeAndCardHoldNothingPrivate.
func TestBadgeAndCardHoldNothingPrivate(t *testing.T) {
	w := newWorld(t)
	w.company()
	calls := 0
	deny := func(*http.Request) (Viewer, error) { calls++; return Viewer{}, ErrUnauthenticated }
	if code, _, _ := get(t, w.handler(Options{Authorize: deny}), "/badge.svg"); code != http.StatusUnauthorized {
		t.Errorf("the badge is public without PublicBadge: %d", code)
	}
	calls = 0
	public := w.handler(Options{Authorize: deny, PublicBadge: true})
	badge := mustGet(t, public, "/badge.svg")
	if calls != 0 || !strings.Contains(badge, "170M") || strings.Contains(badge, "large") {
		t.Errorf("%d calls, badge %s", calls, badge)
	}
	for _, r := range routes {
		if r == "badge.svg" {
			continue
		}
		if code, _, _ := get(t, public, "/"+r); code != http.StatusUnauthorized {
			t.Errorf("%s: %d", r, code)
		}
	}
	card := mustGet(t, w.handler(Options{Authorize: as(Viewer{Subject: "large-05"})}), "/card.svg")
	if strings.Contains(card, "large") || regexp.MustCompile(`>[^<]*\d`).MatchString(card) {
		t.Errorf("the card has a name or a figure: %s", card)
	}
	small := newWorld(t)
	small.use("ana", "", "gpt-6-sol", "", 123_000_000, 0)
	if badge := mustGet(t, small.handler(Options{Authorize: AllowAnyone}), "/badge.svg"); strings.Contains(badge, "123") || strings.Contains(badge, "120") {
		t.Errorf("a badge of one person: %s", badge)
	}
}

// TestForgottenAtOnce: without waiting for an edition.
func TestForgottenAtOnce(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Exact: true})})
	if !strings.Contains(everything(t, h), "large-07") {
		t.Fatal("not there before")
	}
	if _, err := w.eng.Forget(t.Context(), "large-07"); err != nil {
		t.Fatal(err)
	}
	if text := everything(t, h, lists[:12]...); strings.Contains(text, "large-07") {
		t.Errorf("still shown: …%s…", text[max(0, strings.Index(text, "large-07")-200):][:300])
	}
	if err := w.eng.Rename(t.Context(), "large-08", "someone-else"); err != nil {
		t.Fatal(err)
	}
	if text := mustGet(t, h, "/"); strings.Contains(text, "large-08") || !strings.Contains(text, "someone-else") {
		t.Error("the old name is still shown")
	}
	if body := mustGet(t, w.handler(Options{Authorize: as(Viewer{Subject: "large-08"})}), "/api/me"); !strings.Contains(body, "someone-else") {
		t.Error("a viewer who signs in by the old name does not see the own page")
	}
}

// TestConsent: asked from our own page only; a no is honored at once.
func TestConsent(t *testing.T) {
	w := newWorld(t)
	w.company()
	consent := &MemoryConsent{yes: map[string]bool{}}
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-05"}), Privacy: Privacy{Naming: OptIn, Consent: consent}})
	other := w.handler(Options{Authorize: as(Viewer{Subject: "large-06"}), Privacy: Privacy{Naming: OptIn, Consent: consent}})
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		if code, _, _ := do(t, h, "POST", "/consent", "named=yes", header...); code != http.StatusForbidden || consent.yes["large-05"] {
			t.Errorf("%v: %d", header, code)
		}
	}
	if code, _, _ := do(t, h, "GET", "/consent?named=yes", ""); code != http.StatusMethodNotAllowed || consent.yes["large-05"] {
		t.Errorf("by reading: %d", code)
	}
	if code, _, _ := do(t, h, "POST", "/consent", "named=perhaps", "Sec-Fetch-Site", "same-origin"); code != http.StatusBadRequest {
		t.Errorf("perhaps: %d", code)
	}
	if code, _, _ := do(t, h, "POST", "/consent?named=yes", "x=y", "Sec-Fetch-Site", "same-origin"); code != http.StatusBadRequest || consent.yes["large-05"] {
		t.Errorf("in the query: %d", code)
	}
	if code, _, head := do(t, h, "POST", "/consent", "named=yes", "Sec-Fetch-Site", "same-origin"); code != http.StatusSeeOther || head.Get("Location") != "me" || !consent.yes["large-05"] {
		t.Errorf("yes: %d", code)
	}
	if body := mustGet(t, other, "/"); !strings.Contains(body, "large-05") {
		t.Error("who said yes is not named")
	}
	if code, _, _ := do(t, other, "POST", "/consent", "named=no", "Sec-Fetch-Site", "same-origin"); code != http.StatusSeeOther {
		t.Error("no")
	}
	do(t, h, "POST", "/consent", "named=no", "Sec-Fetch-Site", "same-origin")
	if body := mustGet(t, h, "/api/board"); strings.Contains(strings.ReplaceAll(body, `"name":"large-05","named":true,"you":true`, ""), "large-05") {
		t.Error("who said no is still named")
	}
	none := w.handler(Options{Authorize: as(Viewer{Subject: "large-05"})})
	if code, _, _ := do(t, none, "POST", "/consent", "named=yes", "Sec-Fetch-Site", "same-origin"); code != http.StatusNotFound {
		t.Error("consent where nobody asks for it")
	}
}

// TestHostileNames: whatever a name is, it is text.
func TestHostileNames(t *testing.T) {
	w := newWorld(t)
	for i, name := range hostile {
		w.use(name, name, "gpt-6-sol", name, int64(2_000_000+i*1_000_000), time.Hour)
	}
	h := w.handler(Options{Authorize: as(Viewer{Subject: hostile[0], Exact: true})})
	text := everything(t, h, "?q="+"%3Cscript%3E", "?in=team:%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "?lang=%22%3E%3Cscript%3E", "nothing?x=%22%3E%3Cscript%3E")
	file := mustGet(t, h, "/board.csv") // a file holds text as it is; its cells are looked at below
	text = strings.ReplaceAll(text, file, "")
	text = regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(text, "") // what a form sends back is not seen
	for _, bad := range []string{"<script>alert", "<img", "<b>bold", "\u202e", "\u2066", "\u200b", `="javascript:`, "\x00"} {
		if i := strings.Index(text, bad); i >= 0 {
			t.Errorf("%q got through: …%s…", bad, text[max(0, i-80):min(len(text), i+80)])
		}
	}
	for _, line := range strings.Split(file, "\r\n") {
		for _, cell := range strings.Split(line, ",") {
			if cell = strings.Trim(cell, `"`); cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a cell a spreadsheet takes for a formula: %q", cell)
			}
		}
	}
}

// hostile are names that want to be more than that.
var hostile = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><b>bold</b>`, `'; drop table x; --`, `{{.}}`, `javascript:alert(1)`,
	"a\u202eb\u2066c", "zero\u200bwidth", "👩\u200d🚀 שלום עולם مرحبا", strings.Repeat("名", 85), "=HYPERLINK(\"http://x\")", "+1+1", "-2", "@SUM(A1)",
	"&lt;b&gt;", "%00", "a/b?c=d&e#f",
}

// TestEmptyBoardAndBoardOfOne: every page stands.
func TestEmptyBoardAndBoardOfOne(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		for _, v := range []Viewer{{Subject: "ana"}, {Subject: "ana", Exact: true}} {
			h := w.handler(Options{Authorize: as(v)})
			for _, r := range routes {
				code, text, _ := get(t, h, "/"+r)
				if code == http.StatusNotFound && (strings.Contains(r, "name=") || v.Subject == "" && (strings.HasSuffix(r, "me") || r == "card.svg")) {
					continue
				}
				if code != http.StatusOK {
					t.Errorf("%+v %s: %d %s", v, r, code, text)
				}
			}
		}
		w.use("ana", "t", "gpt-6-sol", "w", 5_000_000, time.Hour)
	}
}

// TestNoBoards: an engine that keeps none still has its pages.
func TestNoBoards(t *testing.T) {
	eng, err := tokenomics.New(t.Context(), &tokenomics.Config{Boards: []tokenomics.Board{}, Store: memstore.New(nil), Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	h := New(eng, Options{Authorize: as(Viewer{Subject: "ana"}), Contracted: pricing.Builtin()})
	for _, r := range routes {
		if code, text, _ := get(t, h, "/"+r); code != http.StatusOK && code != http.StatusNotFound {
			t.Errorf("%s: %d %s", r, code, text)
		}
	}
}
