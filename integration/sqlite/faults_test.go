package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

// mixed is a batch with new keys, corrections, a duplicate and two versions of
// one key, over what before holds.
func mixed(round int) (before, batch []store.Entry) {
	id := func(name string) string { return fmt.Sprint(name, round) }
	before = []store.Entry{entry(id("a"), 1), entry(id("b"), 2)}
	corrected := entry(id("a"), 5)
	corrected.Revision = 1
	twice := entry(id("d"), 9)
	twice.Revision = 2
	return before, []store.Entry{corrected, before[1], entry(id("c"), 3), entry(id("d"), 4), twice}
}

// inputs is what counts, by key.
func inputs(t testing.TB, s store.Store) map[string]int64 {
	t.Helper()
	got := map[string]int64{}
	for e, err := range s.Scan(ctx, store.Query{Voids: true}) {
		if err != nil {
			t.Fatal(err)
		}
		got[e.ID] = e.Usage.Input
	}
	return got
}

// everyCall runs a batch again and again, with something done at the first
// call to the database, the second and so on, until a run has fewer calls.
// After each the batch is there as a whole or not at all, and put again it is
// there as a whole.
func everyCall(t *testing.T, sabotage func(f *faulty, k int) (ctx context.Context, hit func() bool)) {
	s, f := openFaulty(t)
	for k := 1; ; k++ {
		before, batch := mixed(k)
		if _, err := s.Put(ctx, before); err != nil {
			t.Fatal(err)
		}
		was, head := inputs(t, s), position(t, s)
		ctx, hit := sabotage(f, k)
		_, err := s.Put(ctx, batch)
		f.set(nil, nil)
		now := inputs(t, s)
		whole := now["c"+fmt.Sprint(k)] == 3 && now["d"+fmt.Sprint(k)] == 9 && now["a"+fmt.Sprint(k)] == 5
		switch {
		case err == nil && !whole:
			t.Fatalf("call %d: acknowledged, and there is %v", k, now)
		case err != nil && !whole && (len(now) != len(was) || now["a"+fmt.Sprint(k)] != 1):
			t.Fatalf("call %d: %v; a part of the batch is there: %v", k, err, now)
		case !whole && position(t, s) != head:
			t.Fatalf("call %d: %v; nothing was kept, and the head moved", k, err)
		}
		if _, err := s.Put(context.Background(), batch); err != nil {
			t.Fatalf("call %d: the store does not go on: %v", k, err)
		}
		if now := inputs(t, s); now["c"+fmt.Sprint(k)] != 3 || now["d"+fmt.Sprint(k)] != 9 || now["a"+fmt.Sprint(k)] != 5 || len(now) != 4*k {
			t.Fatalf("call %d: put again there is %v", k, now)
		}
		if !hit() {
			if err != nil || k < 10 {
				t.Fatalf("a Put of %d calls without a fault: %v", k-1, err)
			}
			t.Logf("%d calls", k-1)
			return
		}
	}
}

