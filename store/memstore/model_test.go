package memstore

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

var day0 = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// randomEntry draws one version of one of n keys, most fields from few values
// so that versions often meet.
func randomEntry(r *rand.Rand, n int) store.Entry {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	e := store.Entry{
		Event: store.Event{
			Source: pick("anthropic", "openai"), ID: fmt.Sprint("msg_", r.IntN(n)),
			Revision: int64(r.IntN(3)), Void: r.IntN(8) == 0,
			Subject: fmt.Sprint("user-", r.IntN(1+n/50)),
			Call: pricing.Call{Provider: pick("", "anthropic", "openai"), Model: pick("a", "b", "ç"), Account: pick("", "acme"),
				Tier: pick("", "batch"), Speed: pick("", "fast"), Region: pick("", "us"),
				At: day0.Add(time.Duration(r.IntN(1000)) * time.Minute)},
			Session: fmt.Sprint("s", r.IntN(n)), Workflow: pick("", "w"), Team: pick("", "red", "blue"),
			Actor: store.Actor(r.IntN(3)), Trust: store.Trust(r.IntN(2)), Flags: store.Flags(r.IntN(8)),
		},
		Activation: int64(r.IntN(3)), Status: pricing.Status(r.IntN(3)),
	}
	for range r.IntN(4) {
		e.Usage.Set(usage.Meter(r.IntN(usage.NumMeters)), r.Int64N(usage.MaxCount+1)>>r.IntN(40))
	}
	for i := range r.IntN(3) {
		e.Labels = append(e.Labels, store.Label{Key: fmt.Sprint("k", i), Value: pick("x", "y", "z")})
	}
	if r.IntN(10) == 0 {
		m := pricing.FromPico(r.Int64(), r.Uint64())
		e.ReportedCost = &m
	}
	e.Cost = pricing.FromPico(0, r.Uint64N(1e15))
	if e.High = e.Cost; r.IntN(10) == 0 {
		e.High = pricing.FromPico(int64(r.IntN(3)), r.Uint64())
	}
	return e
}

// model is the contract, as naively as it can be written.
type model map[store.Key]store.Entry

func (m model) put(e store.Entry) store.Change {
	var before *store.Entry
	if old, known := m[e.Key()]; known {
		before = &old
	}
	c := store.Weigh(before, &e)
	if c.Moved(&e) {
		m[e.Key()] = e
	}
	return c
}

func (m model) scan(q store.Query) []store.Entry {
	var out []store.Entry
	for _, e := range m {
		if (q.Voids || !e.Void) && (q.Subject == "" || q.Subject == e.Subject) &&
			(q.From.IsZero() || !e.At.Before(q.From)) && (q.To.IsZero() || e.At.Before(q.To)) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b store.Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func collect(t testing.TB, s *Store, q store.Query) []store.Entry {
	t.Helper()
	var out []store.Entry
	for e, err := range s.Scan(context.Background(), q) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// TestAgainstModel puts many versions of few keys, so that blocks fill with
// garbage and are emptied, and compares every answer with the model's.
func TestAgainstModel(t *testing.T) {
	for _, keys := range []int{20, 300, 3000} {
		t.Run(fmt.Sprint(keys), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(keys)))
			s, m := New(nil), model{}
			emptied := 0
			for range 60 {
				batch := make([]store.Entry, r.IntN(400))
				for i := range batch {
					batch[i] = randomEntry(r, keys)
					if i > 0 && r.IntN(5) == 0 {
						batch[i] = batch[r.IntN(i)]
						batch[i].Activation = int64(r.IntN(3))
					}
				}
				got, err := s.Put(t.Context(), batch)
				if err != nil {
					t.Fatal(err)
				}
				for i, e := range batch {
					if want := m.put(e); !reflect.DeepEqual(got[i], want) {
						t.Fatalf("change of %v:\n got %+v\nwant %+v", e, got[i], want)
					}
				}
				q := store.Query{Subject: fmt.Sprint("user-", r.IntN(1+keys/50)), Voids: r.IntN(2) == 0}
				if r.IntN(2) == 0 {
					q.Subject = ""
				}
				if r.IntN(2) == 0 {
					q.From, q.To = day0.Add(time.Duration(r.IntN(500))*time.Minute), day0.Add(time.Duration(r.IntN(1000))*time.Minute)
				}
				if got, want := collect(t, s, q), m.scan(q); !reflect.DeepEqual(got, want) {
					t.Fatalf("scan %+v: got %d entries, want %d", q, len(got), len(want))
				}
				emptied = max(emptied, len(s.arena.free))
			}
			if s.Len() != len(m) {
				t.Errorf("holds %d keys, want %d", s.Len(), len(m))
			}
			if keys == 300 && emptied == 0 {
				t.Error("no block was ever emptied: the test does not test that")
			}
			audit(t, s)
		})
	}
}

