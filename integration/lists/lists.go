// Package lists tests that the lists of where a subject's events lie are kept
// when events are pruned and forgotten, whatever the database is.
package lists

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

var ctx = context.Background()

const subjects = 3

// Test runs on an empty store with tables of the prefix.
func Test(t *testing.T, s *sqlstore.Store, db *sql.DB, prefix string) {
	start := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for day := range 3 {
		var batch []store.Entry
		for i := range 4 * subjects {
			batch = append(batch, store.Entry{Event: store.Event{Source: "s", ID: fmt.Sprint(day, "-", i), Subject: fmt.Sprint("subject", i%subjects),
				Call: pricing.Call{Model: "m", At: start.AddDate(0, 0, day)}}})
		}
		if _, err := s.Put(ctx, batch); err != nil {
			t.Fatal(err)
		}
		if day == 2 {
			break // the last day's are not in lists
		}
		if err := s.Compact(ctx, 0); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, s, "put", "subject1", 12)
	if n := rows(t, db, prefix, ""); n != 2*subjects {
		t.Errorf("%d lists of %d subjects, caught up with twice", n, subjects)
	}

	if n, err := s.Prune(ctx, start.AddDate(0, 0, 1)); err != nil || n != 4*subjects {
		t.Fatalf("pruned %d, %v", n, err)
	}
	expect(t, s, "pruned", "subject1", 8)
	if n := rows(t, db, prefix, ""); n != 2*subjects { // Prune caught up with the last day
		t.Errorf("%d lists of %d subjects and two days are left", n, subjects)
	}

	gone, err := s.Forget(ctx, "subject1")
	if err != nil || gone.Events != 8 {
		t.Fatalf("forgot %+v, %v", gone, err)
	}
	expect(t, s, "forgotten", "subject1", 0)
	expect(t, s, "forgotten", gone.Token, 8)
	expect(t, s, "forgotten", "subject2", 8)
	if n := rows(t, db, prefix, "subject1"); n != 0 {
		t.Errorf("%d lists of who was forgotten", n)
	}
}

// expect compares what a subject has with a scan of everything.
func expect(t *testing.T, s *sqlstore.Store, when, subject string, n int) {
	t.Helper()
	of := func(q store.Query) (ids []string) {
		for e, err := range s.Scan(ctx, q) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Subject == subject {
				ids = append(ids, e.ID)
			}
		}
		return ids
	}
	got, want := of(store.Query{Subject: subject}), of(store.Query{})
	if len(want) != n || !slices.Equal(got, want) {
		t.Errorf("%s: %s has %v, by a scan %v, want %d", when, subject, got, want, n)
	}
}

// rows counts the lists of a subject, of all of them for "".
func rows(t *testing.T, db *sql.DB, prefix, subject string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+prefix+"bysubject WHERE $1 IN ('', subject)", subject).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
