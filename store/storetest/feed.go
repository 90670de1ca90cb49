package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/tokenomics-go/tokenomics/store"
)

const (
	whereFollow = "store.Follower, method Follow"
	whereScanAt = "store.Follower, method ScanAt"
)

func feedRules() []rule {
	return []rule{
		{"feed", "Follow yields every change once, in the order of positions, each with what counted before and after it; a Change that moved something has the position of its move", whereFollow, testFeed},
		{"feed-head", "a position is given out only when nothing at or before it can appear later, and no read moves the head", "store.Follower, method Head", testFeedHead},
		{"feed-concurrent", "ScanAt gives one state and its position, also while others write: following from there goes on without a gap or a repetition", whereScanAt, testFeedConcurrent},
		{"feed-books", "an activation is a move with Books set", "store.Move", testFeedBooks},
		{"feed-compacted", "after Compact what counts is the same, and Follow from before the position says ErrCompacted or still tells all", "store.Compactor", testFeedCompacted},
		{"feed-durable", "positions go on rising after a reopen, and the feed is still there", whereFollow, testFeedDurable},
	}
}

func as[T any](s *suite, st store.Store) T {
	s.Helper()
	t, ok := store.As[T](st)
	if !ok {
		s.Skip("the store has not got this optional ability")
	}
	return t
}

// replica is what a follower knows: all that counts, voids too.
type replica struct {
	*suite
	rows ledger
	at   int64
}

// readState reads the state anew.
func (s *suite) readState(f store.Follower) *replica {
	s.Helper()
	r := &replica{s, ledger{}, -1}
	for e, err := range f.ScanAt(context.Background(), store.Query{Voids: true}, &r.at) {
		if err != nil {
			s.broken("ScanAt failed: %v", err)
		}
		if r.at < 0 {
			s.broken("ScanAt yields an entry and has not set the position yet")
		}
		r.rows[e.Key()] = e
	}
	if r.at < 0 {
		s.broken("ScanAt did not set the position")
	}
	return r
}

// follow brings the replica up to the head of the moment.
func (r *replica) follow(f store.Follower) {
	r.Helper()
	for m, err := range f.Follow(context.Background(), r.at) {
		if err != nil {
			r.broken("Follow from %d failed: %v", r.at, err)
		}
		r.move(m)
	}
}

func (r *replica) move(m store.Move) {
	r.Helper()
	if m.Seq <= r.at {
		r.broken("a move at position %d comes after position %d", m.Seq, r.at)
	}
	r.at = m.Seq
	if m.Subjects || m.Books {
		if m.Before != nil || m.After != nil {
			r.broken("the notice at position %d has entries", m.Seq)
		}
		return
	}
	if m.After == nil {
		r.broken("the move at position %d has no After", m.Seq)
	}
	old, known := r.rows[m.After.Key()]
	switch {
	case known != (m.Before != nil):
		r.broken("the move of %v at position %d has a Before: %t; the follower knows the key: %t", m.After.Key(), m.Seq, m.Before != nil, known)
	case known:
		if d := diff(m.Before, &old); d != "" {
			r.broken("the move of %v at position %d: Before is not what counted: %s", m.After.Key(), m.Seq, d)
		}
	}
	r.rows[m.After.Key()] = *m.After
}

// equals demands that the replica knows what the store has.
func (r *replica) equals(what string, st store.Store) {
	r.Helper()
	r.same(what, r.rows.scan(store.Query{Voids: true}), r.scan(st, store.Query{Voids: true}))
}

func (s *suite) positionOf(f store.Follower) int64 {
	s.Helper()
	n, err := f.Head(context.Background())
	if err != nil {
		s.broken("Head failed: %v", err)
	}
	return n
}

func (s *suite) randomBatch(n, keys int) []store.Entry {
	batch := make([]store.Entry, n)
	for i := range batch {
		if batch[i] = random(s.rand, keys); i > 0 && s.rand.IntN(5) == 0 {
			batch[i] = batch[s.rand.IntN(i)]
		}
	}
	return batch
}

func testFeed(s *suite) {
	st := s.fresh()
	f := as[store.Follower](s, st)
	type mark struct{ replica *replica }
	var marks []mark
	for range s.rounds(20) {
		r := s.readState(f)
		marks = append(marks, mark{&replica{s, maps.Clone(r.rows), r.at}})
		batch := s.randomBatch(s.upTo(1+s.rand.IntN(20)), 15)
		before := s.positionOf(f)
		changes := s.put(st, batch...)
		after := s.positionOf(f)
		positions := map[int64]bool{}
		for i, c := range changes {
			moved := c.Counts && (c.Status != store.Duplicate || batch[i].Activation > c.Before.Activation)
			switch {
			case moved && (c.Seq <= before || c.Seq > after):
				s.broken("entry %d moved what counts and has position %d; the head went from %d to %d", i+1, c.Seq, before, after)
			case !moved && c.Seq != 0:
				s.broken("entry %d, %s, moved nothing and has position %d", i+1, c.Status, c.Seq)
			case moved:
				positions[c.Seq] = true
			}
		}
		for m, err := range f.Follow(context.Background(), before) {
			if err != nil {
				s.broken("Follow failed: %v", err)
			}
			if !positions[m.Seq] {
				s.broken("Follow tells of position %d, which no change of the batch has", m.Seq)
			}
			delete(positions, m.Seq)
		}
		if len(positions) > 0 {
			s.broken("Follow leaves out %d of the batch's moves", len(positions))
		}
	}
	for i, m := range marks {
		m.replica.follow(f)
		m.replica.equals(fmt.Sprintf("following from the state before batch %d", i+1), st)
	}
	for _, err := range f.Follow(context.Background(), 0) {
		if err != nil {
			s.broken("Follow fails: %v", err)
		}
		break // what follows must not hold anything
	}
	s.put(st, event("after a break"))
}

