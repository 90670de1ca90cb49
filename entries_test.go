package tokenomics_test

import (
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// TestEntriesAreOfWhoTheyCountFor: renamed under the new name, forgotten under
// none, and every such change is counted.
func TestEntriesAreOfWhoTheyCountFor(t *testing.T) {
	now := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	eng := tokenomics.Must(tokenomics.New(t.Context(), &tokenomics.Config{Store: newSubjectStore(), Now: func() time.Time { return now }}))
	for i, who := range []string{"ana", "ana@old", "bob"} {
		e := tokenomics.Event{Source: "s", ID: string(rune('a' + i)), Subject: who, Call: tokenomics.Call{Model: "m", At: now, Usage: usage.Usage{Input: 10}}}
		if _, err := eng.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	subjects := func(q store.Query) (out []string) {
		for e, err := range eng.Entries(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, e.Subject)
		}
		return out
	}
	before := eng.SubjectsMoved()
	if err := eng.Rename(t.Context(), "ana@old", "ana"); err != nil {
		t.Fatal(err)
	}
	if got := subjects(store.Query{Subject: "ana"}); len(got) != 2 || got[0] != "ana" || got[1] != "ana" || eng.CountedAs("ana@old") != "ana" {
		t.Errorf("after the renaming: %q", got)
	}
	renamed := eng.SubjectsMoved()
	if _, err := eng.Forget(t.Context(), "bob"); err != nil {
		t.Fatal(err)
	}
	if got := subjects(store.Query{}); len(got) != 3 || got[2] != "" {
		t.Errorf("after the forgetting: %q", got)
	}
	if renamed <= before || eng.SubjectsMoved() <= renamed {
		t.Errorf("counted %d, %d, %d", before, renamed, eng.SubjectsMoved())
	}
}
