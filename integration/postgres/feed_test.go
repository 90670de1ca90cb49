package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

func position(t testing.TB, s *sqlstore.Store) int64 {
	t.Helper()
	n, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestScanAtIsOneState: each event here is new and moves the feed by one, so a state of n
// events is the one n positions after the first, whatever another instance puts meanwhile.
func TestScanAtIsOneState(t *testing.T) {
	s, opts := fresh(t)
	other := openStore(t, openDB(t, ""), opts)
	first := position(t, s)
	const events = 400
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range events {
			if _, err := other.Put(ctx, []store.Entry{entry(fmt.Sprint(i), 0)}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	defer wg.Wait()
	for head := first; head < first+events && !t.Failed(); {
		n := int64(0)
		for _, err := range s.ScanAt(ctx, store.Query{}, &head) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != head-first {
			t.Errorf("%d events at position %d, of which the first %d are none", n, head, first)
		}
	}
}

// TestOpenTransaction holds a transaction open that has taken positions, as a
// writer would that is slow or dies: nobody passes it, and when it ends, one
// way or the other, nobody who follows has missed anything.
func TestOpenTransaction(t *testing.T) {
	s, opts := fresh(t)
	db := openDB(t, "")
	for _, commit := range []bool{true, false} {
		head := position(t, s)
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tx.Rollback() }) // else nothing that waits for it ever ends
		held := head + 1
		for _, statement := range []string{
			"UPDATE " + opts.Prefix + "head SET seq = seq + 1",
			fmt.Sprintf("INSERT INTO %sevent VALUES (%d, 's', 'held%d', 'ada', 0, 0, '', 'm', '', '', '', 0, 0, 0, '\\x7b7d')", opts.Prefix, held, held),
		} {
			if _, err := tx.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		id := fmt.Sprint("behind", commit)
		done := make(chan error, 1)
		go func() {
			_, err := s.Put(ctx, []store.Entry{entry(id, 0)})
			done <- err
		}()
		for waiting := 0; waiting == 0; { // until the writer waits for the lock
			select {
			case err := <-done:
				t.Fatalf("it was written beside a transaction that has taken positions: %v", err)
			default:
			}
			if err := db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1", "%"+opts.Prefix+"head%").Scan(&waiting); err != nil {
				t.Fatal(err)
			}
		}
		if now := position(t, s); now != head {
			t.Fatalf("the head went from %d to %d while the transaction is open", head, now)
		}
		for m, err := range s.Follow(ctx, head) {
			t.Fatalf("a follower sees %+v, %v", m, err)
		}
		end, want := tx.Commit, []string{fmt.Sprint("held", held), id}
		if !commit {
			end, want = tx.Rollback, want[1:]
		}
		if err := errors.Join(end(), <-done); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for m, err := range s.Follow(ctx, head) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, m.After.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("followed %v, want %v", ids, want)
		}
	}
}

// TestPositionsComeWithTheRows holds up a writer that has taken its position and cannot
// write its rows yet: nobody sees that position before the rows.
func TestPositionsComeWithTheRows(t *testing.T) {
	s, opts := fresh(t)
	db := openDB(t, "")
	head := position(t, s)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if _, err := tx.Exec("LOCK TABLE " + opts.Prefix + "event IN SHARE ROW EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := s.Put(ctx, []store.Entry{entry("a", 0)})
		done <- err
	}()
	for waiting := 0; waiting == 0; { // until the writer waits for the table
		select {
		case err := <-done:
			t.Fatalf("it was written to a locked table: %v", err)
		default:
		}
		if err := db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1", "%"+opts.Prefix+"event%").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if now := position(t, s); now != head {
		t.Errorf("the head went from %d to %d before the rows are there", head, now)
	}
	if err := errors.Join(tx.Rollback(), <-done); err != nil {
		t.Fatal(err)
	}
	if now := position(t, s); now != head+1 {
		t.Errorf("the head went from %d to %d, want %d", head, now, head+1)
	}
}

// TestCancelledWhileWaiting gives up a Put that waits for another writer: it has
// no effect, and neither has giving up.
func TestCancelledWhileWaiting(t *testing.T) {
	s, opts := fresh(t)
	db := openDB(t, "")
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("UPDATE " + opts.Prefix + "head SET seq = seq + 1"); err != nil {
		t.Fatal(err)
	}
	waiting, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if _, err := s.Put(waiting, []store.Entry{entry("a", 0)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a Put that waited too long: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, n := scan(t, s); n != 0 || position(t, s) != 0 {
		t.Errorf("%d entries, head %d", n, position(t, s))
	}
	if changes, err := s.Put(ctx, []store.Entry{entry("a", 0)}); err != nil || changes[0].Status != store.Accepted {
		t.Errorf("afterwards: %+v, %v", changes, err)
	}
}

// TestForgetLeavesNoByte looks for what was forgotten in every column of every
// table.
func TestForgetLeavesNoByte(t *testing.T) {
	s, opts := fresh(t)
	for revision := range int64(3) {
		var batch []store.Entry
		for n := range 100 {
			e := entry(fmt.Sprint("secret-id", n), revision)
			e.Subject, e.Session, e.Account = "secret-subject", "secret-session", "secret-account"
			e.Labels = store.Labels{{Key: "secret-label", Value: "secret-value"}}
			batch = append(batch, e, entry(fmt.Sprint("other", n), revision))
		}
		if _, err := s.Put(ctx, batch); err != nil {
			t.Fatal(err)
		}
		if err := s.Compact(ctx, 150); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveCheckpoint(ctx, "boards", 1, []byte("secret-subject")); err != nil {
		t.Fatal(err)
	}
	if err := s.Rename(ctx, store.Alias{Subject: "secret-subject", As: "ada"}); err != nil {
		t.Fatal(err)
	}
	db := openDB(t, "")
	found := func() (n int) {
		for _, table := range []string{"event", "past", "rollup", "bysubject", "checkpoint", "alias", "forgotten", "head", "activation"} {
			rows, err := db.Query("SELECT CAST(t AS TEXT) FROM " + opts.Prefix + table + " t")
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					t.Fatal(err)
				}
				n += strings.Count(text, "secret-") + strings.Count(text, hex.EncodeToString([]byte("secret-")))
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	if n := found(); n < 500 {
		t.Fatalf("the secrets are found %d times: the test looks in the wrong place", n)
	}
	if erased, err := s.Forget(ctx, "secret-subject"); err != nil || erased.Events != 100 {
		t.Fatal(erased, err)
	}
	if n := found(); n > 0 {
		t.Errorf("the secrets are found %d times", n)
	}
}
