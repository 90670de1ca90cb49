package tokenomics

import (
	"cmp"
	"context"
	"fmt"
	"iter"
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

// parts takes apart what Cross put together.
func (d Dimension) parts() []Dimension {
	var parts []Dimension
	for p := range strings.SplitSeq(string(d), crossed) {
		parts = append(parts, Dimension(p))
	}
	return parts
}

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
	sums := newLists(by)
	if agg, dims := e.pushedDown(who, by, where, &q); agg != nil {
		err = sums.addSums(ctx, agg, q, dims, who, where)
	} else {
		err = sums.addEvents(e.scan(ctx, q), where)
	}
	if err != nil {
		return nil, err
	}
	return sums.sorted(), nil
}

// lists are totals by several dimensions under way.
type lists struct {
	by   []Dimension
	sums []map[string]*Total
}

func newLists(by []Dimension) *lists {
	l := &lists{by, make([]map[string]*Total, len(by))}
	for i := range l.sums {
		l.sums[i] = map[string]*Total{}
	}
	return l
}

func (l *lists) add(i int, key string, one *Total) error {
	sum := l.sums[i][key]
	if sum == nil {
		sum = &Total{Key: strings.Clone(key)}
		l.sums[i][sum.Key] = sum
	}
	var err error
	*sum, err = sum.Plus(*one)
	return err
}

// addEvents adds the events that match.
func (l *lists) addEvents(entries iter.Seq2[store.Entry, error], where []Match) error {
	for entry, err := range entries {
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if !matches(where, &entry) {
			continue
		}
		one := totalOf(&entry)
		for i, d := range l.by {
			key, _ := d.of(&entry)
			if err := l.add(i, key, &one); err != nil {
				return err
			}
		}
	}
	return nil
}

// addSums adds the sums of a store by dimensions, which are all that the lists
// and the matches ask for.
func (l *lists) addSums(ctx context.Context, agg store.Aggregator, q store.Query, dims []store.By, who *aliases, where []Match) error {
	for s, err := range agg.Sum(ctx, q, nil, dims...) {
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger's sums: %w", err)
		}
		keyOf := func(d Dimension) string {
			i := slices.Index(dims, store.By(d))
			if i < 0 { // only a match of the one subject of the query
				return who.resolve(q.Subject)
			}
			if d == BySubject {
				return who.resolve(s.Keys[i])
			}
			return s.Keys[i]
		}
		if slices.ContainsFunc(where, func(m Match) bool { return keyOf(m.By) != m.Key }) {
			continue
		}
		one := Total{Events: s.Events, Usage: s.Usage, Tokens: s.Usage.Tokens(), Cost: s.Cost, High: s.High, Unpriced: s.Unpriced}
		for i, d := range l.by {
			var parts []string
			for _, part := range d.parts() {
				parts = append(parts, keyOf(part))
			}
			if err := l.add(i, strings.Join(parts, crossed), &one); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *lists) sorted() map[Dimension][]Total {
	out := make(map[Dimension][]Total, len(l.by))
	for i, d := range l.by {
		list := make([]Total, 0, len(l.sums[i]))
		for _, t := range l.sums[i] {
			list = append(list, *t)
		}
		slices.SortFunc(list, func(a, b Total) int { return cmp.Compare(a.Key, b.Key) })
		out[d] = list
	}
	return out
}

// maxPushed is by how many dimensions at once a store is asked for sums: by more,
// there are about as many sums as events.
const maxPushed = 3

// pushedDown returns the store's ability to add up by itself, and by which
// dimensions it is to; nil if the events must be read.
func (e *Engine) pushedDown(who *aliases, by []Dimension, where []Match, q *store.Query) (store.Aggregator, []store.By) {
	agg, ok := store.As[store.Aggregator](e.store)
	if !ok || q.Subject != "" && len(who.all(q.Subject)) > 1 {
		return nil, nil
	}
	var dims []store.By
	need := func(d Dimension) bool {
		_, ok := store.By(d).Of(&Event{})
		if ok && !slices.Contains(dims, store.By(d)) {
			dims = append(dims, store.By(d))
		}
		return ok
	}
	for _, d := range by {
		for _, part := range d.parts() {
			if !need(part) {
				return nil, nil
			}
		}
	}
	for _, m := range where {
		parts := m.By.parts()
		if len(parts) > 1 || m.By != BySubject && !need(m.By) || m.By == BySubject && (m.Key == "" || m.Key != q.Subject) {
			return nil, nil
		}
	}
	if len(dims) > maxPushed {
		return nil, nil
	}
	return agg, dims
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
	totals, err := e.Totals(ctx, Cross(ByProvider, ByModel), time.Time{}, time.Time{})
	if err != nil {
		return nil, err
	}
	var out []UnpricedModel
	for _, t := range totals {
		if t.Unpriced > 0 {
			names := t.Keys()
			out = append(out, UnpricedModel{names[0], names[1], t.Unpriced})
		}
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
	a, book := p.at(proof.Entry.At)
	if book == nil {
		return proof, fmt.Errorf("%w: no book is activated for %s", ErrBookMissing, proof.Entry.At.Format(time.RFC3339))
	}
	proof.Activation = *a
	if proof.Entry.Void {
		return proof, nil // a void costs nothing
	}
	proof.Cost, proof.Err = book.Price(proof.Entry.Call)
	return proof, nil
}
