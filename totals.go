package tokenomics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// Dimension is what [Engine.Totals] groups by.
type Dimension string

// The dimensions. A Day is a UTC day, such as "2026-11-15". An event without
// the dimension is in the total whose Key is empty, so that totals tie.
const (
	BySubject  Dimension = "subject"
	ByTeam     Dimension = "team"
	ByWorkflow Dimension = "workflow"
	BySession  Dimension = "session"
	ByModel    Dimension = "model"
	ByProvider Dimension = "provider"
	ByDay      Dimension = "day"
)

// labelPrefix begins the dimension of a label.
const labelPrefix = "label:"

// ByLabel returns the dimension of the events' label of a key, such as
// "project".
func ByLabel(key string) Dimension { return Dimension(labelPrefix + key) }

// Valid reports whether the dimension is one of those above, of a label, or
// crossed of such.
func (d Dimension) Valid() bool {
	_, ok := d.of(&store.Entry{})
	return ok
}

// Cross returns the dimension of several together: the days of each model. A key
// of it is made of their keys, which [Total.Keys] takes apart.
func Cross(by ...Dimension) Dimension {
	parts := make([]string, len(by))
	for i, d := range by {
		parts[i] = string(d)
	}
	return Dimension(strings.Join(parts, crossed))
}

// crossed stands between the parts of a crossed dimension and of its keys: no
// text of an event holds a control character.
const crossed = "\x1f"

func (d Dimension) of(e *store.Entry) (string, bool) {
	if first, rest, ok := strings.Cut(string(d), crossed); ok {
		a, ok1 := Dimension(first).of(e)
		b, ok2 := Dimension(rest).of(e)
		return a + crossed + b, ok1 && ok2
	}
	switch d {
	case BySubject:
		return e.Subject, true
	case ByTeam:
		return e.Team, true
	case ByWorkflow:
		return e.Workflow, true
	case BySession:
		return e.Session, true
	case ByModel:
		return e.Model, true
	case ByProvider:
		return e.Provider, true
	case ByDay:
		return e.At.Format(time.DateOnly), true
	}
	if key, ok := strings.CutPrefix(string(d), labelPrefix); ok && key != "" {
		value, _ := e.Labels.Get(key)
		return value, true
	}
	return "", false
}

// ranks reports whether boards can be of the dimension, or kept per it.
func (d Dimension) ranks() bool {
	return d.Valid() && d != ByDay && d != BySession && !strings.ContainsAny(string(d), "="+crossed)
}

// Total sums the counting events of one key.
type Total struct {
	Key      string
	Events   int64
	Usage    Usage // Requests counts calls: an event that says none counts one
	Tokens   int64
	Cost     Money // exact, or the lower bound where High is greater
	High     Money
	Unpriced int64 // events without a full price; what they cost is not in Cost
}

// Keys returns the parts of a key of a dimension that [Cross] made, in its order.
func (t Total) Keys() []string { return strings.Split(t.Key, crossed) }

// Plus returns the sum of two totals under t's key. It fails only where a sum
// does not fit.
func (t Total) Plus(o Total) (Total, error) {
	sum := t
	var err error
	if sum.Usage, err = t.Usage.Add(o.Usage); err != nil {
		return t, fmt.Errorf("tokenomics: total of %q: %w", t.Key, err)
	}
	sum.Events += o.Events
	sum.Tokens += o.Tokens
	sum.Unpriced += o.Unpriced
	if sum.Cost, err = t.Cost.Add(o.Cost); err == nil {
		sum.High, err = t.High.Add(o.High)
	}
	if err != nil {
		return t, fmt.Errorf("tokenomics: total of %q: %w", t.Key, err)
	}
	return sum, nil
}

// totalOf is the total of one event.
func totalOf(e *store.Entry) Total {
	t := Total{Events: 1, Usage: e.Usage, Cost: e.Cost, High: e.High}
	t.Usage.Requests = e.Usage.Calls()
	t.Tokens = e.Usage.Tokens()
	if e.Status != pricing.Priced {
		t.Unpriced = 1
	}
	return t
}

// Match selects the events whose dimension has a key, such as those of one
// team. An empty key selects the events without one.
type Match struct {
	By  Dimension
	Key string
}

// Totals sums the counting events of [from, to) by a dimension, sorted by key
// bytes. A zero from means since ever, a zero to for ever; [Engine.Window]
// gives the span a board shows. Where given, every match must hold: the models
// of one person are
//
//	eng.Totals(ctx, tokenomics.ByModel, from, to, tokenomics.Match{By: tokenomics.BySubject, Key: "ana"})
//
// It reads the ledger.
func (e *Engine) Totals(ctx context.Context, by Dimension, from, to time.Time, where ...Match) ([]Total, error) {
	lists, err := e.Breakdown(ctx, []Dimension{by}, from, to, where...)
	return lists[by], err
}

