package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

const (
	whereForget = "store.Eraser, method Forget"
	whereRename = "store.Renamer"
	wherePrune  = "store.Pruner"
)

func subjectRules() []rule {
	return []rule{
		{"forget", "Forget swaps the subject for a token in all its entries, takes session, labels and account out of them and keeps every count and cost", whereForget, testForget},
		{"forget-refuses", "what comes later of a forgotten subject is refused with ErrForgotten, and so is any version of a forgotten event: repeats count no second time", whereForget, testForgetRefuses},
		{"forget-again", "forgetting a subject again gives the same token; one of whom nothing is known is refused later all the same", whereForget, testForgetAgain},
		{"forget-rest", "Forget deletes checkpoints and aliases of the subject, and followers learn that subjects changed", whereForget, testForgetRest},
		{"aliases", "of the facts about a subject the one of the greatest revision counts, in whatever order they come", whereRename, testAliases},
		{"alias-cycles", "an alias that would close a circle is refused with ErrAliasCycle, an invalid one with ErrInvalid", whereRename, testAliasCycles},
		{"prune", "Prune forgets the keys whose counting version is before the time, voids too, and only those; put again they are new", wherePrune, testPrune},
	}
}

func (s *suite) forget(st store.Store, subject string) store.Erased {
	s.Helper()
	erased, err := as[store.Eraser](s, st).Forget(context.Background(), subject)
	if err != nil {
		s.broken("Forget(%q) failed: %v", subject, err)
	}
	if erased.Token == "" || strings.Contains(erased.Token, subject) {
		s.broken("Forget(%q) gives the token %q", subject, erased.Token)
	}
	return erased
}

// personal is an entry in which every text of a person is marked.
func personal(id string) store.Entry {
	e := event(id)
	e.Subject, e.Session, e.Account, e.Team = "secret-ada", "secret-session", "secret-account", "red"
	e.Labels = store.Labels{{Key: "secret-key", Value: "secret-value"}}
	e.ID = "secret-" + id
	return e
}

// noSecret demands that an entry tells nothing of personal.
func (s *suite) noSecret(what string, e *store.Entry) {
	s.Helper()
	texts := []string{e.Source, e.ID, e.Subject, e.Provider, e.Model, e.Account, e.Tier, e.Speed, e.Region, e.Session, e.Workflow, e.Team}
	for _, l := range e.Labels {
		texts = append(texts, l.Key, l.Value)
	}
	for _, t := range texts {
		if strings.Contains(t, "secret") {
			s.broken("%s: an entry still says %q", what, t)
		}
	}
}

func testForget(s *suite) {
	st := s.fresh()
	as[store.Eraser](s, st)
	for _, id := range []string{"a", "b", "c", "d"} {
		s.put(st, personal(id), event("other-"+id))
	}
	s.put(st, edit(personal("a"), func(e *store.Entry) { e.Revision, e.Usage.Output, e.Team = 5, 77, "blue" }),
		edit(personal("b"), func(e *store.Entry) { e.Void = true }),
		edit(personal("c"), func(e *store.Entry) { e.Revision, e.Subject, e.At = 2, "ben", day.Add(time.Hour) }))
	sums := func() []store.Sum {
		return s.sumsOf(s.scan(st, store.Query{}), []store.By{store.ByDay, store.ByTeam, store.ByModel, store.ByProvider, store.ByWorkflow})
	}
	before := sums()
	erased := s.forget(st, "secret-ada")
	if erased.Events != 3 { // a, b and d: c is somebody else's now
		s.broken("Forget says it found %d events, want 3", erased.Events)
	}
	if after := sums(); !slices.EqualFunc(before, after, func(a, b store.Sum) bool {
		return slices.Equal(a.Keys, b.Keys) && a.Events == b.Events && a.Usage == b.Usage && a.Cost == b.Cost && a.High == b.High && a.Unpriced == b.Unpriced
	}) {
		s.broken("the totals were %+v and are %+v", before, after)
	}
	if _, ok := store.As[store.Aggregator](st); ok {
		s.sums("after Forget", st, store.Query{}, store.ByDay, store.BySubject)
		s.sums("after Forget", st, store.Query{}, store.ByTeam)
	}
	if got := s.scan(st, store.Query{Subject: "secret-ada", Voids: true}); len(got) > 0 {
		s.broken("Scan of the forgotten subject yields %s", names(got))
	}
	if got := s.scan(st, store.Query{Subject: erased.Token, Voids: true}); len(got) != 3 {
		s.broken("Scan of the token yields %d entries, want 3", len(got))
	}
	if got := s.get(st, store.Key{Source: "anthropic", ID: "secret-a"}, store.Key{Source: "anthropic", ID: "secret-b"}); len(got) > 0 {
		s.broken("Get of forgotten keys returns %s", names(got))
	}
	all := s.scan(st, store.Query{Voids: true})
	for i := range all {
		if all[i].Subject != "ben" {
			s.noSecret("Scan", &all[i])
		}
	}
	if f, ok := store.As[store.Follower](st); ok {
		for m, err := range f.Follow(context.Background(), 0) {
			if errors.Is(err, store.ErrCompacted) {
				break
			} else if err != nil {
				s.broken("Follow failed: %v", err)
			}
			for _, e := range []*store.Entry{m.Before, m.After} {
				if e != nil && e.Subject != "ben" {
					s.noSecret("the feed", e)
				}
			}
		}
	}
}