func testFeedHead(s *suite) {
	st := s.fresh()
	f := as[store.Follower](s, st)
	if n := s.positionOf(f); n != 0 {
		s.broken("the head of a new ledger is %d, want 0", n)
	}
	s.put(st, event("a"))
	head := s.positionOf(f)
	s.put(st, event("a")) // a duplicate
	s.get(st, store.Key{Source: "anthropic", ID: "a"})
	s.scan(st, store.Query{})
	if n := s.positionOf(f); n < head {
		s.broken("the head fell from %d to %d", head, n)
	}
	for m, err := range f.Follow(context.Background(), head) {
		s.broken("a duplicate made the move %+v, %v", m, err)
	}
}

func testFeedConcurrent(s *suite) {
	st := s.fresh()
	f := as[store.Follower](s, st)
	const writers = 4
	var wg sync.WaitGroup
	batches := make([][][]store.Entry, writers)
	for w := range batches {
		for range s.rounds(30) {
			batches[w] = append(batches[w], s.randomBatch(s.upTo(25), 40))
		}
	}
	errs := make([]error, writers)
	for w := range batches {
		wg.Go(func() {
			for _, b := range batches[w] {
				if _, err := st.Put(context.Background(), b); err != nil {
					errs[w] = err
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	early := s.readState(f)
	var late []*replica
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		early.follow(f)
		if len(late) < 20 {
			late = append(late, s.readState(f))
		}
	}
	for _, err := range errs {
		if err != nil {
			s.broken("a writer failed: %v", err)
		}
	}
	for _, r := range append(late, early) {
		r.follow(f)
		r.equals("a follower at the end", st)
	}
}

func testFeedBooks(s *suite) {
	st := s.fresh()
	f := as[store.Follower](s, st)
	s.put(st, event("a"))
	head := s.positionOf(f)
	s.activate(st, nil, store.Activation{Book: "v1", From: store.Latest()})
	n := 0
	for m, err := range f.Follow(context.Background(), head) {
		if err != nil {
			s.broken("Follow failed: %v", err)
		}
		if !m.Books || m.Before != nil || m.After != nil {
			s.broken("the activation made the move %+v", m)
		}
		n++
	}
	if n != 1 {
		s.broken("the activation made %d moves, want 1", n)
	}
}

func testFeedCompacted(s *suite) {
	st := s.fresh()
	f, c := as[store.Follower](s, st), as[store.Compactor](s, st)
	start := s.readState(f)
	for range 5 {
		s.put(st, s.randomBatch(s.upTo(20), 15)...)
	}
	middle := s.readState(f)
	for range 5 {
		s.put(st, s.randomBatch(s.upTo(20), 15)...)
	}
	want := s.scan(st, store.Query{Voids: true})
	for _, until := range []int64{0, middle.at, s.positionOf(f), 1 << 40} {
		if err := c.Compact(context.Background(), until); err != nil {
			s.broken("Compact(%d) failed: %v", until, err)
		}
		s.same("Scan after Compact", s.scan(st, store.Query{Voids: true}), want)
		for _, r := range []*replica{start, middle} {
			again := &replica{s, maps.Clone(r.rows), r.at}
			whole := true
			for m, err := range f.Follow(context.Background(), again.at) {
				switch {
				case errors.Is(err, store.ErrCompacted) && until > again.at:
					whole = false
				case err != nil:
					s.broken("Follow from %d after Compact(%d): %v", again.at, until, err)
				default:
					again.move(m)
				}
			}
			if whole {
				again.equals("following after Compact", st)
			}
		}
	}
	r := s.readState(f)
	s.put(st, s.randomBatch(s.upTo(20), 15)...)
	r.follow(f)
	r.equals("following what came after Compact", st)
}

func testFeedDurable(s *suite) {
	st := s.fresh()
	f := as[store.Follower](s, st)
	if s.caps.Reopen == nil {
		s.Skip("a volatile store")
	}
	start := s.readState(f)
	for range 3 {
		s.put(st, s.randomBatch(s.upTo(20), 10)...)
		head := s.positionOf(f)
		st = s.caps.Reopen(s.TB, st)
		f = as[store.Follower](s, st)
		if n := s.positionOf(f); n < head {
			s.broken("after reopening the head is %d, it was %d", n, head)
		}
	}
	start.follow(f)
	start.equals("following from the beginning after reopening", st)
}
