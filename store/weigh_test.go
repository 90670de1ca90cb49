package store

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

func entry(id string, edit func(e *Entry)) *Entry {
	e := &Entry{Event: Event{Source: "s", ID: id, Subject: "ada", Revision: 2,
		Call: pricing.Call{Model: "m", At: day, Usage: usage.Usage{Input: 5}}}, Activation: 3}
	if edit != nil {
		edit(e)
	}
	return e
}

func TestWeigh(t *testing.T) {
	old := entry("a", nil)
	for what, c := range map[string]struct {
		old           *Entry
		edit          func(e *Entry)
		status        Status
		counts, moved bool
	}{
		"a new key":                         {nil, nil, Accepted, true, true},
		"the same":                          {old, nil, Duplicate, true, false},
		"the same, priced before":           {old, func(e *Entry) { e.Activation = 2 }, Duplicate, true, false},
		"the same, priced anew":             {old, func(e *Entry) { e.Activation = 4 }, Duplicate, true, true},
		"a greater revision":                {old, func(e *Entry) { e.Revision = 3; e.Activation = 1 }, Superseding, true, true},
		"a lesser revision, priced anew":    {old, func(e *Entry) { e.Revision = 1; e.Activation = 4 }, Stale, false, false},
		"other content, that is more":       {old, func(e *Entry) { e.Usage.Input = 6 }, Conflict, true, true},
		"other content, less, priced anew":  {old, func(e *Entry) { e.Usage.Input = 4; e.Activation = 4 }, Conflict, false, false},
		"a void of it":                      {old, func(e *Entry) { e.Void = true }, Superseding, true, true},
		"a void of a key that is not known": {nil, func(e *Entry) { e.Void = true }, Accepted, true, true},
	} {
		e := entry("a", c.edit)
		got := Weigh(c.old, e)
		if got.Status != c.status || got.Counts != c.counts || got.Before != c.old || got.Moved(e) != c.moved {
			t.Errorf("%s: %+v, moved %t; want %s, counts %t, moved %t", what, got, got.Moved(e), c.status, c.counts, c.moved)
		}
	}
	if c := (Change{Status: Refused, Err: ErrFull}); c.Moved(old) {
		t.Error("what was refused moved")
	}
}

func TestSelects(t *testing.T) {
	use, void := entry("a", nil), entry("a", func(e *Entry) { e.Void = true })
	for what, c := range map[string]struct {
		q    Query
		e    *Entry
		want bool
	}{
		"everything":        {Query{}, use, true},
		"no void":           {Query{}, void, false},
		"voids too":         {Query{Voids: true}, void, true},
		"its subject":       {Query{Subject: "ada"}, use, true},
		"another's":         {Query{Subject: "ad"}, use, false},
		"from its time on":  {Query{From: day}, use, true},
		"from later on":     {Query{From: day.Add(1)}, use, false},
		"to its time":       {Query{To: day}, use, false},
		"to just after":     {Query{To: day.Add(1)}, use, true},
		"bounds far off":    {Query{From: time.Unix(-1<<60, 0), To: time.Unix(1<<60, 0)}, use, true},
		"a void's own span": {Query{From: day, To: day.Add(1), Subject: "ada", Voids: true}, void, true},
	} {
		if got := c.q.Selects(c.e); got != c.want {
			t.Errorf("%s: %t", what, got)
		}
	}
}

func TestInOrder(t *testing.T) {
	in := []*Entry{
		entry("b", func(e *Entry) { e.Source = "a"; e.At = day.Add(-1) }),
		entry("B", func(e *Entry) { e.Source = "a" }),
		entry("a", func(e *Entry) { e.Source = "a" }),
		entry("A", nil),
		entry("a", nil),
		entry("", func(e *Entry) { e.At = day.Add(1) }),
	}
	for i := range in {
		for k := range in {
			if got := InOrder(in[i], in[k]); (got < 0) != (i < k) || (got > 0) != (i > k) {
				t.Errorf("%d and %d: %d", i, k, got)
			}
		}
	}
}

func TestClone(t *testing.T) {
	if (*Entry)(nil).Clone() != nil {
		t.Error("of nothing there is a copy")
	}
	reported := pricing.MustMoney("1")
	e := entry("a", func(e *Entry) { e.Labels, e.ReportedCost = Labels{{"k", "v"}}, &reported })
	c := e.Clone()
	if !reflect.DeepEqual(c, e) {
		t.Errorf("%+v, want %+v", c, e)
	}
	c.Labels[0].Value, *c.ReportedCost = "w", pricing.MustMoney("2")
	if !slices.Equal(e.Labels, Labels{{"k", "v"}}) || reported != pricing.MustMoney("1") {
		t.Errorf("the copy shares with %+v", e)
	}
}
