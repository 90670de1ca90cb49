package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

const (
	whereScan  = "store.Store, method Scan"
	whereQuery = "store.Query"
)

func scanRules() []rule {
	return []rule{
		{"scan-order", "Scan yields by At, then Source, then ID, texts byte by byte", whereScan, testScanOrder},
		{"query-edges", "From is inclusive, To exclusive, to the nanosecond; zero times are no limit", whereQuery, testQueryEdges},
		{"query-subject", "Subject selects exactly one subject; empty selects all", whereQuery, testQuerySubject},
		{"query-voids", "Voids selects voids too, in their place among the others", whereQuery, testQueryVoids},
		{"query-random", "Scan yields what the query selects, all of it and nothing else", whereQuery, testQueryRandom},
		{"scan-isolation", "Scan sees one state: what is put while it runs does not show in it, and writing is possible meanwhile", whereScan, testScanIsolation},
		{"scan-repeat", "a scan may be broken off, and run again, and then sees the state of then", whereScan, testScanRepeat},
	}
}

func testScanOrder(s *suite) {
	st := s.fresh()
	var entries []store.Entry
	for i, k := range [][2]string{{"B", "z"}, {"a", "Z"}, {"a", "a"}, {"a", "aa"}, {"a", "b"}, {"aa", "0"}, {"b", "10"}, {"b", "9"}, {"b", "\u00e9"}, {"b", "\uff5e"}, {"b", "😀"}} {
		for _, at := range []time.Duration{0, 1, -1, time.Hour} {
			e := event(fmt.Sprint(k[1], at))
			e.Source, e.At, e.Usage.Input = k[0], day.Add(at), int64(i)
			entries = append(entries, e)
		}
	}
	s.rand.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	l := ledger{}
	for _, e := range entries {
		l.put(e)
	}
	s.put(st, entries...)
	s.same("Scan", s.scan(st, store.Query{}), l.scan(store.Query{}))
	s.same("Scan of the subject", s.scan(st, store.Query{Subject: "ada"}), l.scan(store.Query{}))
}

func testQueryEdges(s *suite) {
	st := s.fresh()
	var entries []store.Entry
	for i := range 5 {
		e := event(fmt.Sprint(i))
		e.At = day.Add(time.Duration(i - 2))
		entries = append(entries, e)
	}
	s.put(st, entries...)
	for from := -3; from <= 3; from++ {
		for to := -3; to <= 3; to++ {
			for _, subject := range []string{"", "ada"} {
				q := store.Query{From: day.Add(time.Duration(from)), To: day.Add(time.Duration(to)), Subject: subject}
				lo, hi := min(max(from+2, 0), 5), min(max(to+2, 0), 5)
				s.same(fmt.Sprintf("Scan from %+d ns to %+d ns", from, to), s.scan(st, q), entries[lo:max(lo, hi)])
			}
		}
	}
	s.same("Scan without From", s.scan(st, store.Query{To: day}), entries[:2])
	s.same("Scan without To", s.scan(st, store.Query{From: day}), entries[2:])
	berlin := time.FixedZone("", 2*3600)
	s.same("Scan of times in another zone", s.scan(st, store.Query{From: day.In(berlin), To: day.Add(1).In(berlin)}), entries[2:3])
	s.same("Scan of times before 1678 and after 2262",
		s.scan(st, store.Query{From: time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), To: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}), entries)
}

func testQuerySubject(s *suite) {
	st := s.fresh()
	subjects := []string{"ada", "ad", "adaa", "Ada", "ada ", " ada", "a%a", "a_a", "ädä", "ad\u00e4", "ada@example.com", "'", "0"}
	for i, subject := range subjects {
		e := event(fmt.Sprint("id", i))
		e.Subject = subject
		s.put(st, e)
	}
	for i, subject := range subjects {
		e := event(fmt.Sprint("id", i))
		e.Subject = subject
		s.same(fmt.Sprintf("Scan of subject %q", subject), s.scan(st, store.Query{Subject: subject}), []store.Entry{e})
	}
	s.same("Scan of an unknown subject", s.scan(st, store.Query{Subject: "nobody"}), nil)
	if n := len(s.scan(st, store.Query{})); n != len(subjects) {
		s.broken("Scan without subject yields %d entries, want %d", n, len(subjects))
	}
}

