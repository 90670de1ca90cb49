package memstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/internal/ghost"
)

var update = flag.Bool("update", false, "write the golden files anew")

func snapshot(t testing.TB, s *Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Snapshot(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func restore(data []byte) (*Store, error) {
	s := New(nil)
	return s, s.Restore(context.Background(), bytes.NewReader(data))
}

// filled returns a store of some keys, most of them revised, and of activations
// that have overtaken all of their prices.
func filled(t testing.TB, seed uint64, keys int) *Store {
	r := rand.New(rand.NewPCG(seed, 9))
	s := New(nil)
	for range 8 {
		batch := make([]store.Entry, keys/2)
		for i := range batch {
			batch[i] = randomEntry(r, keys)
		}
		if _, err := s.Put(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		if _, err := s.Activate(t.Context(), int64(i), store.Activation{Book: fmt.Sprint("v", i), From: day0.AddDate(0, i, 0), Note: "ünïcode", Sheets: bytes.Repeat([]byte("book"), i*keys/40)}); err != nil {
			t.Fatal(err)
		}
	}
	s.ghosts = &ghost.Ghosts{Secret: []byte("a secret"), Tokens: map[string]string{"hash": "token", "another": "one"}}
	for i, subject := range []string{"b", "a", "c"} {
		if err := s.Rename(t.Context(), store.Alias{Subject: subject, As: []string{"z", "", "é"}[i], Revision: int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// everything returns what a store holds, voids included, and its activations.
func everything(t testing.TB, s *Store) (entries []store.Entry, activations []store.Activation) {
	w := s.wholeView()
	w.sort()
	for _, h := range w.hits {
		var e store.Entry
		decode(w.record(h.loc), &e, "", w.view)
		entries = append(entries, e)
	}
	return entries, w.activations
}

func TestSnapshotRoundTrip(t *testing.T) {
	for _, keys := range []int{0, 2, 300, 3000} {
		s := filled(t, 4, keys)
		if _, err := s.Activate(t.Context(), 3, store.Activation{Book: "a great one", Sheets: bytes.Repeat([]byte("b"), 40*keys)}); err != nil {
			t.Fatal(err)
		}
		data := snapshot(t, s)
		got, err := restore(data)
		if err != nil {
			t.Fatal(err)
		}
		audit(t, got)
		wantEntries, wantActivations := everything(t, s)
		gotEntries, gotActivations := everything(t, got)
		if !reflect.DeepEqual(gotEntries, wantEntries) || !reflect.DeepEqual(gotActivations, wantActivations) {
			t.Errorf("%d keys: restored %d entries and %d activations, want %d and %d", keys, len(gotEntries), len(gotActivations), len(wantEntries), len(wantActivations))
		}
		if !reflect.DeepEqual(got.ghosts, s.ghosts) || !reflect.DeepEqual(got.aliases, s.aliases) {
			t.Errorf("%d keys: restored %+v and %+v, want %+v and %+v", keys, got.ghosts, got.aliases, s.ghosts, s.aliases)
		}
		if again := snapshot(t, got); !bytes.Equal(again, data) {
			t.Errorf("%d keys: the restored store writes other bytes", keys)
		}
	}
}

// TestSnapshotIsDeterministic reaches one state on many ways: law 5.
func TestSnapshotIsDeterministic(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	versions := make([]store.Entry, 400)
	for i := range versions {
		versions[i] = randomEntry(r, 60)
		versions[i].Activation = 1
	}
	var want []byte
	for try := range 10 {
		s := New(nil)
		deal := append(append([]store.Entry(nil), versions...), versions[:try*30]...)
		r.Shuffle(len(deal), func(i, j int) { deal[i], deal[j] = deal[j], deal[i] })
		for len(deal) > 0 {
			n := 1 + r.IntN(len(deal))
			if _, err := s.Put(t.Context(), deal[:n]); err != nil {
				t.Fatal(err)
			}
			deal = deal[n:]
		}
		if got := snapshot(t, s); want == nil {
			want = got
		} else if !bytes.Equal(got, want) {
			t.Fatalf("try %d: the same versions in another order give other bytes", try)
		}
	}
}

// TestSnapshotGolden keeps every format that was ever released readable, and
// the bytes of the present one as they are.
func TestSnapshotGolden(t *testing.T) {
	const present = "testdata/snapshot-v2.golden"
	s := filled(t, 6, 40)
	data := snapshot(t, s)
	if *update {
		if err := os.WriteFile(present, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(present); err != nil || !bytes.Equal(data, want) {
		t.Errorf("the bytes of a snapshot changed: that needs a new version of the format, and the old one must still be read (%v)", err)
	}
	for _, file := range []string{"testdata/snapshot-v1.golden", present} {
		old, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := restore(old)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		entries, activations := everything(t, got)
		wantEntries, wantActivations := everything(t, s)
		if file != present { // sheets came with version 2
			for i := range wantActivations {
				wantActivations[i].Sheets = nil
			}
		}
		if !reflect.DeepEqual(entries, wantEntries) || !reflect.DeepEqual(activations, wantActivations) {
			t.Errorf("%s restores as something else", file)
		}
	}
}

// TestSnapshotDamage flips every bit and cuts at every byte: each must be an
// error that matches ErrCorrupt or ErrNewerFormat, and leave the store empty.
func TestSnapshotDamage(t *testing.T) {
	data := snapshot(t, filled(t, 7, 8))
	check := func(what string, data []byte) {
		t.Helper()
		s, err := restore(data)
		if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewerFormat) {
			t.Fatalf("%s: error %v", what, err)
		}
		if got, _ := everything(t, s); len(got) != 0 || s.Len() != 0 {
			t.Fatalf("%s: %d entries were restored", what, len(got))
		}
	}
	for i := range data {
		check(fmt.Sprint("cut at ", i), data[:i])
		for bit := range 8 {
			damaged := bytes.Clone(data)
			damaged[i] ^= 1 << bit
			check(fmt.Sprintf("bit %d of byte %d", bit, i), damaged)
		}
	}
	check("a byte more", append(bytes.Clone(data), 0))
	check("twice", append(bytes.Clone(data), data...))
}

func TestSnapshotErrors(t *testing.T) {
	s := filled(t, 8, 50)
	data := snapshot(t, s)

	newer := bytes.Clone(data)
	newer[len(magic)] = version + 1
	if _, err := restore(newer); !errors.Is(err, store.ErrNewerFormat) || errors.Is(err, store.ErrCorrupt) {
		t.Errorf("a newer format: %v", err)
	}
	if err := s.Restore(t.Context(), bytes.NewReader(data)); err == nil {
		t.Error("restored into a store that was not empty")
	}
	small := New(&Options{MaxEvents: 10})
	if err := small.Restore(t.Context(), bytes.NewReader(data)); !errors.Is(err, store.ErrFull) || small.Len() != 0 {
		t.Errorf("restored %d keys into a store of at most 10: %v", small.Len(), err)
	}
	boom := errors.New("boom")
	if err := New(nil).Restore(t.Context(), io.MultiReader(bytes.NewReader(data[:100]), iotest.ErrReader(boom))); !errors.Is(err, boom) || errors.Is(err, store.ErrCorrupt) {
		t.Errorf("a failing reader: %v", err)
	}
	if err := New(nil).Restore(t.Context(), iotest.OneByteReader(bytes.NewReader(data))); err != nil {
		t.Errorf("a slow reader: %v", err)
	}
	for n := range 3 {
		if err := s.Snapshot(t.Context(), &failingWriter{left: n * len(data) / 3}); !errors.Is(err, errDisk) {
			t.Errorf("a failing writer: %v", err)
		}
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Snapshot(done, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := New(nil).Restore(done, bytes.NewReader(data)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

var errDisk = errors.New("disk full")

type failingWriter struct{ left int }

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return w.left, errDisk
	}
	w.left -= len(p)
	return len(p), nil
}

// frames wraps a payload as a snapshot does, so that checksums hold.
func frames(payload []byte) []byte {
	b := append([]byte(magic), version)
	if len(payload) > 0 {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(payload)))
		b = append(b, payload...)
		b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(payload, castagnoli))
	}
	return append(b, 0, 0, 0, 0)
}

// FuzzRestore reads any payload behind a right checksum: no panic, and what is
// restored is whole and writes itself again.
func FuzzRestore(f *testing.F) {
	data := snapshot(f, filled(f, 9, 6))
	f.Add(data[headerLen+4 : len(data)-8])
	f.Add([]byte{itemEnd, 0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > maxFrame {
			return
		}
		s, err := restore(frames(payload))
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		audit(t, s)
		again, err := restore(snapshot(t, s))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := everything(t, again)
		want, _ := everything(t, s)
		if !reflect.DeepEqual(got, want) {
			t.Fatal("restored twice is not restored once")
		}
	})
}

func TestPrune(t *testing.T) {
	for _, keys := range []int{50, 3000} {
		s := filled(t, 10, keys)
		limit := day0.Add(500 * time.Minute)
		before, _ := everything(t, s)
		var want []store.Entry
		for _, e := range before {
			if !e.At.Before(limit) {
				want = append(want, e)
			}
		}
		v := s.view(store.Query{})
		n, err := s.Prune(t.Context(), limit)
		if err != nil || n != int64(len(before)-len(want)) || n == 0 {
			t.Fatalf("pruned %d keys, %v; want %d", n, err, len(before)-len(want))
		}
		audit(t, s)
		if got, _ := everything(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("%d entries are left, want %d", len(got), len(want))
		}
		i := 0
		for _, e := range before { // the view of before still sees what it saw
			if e.Void {
				continue
			}
			var got store.Entry
			decode(v.record(v.hits[i].loc), &got, "", v)
			if !reflect.DeepEqual(got, e) {
				t.Fatalf("a view taken before sees %v, want %v", got, e)
			}
			i++
		}
		if n, err := s.Prune(t.Context(), limit); n != 0 || err != nil {
			t.Errorf("pruned %d keys again, %v", n, err)
		}
		if n, err := s.Prune(t.Context(), store.Latest()); n != int64(len(want)) || err != nil || s.Len() != 0 {
			t.Errorf("pruned %d keys of %d, %v; %d are left", n, len(want), err, s.Len())
		}
		audit(t, s)
		if s.texts.ids.n != 0 || s.subjects.ids.n != 0 {
			t.Errorf("an empty store knows %d texts and %d subjects", s.texts.ids.n, s.subjects.ids.n)
		}
	}
}
