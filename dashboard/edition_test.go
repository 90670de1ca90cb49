package dashboard

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/rank"
)

// TestBoardsOfTeamsAreNoPeople: a board that ranks teams is no board of the page:
// small teams would stand on it as people do.
func TestBoardsOfTeamsAreNoPeople(t *testing.T) {
	w := newWorld(t)
	boards := append([]tokenomics.Board{{Name: "teams", Of: tokenomics.ByTeam}}, tokenomics.BoardsOver(rank.Rolling30d, "30d")...)
	var err error
	if w.eng, err = tokenomics.New(t.Context(), &tokenomics.Config{Boards: boards, Now: w.clock}); err != nil {
		t.Fatal(err)
	}
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-03"})})
	if code, _, _ := get(t, h, "/?board=teams"); code != http.StatusNotFound {
		t.Errorf("the board of teams: %d", code)
	}
	for _, page := range []string{"/", "/api/board", "/board.csv", "/me", "/teams"} {
		if text := mustGet(t, h, page); strings.Contains(text, ">small<") || strings.Contains(text, `"small"`) || strings.Contains(text, ",small,") {
			t.Errorf("%s names the team of three", page)
		}
	}
}

// TestPagesAreMadeBeforeTheEdition: what was asked for in one edition is there
// when the next is published, so that no viewer waits for it; what nobody asked
// for is not made.
func TestPagesAreMadeBeforeTheEdition(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-03"})})
	first := mustGet(t, h, "/?board=cost-30d")
	w.use("large-11", "large", "gpt-6-sol", "build", 900_000_000, time.Minute)
	w.set(w.clock().Add(DefaultEvery + time.Second))
	last := h.current.Load()
	if _, err := h.make(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	next := h.current.Load()
	made := 0
	for page, x := range next.cache.pages {
		if x.pieces == nil || page.query != "board=cost-30d" || x.asked.Load() != 0 {
			t.Errorf("%+v: %d pieces, asked for %d times", page, len(x.pieces), x.asked.Load())
		}
		made++
	}
	if made != 1 || next == last {
		t.Errorf("%d pages were made", made)
	}
	if again := mustGet(t, h, "/?board=cost-30d"); again == first {
		t.Error("the page is that of the edition before")
	}
}

// TestOldEditionRatherThanWaiting: where the next edition cannot be made, the last
// is served, however old; never to whoever could see somebody forgotten on it.
func TestOldEditionRatherThanWaiting(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-03"})})
	mustGet(t, h, "/")
	last := h.current.Load()
	h.making.Lock() // somebody makes an edition, and takes his time
	w.set(w.clock().Add(50 * time.Hour))
	ed, err := h.edition(t.Context())
	if err != nil || ed != last {
		t.Errorf("%v, want the edition that there is (%v)", ed, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.edition(gone); err == nil {
		t.Error("an edition for nobody")
	}
	if _, err := w.eng.Forget(t.Context(), "large-05"); err != nil {
		t.Fatal(err)
	}
	h.making.Unlock()
	if ed, err = h.edition(t.Context()); err != nil || ed == last || ed.moved != w.eng.SubjectsMoved() {
		t.Errorf("after somebody was forgotten: %v (%v)", ed == last, err)
	}
}

// TestFewPeopleAreNotNone: a team of three, where so few may be shown, has fewer
// than five people, not zero.
func TestFewPeopleAreNotNone(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-03"}), Privacy: Privacy{MinGroup: 1}})
	text := mustGet(t, h, "/api/teams")
	if !strings.Contains(text, `"name":"small"`) || !strings.Contains(text, `"people":{"value":5,"below":true}`) || strings.Contains(text, `"people":{"value":0}`) {
		t.Errorf("the team of three: %s", text)
	}
}
