package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

func sumRules() []rule {
	return []rule{
		{"sums", "Sum yields what adding up a Scan gives, sorted by keys, whatever was corrected, compacted or pruned in between", "store.Aggregator, method Sum", testSums},
		{"sums-exact", "sums are exact: to the last picounit, and beyond what an int64 holds", "law 4 of docs/design.md", testSumsExact},
	}
}

var dimensions = []store.By{store.BySubject, store.ByTeam, store.ByWorkflow, store.BySession, store.ByModel, store.ByProvider, store.ByDay}

// sumsOf adds up entries.
func (s *suite) sumsOf(entries []store.Entry, by []store.By) []store.Sum {
	sums := map[string]*store.Sum{}
	for i := range entries {
		e := &entries[i]
		keys := make([]string, len(by))
		for k, b := range by {
			keys[k], _ = b.Of(&e.Event)
		}
		at := strings.Join(keys, "\x00")
		if sums[at] == nil {
			sums[at] = &store.Sum{Keys: keys}
		}
		if err := sums[at].Add(e); err != nil {
			s.Fatal(err)
		}
	}
	var out []store.Sum
	for _, sum := range sums {
		out = append(out, *sum)
	}
	slices.SortFunc(out, func(a, b store.Sum) int { return slices.Compare(a.Keys, b.Keys) })
	return out
}

func (s *suite) sums(what string, st store.Store, q store.Query, by ...store.By) {
	s.Helper()
	q.Voids = false
	want := s.sumsOf(s.scan(st, q), by)
	head, n := int64(-1), 0
	for got, err := range as[store.Aggregator](s, st).Sum(context.Background(), q, &head, by...) {
		if err != nil {
			s.broken("%s: Sum(%+v, %v) failed: %v", what, q, by, err)
		}
		if n == len(want) {
			s.broken("%s: Sum(%+v, %v) yields %v, which nothing adds up to", what, q, by, got.Keys)
		}
		if w := want[n]; !slices.Equal(got.Keys, w.Keys) || got.Events != w.Events || got.Usage != w.Usage || got.Cost != w.Cost || got.High != w.High || got.Unpriced != w.Unpriced {
			s.broken("%s: Sum(%+v, %v) number %d is %+v, want %+v", what, q, by, n+1, got, w)
		}
		n++
	}
	if n != len(want) {
		s.broken("%s: Sum(%+v, %v) yields %d sums, want %d", what, q, by, n, len(want))
	}
	wantHead := int64(0)
	if f, ok := store.As[store.Follower](st); ok {
		wantHead = s.positionOf(f)
	}
	if head != wantHead {
		s.broken("%s: Sum says it saw position %d, the head is %d", what, head, wantHead)
	}
}

// spread draws a version that may be of any of some days, teams and models.
func (s *suite) spread(keys int) store.Entry {
	e := random(s.rand, keys)
	e.At = day.Add(time.Duration(s.rand.IntN(5*24)) * time.Hour).Add(-12 * time.Hour)
	e.Team = []string{"", "red", "blue"}[s.rand.IntN(3)]
	e.Workflow = []string{"", "ci"}[s.rand.IntN(2)]
	e.Model = []string{"model-a", "model-b"}[s.rand.IntN(2)]
	e.Provider = []string{"anthropic", "bedrock"}[s.rand.IntN(2)]
	e.Usage.Requests = int64(s.rand.IntN(3))
	e.Status = pricing.Status(s.rand.IntN(3))
	if s.rand.IntN(3) == 0 {
		e.High = pico(77)
	}
	return e
}

func testSums(s *suite) {
	st := s.fresh()
	a := as[store.Aggregator](s, st)
	ask := func(what string) {
		s.sums(what, st, store.Query{})
		s.sums(what, st, store.Query{}, store.ByDay, store.BySubject)
		for range s.rounds(10) {
			by := make([]store.By, s.rand.IntN(3))
			for i := range by {
				by[i] = dimensions[s.rand.IntN(len(dimensions))]
			}
			q := store.Query{Subject: []string{"", "", "", "ada"}[s.rand.IntN(4)]}
			if s.rand.IntN(2) == 0 {
				q.From = day.Add(time.Duration(s.rand.IntN(10)-4) * 12 * time.Hour)
			}
			if s.rand.IntN(2) == 0 {
				q.To = day.Add(time.Duration(s.rand.IntN(10)-1) * 12 * time.Hour)
			}
			s.sums(what, st, q, by...)
		}
	}
	for round := range s.rounds(10) {
		what := fmt.Sprint("round ", round)
		batch := make([]store.Entry, s.upTo(60))
		for i := range batch {
			batch[i] = s.spread(80)
		}
		s.put(st, batch...)
		ask(what)
		if c, ok := store.As[store.Compactor](st); ok {
			if err := c.Compact(context.Background(), 0); err != nil {
				s.broken("Compact failed: %v", err)
			}
			ask(what + ", compacted")
		}
	}
	for range 3 { // corrections only: what leaves a key, a day, a subject
		var batch []store.Entry
		for e := range 30 {
			v := s.spread(80)
			v.Trust, v.Revision = store.Vendor, int64(e)
			batch = append(batch, v)
		}
		s.put(st, batch...)
		ask("after corrections")
	}
	if p, ok := store.As[store.Pruner](st); ok {
		for _, hours := range []int{-6, 12, 30} {
			if _, err := p.Prune(context.Background(), day.Add(time.Duration(hours)*time.Hour)); err != nil {
				s.broken("Prune failed: %v", err)
			}
			ask(fmt.Sprintf("pruned up to %d hours", hours))
		}
	}
	for _, err := range a.Sum(context.Background(), store.Query{}, nil, "no such dimension") {
		if err == nil {
			s.broken("Sum by an unknown dimension is no error")
		}
	}
}

func testSumsExact(s *suite) {
	st := s.fresh()
	as[store.Aggregator](s, st)
	var batch []store.Entry
	for i := range s.upTo(200) {
		e := event(fmt.Sprint("id", i))
		e.Cost = pricing.FromColumns(1<<62, int64(i)*4999)
		e.High = e.Cost
		e.Usage = usage.Usage{Input: usage.MaxCount, Images: int64(i)}
		batch = append(batch, e)
	}
	s.put(st, batch...)
	s.sums("great amounts", st, store.Query{}, store.ByDay)
	if c, ok := store.As[store.Compactor](st); ok {
		if err := c.Compact(context.Background(), 1<<40); err != nil {
			s.broken("Compact failed: %v", err)
		}
		s.sums("great amounts, compacted", st, store.Query{}, store.ByDay)
	}
}
