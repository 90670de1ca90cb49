package store

import (
	"testing"
	"time"
)

// An observation is a valid void that says what it counts; nothing else does.
func TestObservation(t *testing.T) {
	at := time.Date(2026, 4, 7, 12, 0, 0, 0, time.UTC)
	e := Observation("changes_merged", "pr-1", "ana", at, 3)
	if err := Validate(&e); err != nil {
		t.Fatal(err)
	}
	if counter, n, ok := e.Observed(); counter != "changes_merged" || n != 3 || !ok || !e.Void || e.Subject != "ana" {
		t.Errorf("%+v is %s %d %t", e, counter, n, ok)
	}
	call := e
	call.Void = false
	void := Event{Source: "acme", ID: "1", Void: true}
	nameless := Observation("", "pr-1", "ana", at, 3)
	for _, e := range []Event{call, void, nameless} {
		if counter, _, ok := e.Observed(); ok {
			t.Errorf("%+v counts %q", e, counter)
		}
	}
	negative := Observation("changes_merged", "pr-1", "ana", at, -1)
	if Validate(&negative) == nil {
		t.Error("a negative count is valid")
	}
}
