package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/storetest"
)

// TestJournal is the whole proof that a store owes.
func TestJournal(t *testing.T) {
	storetest.Run(t,
		func(t testing.TB) store.Store { return open(t, filepath.Join(t.TempDir(), "journal")) },
		&storetest.Caps{
			Reopen: func(t testing.TB, s store.Store) store.Store { return open(t, s.(*Journal).file.(*os.File).Name()) },
			Slow:   true,
		})
}

func open(t testing.TB, path string) *Journal {
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func events(ids ...string) (entries []store.Entry) {
	for _, id := range ids {
		entries = append(entries, store.Entry{Event: store.Event{Source: "s", ID: id, Subject: "ada",
			Call: pricing.Call{Model: "m", At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}}})
	}
	return entries
}

func ids(t *testing.T, s store.Store) (got string) {
	for e, err := range s.Scan(context.Background(), store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		got += e.ID
	}
	return got
}

// TestTornTail cuts the file at every byte of its last line, as a crash may: the
// batches before it are there, of the last one nothing or all.
func TestTornTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	for _, batch := range [][]store.Entry{events("a", "b"), events("c", "d")} {
		if _, err := j.Put(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(data, '\n') + 1
	for cut := first; cut <= len(data); cut++ {
		torn := filepath.Join(t.TempDir(), "torn")
		if err := os.WriteFile(torn, data[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		want := "ab"
		if cut == len(data) {
			want = "abcd"
		}
		j := open(t, torn)
		if got := ids(t, j); got != want {
			t.Fatalf("cut at %d of %d: %q, want %q", cut, len(data), got, want)
		}
		if _, err := j.Put(t.Context(), events("e")); err != nil {
			t.Fatal(err)
		}
		if got := ids(t, open(t, torn)); got != want+"e" {
			t.Fatalf("cut at %d, written to and opened again: %q, want %q", cut, got, want+"e")
		}
	}
}

// TestDamage flips a bit of every byte before the last line: never a shorter
// ledger, always an error.
func TestDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	for _, id := range []string{"a", "b"} {
		if _, err := j.Put(t.Context(), events(id)); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range bytes.IndexByte(data, '\n') {
		damaged := bytes.Clone(data)
		damaged[i] ^= 4
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // and it stays an error: nothing is cut off
			if _, err := Open(path); !errors.Is(err, store.ErrCorrupt) {
				t.Fatalf("byte %d damaged: %v", i, err)
			}
		}
	}
}

// TestRefusedStaysRefused: what came with the prices of a book that was replaced
// is not in the ledger, nor does it come back when the journal is opened anew.
func TestRefusedStaysRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	if _, err := j.Put(t.Context(), events("a")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		expected int64
		want     error
	}{{0, nil}, {0, store.ErrStaleActivation}, {1, nil}} {
		if _, err := j.Activate(t.Context(), c.expected, store.Activation{Book: "v1"}); !errors.Is(err, c.want) {
			t.Fatalf("the activation after number %d: %v, want %v", c.expected, err, c.want)
		}
	}
	if _, err := j.Put(t.Context(), events("b")); !errors.Is(err, store.ErrStaleActivation) {
		t.Fatalf("prices of before: %v", err)
	}
	for _, j := range []*Journal{j, open(t, path)} {
		books, err := j.Activations(t.Context())
		if got := ids(t, j); got != "a" || len(books) != 2 || err != nil {
			t.Errorf("has %q and %d activations, %v; want what was acknowledged", got, len(books), err)
		}
	}
}

// TestDiskFull: what could not be written is not shown, and nothing more is
// taken until the journal is opened anew.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	if _, err := j.Put(t.Context(), events("a")); err != nil {
		t.Fatal(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	whole := j.file
	j.file = full
	if _, err := j.Put(t.Context(), events("b")); err == nil {
		t.Fatal("a full disk took a batch")
	}
	j.file = whole
	if _, err := j.Put(t.Context(), events("c")); !errors.Is(err, store.ErrReadOnly) {
		t.Fatalf("after a failed write: %v", err)
	}
	if got := ids(t, j); got != "a" {
		t.Errorf("shows %q, want what the disk has", got)
	}
	if got := ids(t, open(t, path)); got != "a" {
		t.Errorf("opened anew: %q", got)
	}
}

// unsure is a disk that takes what is written and fails to sync it, once.
type unsure struct {
	disk
	failed bool
}

func (u *unsure) Sync() error {
	if !u.failed {
		u.failed = true
		return errors.New("the disk says nothing")
	}
	return u.disk.Sync()
}

// TestSyncFails: what a failed sync leaves on the disk nobody knows, so the handle
// is not used again, though its next sync would succeed. The same batch, sent again
// to the journal opened anew, is there once.
func TestSyncFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	j.file = &unsure{disk: j.file}
	if _, err := j.Put(t.Context(), events("a")); err == nil || errors.Is(err, store.ErrReadOnly) {
		t.Fatalf("the outcome is unknown, and Put says %v", err)
	}
	if _, err := j.Put(t.Context(), events("b")); !errors.Is(err, store.ErrReadOnly) {
		t.Fatalf("after a failed sync: %v", err)
	}
	if got := ids(t, j); got != "" {
		t.Errorf("shows %q, which nobody promised", got)
	}
	j = open(t, path)
	if _, err := j.Put(t.Context(), events("a", "b")); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, j); got != "ab" {
		t.Errorf("sent again: %q", got)
	}
}

// forgetful is a disk that loses what was not synced when the power goes.
type forgetful struct {
	disk
	pending []func() error
}

func (f *forgetful) Write(b []byte) (int, error) {
	f.pending = append(f.pending, func() error {
		_, err := f.disk.Write(b)
		return err
	})
	return len(b), nil
}

func (f *forgetful) Sync() error {
	for _, write := range f.pending {
		if err := write(); err != nil {
			return err
		}
	}
	f.pending = nil
	return f.disk.Sync()
}

// TestPowerLoss: what was acknowledged is there after the power was gone.
func TestPowerLoss(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	want := ""
	for _, id := range []string{"a", "b", "c"} {
		j := open(t, path)
		j.file = &forgetful{disk: j.file}
		if _, err := j.Put(t.Context(), events(id)); err != nil {
			t.Fatal(err)
		}
		want += id
		if got := ids(t, open(t, path)); got != want { // of the journal before, nothing more is written
			t.Fatalf("after the power was gone there is %q, want %q", got, want)
		}
	}
}