func testForgetRefuses(s *suite) {
	st := s.fresh()
	as[store.Eraser](s, st)
	s.put(st, personal("a"), event("b"))
	s.forget(st, "secret-ada")
	try := func(st store.Store) {
		want := s.scan(st, store.Query{Voids: true})
		batch := []store.Entry{
			personal("a"),
			personal("new"),
			edit(personal("a"), func(e *store.Entry) { e.Revision, e.Subject = 9, "ben" }),
			edit(personal("a"), func(e *store.Entry) { e.Void, e.Subject, e.Revision = true, "", 9 }),
			event("b"),
		}
		for i, c := range s.put(st, batch...) {
			if i == len(batch)-1 {
				s.change("another's duplicate", c, store.Duplicate, true, &batch[i])
				continue
			}
			if c.Status != store.Refused || c.Counts || c.Seq != 0 || !errors.Is(c.Err, store.ErrForgotten) {
				s.broken("entry %d is %s, counts %t, error %v; want it refused with ErrForgotten", i+1, c.Status, c.Counts, c.Err)
			}
		}
		s.same("Scan after refused entries", s.scan(st, store.Query{Voids: true}), want)
	}
	try(st)
	if s.caps.Reopen != nil {
		try(s.caps.Reopen(s.TB, st))
	}
}

func testForgetAgain(s *suite) {
	st := s.fresh()
	as[store.Eraser](s, st)
	s.put(st, personal("a"))
	first := s.forget(st, "secret-ada")
	s.put(st, event("b"))
	if again := s.forget(st, "secret-ada"); again.Token != first.Token {
		s.broken("the tokens of one subject are %q and %q", first.Token, again.Token)
	}
	nobody := s.forget(st, "secret-nobody")
	if nobody.Events != 0 || nobody.Token == first.Token {
		s.broken("Forget of somebody unknown: %+v", nobody)
	}
	if c := s.put(st, edit(event("x"), func(e *store.Entry) { e.Subject = "secret-nobody" }))[0]; c.Status != store.Refused || !errors.Is(c.Err, store.ErrForgotten) {
		s.broken("an event of somebody forgotten beforehand is %s, %v", c.Status, c.Err)
	}
	if n := len(s.scan(st, store.Query{})); n != 2 {
		s.broken("%d entries are left, want 2", n)
	}
}

func testForgetRest(s *suite) {
	st := s.fresh()
	as[store.Eraser](s, st)
	s.put(st, personal("a"))
	if c, ok := store.As[store.Checkpointer](st); ok {
		s.saveCheckpoint(c, "boards", 1, []byte("secret-ada"))
	}
	renamer, renames := store.As[store.Renamer](st)
	if renames {
		s.rename(renamer, store.Alias{Subject: "secret-ada", As: "ben"}, nil)
		s.rename(renamer, store.Alias{Subject: "zoë", As: "secret-ada"}, nil)
		s.rename(renamer, store.Alias{Subject: "cy", As: "ben"}, nil)
	}
	f, follows := store.As[store.Follower](st)
	var head int64
	if follows {
		head = s.positionOf(f)
	}
	s.forget(st, "secret-ada")
	if c, ok := store.As[store.Checkpointer](st); ok {
		if _, _, err := c.LoadCheckpoint(context.Background(), "boards"); !errors.Is(err, store.ErrNotFound) {
			s.broken("a checkpoint is still there after Forget: %v", err)
		}
	}
	if renames {
		s.aliases(renamer, store.Alias{Subject: "cy", As: "ben"})
		s.rename(renamer, store.Alias{Subject: "secret-ada", As: "ben", Revision: 9}, store.ErrForgotten)
		s.rename(renamer, store.Alias{Subject: "ben", As: "secret-ada", Revision: 9}, store.ErrForgotten)
	}
	if !follows {
		return
	}
	told := false
	for m, err := range f.Follow(context.Background(), head) {
		told = told || errors.Is(err, store.ErrCompacted) || err == nil && m.Subjects
	}
	if !told {
		s.broken("a follower does not learn that a subject was forgotten")
	}
}

