package storetest

import (
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

func revisionRules() []rule {
	return []rule{
		{"revisions", "of two versions of a key the greater counts: by trust, then revision, then void over use, then output, then all tokens, then canonical bytes", whereOrder, testRevisions},
		{"void", "a void takes the call out of scans and totals, and is remembered like any version", wherePut, testVoid},
		{"void-first", "a void of a key never seen is accepted and remembered: the use it voids does not count when it comes", wherePut, testVoidFirst},
		{"moved", "a greater version replaces the whole of the lesser: its subject, time and every other field", wherePut, testMoved},
		{"conflict", "which of two conflicting versions counts does not depend on which came first", whereOrder, testConflict},
		{"convergence", "the state is a function of the set of versions put: any order, repetition and split into batches ends in the same", "law 5 of docs/design.md", testConvergence},
	}
}

// ladder returns versions of one key, each greater than the one before by one
// rung of the law of revisions.
func ladder() []struct {
	rung string
	e    store.Entry
} {
	type step = struct {
		rung string
		e    store.Entry
	}
	e := event("a")
	e.Trust, e.Revision = store.SelfReported, 7
	steps := []step{{"the first", e}}
	climb := func(rung string, f func(e *store.Entry)) {
		f(&e)
		steps = append(steps, step{rung, e})
	}
	climb("a greater sum of tokens", func(e *store.Entry) { e.Usage.CacheRead++ })
	climb("more output, though fewer tokens", func(e *store.Entry) { e.Usage.Output++; e.Usage.CacheRead = 0 })
	climb("a void, though of no tokens", func(e *store.Entry) { e.Void = true; e.Usage.Output = 0 })
	climb("a higher revision, though a use", func(e *store.Entry) { e.Void = false; e.Revision++ })
	climb("greater trust, though of a lower revision", func(e *store.Entry) { e.Trust++; e.Revision = 0 })
	climb("a void of that trust", func(e *store.Entry) { e.Void = true })
	climb("the greatest trust", func(e *store.Entry) { e.Trust = store.Vendor; e.Void = false })
	return steps
}

func testRevisions(s *suite) {
	steps := ladder()
	for i, low := range steps {
		for _, high := range steps[i+1:] {
			want, wantBack := store.Superseding, store.Stale
			if low.e.Trust == high.e.Trust && low.e.Revision == high.e.Revision && low.e.Void == high.e.Void {
				want, wantBack = store.Conflict, store.Conflict
			}
			st := s.fresh()
			s.put(st, low.e)
			s.change(high.rung+" over "+low.rung, s.put(st, high.e)[0], want, true, &low.e)
			s.same("Get", s.get(st, low.e.Key()), []store.Entry{high.e})
			s.change(low.rung+" after "+high.rung, s.put(st, low.e)[0], wantBack, false, &high.e)
			s.same("Get", s.get(st, low.e.Key()), []store.Entry{high.e})
		}
	}
}

func testVoid(s *suite) {
	st := s.fresh()
	use := event("a")
	void := edit(use, func(e *store.Entry) { e.Void = true })
	s.put(st, use, event("b"))
	s.change("the void", s.put(st, void)[0], store.Superseding, true, &use)
	s.same("Scan", s.scan(st, store.Query{}), []store.Entry{event("b")})
	s.same("Scan of the subject", s.scan(st, store.Query{Subject: "ada"}), []store.Entry{event("b")})
	s.same("Get", s.get(st, use.Key()), []store.Entry{void})
	s.change("the use again", s.put(st, use)[0], store.Stale, false, &void)
	s.change("the void again", s.put(st, void)[0], store.Duplicate, true, &void)
	again := edit(use, func(e *store.Entry) { e.Revision++ })
	s.change("a use of a higher revision", s.put(st, again)[0], store.Superseding, true, &void)
	s.same("Scan", s.scan(st, store.Query{}), []store.Entry{again, event("b")})
}

func testVoidFirst(s *suite) {
	st := s.fresh()
	bare := store.Entry{Event: store.Event{Source: "anthropic", ID: "a", Void: true, Revision: 3, Trust: store.ClientLog, Call: pricing.Call{At: day}}}
	s.change("the void", s.put(st, bare)[0], store.Accepted, true, nil)
	s.same("Scan", s.scan(st, store.Query{}), nil)
	s.same("Get", s.get(st, bare.Key()), []store.Entry{bare})
	for rev := range int64(4) {
		use := edit(event("a"), func(e *store.Entry) { e.Revision = rev })
		s.change(fmt.Sprint("a use of revision ", rev), s.put(st, use)[0], store.Stale, false, &bare)
	}
	s.same("Scan", s.scan(st, store.Query{}), nil)
	use := edit(event("a"), func(e *store.Entry) { e.Revision = 4 })
	s.change("a use of a higher revision", s.put(st, use)[0], store.Superseding, true, &bare)
	s.same("Scan", s.scan(st, store.Query{}), []store.Entry{use})
}

func testMoved(s *suite) {
	st := s.fresh()
	old := fullest("a")
	old.Revision, old.At = 1, day
	now := event("a")
	now.Source, now.Trust, now.Revision = old.Source, old.Trust, 2
	now.Subject, now.At = "ben", day.Add(-time.Hour)
	s.put(st, old, event("b"))
	s.change("the correction", s.put(st, now)[0], store.Superseding, true, &old)
	s.same("Scan", s.scan(st, store.Query{}), []store.Entry{now, event("b")})
	s.same("Scan of the old subject", s.scan(st, store.Query{Subject: old.Subject}), nil)
	s.same("Scan of the new subject", s.scan(st, store.Query{Subject: "ben"}), []store.Entry{now})
	s.same("Scan of the old time", s.scan(st, store.Query{From: day}), []store.Entry{event("b")})
}

func testConflict(s *suite) {
	a := event("a")
	for name, b := range map[string]store.Entry{
		"another subject": edit(a, func(e *store.Entry) { e.Subject = "ben" }),
		"another model":   edit(a, func(e *store.Entry) { e.Model = "model-b" }),
		"another time":    edit(a, func(e *store.Entry) { e.At = day.Add(1) }),
		"another session": edit(a, func(e *store.Entry) { e.Session = "s" }),
		"another label":   edit(a, func(e *store.Entry) { e.Labels = store.Labels{{Key: "k", Value: "v"}} }),
		"other tokens":    edit(a, func(e *store.Entry) { e.Usage.Input++ }),
	} {
		wins, loses := a, b
		if store.Compare(&a.Event, &b.Event) < 0 {
			wins, loses = b, a
		}
		st := s.fresh()
		s.put(st, wins)
		s.change(name+", the lesser last", s.put(st, loses)[0], store.Conflict, false, &wins)
		s.same("Get", s.get(st, a.Key()), []store.Entry{wins})
		st = s.fresh()
		s.put(st, loses)
		s.change(name+", the greater last", s.put(st, wins)[0], store.Conflict, true, &loses)
		s.same("Get", s.get(st, a.Key()), []store.Entry{wins})
	}
}

func testConvergence(s *suite) {
	for range s.rounds(15) {
		versions := make([]store.Entry, 40)
		for i := range versions {
			versions[i] = random(s.rand, 6)
		}
		l := ledger{}
		for _, e := range versions {
			l.put(e)
		}
		for try := range 3 {
			st := s.fresh()
			deal := append([]store.Entry(nil), versions...)
			for range try * 20 {
				deal = append(deal, versions[s.rand.IntN(len(versions))])
			}
			s.rand.Shuffle(len(deal), func(i, j int) { deal[i], deal[j] = deal[j], deal[i] })
			for len(deal) > 0 {
				n := 1 + s.rand.IntN(len(deal))
				s.put(st, deal[:n]...)
				deal = deal[n:]
			}
			s.same("Scan after another order", s.scan(st, store.Query{}), l.scan(store.Query{}))
			for k, e := range l {
				s.same("Get after another order", s.get(st, k), []store.Entry{e})
			}
		}
	}
}