func position(t testing.TB, s *sqlstore.Store) int64 {
	t.Helper()
	n, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFailAtEveryCall: A4 29.
func TestFailAtEveryCall(t *testing.T) {
	broken := errors.New("broken on purpose")
	for name, after := range map[string]bool{"not made": false, "made, answer lost": true} {
		t.Run(name, func(t *testing.T) {
			everyCall(t, func(f *faulty, k int) (context.Context, func() bool) {
				hit := false
				hook := func(n int, _ string) error {
					if n != k {
						return nil
					}
					hit = true
					return broken
				}
				if after {
					f.set(nil, hook)
				} else {
					f.set(hook, nil)
				}
				return context.Background(), func() bool { return hit }
			})
		})
	}
}

// TestCancelAtEveryCall: A4 27.
func TestCancelAtEveryCall(t *testing.T) {
	everyCall(t, func(f *faulty, k int) (context.Context, func() bool) {
		ctx, cancel := context.WithCancel(context.Background())
		t.Cleanup(cancel)
		hit := false
		f.set(func(n int, _ string) error {
			if n == k {
				hit = true
				cancel()
			}
			return nil
		}, nil)
		return ctx, func() bool { return hit }
	})
}

// TestSync: A4 21. Whatever the host's DSN says, a commit waits for the disk. A
// lost power supply cannot be tested here, but that SQLite is asked to heed it.
func TestSync(t *testing.T) {
	s, f := openFaulty(t)
	for i := range 3 {
		if _, err := s.Put(ctx, []store.Entry{entry(fmt.Sprint(i), 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.syncs) < 3 {
		t.Fatalf("%d transactions", len(f.syncs))
	}
	for i, n := range f.syncs {
		if n != 2 {
			t.Errorf("transaction %d began with synchronous = %d, want 2, FULL", i+1, n)
		}
	}
}

// TestOpenTransaction holds a transaction open right before its commit: nobody
// sees anything of it, the head does not move, and whoever follows misses
// nothing when it is committed at last, before or after others.
func TestOpenTransaction(t *testing.T) {
	s, f := openFaulty(t)
	reader := openStore(t, openDB(t, f.path, ""))
	other := openStore(t, openDB(t, f.path, ""))
	if _, err := s.Put(ctx, []store.Entry{entry("a", 1)}); err != nil {
		t.Fatal(err)
	}
	head := position(t, reader)
	reached, release := make(chan struct{}), make(chan struct{})
	f.set(func(_ int, what string) error {
		if what == "commit" {
			close(reached)
			<-release
		}
		return nil
	}, nil)
	results := make(chan error, 2)
	go func() {
		_, err := s.Put(ctx, []store.Entry{entry("held", 1), entry("held2", 1)})
		results <- err
	}()
	<-reached
	go func() {
		_, err := other.Put(ctx, []store.Entry{entry("behind", 1)})
		results <- err
	}()
	for range 20 {
		if now := position(t, reader); now != head {
			t.Fatalf("the head went from %d to %d while the transaction is open", head, now)
		}
		for m, err := range reader.Follow(ctx, head) {
			t.Fatalf("a follower sees %+v, %v", m, err)
		}
	}
	close(release)
	for range 2 {
		if err := <-results; err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for m, err := range reader.Follow(ctx, head) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.After.ID)
	}
	if want := []string{"held", "held2", "behind"}; !slices.Equal(ids, want) {
		t.Errorf("followed %v, want %v", ids, want)
	}
}

// TestScanAtIsOneState writes between the two things ScanAt reads.
func TestScanAtIsOneState(t *testing.T) {
	s, f := openFaulty(t)
	other := openStore(t, openDB(t, f.path, ""))
	if _, err := s.Put(ctx, []store.Entry{entry("a", 1)}); err != nil {
		t.Fatal(err)
	}
	written := false
	f.set(func(_ int, what string) (err error) {
		if strings.Contains(what, "ORDER BY at_ns") && !written {
			written = true
			_, err = other.Put(ctx, []store.Entry{entry("b", 1)})
		}
		return err
	}, nil)
	var head int64
	var seen, followed []string
	for e, err := range s.ScanAt(ctx, store.Query{}, &head) {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, e.ID)
	}
	for m, err := range s.Follow(ctx, head) {
		if err != nil {
			t.Fatal(err)
		}
		followed = append(followed, m.After.ID)
	}
	if !written || !slices.Equal(seen, []string{"a"}) || !slices.Equal(followed, []string{"b"}) {
		t.Errorf("written between: %t; the state has %v, the feed then tells of %v", written, seen, followed)
	}
}

// TestFollowWhileReplaced replaces a version between the two things Follow reads:
// it is told of once, and then what replaced it.
func TestFollowWhileReplaced(t *testing.T) {
	s, f := openFaulty(t)
	other := openStore(t, openDB(t, f.path, ""))
	if _, err := s.Put(ctx, []store.Entry{entry("a", 1), entry("b", 1)}); err != nil {
		t.Fatal(err)
	}
	corrected := entry("a", 5)
	corrected.Revision = 1
	for _, before := range []string{"event WHERE seq >", "past WHERE seq >", "past WHERE until >"} {
		done := false
		f.set(func(_ int, what string) (err error) {
			if strings.Contains(what, before) && !done {
				done = true
				corrected.Revision++
				_, err = other.Put(ctx, []store.Entry{corrected})
			}
			return err
		}, nil)
		rows, at := map[string]int64{}, int64(0)
		for range 2 {
			for m, err := range s.Follow(ctx, at) {
				if err != nil {
					t.Fatal(err)
				}
				was, known := rows[m.After.ID]
				if known != (m.Before != nil) || known && was != m.Before.Revision || m.Seq <= at {
					t.Fatalf("replaced before %q: the move of %s at %d is from %+v, the follower at %d has %d", before, m.After.ID, m.Seq, m.Before, at, was)
				}
				rows[m.After.ID], at = m.After.Revision, m.Seq
			}
		}
		if !done || rows["a"] != corrected.Revision || len(rows) != 2 {
			t.Fatalf("replaced before %q: %t; the follower has %v", before, done, rows)
		}
	}
}

// TestTwoProcesses writes from here while a child writes to the same file: both
// get through, and who follows has all of it. A4 37: SQLite's lock makes them
// take turns.
func TestTwoProcesses(t *testing.T) {
	s, path := fresh(t)
	rows := map[store.Key]int64{}
	var at int64
	follow := func() {
		for m, err := range s.Follow(ctx, at) {
			if err != nil {
				t.Fatal(err)
			}
			if old, known := rows[m.After.Key()]; known != (m.Before != nil) || known && old != m.Before.Usage.Input {
				t.Fatalf("the move of %v at %d does not follow what was there", m.After.Key(), m.Seq)
			}
			rows[m.After.Key()], at = m.After.Usage.Input, m.Seq
		}
	}
	done := make(chan int)
	go func() { done <- runAndKill(t, path, 0, 300*time.Millisecond) }()
	mine := 0
	for running := true; running; mine++ {
		select {
		case acked := <-done:
			running = false
			t.Logf("%d batches of the child, %d here", acked+1, mine)
		default:
		}
		if _, err := s.Put(ctx, []store.Entry{entry(fmt.Sprint("mine", mine), int64(mine))}); err != nil {
			t.Fatal(err)
		}
		follow()
	}
	follow()
	for e, err := range s.Scan(ctx, store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if rows[e.Key()] != e.Usage.Input {
			t.Fatalf("%v counts %d, the follower has %d", e.Key(), e.Usage.Input, rows[e.Key()])
		}
		delete(rows, e.Key())
	}
	if len(rows) > 0 {
		t.Errorf("the follower has %d keys that are not there", len(rows))
	}
}

// TestOneConnection works with a pool of one: a scan does not keep the caller
// from writing.
func TestOneConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	db := openDB(t, path, "")
	db.SetMaxOpenConns(1)
	if err := sqlstore.Migrate(ctx, db, sqlstore.SQLite, nil); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, db)
	if _, err := s.Put(ctx, []store.Entry{entry("a", 1), entry("b", 1)}); err != nil {
		t.Fatal(err)
	}
	within, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var head int64
	for e, err := range s.ScanAt(within, store.Query{}, &head) {
		if err != nil {
			t.Fatal(err)
		}
		e.Revision++
		if _, err := s.Put(within, []store.Entry{e}); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for m, err := range s.Follow(within, head) {
		if err != nil || m.Before == nil {
			t.Fatal(m, err)
		}
		if _, err := s.Put(within, []store.Entry{*m.After}); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d moves, want 2", n)
	}
}
