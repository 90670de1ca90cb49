package memstore

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// TestViewsLast takes views while everything is revised, pruned and moved
// around, and reads each of them long after: it must still see the state it was
// taken of.
func TestViewsLast(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	s, m := New(nil), model{}
	type taken struct {
		view *view
		q    store.Query
		want []store.Entry
	}
	var views []taken
	for round := range 60 {
		batch := make([]store.Entry, 200)
		for i := range batch {
			batch[i] = randomEntry(r, 400)
			batch[i].Revision = int64(round + r.IntN(2))
			m.put(batch[i])
		}
		if _, err := s.Put(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		if round%20 == 19 {
			limit := day0.Add(time.Duration(r.IntN(400)) * time.Minute)
			for k, e := range m {
				if e.At.Before(limit) {
					delete(m, k)
				}
			}
			if _, err := s.Prune(t.Context(), limit); err != nil {
				t.Fatal(err)
			}
		}
		q := store.Query{Subject: []string{"", "user-0", "user-3"}[r.IntN(3)]}
		views = append(views, taken{s.view(q), q, m.scan(q)})
	}
	audit(t, s)
	for round, v := range views {
		var got []store.Entry
		for _, h := range v.view.hits {
			var e store.Entry
			decode(v.view.record(h.loc), &e, "", v.view)
			got = append(got, e)
		}
		if !reflect.DeepEqual(got, v.want) {
			t.Errorf("the view of round %d, %+v, no longer sees its %d entries", round, v.q, len(v.want))
		}
	}
}

// TestSpansLast changes the store between the two halves of a full view: what
// was noted under the lock must still be what is read without it.
func TestSpansLast(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 15))
	s, m := New(nil), model{}
	for round := range 30 {
		batch := make([]store.Entry, 150)
		for i := range batch {
			batch[i] = randomEntry(r, 2000)
			batch[i].Revision = int64(round)
		}
		half := len(batch) / 2
		for _, e := range batch[:half] {
			m.put(e)
		}
		if _, err := s.Put(t.Context(), batch[:half]); err != nil {
			t.Fatal(err)
		}
		s.mu.RLock()
		v, spans := s.spans(math.MinInt64, math.MaxInt64)
		s.mu.RUnlock()
		want := m.scan(store.Query{Voids: true})

		for _, e := range batch[half:] {
			m.put(e)
		}
		if _, err := s.Put(t.Context(), batch[half:]); err != nil {
			t.Fatal(err)
		}
		v.collect(spans, math.MinInt64, math.MaxInt64, true)
		v.sort()
		var got []store.Entry
		for _, h := range v.hits {
			var e store.Entry
			decode(v.record(h.loc), &e, "", v)
			got = append(got, e)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d: the view sees %d entries, want %d as they were", round, len(got), len(want))
		}
	}
}

// TestReadersAndWriters is for the race detector: everything at once.
func TestReadersAndWriters(t *testing.T) {
	s := New(nil)
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for i := range 4 {
		r := rand.New(rand.NewPCG(12, uint64(i)))
		writers.Go(func() {
			for round := range 40 {
				batch := make([]store.Entry, 100)
				for i := range batch {
					batch[i] = randomEntry(r, 300)
					batch[i].Revision = int64(round)
				}
				if _, err := s.Put(context.Background(), batch); err != nil {
					t.Error(err)
				}
			}
			if _, err := s.Prune(context.Background(), day0.Add(300*time.Minute)); err != nil {
				t.Error(err)
			}
		})
	}
	for _, read := range []func(){
		func() { collect(t, s, store.Query{}) },
		func() { collect(t, s, store.Query{Subject: "user-2"}) },
		func() { snapshot(t, s) },
		func() {
			if _, err := s.Get(context.Background(), []store.Key{{Source: "openai", ID: "msg_7"}}); err != nil {
				t.Error(err)
			}
		},
	} {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					read()
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	audit(t, s)
}

func TestMaxEvents(t *testing.T) {
	s := New(&Options{MaxEvents: 2})
	r := rand.New(rand.NewPCG(13, 13))
	e := func(id string) store.Entry {
		e := randomEntry(r, 1)
		e.Source, e.ID, e.Revision, e.Void, e.Trust = "s", id, 0, false, 0
		return e
	}
	a, b, c := e("a"), e("b"), e("c")
	better, worse := a, a
	better.Revision = 1
	got, err := s.Put(t.Context(), []store.Entry{a, b, c, better, worse, b})
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Status{store.Accepted, store.Accepted, store.Refused, store.Superseding, store.Stale, store.Duplicate}
	for i, c := range got {
		if c.Status != want[i] {
			t.Errorf("entry %d is %s, want %s", i, c.Status, want[i])
		}
	}
	if got[2].Counts || got[2].Before != nil || got[2].Err != store.ErrFull {
		t.Errorf("the refused entry: %+v", got[2])
	}
	if n, err := s.Prune(t.Context(), store.Latest()); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if got, err := s.Put(t.Context(), []store.Entry{c}); err != nil || got[0].Status != store.Accepted {
		t.Errorf("after Prune: %+v, %v", got, err)
	}
}

// TestTooLong gives texts no valid event has: refused, not stored and no panic.
func TestTooLong(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 14))
	long := string(make([]byte, 1<<20))
	for i, spoil := range []func(e *store.Entry){
		func(e *store.Entry) { e.ID = long },
		func(e *store.Entry) { e.Workflow = long },
		func(e *store.Entry) { e.Labels = make(store.Labels, 10_000) },
	} {
		s, e := New(nil), randomEntry(r, 1)
		spoil(&e)
		got, err := s.Put(t.Context(), []store.Entry{e})
		if err != nil || got[0].Status != store.Invalid || got[0].Counts || got[0].Err == nil || s.Len() != 0 {
			t.Errorf("case %d: %+v, %v", i, got[0], err)
		}
	}
}

// TestPutAllocates pins what a batch of new events allocates: its changes, and
// now and then a block or a longer table.
func TestPutAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s, w := New(nil), newWork()
	for range 100 {
		w.next()
		if _, err := s.Put(t.Context(), w.batch); err != nil {
			t.Fatal(err)
		}
	}
	batches := make([][]store.Entry, 11)
	for i := range batches {
		batches[i] = append([]store.Entry(nil), w.next()...)
		for j := range batches[i] {
			batches[i][j].Session = fmt.Sprint("s", j%4)
		}
	}
	i := 0
	if perBatch := testing.AllocsPerRun(len(batches)-1, func() {
		_, _ = s.Put(context.Background(), batches[i])
		i++
	}); perBatch > 90 {
		t.Errorf("a batch of 256 new events allocates %.0f times, want at most 90", perBatch)
	}
	if perBatch := testing.AllocsPerRun(5, func() { _, _ = s.Put(context.Background(), batches[0]) }); perBatch > 10 {
		t.Errorf("a batch of 256 known events allocates %.0f times, want at most 10", perBatch)
	}
}
