package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

const whereActivate = "store.Store, method Activate; law 1 of docs/design.md"

func activationRules() []rule {
	return []rule{
		{"activations", "activations are numbered 1, 2, 3, … and come back in that order as they were given, with the sheets of their books, byte for byte", whereActivate, testActivations},
		{"activate-compares", "Activate writes only if the caller has seen the last activation; otherwise the error matches ErrStaleActivation and nothing is written", whereActivate, testActivateCompares},
		{"overtaken", "Put keeps nothing of a batch with a price that a later activation has overtaken, and the error matches ErrStaleActivation", wherePut, testOvertaken},
		{"activate-races", "of many that activate at once after the same last one, exactly one succeeds", whereActivate, testActivateRaces},
	}
}

func sameActivation(a, b store.Activation) bool {
	return a.Seq == b.Seq && a.Book == b.Book && a.Note == b.Note && bytes.Equal(a.Sheets, b.Sheets) && sameTime(a.From, b.From) && sameTime(a.Until, b.Until)
}

// describe keeps megabytes of sheets out of messages.
func describe(a store.Activation) string {
	return fmt.Sprintf("{Seq:%d From:%s Until:%s Book:%q Note:%q and %d bytes of sheets with checksum %08x}", a.Seq, a.From, a.Until, a.Book, a.Note, len(a.Sheets), crc32.ChecksumIEEE(a.Sheets))
}

func sameTime(a, b time.Time) bool { return a.IsZero() == b.IsZero() && a.Equal(b) }

func (s *suite) activations(st store.Store, want []store.Activation) {
	s.Helper()
	got, err := st.Activations(context.Background())
	if err != nil {
		s.broken("Activations failed: %v", err)
	}
	if len(got) != len(want) {
		s.broken("Activations returned %d, want %d", len(got), len(want))
	}
	for i := range want {
		if !sameActivation(got[i], want[i]) {
			s.broken("activation %d is %s, want %s", i+1, describe(got[i]), describe(want[i]))
		}
	}
}

func (s *suite) activate(st store.Store, all []store.Activation, a store.Activation) []store.Activation {
	s.Helper()
	got, err := st.Activate(context.Background(), int64(len(all)), a)
	if err != nil {
		s.broken("Activate after number %d failed: %v", len(all), err)
	}
	a.Seq = int64(len(all)) + 1
	if !sameActivation(got, a) {
		s.broken("Activate returned %s, want %s", describe(got), describe(a))
	}
	return append(all, a)
}

func testActivations(s *suite) {
	st := s.fresh()
	var all []store.Activation
	s.activations(st, nil)
	sheets := make([]byte, 300_000)
	for i := range sheets {
		sheets[i] = byte(s.rand.Uint32())
	}
	given := append([]byte(nil), sheets...)
	for _, a := range []store.Activation{
		{Book: "v1"},
		{Book: "v2", From: day, Note: "the price rose; “quoted”", Sheets: []byte{0}},
		{Book: "v1", Until: day.Add(1), Seq: 99},
		{Book: "v2", From: day.Add(-1), Until: day.Add(time.Nanosecond)},
		{Book: "v2", From: store.Earliest(), Until: store.Latest()},
		{Book: "v3", Sheets: given},
	} {
		all = s.activate(st, all, a)
		s.activations(st, all)
	}
	clear(given)
	all[len(all)-1].Sheets = sheets
	s.activations(st, all)
	s.put(st, edit(event("a"), func(e *store.Entry) { e.Activation = int64(len(all)) }))
	s.activations(st, all)
}

func testOvertaken(s *suite) {
	st := s.fresh()
	all := s.activate(st, nil, store.Activation{Book: "v1"})
	all = s.activate(st, all, store.Activation{Book: "v2", From: day, Until: day.Add(time.Hour)})
	all = s.activate(st, all, store.Activation{Book: "v3", From: day.Add(2 * time.Hour)})
	priced := func(id string, at time.Time, by int64) store.Entry {
		return edit(event(id), func(e *store.Entry) { e.At, e.Activation = at, by })
	}
	kept := []store.Entry{
		priced("a", day.Add(-1), 1), priced("b", day, 2), priced("c", day.Add(time.Hour-1), 2),
		priced("d", day.Add(time.Hour), 1), priced("e", day.Add(2*time.Hour), 3),
	}
	s.put(st, kept...)
	for _, late := range []store.Entry{priced("x", day, 1), priced("x", day.Add(2*time.Hour), 2), priced("b", day, 1)} {
		batch := []store.Entry{priced("y", day, 2), late}
		if _, err := st.Put(context.Background(), batch); !errors.Is(err, store.ErrStaleActivation) {
			s.broken("Put of a price of activation %d for %s: error %v, want one that matches ErrStaleActivation", late.Activation, late.At, err)
		}
		s.same("Scan", s.scan(st, store.Query{}), kept)
	}
	s.activations(st, all)
}

func testActivateCompares(s *suite) {
	st := s.fresh()
	var all []store.Activation
	for round := range 3 {
		for _, expected := range []int64{-1, 0, 1, 2, 3, 4, 1 << 40} {
			if expected == int64(round) {
				continue
			}
			if _, err := st.Activate(context.Background(), expected, store.Activation{Book: "no"}); !errors.Is(err, store.ErrStaleActivation) {
				s.broken("Activate expecting number %d where %d is the last: error %v, want one that matches ErrStaleActivation", expected, round, err)
			}
			s.activations(st, all)
		}
		all = s.activate(st, all, store.Activation{Book: fmt.Sprint("v", round)})
	}
}

func testActivateRaces(s *suite) {
	st := s.fresh()
	for round := range int64(s.rounds(10)) {
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = st.Activate(context.Background(), round, store.Activation{Book: fmt.Sprint(round, "/", i)})
			})
		}
		wg.Wait()
		won := -1
		for i, err := range errs {
			switch {
			case err == nil && won >= 0:
				s.broken("two callers activated after number %d", round)
			case err == nil:
				won = i
			case !errors.Is(err, store.ErrStaleActivation):
				s.broken("a caller that came too late got %v, want an error that matches ErrStaleActivation", err)
			}
		}
		if won < 0 {
			s.broken("of %d callers none could activate after number %d", len(errs), round)
		}
		got, err := st.Activations(context.Background())
		if err != nil || int64(len(got)) != round+1 || got[round].Book != fmt.Sprint(round, "/", won) {
			s.broken("after round %d Activations returned %+v, %v; want the one of caller %d last", round+1, got, err, won)
		}
	}
}
