package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

const (
	wherePut    = "store.Store, method Put"
	whereGet    = "store.Store, method Get"
	whereKey    = "store.Key; law 5 of docs/design.md"
	whereOrder  = "store.Compare and store.Judge; law 5 of docs/design.md"
	whereEntry  = "store.Entry"
	whereLimits = "store.Validate"
)

func putRules() []rule {
	return []rule{
		{"accept", "a key that is new is Accepted, counts, and had nothing before", wherePut, testAccept},
		{"every-field", "an entry comes back with every field as it was put", whereEntry, testEveryField},
		{"edges", "the first and last instant, amounts beyond 64 bits and negative ones are kept exactly", whereLimits, testEdges},
		{"keys-are-exact", "a key is the pair of Source and ID, byte by byte: no separator, case, space or Unicode form makes two keys one", whereKey, testKeysAreExact},
		{"get", "Get returns the versions that count, in the order of the keys asked for, without the unknown ones", whereGet, testGet},
		{"empty", "an empty batch changes nothing and is no error", wherePut, testEmpty},
		{"duplicate", "the very version that counts already is a Duplicate, which counts and changes nothing", wherePut, testDuplicate},
		{"duplicate-in-batch", "the entries of one batch are judged in order, as if each had been put alone", wherePut, testDuplicateInBatch},
		{"large-batch", "a batch of thousands is taken whole", wherePut, testLargeBatch},
	}
}

func testAccept(s *suite) {
	st := s.fresh()
	a, b := event("a"), event("b")
	got := s.put(st, a, b)
	s.change("first of two", got[0], store.Accepted, true, nil)
	s.change("second of two", got[1], store.Accepted, true, nil)
	s.same("Scan", s.scan(st, store.Query{}), []store.Entry{a, b})
}

func testEveryField(s *suite) {
	st := s.fresh()
	least := event("least")
	least.Call.Provider = ""
	least.Trust, least.Usage.CacheRead, least.Status = 0, 0, 0
	for _, e := range []store.Entry{event("plain"), fullest("full"), least} {
		s.put(st, e)
		s.same("Get", s.get(st, e.Key()), []store.Entry{e})
		s.same("Scan", s.scan(st, store.Query{Subject: e.Subject, From: e.At, To: e.At.Add(1)})[:1], []store.Entry{s.getOne(st, e.Key())}[:1])
	}
}

func testEdges(s *suite) {
	st := s.fresh()
	amounts := []string{"0", "0.000000000001", "-0.000000000001", "9223372.036854775807", "9223372.036854775808", "-9223372.036854775809",
		"9223372036854.775807999999", "-9223372036854.775808"}
	for i, text := range amounts {
		e := event(fmt.Sprint("amount", i))
		if err := e.Cost.UnmarshalText([]byte(text)); err != nil {
			s.Fatal(err)
		}
		e.High = e.Cost
		reported := e.Cost
		e.ReportedCost = &reported
		s.put(st, e)
		s.same("the amount "+text, s.get(st, e.Key()), []store.Entry{e})
	}
	for i, at := range []time.Time{store.Earliest(), store.Earliest().Add(1), day.Add(123456789), store.Latest().Add(-1)} {
		e := event(fmt.Sprint("time", i))
		e.At = at
		s.put(st, e)
		s.same("the time "+at.Format(time.RFC3339Nano), s.get(st, e.Key()), []store.Entry{e})
		got := s.scan(st, store.Query{From: at, To: at.Add(1)})
		if len(got) != 1 {
			s.broken("Scan of the one nanosecond %s found %s", at.Format(time.RFC3339Nano), names(got))
		}
	}
}