// audit checks what the structures of a store owe each other.
func audit(t testing.TB, s *Store) {
	t.Helper()
	textRefs, subjectRefs := make([]uint32, s.texts.n), make([]uint32, s.subjects.n)
	live, bytes := 0, 0
	for n, b := range s.arena.blocks {
		if b == nil {
			continue
		}
		bytes += len(b.data)
		liveBytes := 0
		for off := 0; off < b.used; {
			rec := b.record(off)
			if !isDead(b.dead, off) {
				live++
				liveBytes += len(rec)
				var e store.Entry
				decode(rec, &e, "", s)
				if l := s.lookup(e.Key()); l != makeLoc(n, off) {
					t.Fatalf("%v is at %d/%d, the index says %d/%d", e.Key(), n, off, l.block(), l.offset())
				}
				subjectRefs[recordSubject(rec)]++
				for _, text := range []string{e.Source, e.Provider, e.Model, e.Session, e.Team, e.Tier, e.Region, e.Workflow, e.Account, e.Speed} {
					id, _ := s.texts.find(text)
					textRefs[id]++
				}
				for _, l := range e.Labels {
					k, _ := s.texts.find(l.Key)
					v, _ := s.texts.find(l.Value)
					textRefs[k]++
					textRefs[v]++
				}
			}
			off += len(rec)
		}
		if b.live != liveBytes {
			t.Errorf("block %d has %d live bytes, says %d", n, liveBytes, b.live)
		}
		if s.arena.wasteful(n) {
			t.Errorf("block %d holds %d live of %d bytes and was not emptied", n, b.live, b.used)
		}
	}
	if bytes != s.arena.bytes {
		t.Errorf("blocks hold %d bytes, the arena says %d", bytes, s.arena.bytes)
	}
	if live != s.index.n {
		t.Errorf("%d live records, %d keys", live, s.index.n)
	}
	checkRefs := func(what string, d *dict, refs []uint32) {
		for id := 1; id < len(refs); id++ {
			if refs[id] != d.word(uint32(id)).refs {
				t.Errorf("%s %q is mentioned %d times, says %d", what, d.text(uint32(id)), refs[id], d.word(uint32(id)).refs)
			}
		}
		if d.ids.n+len(d.free)+1 != int(d.n) {
			t.Errorf("%ss: %d known and %d free of %d", what, d.ids.n, len(d.free), d.n-1)
		}
	}
	checkRefs("text", &s.texts, textRefs)
	checkRefs("subject", &s.subjects, subjectRefs)
	linked := 0
	for subject, l := range s.heads {
		for before := loc(0); l != 0; l = next(s.arena.record(l)) {
			if rec := s.arena.record(l); prev(rec) != before || int(recordSubject(rec)) != subject {
				t.Fatalf("the list of subject %d is broken at %d", subject, l)
			}
			before = l
			linked++
		}
	}
	if linked != live {
		t.Errorf("%d records are linked, %d live", linked, live)
	}
}