// Breakdown is [Engine.Totals] by several dimensions at once: what a page about
// one person, team or workflow shows, of one state of the ledger, read once.
// With [Cross] a list can be by several dimensions together.
func (e *Engine) Breakdown(ctx context.Context, by []Dimension, from, to time.Time, where ...Match) (map[Dimension][]Total, error) {
	q := store.Query{From: from, To: to}
	for _, d := range by {
		if !d.Valid() {
			return nil, &ConfigError{"Totals", fmt.Sprintf("cannot group by %q", string(d))}
		}
	}
	who, err := e.who(ctx)
	if err != nil {
		return nil, err
	}
	where = slices.Clone(where)
	for i := range where {
		m := &where[i]
		if !m.By.Valid() {
			return nil, &ConfigError{"Totals", fmt.Sprintf("cannot select by %q", string(m.By))}
		}
		if m.By == BySubject && m.Key != "" {
			if m.Key = who.resolve(m.Key); m.Key == "" {
				return map[Dimension][]Total{}, nil // a token of somebody forgotten: nobody
			}
			q.Subject = m.Key
		}
	}
	sums := make([]map[string]*Total, len(by))
	for i := range sums {
		sums[i] = map[string]*Total{}
	}
	for entry, err := range e.scan(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if !matches(where, &entry) {
			continue
		}
		one := totalOf(&entry)
		for i, d := range by {
			key, _ := d.of(&entry)
			sum := sums[i][key]
			if sum == nil {
				sum = &Total{Key: strings.Clone(key)}
				sums[i][sum.Key] = sum
			}
			if *sum, err = sum.Plus(one); err != nil {
				return nil, err
			}
		}
	}
	lists := make(map[Dimension][]Total, len(by))
	for i, d := range by {
		list := make([]Total, 0, len(sums[i]))
		for _, t := range sums[i] {
			list = append(list, *t)
		}
		slices.SortFunc(list, func(a, b Total) int { return cmp.Compare(a.Key, b.Key) })
		lists[d] = list
	}
	return lists, nil
}

func matches(where []Match, e *store.Entry) bool {
	for _, m := range where {
		if key, _ := m.By.of(e); key != m.Key {
			return false
		}
	}
	return true
}

// UnpricedModel is a model of which some counting events have no full price.
type UnpricedModel struct {
	Provider, Model string
	Events          int64
}

// UnpricedModels returns the models that some counting events have no full
// price for, most events first, then by name. It reads the ledger.
func (e *Engine) UnpricedModels(ctx context.Context) ([]UnpricedModel, error) {
	type key struct{ provider, model string }
	n := map[key]int64{}
	for entry, err := range e.store.Scan(ctx, store.Query{}) {
		if err != nil {
			return nil, fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if entry.Status != pricing.Priced {
			n[key{entry.Provider, entry.Model}]++
		}
	}
	out := make([]UnpricedModel, 0, len(n))
	for k, n := range n {
		out = append(out, UnpricedModel{k.provider, k.model, n})
	}
	slices.SortFunc(out, func(a, b UnpricedModel) int {
		return cmp.Or(cmp.Compare(b.Events, a.Events), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Model, b.Model))
	})
	return out, nil
}

// Proof is the answer to why one event costs what it does.
type Proof struct {
	Entry      store.Entry
	Cost       pricing.Cost // with its lines; the zero Cost for a void
	Activation store.Activation
	Err        error // why there is no full price; matches pricing.ErrUnknownModel or pricing.ErrUnpriced
}

// Explain prices the counting version of a key again, by the book that its
// time activates, and returns the cost with its lines. An unknown key is
// [ErrNotFound].
func (e *Engine) Explain(ctx context.Context, key Key) (Proof, error) {
	entries, err := e.store.Get(ctx, []Key{key})
	if err != nil {
		return Proof{}, fmt.Errorf("tokenomics: reading the ledger: %w", err)
	}
	if len(entries) == 0 {
		return Proof{}, fmt.Errorf("%w: %s/%s", ErrNotFound, key.Source, key.ID)
	}
	proof := Proof{Entry: entries[0]}
	p := e.prices.Load()
	if proof.Entry.Activation > int64(len(p.activations)) { // another engine's
		if err := e.reloadPrices(ctx, p); err != nil {
			return proof, err
		}
		p = e.prices.Load()
	}
	a := p.at(proof.Entry.At)
	if a == nil {
		return proof, fmt.Errorf("%w: no book is activated for %s", ErrBookMissing, proof.Entry.At.Format(time.RFC3339))
	}
	proof.Activation = *a
	if proof.Entry.Void {
		return proof, nil // a void costs nothing
	}
	proof.Cost, proof.Err = p.books[a.Book].Price(proof.Entry.Call)
	return proof, nil
}
