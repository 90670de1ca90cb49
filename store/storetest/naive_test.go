package storetest

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// naive is a right store as simple as can be, with places where a fault can be
// put in: one for every mistake that stores are known to make.
type naive struct {
	mu          sync.Mutex
	rows        map[store.Key]store.Entry
	activations []store.Activation
	scans       int
	fault       fault
}

// fault changes one thing about a naive store. The zero fault changes nothing.
type fault struct {
	key      func(store.Key) store.Key
	keep     func(e store.Entry) store.Entry // what is kept of an entry put
	give     func(e store.Entry) store.Entry // what is given of an entry kept
	judge    func(old, e *store.Entry) (status store.Status, counts, write bool)
	change   func(c *store.Change)
	unknown  func(e *store.Entry) (skip bool) // on a new key
	selects  func(q store.Query, e *store.Entry) bool
	order    func(a, b store.Entry) int
	batch    func(entries []store.Entry) []store.Entry // those of a batch that are written
	gap      bool                                      // the lock is let go between looking and writing
	piece    bool                                      // the lock is let go between the entries of a batch
	live     bool                                      // a scan reads rows when it comes to them
	noCtx    bool
	deaf     bool // a scan does not look at its context once it runs
	stubborn bool // a scan goes on after its error
	noSwap   bool // Activate does not compare

	noSheets    bool // Activate forgets the book
	noOvertaken bool // Put keeps prices of overtaken activations
	seq         int64
	noGetVoid,
	getSorted bool
	once bool // a scan keeps its first result
}

func newNaive(f fault) *naive { return &naive{rows: map[store.Key]store.Entry{}, fault: f} }

// own copies what an entry shares.
func own(e store.Entry) store.Entry {
	e.Labels = slices.Clone(e.Labels)
	if e.ReportedCost != nil {
		m := *e.ReportedCost
		e.ReportedCost = &m
	}
	return e
}

func (n *naive) keep(e store.Entry) store.Entry {
	if n.fault.keep != nil {
		return n.fault.keep(e)
	}
	return own(e)
}

func (n *naive) give(e store.Entry) store.Entry {
	if n.fault.give != nil {
		return n.fault.give(e)
	}
	return own(e)
}

func (n *naive) key(k store.Key) store.Key {
	if n.fault.key != nil {
		return n.fault.key(k)
	}
	return k
}

func (n *naive) ctxErr(ctx context.Context) error {
	if n.fault.noCtx {
		return nil
	}
	return ctx.Err()
}

func (n *naive) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	if err := n.ctxErr(ctx); err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := store.Overtaken(n.activations, entries); err != nil && !n.fault.noOvertaken {
		return nil, err
	}
	if n.fault.batch != nil {
		entries = n.fault.batch(entries)
	}
	var changes []store.Change
	for i := range entries {
		c := n.put(entries[i])
		if n.fault.change != nil {
			n.fault.change(&c)
		}
		changes = append(changes, c)
		if n.fault.piece {
			n.yieldToScan()
		}
	}
	return changes, nil
}

func (n *naive) yield() {
	n.mu.Unlock()
	for range 10 {
		runtime.Gosched()
	}
	n.mu.Lock()
}

// yieldToScan lets go of the lock until somebody scanned, if anybody does.
func (n *naive) yieldToScan() {
	for before, i := n.scans, 0; n.scans == before && i < 1000; i++ {
		n.yield()
	}
}

func (n *naive) put(e store.Entry) store.Change {
	k := n.key(e.Key())
	old, known := n.rows[k]
	if n.fault.gap {
		n.yield()
	}
	if !known {
		if n.fault.unknown == nil || !n.fault.unknown(&e) {
			n.rows[k] = n.keep(e)
		}
		return store.Change{Status: store.Accepted, Counts: true}
	}
	before := n.give(old)
	c := store.Change{Before: &before}
	var write bool
	if n.fault.judge != nil {
		c.Status, c.Counts, write = n.fault.judge(&old, &e)
	} else {
		c.Status, c.Counts, write = judge(&old, &e)
	}
	if write {
		n.rows[k] = n.keep(e)
	}
	return c
}

// judge is the law.
func judge(old, e *store.Entry) (status store.Status, counts, write bool) {
	status, counts = store.Judge(&old.Event, &e.Event)
	return status, counts, counts && (status != store.Duplicate || e.Activation > old.Activation)
}

func (n *naive) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	if err := n.ctxErr(ctx); err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []store.Entry
	for _, k := range keys {
		if e, ok := n.rows[n.key(k)]; ok && !(n.fault.noGetVoid && e.Void) {
			out = append(out, n.give(e))
		}
	}
	if n.fault.getSorted {
		slices.SortFunc(out, inOrder)
	}
	return out, nil
}

