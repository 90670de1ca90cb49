// Package storetest proves that a store keeps the contract of [store.Store].
// It needs nothing but the standard library. Whoever writes a store owes it
// one test:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t testing.TB) store.Store { return mystore.New() }, nil)
//	}
//
// Every failure names the rule that is broken and where it is written.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
)

// Caps says how a store differs from the whole contract. Abilities are
// declared by their absence: who says nothing is tested on everything. The
// zero Caps, and nil, are a store in memory without limits.
type Caps struct {
	// Reopen closes s as a crash would, without flushing or closing anything
	// that a nil error had not already promised, and opens the same data
	// again. A store whose Durable method reports true must give it.
	Reopen func(t testing.TB, s store.Store) store.Store

	// MaxBatch is the most entries that one Put and keys that one Get take. 0:
	// any number.
	MaxBatch int

	// Slow asks for fewer rounds, for stores where a Put takes milliseconds.
	Slow bool

	// Seed of everything random. 0 is 1. Failures print it.
	Seed uint64
}

// Run tests a store. Open returns a new, empty store that shares nothing with
// the others it returned; it may register its end with t.Cleanup. Caps may be
// nil.
func Run(t *testing.T, open func(t testing.TB) store.Store, caps *Caps) {
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) { newSuite(t, open, caps, r).test() })
	}
}

// rule is one thing that is asked of a store.
type rule struct {
	name  string
	says  string // the rule in a sentence
	where string // where it is written
	test  func(*suite)
}

// rules returns all of them, the simple ones first.
func rules() []rule {
	var all []rule
	for _, group := range [][]rule{putRules(), revisionRules(), priceRules(), scanRules(), activationRules(), contextRules(), memoryRules(), concurrencyRules(), durabilityRules(), exchangeRules(), feedRules(), checkpointRules(), sumRules(), subjectRules()} {
		all = append(all, group...)
	}
	return all
}

// suite is one rule's test of one store.
type suite struct {
	testing.TB
	rule rule
	open func(testing.TB) store.Store
	caps Caps
	rand *rand.Rand
}

func newSuite(t testing.TB, open func(testing.TB) store.Store, caps *Caps, r rule) *suite {
	s := &suite{TB: t, rule: r, open: open}
	if caps != nil {
		s.caps = *caps
	}
	if s.caps.Seed == 0 {
		s.caps.Seed = 1
	}
	s.rand = rand.New(rand.NewPCG(s.caps.Seed, uint64(len(r.name))))
	return s
}

func (s *suite) test() {
	s.Helper()
	s.rule.test(s)
}

// broken ends the test: the rule is not kept.
func (s *suite) broken(format string, args ...any) {
	s.Helper()
	s.Fatalf("%s\n  rule: %s\n  written at: %s\n  seed: %d", fmt.Sprintf(format, args...), s.rule.says, s.rule.where, s.caps.Seed)
}

// rounds scales the number of repetitions to the store.
func (s *suite) rounds(n int) int {
	if s.caps.Slow || testing.Short() {
		n /= 5
	}
	return max(n, 1)
}

// upTo returns n, or as many as one batch takes.
func (s *suite) upTo(n int) int {
	if s.caps.MaxBatch > 0 {
		return min(n, s.caps.MaxBatch)
	}
	return n
}

// fresh opens an empty store.
func (s *suite) fresh() store.Store {
	s.Helper()
	st := s.open(s.TB)
	if st == nil {
		s.Fatal("open returned no store")
	}
	return st
}

// put puts entries, in as many batches as the store needs, and fails on an
// error.
func (s *suite) put(st store.Store, entries ...store.Entry) []store.Change {
	s.Helper()
	limit := len(entries)
	if s.caps.MaxBatch > 0 {
		limit = s.caps.MaxBatch
	}
	var all []store.Change
	for {
		n := min(limit, len(entries))
		changes, err := st.Put(context.Background(), entries[:n:n])
		if err != nil {
			s.broken("Put of %d valid entries failed: %v", n, err)
		}
		if len(changes) != n {
			s.broken("Put of %d entries returned %d changes", n, len(changes))
		}
		all = append(all, changes...)
		if entries = entries[n:]; len(entries) == 0 {
			return all
		}
	}
}

// get returns what the store knows of the keys.
func (s *suite) get(st store.Store, keys ...store.Key) []store.Entry {
	s.Helper()
	limit := len(keys)
	if s.caps.MaxBatch > 0 {
		limit = s.caps.MaxBatch
	}
	var all []store.Entry
	for {
		n := min(limit, len(keys))
		entries, err := st.Get(context.Background(), keys[:n:n])
		if err != nil {
			s.broken("Get of %d keys failed: %v", n, err)
		}
		all = append(all, entries...)
		if keys = keys[n:]; len(keys) == 0 {
			return all
		}
	}
}

// getOne returns the counting version of a key that must be known.
func (s *suite) getOne(st store.Store, k store.Key) store.Entry {
	s.Helper()
	got := s.get(st, k)
	if len(got) != 1 {
		s.broken("Get of the known key %v returned %d entries", k, len(got))
	}
	return got[0]
}

// scan collects a scan.
func (s *suite) scan(st store.Store, q store.Query) []store.Entry {
	s.Helper()
	var all []store.Entry
	for e, err := range st.Scan(context.Background(), q) {
		if err != nil {
			s.broken("Scan(%+v) failed: %v", q, err)
		}
		all = append(all, e)
	}
	return all
}

// same demands that two lists of entries are equal.
func (s *suite) same(what string, got, want []store.Entry) {
	s.Helper()
	for i := range min(len(got), len(want)) {
		if d := diff(&got[i], &want[i]); d != "" {
			s.broken("%s: entry %d of %d is wrong: %s", what, i+1, len(want), d)
		}
	}
	if len(got) != len(want) {
		s.broken("%s: %d entries, want %d; got %s; want %s", what, len(got), len(want), names(got), names(want))
	}
}

// change demands what a Put said of one entry.
func (s *suite) change(what string, got store.Change, status store.Status, counts bool, before *store.Entry) {
	s.Helper()
	switch {
	case got.Status != status:
		s.broken("%s: status is %q, want %q", what, got.Status, status)
	case got.Counts != counts:
		s.broken("%s: Counts is %t, want %t", what, got.Counts, counts)
	case got.Err != nil:
		s.broken("%s: an error with status %q: %v", what, got.Status, got.Err)
	case (got.Before == nil) != (before == nil):
		s.broken("%s: Before is there: %t, want %t", what, got.Before != nil, before != nil)
	case before != nil:
		if d := diff(got.Before, before); d != "" {
			s.broken("%s: Before is not the version that counted until then: %s", what, d)
		}
	}
}

// names lists keys for a message, the first few.
func names(entries []store.Entry) string {
	var b strings.Builder
	for i, e := range entries {
		if i == 8 {
			fmt.Fprintf(&b, " … %d more", len(entries)-i)
			break
		}
		fmt.Fprintf(&b, " %s/%s@%s", e.Source, e.ID, e.At.Format("0102T150405.999999999"))
	}
	return "[" + strings.TrimSpace(b.String()) + "]"
}

// isContext reports whether an error says that the context was done.
func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
