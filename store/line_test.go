package store_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// TestLineKeepsEveryField: an event with every field set comes back from JSON as it
// was, and a field that somebody adds must be set here.
func TestLineKeepsEveryField(t *testing.T) {
	cost := pricing.MustMoney("0.25")
	at := time.Date(2026, 7, 1, 12, 0, 0, 123_456_789, time.UTC)
	full := store.Event{
		Source: "s", ID: "id", Revision: 7, Void: true, Subject: "ana",
		Call: pricing.Call{Provider: "acme", Model: "m", Account: "a", At: at, Usage: usage.Usage{Input: 3, Output: 9},
			Tier: "batch", Speed: "fast", Region: "us"},
		Session: "x", Workflow: "w", Team: "t", Labels: store.Labels{{Key: "a", Value: ""}, {Key: "b", Value: "<2>"}},
		Actor: store.Automation, Trust: store.Vendor, Flags: store.FlagPartial | store.FlagEstimated | store.FlagBackfilled,
		ReportedCost: &cost,
	}
	for _, part := range []any{full, full.Call} {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s of the test's event is not set", v.Type().Field(i).Name)
			}
		}
	}
	if err := store.Validate(&full); err != nil {
		t.Fatal(err)
	}
	plain := store.Event{Source: "s", ID: "id", Subject: "ana", Call: pricing.Call{Model: "m", At: at}}
	for _, e := range []store.Event{full, plain, {Source: "s", ID: "void", Void: true, Call: pricing.Call{At: at}}} {
		text, err := json.Marshal(store.LineOf(&e))
		if err != nil {
			t.Fatal(err)
		}
		var l store.Line
		if err := json.Unmarshal(text, &l); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Event(); err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("%s:\n%+v, want\n%+v (%v)", text, got, e, err)
		}
	}
	for _, bad := range []store.Line{{Actor: "robot"}, {Flags: []string{"partial", "half"}}} {
		if _, err := bad.Event(); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