func (n *naive) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	var kept []store.Entry
	return func(yield func(store.Entry, error) bool) {
		if err := n.ctxErr(ctx); err != nil {
			if yield(store.Entry{}, err) && n.fault.stubborn {
				yield(store.Entry{}, err)
			}
			return
		}
		if !n.fault.once || kept == nil {
			kept = n.selected(q)
		}
		for _, e := range kept {
			if err := n.ctxErr(ctx); err != nil && !n.fault.deaf {
				if !yield(store.Entry{}, err) || !n.fault.stubborn {
					return
				}
			}
			if n.fault.live {
				n.mu.Lock()
				e = n.give(n.rows[n.key(e.Key())])
				n.mu.Unlock()
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (n *naive) selected(q store.Query) []store.Entry {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.scans++
	var out []store.Entry
	for _, e := range n.rows {
		if n.fault.selects != nil && n.fault.selects(q, &e) || n.fault.selects == nil && selects(q, &e) {
			out = append(out, n.give(e))
		}
	}
	order := inOrder
	if n.fault.order != nil {
		order = n.fault.order
	}
	slices.SortFunc(out, order)
	return out
}

// selects is what a query means.
func selects(q store.Query, e *store.Entry) bool {
	return (q.Voids || !e.Void) && (q.Subject == "" || q.Subject == e.Subject) && within(q, e.At)
}

func within(q store.Query, at time.Time) bool {
	return (q.From.IsZero() || !at.Before(q.From)) && (q.To.IsZero() || at.Before(q.To))
}

func (n *naive) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	if err := n.ctxErr(ctx); err != nil {
		return a, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if expected != int64(len(n.activations)) && !n.fault.noSwap {
		return a, store.ErrStaleActivation
	}
	if n.fault.gap {
		n.yield()
	}
	a.Seq = int64(len(n.activations)) + 1 + n.fault.seq
	kept := a
	if kept.Sheets = slices.Clone(a.Sheets); n.fault.noSheets {
		kept.Sheets = nil
	}
	n.activations = append(n.activations, kept)
	return a, nil
}

func (n *naive) Activations(ctx context.Context) ([]store.Activation, error) {
	if err := n.ctxErr(ctx); err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fault.give != nil {
		return n.activations, nil
	}
	return slices.Clone(n.activations), nil
}

// faults are the mistakes, each with the rules of which at least one must
// catch it.
var faults = []struct {
	name   string
	rules  string
	fault  fault
	reopen func(*naive)
	silent bool // it is not the rule's own words that tell of it
}{
	{name: "keeps the first version", rules: "revisions convergence changes-add-up", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		s, c, _ := judge(old, e)
		return s, c, false
	}}},
	{name: "keeps the last version", rules: "revisions convergence", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		s, c, _ := judge(old, e)
		return s, c, true
	}}},
	{name: "compares revisions before trust", rules: "revisions", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		if e.Revision > old.Revision {
			return store.Superseding, true, true
		}
		return judge(old, e)
	}}},
	{name: "lets a use win over a void of its revision", rules: "revisions void", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		if old.Void && !e.Void && old.Trust == e.Trust && old.Revision == e.Revision {
			return store.Superseding, true, true
		}
		return judge(old, e)
	}}},
	{name: "keeps the first of a conflict", rules: "conflict convergence", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		if s, c, w := judge(old, e); s != store.Conflict {
			return s, c, w
		}
		return store.Conflict, false, false
	}}},
	{name: "calls a conflict a duplicate", rules: "conflict revisions", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		if s, c, w := judge(old, e); s != store.Conflict {
			return s, c, w
		}
		return store.Duplicate, true, false
	}}},
	{name: "adds versions up", rules: "duplicate convergence", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		s, c, _ := judge(old, e)
		e.Usage, _ = e.Usage.Add(old.Usage)
		return s, c, true
	}}},
	{name: "replaces a part of a version", rules: "moved", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		s, c, w := judge(old, e)
		e.Subject = old.Subject
		return s, c, w
	}}},
	{name: "forgets a void of an unknown key", rules: "void-first", fault: fault{unknown: func(e *store.Entry) bool { return e.Void }}},
	{name: "scans voids", rules: "void", fault: fault{selects: func(q store.Query, e *store.Entry) bool {
		return within(q, e.At) && (q.Subject == "" || q.Subject == e.Subject)
	}}},
	{name: "never scans voids", rules: "query-voids", fault: fault{selects: func(q store.Query, e *store.Entry) bool { return !e.Void && selects(q, e) }}},
	{name: "does not get voids", rules: "get", fault: fault{noGetVoid: true}},
	{name: "gets in an order of its own", rules: "get", fault: fault{getSorted: true}},
	{name: "keeps the first price", rules: "reprice", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		s, c, w := judge(old, e)
		return s, c, w && s != store.Duplicate
	}}},
	{name: "keeps the last price", rules: "reprice", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		s, c, w := judge(old, e)
		return s, c, w || s == store.Duplicate
	}}},
	{name: "keeps the price of the greatest activation, whoever's", rules: "price-of-a-greater", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		s, c, w := judge(old, e)
		if w && old.Activation > e.Activation {
			e.Cost, e.High, e.Status, e.Activation = old.Cost, old.High, old.Status, old.Activation
		}
		return s, c, w
	}}},
	{name: "reprices by a stale version", rules: "price-of-a-lesser", fault: fault{judge: func(old, e *store.Entry) (store.Status, bool, bool) {
		s, c, w := judge(old, e)
		if s == store.Stale && e.Activation > old.Activation {
			price := *e
			*e = *old
			e.Cost, e.Activation = price.Cost, price.Activation
			return s, c, true
		}
		return s, c, w
	}}},
	{name: "says nothing of what was before", rules: "duplicate", fault: fault{change: func(c *store.Change) { c.Before = nil }}},
	{name: "says that a duplicate does not count", rules: "duplicate", fault: fault{change: func(c *store.Change) { c.Counts = c.Counts && c.Status != store.Duplicate }}},
	{name: "says accepted always", rules: "duplicate", fault: fault{change: func(c *store.Change) { c.Status = store.Accepted }}},
	{name: "gives an error with a status that is none", rules: "accept", fault: fault{change: func(c *store.Change) { c.Err = store.ErrFull }}},
	{name: "drops repetitions in a batch", rules: "duplicate-in-batch large-batch", fault: fault{batch: func(entries []store.Entry) []store.Entry {
		seen := map[store.Key]bool{}
		var out []store.Entry
		for _, e := range entries {
			if !seen[e.Key()] {
				out = append(out, e)
			}
			seen[e.Key()] = true
		}
		return out
	}}},
	{name: "takes the first thousand of a batch", rules: "large-batch", fault: fault{batch: func(entries []store.Entry) []store.Entry { return entries[:min(len(entries), 1000)] }}},
	{name: "trips over an empty batch", rules: "empty", silent: true, fault: fault{batch: func(entries []store.Entry) []store.Entry { _ = entries[0]; return entries }}},
	{name: "writes the same batch backwards", rules: "duplicate-in-batch", fault: fault{batch: func(entries []store.Entry) []store.Entry {
		out := slices.Clone(entries)
		slices.Reverse(out)
		return out
	}}},
	{name: "joins source and id", rules: "keys-are-exact", fault: fault{key: func(k store.Key) store.Key { return store.Key{ID: k.Source + "-" + k.ID} }}},
	{name: "ignores the source", rules: "keys-are-exact", fault: fault{key: func(k store.Key) store.Key { return store.Key{ID: k.ID} }}},
	{name: "folds case", rules: "keys-are-exact", fault: fault{key: func(k store.Key) store.Key { return store.Key{Source: k.Source, ID: strings.ToLower(k.ID)} }}},
	{name: "trims spaces", rules: "keys-are-exact", fault: fault{key: func(k store.Key) store.Key { return store.Key{Source: k.Source, ID: strings.TrimSpace(k.ID)} }}},
	{name: "cuts long ids", rules: "keys-are-exact", fault: fault{key: func(k store.Key) store.Key { return store.Key{Source: k.Source, ID: k.ID[:min(len(k.ID), 255)]} }}},
	{name: "keeps microseconds", rules: "edges", fault: fault{keep: func(e store.Entry) store.Entry { e.At = e.At.Truncate(time.Microsecond); return own(e) }}},
	{name: "keeps local time", rules: "every-field", fault: fault{give: func(e store.Entry) store.Entry { e.At = e.At.In(time.FixedZone("", 3600)); return own(e) }}},
	{name: "keeps money as a float", rules: "edges every-field", fault: fault{keep: func(e store.Entry) store.Entry {
		hi, lo := e.Cost.Pico()
		e.Cost = pricing.FromPico(hi, uint64(float64(lo>>1))<<1)
		return own(e)
	}}},
	{name: "loses the labels", rules: "every-field", fault: fault{keep: func(e store.Entry) store.Entry { e.Labels = nil; return own(e) }}},
	{name: "loses the flags", rules: "every-field", fault: fault{keep: func(e store.Entry) store.Entry { e.Flags = 0; return own(e) }}},
	{name: "loses the upper bound", rules: "every-field", fault: fault{keep: func(e store.Entry) store.Entry { e.High = e.Cost; return own(e) }}},
	{name: "invents a reported cost", rules: "accept every-field", fault: fault{give: func(e store.Entry) store.Entry {
		if e = own(e); e.ReportedCost == nil {
			e.ReportedCost = new(pricing.Money)
		}
		return e
	}}},
	{name: "scans by id", rules: "scan-order", fault: fault{order: func(a, b store.Entry) int { return strings.Compare(a.ID, b.ID) }}},
	{name: "scans ties by id before source", rules: "scan-order", fault: fault{order: func(a, b store.Entry) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		if c := strings.Compare(a.ID, b.ID); c != 0 {
			return c
		}
		return strings.Compare(a.Source, b.Source)
	}}},
	{name: "scans as a dictionary sorts", rules: "scan-order", fault: fault{order: func(a, b store.Entry) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		if c := strings.Compare(strings.ToLower(a.Source), strings.ToLower(b.Source)); c != 0 {
			return c
		}
		return inOrder(a, b)
	}}},
	{name: "takes From as exclusive", rules: "query-edges", fault: fault{selects: func(q store.Query, e *store.Entry) bool {
		return selects(q, e) && (q.From.IsZero() || e.At.After(q.From))
	}}},
	{name: "takes To as inclusive", rules: "query-edges", fault: fault{selects: func(q store.Query, e *store.Entry) bool {
		return selects(store.Query{From: q.From, Subject: q.Subject}, e) && (q.To.IsZero() || !e.At.After(q.To))
	}}},
	{name: "queries whole seconds", rules: "query-edges", fault: fault{selects: func(q store.Query, e *store.Entry) bool {
		return selects(store.Query{From: q.From.Truncate(time.Second), To: q.To, Subject: q.Subject}, e)
	}}},
	{name: "wraps times beyond 64 bits", rules: "query-edges", fault: fault{selects: func(q store.Query, e *store.Entry) bool {
		return selects(store.Query{Subject: q.Subject}, e) && (q.From.IsZero() || e.At.UnixNano() >= q.From.UnixNano()) && (q.To.IsZero() || e.At.UnixNano() < q.To.UnixNano())
	}}},
	{name: "takes a subject as a prefix", rules: "query-subject", fault: fault{selects: func(q store.Query, e *store.Entry) bool {
		return !e.Void && within(q, e.At) && strings.HasPrefix(e.Subject, q.Subject)
	}}},
	{name: "takes a subject without case", rules: "query-subject", fault: fault{selects: func(q store.Query, e *store.Entry) bool {
		return !e.Void && within(q, e.At) && (q.Subject == "" || strings.EqualFold(e.Subject, q.Subject))
	}}},
	{name: "ignores times where a subject is given", rules: "query-random query-edges", fault: fault{selects: func(q store.Query, e *store.Entry) bool {
		if q.Subject != "" {
			return selects(store.Query{Subject: q.Subject}, e)
		}
		return selects(q, e)
	}}},
	{name: "scans rows as they are by then", rules: "scan-isolation", fault: fault{live: true}},
	{name: "scans once only", rules: "scan-repeat", fault: fault{once: true}},
	{name: "forgets the sheets of books", rules: "activations", fault: fault{noSheets: true}},
	{name: "numbers activations from two", rules: "activations", fault: fault{seq: 1}},
	{name: "keeps overtaken prices", rules: "overtaken", fault: fault{noOvertaken: true}},
	{name: "activates without comparing", rules: "activate-compares", fault: fault{noSwap: true}},
	{name: "lets go of the lock between looking and writing", rules: "one-accepted activate-races", fault: fault{gap: true}},
	{name: "writes a batch piece by piece", rules: "atomic-batches", fault: fault{piece: true}},
	{name: "ignores the context", rules: "cancelled-put cancelled-reads", fault: fault{noCtx: true}},
	{name: "goes on after an error", rules: "cancelled-scan cancelled-reads", fault: fault{stubborn: true}},
	{name: "keeps the caller's slices", rules: "keeps-no-slices", fault: fault{keep: func(e store.Entry) store.Entry { return e }}},
	{name: "gives its own slices", rules: "gives-no-insides", fault: fault{give: func(e store.Entry) store.Entry { return e }}},
	{name: "loses everything", rules: "durable", reopen: func(n *naive) { clear(n.rows) }},
	{name: "loses the voids", rules: "durable", reopen: func(n *naive) {
		for k, e := range n.rows {
			if e.Void {
				delete(n.rows, k)
			}
		}
	}},
	{name: "loses the activations", rules: "durable", reopen: func(n *naive) { n.activations = nil }},
	{name: "says it is durable and gives no way to prove it", rules: "durable", reopen: unproved, silent: true},
}

func unproved(*naive) {}

// durableNaive says that it survives.
type durableNaive struct{ *naive }

func (durableNaive) Durable() bool { return true }