func (s *suite) rename(r store.Renamer, a store.Alias, want error) {
	s.Helper()
	if err := r.Rename(context.Background(), a); !errors.Is(err, want) {
		s.broken("Rename(%+v): error %v, want %v", a, err, want)
	}
}

func (s *suite) aliases(r store.Renamer, want ...store.Alias) {
	s.Helper()
	got, err := r.Aliases(context.Background())
	if err != nil {
		s.broken("Aliases failed: %v", err)
	}
	if !slices.Equal(got, want) {
		s.broken("Aliases returned %+v, want %+v", got, want)
	}
}

func testAliases(s *suite) {
	facts := []store.Alias{
		{Subject: "ada", As: "ben", Revision: 1}, {Subject: "ada", As: "cy", Revision: 3}, {Subject: "ada", As: "zoë", Revision: 2},
		{Subject: "ben", As: "zoë"}, {Subject: "ben", As: "cy"}, // of one revision: the greater As
		{Subject: "Ada", As: "cy"}, {Subject: "Ada", Revision: 1}, // taken back
	}
	for range s.rounds(10) {
		st := s.fresh()
		r := as[store.Renamer](s, st)
		s.aliases(r)
		s.rand.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
		for _, a := range facts {
			s.rename(r, a, nil)
		}
		for _, a := range facts[:3] {
			s.rename(r, a, nil) // again
		}
		if s.caps.Reopen != nil {
			r = as[store.Renamer](s, s.caps.Reopen(s.TB, st))
		}
		s.aliases(r, store.Alias{Subject: "Ada", Revision: 1}, store.Alias{Subject: "ada", As: "cy", Revision: 3}, store.Alias{Subject: "ben", As: "zoë"})
	}
	st := s.fresh()
	r := as[store.Renamer](s, st)
	e := event("a")
	s.put(st, e)
	var head int64
	f, follows := store.As[store.Follower](st)
	if follows {
		head = s.positionOf(f)
	}
	s.rename(r, store.Alias{Subject: "ada", As: "ben"}, nil)
	s.same("Scan after Rename", s.scan(st, store.Query{}), []store.Entry{e})
	if !follows {
		return
	}
	told := false
	for m, err := range f.Follow(context.Background(), head) {
		told = told || err == nil && m.Subjects
	}
	if !told {
		s.broken("a follower does not learn that a subject was renamed")
	}
}

func testAliasCycles(s *suite) {
	st := s.fresh()
	r := as[store.Renamer](s, st)
	s.rename(r, store.Alias{Subject: "a", As: "a"}, store.ErrAliasCycle)
	s.rename(r, store.Alias{Subject: "a", As: "b"}, nil)
	s.rename(r, store.Alias{Subject: "b", As: "c"}, nil)
	s.rename(r, store.Alias{Subject: "c", As: "a"}, store.ErrAliasCycle)
	s.rename(r, store.Alias{Subject: "c", As: "b"}, store.ErrAliasCycle)
	s.rename(r, store.Alias{As: "b"}, store.ErrInvalid)
	s.rename(r, store.Alias{Subject: "a\n", As: "b"}, store.ErrInvalid)
	s.rename(r, store.Alias{Subject: "x", As: strings.Repeat("x", store.MaxText+1)}, store.ErrInvalid)
	s.rename(r, store.Alias{Subject: "x", As: "y", Revision: -1}, store.ErrInvalid)
	s.aliases(r, store.Alias{Subject: "a", As: "b"}, store.Alias{Subject: "b", As: "c"})
	s.rename(r, store.Alias{Subject: "b", Revision: 1}, nil)
	s.rename(r, store.Alias{Subject: "c", As: "a"}, nil)
}

func testPrune(s *suite) {
	st := s.fresh()
	p := as[store.Pruner](s, st)
	old, void, now := event("a"), event("b"), event("c")
	void.Void = true
	now.At = day.Add(1)
	moved := edit(event("d"), func(e *store.Entry) { e.Revision, e.At = 1, day.Add(1) })
	s.put(st, old, void, now, event("d"), moved)
	if n, err := p.Prune(context.Background(), day); err != nil || n != 0 {
		s.broken("Prune up to the first event: %d, %v; want none", n, err)
	}
	if n, err := p.Prune(context.Background(), day.Add(1)); err != nil || n != 2 {
		s.broken("Prune: %d, %v; want 2", n, err)
	}
	s.same("Scan after Prune", s.scan(st, store.Query{Voids: true}), []store.Entry{now, moved})
	s.change("a forgotten key", s.put(st, old)[0], store.Accepted, true, nil)
	if n, err := p.Prune(context.Background(), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || n != 3 {
		s.broken("Prune of everything: %d, %v; want 3", n, err)
	}
	s.same("Scan after Prune of everything", s.scan(st, store.Query{Voids: true}), nil)
}
