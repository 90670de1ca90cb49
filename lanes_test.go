package tokenomics

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestLanesInTurn: who needs all lanes is not overtaken for ever by those who need
// a free one.
func TestLanesInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		var order []string
		wait := func(who string, enter func(context.Context) error, leave func()) {
			go func() {
				if err := enter(t.Context()); err != nil {
					t.Error(err)
				}
				order = append(order, who)
				time.Sleep(time.Second)
				leave()
			}()
			synctest.Wait()
		}
		one, two := []lane{1}, []lane{2}
		wait("one", func(ctx context.Context) error { return l.enter(ctx, one) }, func() { l.leave(one) })
		wait("all", l.enterAll, l.leaveAll)
		wait("two", func(ctx context.Context) error { return l.enter(ctx, two) }, func() { l.leave(two) })
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(order) != 3 || order[0] != "one" || order[1] != "all" || order[2] != "two" {
			t.Errorf("%v, want one, all, two", order)
		}
	})
}

// TestLanesAreGivenBack: who gives up at the very moment in which the lanes are
// granted leaves them free.
func TestLanesAreGivenBack(t *testing.T) {
	l := newLanes()
	some := []lane{1, 2, 1}
	for _, all := range []bool{false, true} {
		for range 300 {
			if err := l.enter(t.Context(), some); err != nil {
				t.Fatal(err)
			}
			ctx, giveUp := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- l.wait(ctx, some, all) }()
			for waits := false; !waits; {
				l.mu.Lock()
				waits = len(l.queue) == 1
				l.mu.Unlock()
			}
			giveUp()
			l.leave(some)
			if <-done == nil {
				l.release(some, all)
			}
			if !l.free(some, true) {
				t.Fatalf("all: %t: lanes are held by nobody", all)
			}
		}
	}
}