func testQueryVoids(s *suite) {
	st := s.fresh()
	var entries []store.Entry
	for i := range 6 {
		e := event(fmt.Sprint(i))
		e.Void = i%2 == 1
		e.At = day.Add(time.Duration(i))
		if i == 5 { // a void need not say of whom
			e.Subject, e.Model = "", ""
		}
		entries = append(entries, e)
	}
	s.put(st, entries...)
	s.same("Scan with voids", s.scan(st, store.Query{Voids: true}), entries)
	s.same("Scan of a subject with voids", s.scan(st, store.Query{Voids: true, Subject: "ada"}), entries[:5])
	s.same("Scan of a time with voids", s.scan(st, store.Query{Voids: true, From: day.Add(1), To: day.Add(3)}), entries[1:3])
}

func testQueryRandom(s *suite) {
	st, l := s.fresh(), ledger{}
	for range s.rounds(40) {
		batch := make([]store.Entry, 1+s.rand.IntN(20))
		for i := range batch {
			batch[i] = random(s.rand, 40)
			l.put(batch[i])
		}
		s.put(st, batch...)
		q := store.Query{Subject: []string{"", "ada", "zoë"}[s.rand.IntN(3)], Voids: s.rand.IntN(2) == 0}
		if s.rand.IntN(2) == 0 {
			q.From = day.Add(time.Duration(s.rand.IntN(6)))
		}
		if s.rand.IntN(2) == 0 {
			q.To = day.Add(time.Duration(s.rand.IntN(6)))
		}
		s.same(fmt.Sprintf("Scan(%+v)", q), s.scan(st, q), l.scan(q))
	}
}

// testScanIsolation changes everything that can be changed while a scan runs.
func testScanIsolation(s *suite) {
	const n = 1000
	for _, subject := range []string{"", "ada"} {
		st := s.fresh()
		entries := make([]store.Entry, n)
		for i := range entries {
			entries[i] = event(fmt.Sprintf("id%04d", i))
			entries[i].At = day.Add(time.Duration(i))
		}
		s.put(st, entries...)
		var got []store.Entry
		for e, err := range st.Scan(context.Background(), store.Query{Subject: subject}) {
			if err != nil {
				s.broken("Scan failed while entries were put: %v", err)
			}
			if i := len(got); i%100 == 0 && i < n {
				ahead, behind := entries[n-1-i], entries[i]
				s.put(st,
					edit(ahead, func(e *store.Entry) { e.Revision = 1; e.Usage.Output = 5 }),
					edit(behind, func(e *store.Entry) { e.Revision = 1; e.Void = true }),
					edit(entries[n-2-i], func(e *store.Entry) { e.Activation = 2; e.Cost = pico(1) }),
					edit(entries[n-3-i], func(e *store.Entry) { e.Revision = 1; e.At = day.Add(time.Hour) }),
					edit(event(fmt.Sprint("new", i)), func(e *store.Entry) { e.At = day.Add(time.Hour) }))
			}
			if got = append(got, e); len(got) > 2*n {
				break
			}
		}
		s.same("Scan while entries were put", got, entries)
	}
}

func testScanRepeat(s *suite) {
	st := s.fresh()
	a, b := event("a"), event("b")
	s.put(st, a)
	seq := st.Scan(context.Background(), store.Query{})
	collect := func() (all []store.Entry) {
		for e, err := range seq {
			if err != nil {
				s.broken("Scan failed: %v", err)
			}
			all = append(all, e)
		}
		return all
	}
	s.same("the first run", collect(), []store.Entry{a})
	s.put(st, b)
	for range 20 {
		for _, err := range seq {
			if err != nil {
				s.broken("Scan failed: %v", err)
			}
			break
		}
	}
	s.same("the next run", collect(), []store.Entry{a, b})
	s.put(st, edit(a, func(e *store.Entry) { e.Void = true }))
	s.same("the run after a void", collect(), []store.Entry{b})
}
