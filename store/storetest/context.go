package storetest

import (
	"context"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
)

func contextRules() []rule {
	return []rule{
		{"cancelled-put", "a Put whose context is done before it begins fails with the context's error and has no effect", wherePut, testCancelledPut},
		{"cancelled-reads", "reads whose context is done fail with the context's error", "store.Store", testCancelledReads},
		{"cancelled-scan", "a scan yields an error once and stops", whereScan, testCancelledScan},
	}
}

func done() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func testCancelledPut(s *suite) {
	st := s.fresh()
	a := event("a")
	s.put(st, a)
	changes, err := st.Put(done(), []store.Entry{edit(a, func(e *store.Entry) { e.Revision = 1 }), event("b")})
	if !isContext(err) {
		s.broken("Put with a cancelled context returned %v, %v", changes, err)
	}
	s.same("Scan", s.scan(st, store.Query{}), []store.Entry{a})
	if _, err := st.Activate(done(), 0, store.Activation{Book: "v1"}); !isContext(err) {
		s.broken("Activate with a cancelled context returned %v", err)
	}
	s.activations(st, nil)
	s.change("the same Put again", s.put(st, event("b"))[0], store.Accepted, true, nil)
}

func testCancelledReads(s *suite) {
	st := s.fresh()
	s.put(st, event("a"))
	if _, err := st.Get(done(), []store.Key{{Source: "anthropic", ID: "a"}}); !isContext(err) {
		s.broken("Get with a cancelled context returned error %v", err)
	}
	if _, err := st.Activations(done()); !isContext(err) {
		s.broken("Activations with a cancelled context returned error %v", err)
	}
	yields := 0
	for _, err := range st.Scan(done(), store.Query{}) {
		if yields++; !isContext(err) {
			s.broken("Scan with a cancelled context yielded error %v", err)
		}
	}
	if yields != 1 {
		s.broken("Scan with a cancelled context yielded %d times, want its error once", yields)
	}
}

func testCancelledScan(s *suite) {
	st := s.fresh()
	entries := make([]store.Entry, 3000)
	for i := range entries {
		entries[i] = event(fmt.Sprint("id", i))
	}
	s.put(st, entries...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	yields, errs := 0, 0
	for _, err := range st.Scan(ctx, store.Query{}) {
		if yields++; yields == 10 {
			cancel()
		}
		if err != nil {
			if errs++; !isContext(err) {
				s.broken("the cancelled scan yielded %v", err)
			}
		} else if errs > 0 {
			s.broken("the scan went on after its error")
		}
	}
	// A store that had read everything by then may as well yield it.
	if errs > 1 || errs == 0 && yields != len(entries) {
		s.broken("the cancelled scan stopped after %d of %d entries with %d errors, want one", yields, len(entries), errs)
	}
}
