package storetest

import (
	"context"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

func memoryRules() []rule {
	return []rule{
		{"keeps-no-slices", "a store does not keep the slices it is given: what the caller does to them afterwards changes nothing", "store.Store", testKeepsNoSlices},
		{"gives-no-insides", "what a store returns is the caller's: changing it changes nothing in the store", "store.Store", testGivesNoInsides},
	}
}

// deface changes everything in an entry that a copy of it would share.
func deface(e *store.Entry) {
	for i := range e.Labels {
		e.Labels[i] = store.Label{Key: "defaced", Value: "defaced"}
	}
	if e.ReportedCost != nil {
		*e.ReportedCost = pricing.FromPico(6, 66)
	}
	*e = store.Entry{}
}

func testKeepsNoSlices(s *suite) {
	st := s.fresh()
	batch := []store.Entry{fullest("a"), fullest("b")}
	s.put(st, batch...)
	for i := range batch {
		deface(&batch[i])
	}
	keys := []store.Key{{Source: fullest("a").Source, ID: "a"}, {Source: fullest("a").Source, ID: "b"}}
	s.same("Get after the batch was overwritten", s.get(st, keys...), []store.Entry{fullest("a"), fullest("b")})
}

func testGivesNoInsides(s *suite) {
	st := s.fresh()
	want := []store.Entry{fullest("a")}
	key := want[0].Key()
	s.put(st, fullest("a"))
	for _, e := range s.get(st, key) {
		deface(&e)
	}
	s.same("Get after the result of a Get was overwritten", s.get(st, key), want)
	for _, e := range s.scan(st, store.Query{}) {
		deface(&e)
	}
	s.same("Get after what a scan yielded was overwritten", s.get(st, key), want)
	for _, c := range s.put(st, fullest("a")) {
		deface(c.Before)
	}
	s.same("Get after a Before was overwritten", s.get(st, key), want)

	all := s.activate(st, nil, store.Activation{Book: "v1"})
	got, err := st.Activations(context.Background())
	if err != nil || len(got) != 1 {
		s.broken("Activations returned %v, %v", got, err)
	}
	got[0].Book = "defaced"
	s.activations(st, all)
}
