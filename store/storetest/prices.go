package storetest

import (
	"fmt"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

func priceRules() []rule {
	return []rule{
		{"reprice", "a Duplicate whose Activation is greater replaces the stored price, the event as it is", wherePut, testReprice},
		{"price-of-a-lesser", "a version that does not count changes no price, whatever its Activation", wherePut, testPriceOfALesser},
		{"price-of-a-greater", "a version that supersedes brings its own price, whatever its Activation", wherePut, testPriceOfAGreater},
	}
}

func testReprice(s *suite) {
	for _, void := range []bool{false, true} {
		st := s.fresh()
		a := edit(event("a"), func(e *store.Entry) { e.Void = void; e.Activation = 5 })
		s.put(st, a)
		for _, activation := range []int64{1, 4, 5} {
			other := edit(a, func(e *store.Entry) {
				e.Activation = activation
				e.Cost, e.High, e.Status = pico(1), pico(2), pricing.Partial
			})
			s.change(fmt.Sprintf("activation %d where 5 priced", activation), s.put(st, other)[0], store.Duplicate, true, &a)
			s.same("Get", s.get(st, a.Key()), []store.Entry{a})
		}
		now := edit(a, func(e *store.Entry) {
			e.Activation = 6
			e.Cost, e.High, e.Status = pico(3), pico(4), pricing.Partial
		})
		s.change("activation 6 where 5 priced", s.put(st, now)[0], store.Duplicate, true, &a)
		s.same("Get", s.get(st, a.Key()), []store.Entry{now})
		s.change("activation 5 again", s.put(st, a)[0], store.Duplicate, true, &now)
		s.same("Get", s.get(st, a.Key()), []store.Entry{now})
	}
}

func testPriceOfALesser(s *suite) {
	st := s.fresh()
	a := edit(event("a"), func(e *store.Entry) { e.Revision = 2 })
	s.put(st, a)
	stale := edit(a, func(e *store.Entry) { e.Revision = 1; e.Activation = 9; e.Cost = pico(1) })
	s.change("a stale version", s.put(st, stale)[0], store.Stale, false, &a)
	s.same("Get", s.get(st, a.Key()), []store.Entry{a})
	lesser := edit(a, func(e *store.Entry) { e.Usage.Output--; e.Activation = 9; e.Cost = pico(1) })
	s.change("a lesser conflicting version", s.put(st, lesser)[0], store.Conflict, false, &a)
	s.same("Get", s.get(st, a.Key()), []store.Entry{a})
}

func testPriceOfAGreater(s *suite) {
	st := s.fresh()
	a := edit(event("a"), func(e *store.Entry) { e.Activation = 9 })
	s.put(st, a)
	b := edit(a, func(e *store.Entry) { e.Revision = 1; e.Activation = 2; e.Cost, e.High = pico(1), pico(2) })
	s.change("a greater version", s.put(st, b)[0], store.Superseding, true, &a)
	s.same("Get", s.get(st, a.Key()), []store.Entry{b})
}