func testKeysAreExact(s *suite) {
	st := s.fresh()
	pairs := [][2]string{
		{"a-b", "c"}, {"a", "b-c"}, {"a/b", "c"}, {"a", "b/c"}, {"a:b", "c"}, {"a", "b:c"}, {"a|b", "c"}, {"a", "b|c"},
		{"a b", "c"}, {"a", "b c"}, {"ab", "c"}, {"a", "bc"}, {"a,b", "c"}, {"a", "b,c"}, {"a", "b"}, {"b", "a"},
		{"s", "x"}, {"s", "X"}, {"S", "x"}, {"s", "x "}, {"s", " x"}, {"s", "1"}, {"s", "01"}, {"s", "1.0"}, {"s", "1e0"},
		{"s", "\u00e9"}, {"s", "e\u0301"}, {"s", "ß"}, {"s", "ss"}, {"s", "ı"}, {"s", "i"}, {"s", "I"}, {"s", "\u200b"}, {"s", "\u202ex"},
		{"s", "%"}, {"s", "_"}, {"s", "'"}, {"s", "''"}, {"s", `\`}, {"s", `\\`}, {"s", `"`}, {"s", "null"}, {"s", "NULL"},
		{"s", "😀"}, {"s", "😁"}, {"s", strings.Repeat("x", store.MaxText)}, {"s", strings.Repeat("x", store.MaxText-1)},
		{strings.Repeat("s", store.MaxText), "x"},
	}
	var entries []store.Entry
	for i, p := range pairs {
		e := event(p[1])
		e.Source = p[0]
		e.Usage.Input = int64(i)
		got := s.put(st, e)
		if got[0].Status != store.Accepted {
			s.broken("the new key (%q, %q) is %q", p[0], p[1], got[0].Status)
		}
		entries = append(entries, e)
	}
	for _, e := range entries {
		s.same(fmt.Sprintf("Get of (%q, %q)", e.Source, e.ID), s.get(st, e.Key()), []store.Entry{e})
	}
	slices.SortFunc(entries, inOrder)
	s.same("Scan", s.scan(st, store.Query{}), entries)
}

func testGet(s *suite) {
	st := s.fresh()
	a, b := event("a"), event("b")
	void := edit(event("c"), func(e *store.Entry) { e.Void = true })
	s.put(st, a, b, void)
	keys := []store.Key{void.Key(), {Source: "anthropic", ID: "unknown"}, b.Key(), {Source: "unknown", ID: "a"}, a.Key()}
	s.same("Get", s.get(st, keys...), []store.Entry{void, b, a})
	s.same("Get of unknown keys", s.get(st, store.Key{Source: "x", ID: "y"}), nil)
	s.same("Get of no keys", s.get(st), nil)
}

func testEmpty(s *suite) {
	st := s.fresh()
	s.put(st)
	s.same("Scan of an empty store", s.scan(st, store.Query{}), nil)
	s.put(st, event("a"))
	s.put(st)
	s.same("Scan", s.scan(st, store.Query{}), []store.Entry{event("a")})
}

func testDuplicate(s *suite) {
	st := s.fresh()
	for _, e := range []store.Entry{event("a"), fullest("b"), edit(event("c"), func(e *store.Entry) { e.Void = true })} {
		s.put(st, e)
		for range 3 {
			s.change("the same again", s.put(st, e)[0], store.Duplicate, true, &e)
			s.same("Get", s.get(st, e.Key()), []store.Entry{e})
		}
	}
}

func testDuplicateInBatch(s *suite) {
	for range s.rounds(20) {
		st, l := s.fresh(), ledger{}
		for range 5 {
			batch := make([]store.Entry, 1+s.rand.IntN(60))
			for i := range batch {
				if batch[i] = random(s.rand, 10); i > 0 && s.rand.IntN(3) == 0 {
					batch[i] = batch[s.rand.IntN(i)]
				}
			}
			for i, got := range s.put(st, batch...) {
				want := l.put(batch[i])
				s.change(fmt.Sprintf("entry %d of %d, %s/%s", i+1, len(batch), batch[i].Source, batch[i].ID), got, want.Status, want.Counts, want.Before)
			}
			s.same("Scan", s.scan(st, store.Query{}), l.scan(store.Query{}))
		}
	}
}

func testLargeBatch(s *suite) {
	st := s.fresh()
	batch := make([]store.Entry, 5000)
	keys := make([]store.Key, len(batch))
	for i := range batch {
		batch[i] = event(fmt.Sprintf("id%05d", i%4000))
		keys[i] = batch[i].Key()
	}
	for i, got := range s.put(st, batch...) {
		if want := []store.Status{store.Accepted, store.Duplicate}[i/4000]; got.Status != want {
			s.broken("entry %d of %d is %q, want %q", i+1, len(batch), got.Status, want)
		}
	}
	s.same("Get", s.get(st, keys[:4000]...), batch[:4000])
	s.same("Scan", s.scan(st, store.Query{}), batch[:4000])
}
