package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// day is when the suite's events happen.
var day = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// event returns a plain entry: one call of one subject.
func event(id string) store.Entry {
	cost := pico(12_345_678_901)
	return store.Entry{
		Event: store.Event{
			Source: "anthropic", ID: id, Subject: "ada",
			Call: pricing.Call{Provider: "anthropic", Model: "model-a", At: day,
				Usage: usage.Usage{Input: 100, CacheRead: 900, Output: 10}},
			Trust: store.ClientLog,
		},
		Cost: cost, High: cost, Status: pricing.Priced, Activation: 1,
	}
}

// edit returns a changed copy of an entry.
func edit(e store.Entry, f func(e *store.Entry)) store.Entry {
	f(&e)
	return e
}

func pico(n uint64) pricing.Money { return pricing.FromPico(0, n) }

// fullest returns an entry with every field set, most to an extreme.
func fullest(id string) store.Entry {
	reported := pricing.FromPico(-1, math.MaxUint64-41)
	var counts [usage.NumMeters]int64
	for m := range counts {
		counts[m] = usage.MaxCount - int64(m)
	}
	long := strings.Repeat("é", store.MaxText/2)
	labels := make(store.Labels, store.MaxLabels)
	for i := range labels {
		labels[i] = store.Label{Key: fmt.Sprint("key", i), Value: strings.Repeat("v", i)}
	}
	return store.Entry{
		Event: store.Event{
			Source: "the source's name", ID: id, Revision: math.MaxInt64, Subject: long,
			Call: pricing.Call{Provider: "bedrock", Model: "m/'\"\\%_;--", Account: "acct", At: store.Latest().Add(-1),
				Usage: usage.FromVector(counts), Tier: "batch", Speed: "fast", Region: "us"},
			Session: "s\u200b", Workflow: "流れ", Team: "équipe", Labels: labels,
			Actor: store.Automation, Trust: store.Vendor,
			Flags:        store.FlagPartial | store.FlagEstimated | store.FlagBackfilled,
			ReportedCost: &reported,
		},
		Cost: pricing.FromPico(1<<18, 1), High: pricing.FromPico(1<<18, math.MaxUint64), Status: pricing.Partial, Activation: math.MaxInt64,
	}
}

// random draws a version of one of n keys, from few values, so that versions
// meet and rank against each other in every way.
func random(r *rand.Rand, n int) store.Entry {
	e := event(fmt.Sprint("id", r.IntN(n)))
	e.Source = []string{"anthropic", "openai"}[r.IntN(2)]
	e.Subject = []string{"ada", "ben", "zoë"}[r.IntN(3)]
	e.Trust = store.Trust(r.IntN(2))
	e.Revision = int64(r.IntN(2))
	e.Void = r.IntN(6) == 0
	e.At = day.Add(time.Duration(r.IntN(5)))
	e.Usage = usage.Usage{Input: int64(r.IntN(3)), Output: int64(r.IntN(2)), Reasoning: int64(r.IntN(2))}
	e.Session = []string{"", "s1", "s2"}[r.IntN(3)]
	if r.IntN(4) == 0 {
		e.Labels = store.Labels{{Key: "project", Value: fmt.Sprint(r.IntN(2))}}
	}
	price(&e, int64(r.IntN(3)))
	return e
}

// price sets what an entry costs under an activation: as in the engine, a
// function of the event and the activation alone.
func price(e *store.Entry, activation int64) {
	e.Activation = activation
	e.Cost = pico(uint64(e.Usage.Tokens()*1000 + activation))
	e.High = e.Cost
}

// ledger is the contract as naively as it can be written. The suite compares
// stores with it.
type ledger map[store.Key]store.Entry

func (l ledger) put(e store.Entry) store.Change {
	var before *store.Entry
	if old, known := l[e.Key()]; known {
		before = &old
	}
	c := store.Weigh(before, &e)
	if c.Moved(&e) {
		l[e.Key()] = e
	}
	return c
}

func (l ledger) scan(q store.Query) []store.Entry {
	var out []store.Entry
	for _, e := range l {
		if (q.Voids || !e.Void) && (q.Subject == "" || q.Subject == e.Subject) &&
			(q.From.IsZero() || !e.At.Before(q.From)) && (q.To.IsZero() || e.At.Before(q.To)) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, inOrder)
	return out
}

// inOrder is the order of scans.
func inOrder(a, b store.Entry) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	if c := strings.Compare(a.Source, b.Source); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// diff names the fields in which two entries differ, "" if they are equal. No
// labels and an empty list of labels are the same.
func diff(got, want *store.Entry) string {
	if got.Cost == want.Cost && got.High == want.High && got.Status == want.Status && got.Activation == want.Activation &&
		got.At.Location() == want.At.Location() && store.Compare(&got.Event, &want.Event) == 0 {
		return "" // the common case, without reflection
	}
	var d differ
	d.compare("", reflect.ValueOf(*got), reflect.ValueOf(*want))
	return strings.Join(d, "; ")
}

type differ []string

func (d *differ) compare(path string, got, want reflect.Value) {
	switch g := got.Interface().(type) {
	case time.Time:
		w := want.Interface().(time.Time)
		switch {
		case !g.Equal(w):
			d.add(path, g.Format(time.RFC3339Nano), w.Format(time.RFC3339Nano))
		case g.Location() != w.Location():
			d.add(path+"'s location", g.Location(), w.Location())
		}
		return
	case pricing.Money:
		if w := want.Interface().(pricing.Money); g != w {
			d.add(path, g.String(), w.String())
		}
		return
	case *pricing.Money:
		w := want.Interface().(*pricing.Money)
		if (g == nil) != (w == nil) {
			d.add(path, g != nil, w != nil)
		} else if g != nil && *g != *w {
			d.add(path, g.String(), w.String())
		}
		return
	case store.Labels:
		if w := want.Interface().(store.Labels); !slices.Equal(g, w) {
			d.add(path, g, w)
		}
		return
	}
	if got.Kind() != reflect.Struct {
		if !got.Equal(want) {
			d.add(path, got, want)
		}
		return
	}
	for i := range got.NumField() {
		name := got.Type().Field(i).Name
		if path != "" {
			name = path + "." + name
		}
		d.compare(name, got.Field(i), want.Field(i))
	}
}

func (d *differ) add(path string, got, want any) {
	*d = append(*d, fmt.Sprintf("%s is %v, want %v", path, got, want))
}
