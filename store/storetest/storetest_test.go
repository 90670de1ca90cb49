package storetest

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
)

// TestRightStore runs the suite on a store without a fault.
func TestRightStore(t *testing.T) {
	Run(t, func(testing.TB) store.Store { return newNaive(fault{}) }, nil)
}

// TestRightDurableStore does so with a store that is reopened, takes small
// batches and is slow.
func TestRightDurableStore(t *testing.T) {
	Run(t, func(testing.TB) store.Store { return durableNaive{newNaive(fault{})} },
		&Caps{Reopen: func(_ testing.TB, s store.Store) store.Store { return s }, MaxBatch: 7, Slow: true, Seed: 3})
}

// TestRightAbleStore runs the suite on a store with every ability.
func TestRightAbleStore(t *testing.T) {
	Run(t, func(testing.TB) store.Store { return newAble("") }, ableCaps())
}

func ableCaps() *Caps {
	return &Caps{Reopen: func(_ testing.TB, s store.Store) store.Store { return reopenAble(s.(*able)) }}
}

// TestFaultsAreCaught runs the suite on every faulty store: each of the rules
// that the fault breaks must fail, and say so in its own words.
func TestFaultsAreCaught(t *testing.T) {
	proved := map[string]bool{}
	for _, f := range faults {
		t.Run(strings.ReplaceAll(f.name, " ", "_"), func(t *testing.T) {
			open := func(testing.TB) store.Store { return newNaive(f.fault) }
			caps := &Caps{}
			if f.reopen != nil {
				open = func(testing.TB) store.Store { return durableNaive{newNaive(f.fault)} }
				caps.Reopen = func(_ testing.TB, s store.Store) store.Store {
					f.reopen(s.(durableNaive).naive)
					return s
				}
			}
			if reflect.ValueOf(f.reopen).Pointer() == reflect.ValueOf(unproved).Pointer() {
				caps.Reopen = nil
			}
			for _, name := range strings.Fields(f.rules) {
				r := ruleNamed(t, name)
				proved[name] = true
				out := &recorder{TB: t}
				out.run(func() { newSuite(out, open, caps, r).test() })
				if !out.failed {
					t.Errorf("the rule %q did not catch it", name)
				} else if !f.silent && !strings.Contains(out.said, r.says) {
					t.Errorf("the failure does not state the rule %q: %s", r.says, out.said)
				}
			}
		})
	}
	for _, m := range mistakes {
		t.Run(strings.ReplaceAll(m.name, " ", "_"), func(t *testing.T) {
			for _, name := range strings.Fields(m.rules) {
				r := ruleNamed(t, name)
				proved[name] = true
				out := &recorder{TB: t}
				out.run(func() {
					newSuite(out, func(testing.TB) store.Store { return newAble(m.name) }, ableCaps(), r).test()
				})
				if !out.failed {
					t.Errorf("the rule %q did not catch it", name)
				} else if !strings.Contains(out.said, r.says) {
					t.Errorf("the failure does not state the rule %q: %s", r.says, out.said)
				}
			}
		})
	}
	for _, r := range rules() {
		if !proved[r.name] {
			t.Errorf("no fault proves that the rule %q catches anything", r.name)
		}
	}
}

func ruleNamed(t *testing.T, name string) rule {
	for _, r := range rules() {
		if r.name == name {
			return r
		}
	}
	t.Fatalf("no rule %q", name)
	return rule{}
}

// recorder takes the place of a test whose failure is wanted.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed bool
	said   string
}

func (r *recorder) run(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				r.Errorf("panic: %v", p)
			}
		}()
		f()
	}()
	<-done
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
	r.said += fmt.Sprintf(format, args...)
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }
func (r *recorder) Skip(...any)       { runtime.Goexit() }
func (r *recorder) Helper()           {}
