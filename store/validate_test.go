package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

func valid() Event {
	return Event{Source: "anthropic", ID: "msg_1", Subject: "ada", Call: pricing.Call{Model: "m", At: day}}
}

func TestValidate(t *testing.T) {
	good := map[string]func(e *Event){
		"plain":           func(*Event) {},
		"bare void":       func(e *Event) { e.Void = true; e.Subject, e.Model = "", "" },
		"longest id":      func(e *Event) { e.ID = strings.Repeat("x", MaxText) },
		"first instant":   func(e *Event) { e.At = Earliest() },
		"last instant":    func(e *Event) { e.At = Latest().Add(-1) },
		"unicode":         func(e *Event) { e.Subject = "zoë 流れ 😀 \u202e\u200b" },
		"greatest count":  func(e *Event) { e.Usage.Input = usage.MaxCount },
		"as many labels":  func(e *Event) { e.Labels = labels(MaxLabels) },
		"label of naught": func(e *Event) { e.Labels = Labels{{"k", ""}} },
		"every actor":     func(e *Event) { e.Actor, e.Trust = Automation, Vendor },
	}
	for name, edit := range good {
		e := valid()
		edit(&e)
		if err := Validate(&e); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := []struct {
		name, field string
		edit        func(e *Event)
	}{
		{"no source", "source", func(e *Event) { e.Source = "" }},
		{"no id", "id", func(e *Event) { e.ID = "" }},
		{"void without id", "id", func(e *Event) { e.Void = true; e.ID = "" }},
		{"no subject", "subject", func(e *Event) { e.Subject = "" }},
		{"no model", "model", func(e *Event) { e.Model = "" }},
		{"long id", "id", func(e *Event) { e.ID = strings.Repeat("x", MaxText+1) }},
		{"NUL", "id", func(e *Event) { e.ID = "a\x00b" }},
		{"newline", "subject", func(e *Event) { e.Subject = "a\nb" }},
		{"delete", "team", func(e *Event) { e.Team = "a\x7f" }},
		{"C1 control", "session", func(e *Event) { e.Session = "a\u0085b" }},
		{"not UTF-8", "subject", func(e *Event) { e.Subject = "\xff" }},
		{"half a rune", "workflow", func(e *Event) { e.Workflow = "é"[:1] }},
		{"no time", "at", func(e *Event) { e.At = time.Time{} }},
		{"void without time", "at", func(e *Event) { e.Void = true; e.At = time.Time{} }},
		{"too early", "at", func(e *Event) { e.At = Earliest().Add(-1) }},
		{"too late", "at", func(e *Event) { e.At = Latest() }},
		{"the year 292277026596", "at", func(e *Event) { e.At = time.Unix(1<<62, 0).UTC() }},
		{"local time", "at", func(e *Event) { e.At = day.In(time.FixedZone("CET", 3600)) }},
		{"negative count", "usage", func(e *Event) { e.Usage.Output = -1 }},
		{"count of 10^12+1", "usage", func(e *Event) { e.Usage.ComputeMs = usage.MaxCount + 1 }},
		{"negative revision", "revision", func(e *Event) { e.Revision = -1 }},
		{"unknown trust", "trust", func(e *Event) { e.Trust = Vendor + 1 }},
		{"unknown actor", "actor", func(e *Event) { e.Actor = Automation + 1 }},
		{"unknown flag", "flags", func(e *Event) { e.Flags = 1 << 7 }},
		{"a world's cost", "reported_cost", func(e *Event) { m := pricing.FromPico(1<<40, 0); e.ReportedCost = &m }},
		{"too many labels", "labels", func(e *Event) { e.Labels = labels(MaxLabels + 1) }},
		{"label without key", "labels", func(e *Event) { e.Labels = Labels{{"", "v"}} }},
		{"label with a bad value", "labels", func(e *Event) { e.Labels = Labels{{"k", "\x01"}} }},
		{"label twice", "labels", func(e *Event) { e.Labels = Labels{{"k", "1"}, {"k", "2"}} }},
		{"labels unsorted", "labels", func(e *Event) { e.Labels = Labels{{"l", "1"}, {"k", "2"}} }},
	}
	for _, c := range bad {
		e := valid()
		c.edit(&e)
		err := Validate(&e)
		var typed *EventError
		if !errors.Is(err, ErrInvalid) || !errors.As(err, &typed) || typed.Field != c.field || typed.Key != e.Key() || typed.Reason == "" {
			t.Errorf("%s: got %v, want an EventError about %q", c.name, err, c.field)
		}
	}
}

func labels(n int) (l Labels) {
	for i := range n {
		l = append(l, Label{fmt.Sprint("k", i), "v"})
	}
	return l
}

// FuzzValidate gives Validate anything at all: it never panics, and whatever
// it accepts survives JSON, so that two ids never become one, and nanoseconds.
func FuzzValidate(f *testing.F) {
	f.Add("anthropic", "msg_1", "ada", "k", int64(1782907200), int64(7), uint8(3))
	f.Add("\xff", "\xfe", "a\u202eb", "", int64(-1)<<62, int64(-1), uint8(255))
	f.Fuzz(func(t *testing.T, source, id, subject, label string, sec, n int64, small uint8) {
		e := Event{Source: source, ID: id, Subject: subject, Revision: n, Void: small&1 != 0,
			Call:   pricing.Call{Model: "m", At: time.Unix(sec, n).UTC(), Usage: usage.Usage{Input: n}},
			Labels: Labels{{label, subject}}, Actor: Actor(small), Trust: Trust(small >> 4), Flags: Flags(small)}
		err := Validate(&e)
		if err != nil {
			if !errors.Is(err, ErrInvalid) || err.Error() == "" {
				t.Fatalf("error %v", err)
			}
			return
		}
		if !time.Unix(0, e.At.UnixNano()).Equal(e.At) {
			t.Fatalf("the valid time %s has no nanoseconds", e.At)
		}
		for _, text := range []string{source, id, subject, label} {
			b, err := json.Marshal(text)
			var back string
			if err != nil || json.Unmarshal(b, &back) != nil || back != text {
				t.Fatalf("the valid text %q becomes %q in JSON", text, back)
			}
		}
		if e.Trust.String() == "" || strings.HasPrefix(e.Actor.String(), "unknown") {
			t.Fatalf("valid trust %q, actor %q", e.Trust, e.Actor)
		}
	})
}

func TestValidateAllocates(t *testing.T) {
	e := valid()
	e.Subject = "zoë"
	if n := testing.AllocsPerRun(100, func() { _ = Validate(&e) }); n > 0 {
		t.Errorf("Validate of a valid event allocates %.0f times", n)
	}
}

func BenchmarkValidate(b *testing.B) {
	e := valid()
	e.Session, e.Team = "0b8e7c1e-8d5c-4a3e-9f0a-4b1d2c3e4f50", "team"
	b.ReportAllocs()
	for b.Loop() {
		_ = Validate(&e)
	}
}

func BenchmarkCompareSame(b *testing.B) {
	e := valid()
	o := e
	b.ReportAllocs()
	for b.Loop() {
		Compare(&e, &o)
	}
}
