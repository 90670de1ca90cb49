package dashboard

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What a hostile look at these pages found, kept from coming back.

// TestSharedPagesHoldNothingOfWhoAskedFirst: a page is rendered for the first
// who asks and served to all; what that one's address said besides is not in it.
func TestSharedPagesHoldNothingOfWhoAskedFirst(t *testing.T) {
	w := newWorld(t)
	w.company()
	h := w.handler(Options{Authorize: AllowAnyone})
	for _, r := range []string{"", "teams", "models", "titles", "cost", "team?name=large"} {
		sep := "?"
		if strings.Contains(r, "?") {
			sep = "&"
		}
		if text := mustGet(t, h, "/"+r+sep+"session=hunter2"); strings.Contains(text, "hunter2") {
			t.Errorf("%s repeats its address", r)
		}
		if text := mustGet(t, h, "/"+r); strings.Contains(text, "hunter2") {
			t.Errorf("%s holds another's address", r)
		}
	}
}

// TestConsentMakesNoEdition: saying yes and no in turn shows no figure between
// two editions.
func TestConsentMakesNoEdition(t *testing.T) {
	w := newWorld(t)
	w.company()
	consent := &MemoryConsent{yes: map[string]bool{}}
	h := w.handler(Options{Authorize: as(Viewer{Subject: "large-05"}), Privacy: Privacy{Naming: OptIn, Consent: consent}, Every: time.Hour})
	read := func() (v boardView) {
		if err := json.Unmarshal([]byte(mustGet(t, h, "/api/board")), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := read()
	w.set(w.clock().Add(time.Minute))
	w.use("large-04", "large", "claude-opus-5-5", "build", 900_000_000, 0)
	for _, say := range []string{"yes", "no", "yes"} {
		if code, _, _ := do(t, h, "POST", "/consent", "named="+say, "Sec-Fetch-Site", "same-origin"); code != 303 {
			t.Fatalf("%s: %d", say, code)
		}
		after := read()
		if after.Edition != before.Edition || after.Rows[0].Tokens.Value != before.Rows[0].Tokens.Value || after.Tokens != before.Tokens || after.You.Rank != before.You.Rank {
			t.Errorf("%s brought new figures: %+v, before %+v", say, after.Edition, before.Edition)
		}
		named := false
		for _, r := range after.Rows {
			named = named || r.Name == "large-05"
		}
		if named != (say == "yes") {
			t.Errorf("%s: named %t", say, named)
		}
	}
}

// TestSumsTellNoMoreThanRows: sums have as many digits as a person's figure, or
// they would tell the next digit of whoever makes up most of them; of two people
// one is not found by taking the own figure off.
func TestSumsTellNoMoreThanRows(t *testing.T) {
	for _, people := range []int{2, 12} {
		w := newWorld(t)
		w.use("giant", "team", "claude-opus-5-5", "flow", 3_238_117_204, time.Hour)
		for i := range people - 1 {
			w.use(fmt.Sprint("own-", i), "team", "claude-opus-5-5", "flow", 5_000_000, time.Hour)
		}
		h := w.handler(Options{Authorize: as(Viewer{Subject: "own-0"})})
		text := everything(t, h, "team?name=team", "api/team?name=team", "api/model?name=claude-opus-5-5")
		for _, digits := range []string{"3.24", "3,24", "3.25", "3,25", "3.29", "3,29", "3240000000", "3290000000", "3238", "3293"} {
			if i := strings.Index(text, digits); i >= 0 {
				t.Errorf("%d people: %s is told: …%s…", people, digits, text[max(0, i-80):min(len(text), i+40)])
			}
		}
	}
}

// TestFewEventsAreNotCounted: two events without a price, or nine of a group,
// are two requests that somebody made.
func TestFewEventsAreNotCounted(t *testing.T) {
	w := newWorld(t)
	w.company()
	w.use("large-01", "large", "no-such-model", "build", 5_000_000, time.Hour)
	var v costView
	if err := json.Unmarshal([]byte(mustGet(t, w.handler(Options{Authorize: as(Viewer{Subject: "large-05"})}), "/api/cost")), &v); err != nil {
		t.Fatal(err)
	}
	if v.Unpriced != (figure{Value: 10, Below: true}) || v.Events.Exact {
		t.Errorf("%+v of %+v", v.Unpriced, v.Events)
	}
}
