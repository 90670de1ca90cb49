package store

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"testing"
	"time"
)

func TestNamesRoundTrip(t *testing.T) {
	for i := range actorNames {
		var got Actor
		if b, err := Actor(i).MarshalText(); err != nil || got.UnmarshalText(b) != nil || got != Actor(i) {
			t.Errorf("actor %d is %q and comes back as %d", i, b, got)
		}
	}
	for i := range trustNames {
		var got Trust
		if b, err := Trust(i).MarshalText(); err != nil || got.UnmarshalText(b) != nil || got != Trust(i) {
			t.Errorf("trust %d is %q and comes back as %d", i, b, got)
		}
	}
	trust := Vendor
	if err := trust.UnmarshalText(nil); err != nil || trust != SelfReported {
		t.Errorf("an empty trust is %v, %v", trust, err)
	}
	if err := trust.UnmarshalText([]byte("boss")); !errors.Is(err, ErrInvalid) {
		t.Errorf("an unknown trust: %v", err)
	}
	var actor Actor
	if err := json.Unmarshal([]byte(`"robot"`), &actor); !errors.Is(err, ErrInvalid) {
		t.Errorf("an unknown actor: %v", err)
	}
	if got := Trust(99).String(); got != "unknown(99)" {
		t.Error(got)
	}
	for s := Status(1); int(s) < NumStatuses; s++ {
		if s.String() == "" {
			t.Errorf("status %d has no name", s)
		}
	}
}

func TestLabelsGet(t *testing.T) {
	l := Labels{{"a", "1"}, {"b", ""}}
	for key, want := range map[string]bool{"a": true, "b": true, "c": false} {
		if _, ok := l.Get(key); ok != want {
			t.Errorf("%s: %t", key, ok)
		}
	}
}

func TestActivationCovers(t *testing.T) {
	both := Activation{From: day, Until: day.Add(time.Hour)}
	for at, want := range map[time.Duration]bool{-1: false, 0: true, time.Hour - 1: true, time.Hour: false} {
		if got := both.Covers(day.Add(at)); got != want {
			t.Errorf("%v after From: %t", at, got)
		}
	}
	if ever := (Activation{}); !ever.Covers(Earliest()) || !ever.Covers(Latest()) {
		t.Error("an activation without ends does not cover everything")
	}
}

type fakeStore struct{ Store }

func (fakeStore) Durable() bool { return true }

func (fakeStore) Scan(context.Context, Query) iter.Seq2[Entry, error] { return nil }

type wrapper struct{ Store }

func (w wrapper) Unwrap() Store { return w.Store }

func TestAs(t *testing.T) {
	if d, ok := As[Durable](wrapper{wrapper{fakeStore{}}}); !ok || !d.Durable() {
		t.Error("the ability of a wrapped store was not found")
	}
	if _, ok := As[Snapshotter](wrapper{fakeStore{}}); ok {
		t.Error("an ability nobody has was found")
	}
	if _, ok := As[Durable](nil); ok {
		t.Error("no store has an ability")
	}
}
