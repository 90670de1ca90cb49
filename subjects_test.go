package tokenomics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// subjectStore is a store that renames and forgets in the plainest way.
type subjectStore struct {
	mu        sync.Mutex
	inner     store.Store
	facts     []store.Alias
	forgotten map[string]string // tokens by subject
	gone      map[store.Key]bool
}

func newSubjectStore() *subjectStore {
	return &subjectStore{inner: memstore.New(nil), forgotten: map[string]string{}, gone: map[store.Key]bool{}}
}

func (s *subjectStore) now() store.Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inner
}

func (s *subjectStore) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes := make([]store.Change, len(entries))
	var rest []store.Entry
	var index []int
	for i := range entries {
		if e := &entries[i]; s.forgotten[e.Subject] != "" || s.gone[e.Key()] {
			changes[i] = store.Change{Status: store.Refused, Err: store.ErrForgotten}
			continue
		}
		rest, index = append(rest, entries[i]), append(index, i)
	}
	done, err := s.inner.Put(ctx, rest)
	for k := range done {
		changes[index[k]] = done[k]
	}
	return changes, err
}

func (s *subjectStore) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	return s.now().Get(ctx, keys)
}

func (s *subjectStore) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return s.now().Scan(ctx, q)
}

func (s *subjectStore) Activate(ctx context.Context, n int64, a store.Activation) (store.Activation, error) {
	return s.now().Activate(ctx, n, a)
}

func (s *subjectStore) Activations(ctx context.Context) ([]store.Activation, error) {
	return s.now().Activations(ctx)
}

func (s *subjectStore) Rename(_ context.Context, a store.Alias) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forgotten[a.Subject] != "" || s.forgotten[a.As] != "" {
		return store.ErrForgotten
	}
	counts, err := store.JudgeAlias(s.facts, a)
	if counts {
		s.facts = store.SetAlias(slices.Clone(s.facts), a)
	}
	return err
}

func (s *subjectStore) Aliases(context.Context) ([]store.Alias, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.facts), nil
}

func (s *subjectStore) Forget(ctx context.Context, subject string) (store.Erased, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token := s.forgotten[subject]; token != "" {
		return store.Erased{Token: token}, nil
	}
	erased := store.Erased{Token: fmt.Sprint(store.ForgottenPrefix, len(s.forgotten))}
	fresh := memstore.New(nil)
	acts, err := s.inner.Activations(ctx)
	for i, a := range acts {
		if _, err2 := fresh.Activate(ctx, int64(i), a); err2 != nil {
			return erased, err2
		}
	}
	for e, err2 := range s.inner.Scan(ctx, store.Query{Voids: true}) {
		if err2 != nil {
			return erased, err2
		}
		if e.Subject == subject {
			s.gone[e.Key()] = true
			erased.Events++
			e.ID, e.Subject, e.Session, e.Labels, e.Account = fmt.Sprint(store.ForgottenPrefix, len(s.gone)), erased.Token, "", nil, ""
		}
		if _, err2 := fresh.Put(ctx, []store.Entry{e}); err2 != nil {
			return erased, err2
		}
	}
	s.inner, s.forgotten[subject] = fresh, erased.Token
	s.facts = slices.DeleteFunc(slices.Clone(s.facts), func(a store.Alias) bool { return a.Subject == subject || a.As == subject })
	return erased, err
}

// subjectStores are the stores whose abilities the tests below are run with.
func subjectStores(t *testing.T, f func(t *testing.T, open func() store.Store)) {
	t.Run("plain", func(t *testing.T) { f(t, func() store.Store { return newSubjectStore() }) })
	if _, ok := store.As[store.Eraser](memstore.New(nil)); ok {
		t.Run("memstore", func(t *testing.T) { f(t, func() store.Store { return memstore.New(nil) }) })
	}
}

var peopleBoards = []tokenomics.Board{
	{Name: "tokens", Per: []tokenomics.Dimension{tokenomics.ByTeam}, History: 2},
	{Name: "cost", By: tokenomics.ByCost},
	{Name: "teams", Of: tokenomics.ByTeam, Per: []tokenomics.Dimension{tokenomics.BySubject}},
}

// TestRename: another name for the past and the future, on every board, profile
// and total; asking for the old name answers for the new one; and it is taken
// back without a loss.
func TestRename(t *testing.T) {
	subjectStores(t, func(t *testing.T, open func() store.Store) {
		ctx := context.Background()
		cfg := tokenomics.Config{Store: open(), Boards: peopleBoards}
		eng := newEngine(t, cfg)
		for i, who := range []string{"ana@old", "ana@new", "bo", "ana@old"} {
			e := call(fmt.Sprint(i), who, testNow.Add(-time.Duration(i)*24*time.Hour))
			e.Team, e.Usage.Input = "infra", int64(1+i)
			record(t, eng, e)
		}
		page, err := eng.Page("tokens", "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := eng.Rename(ctx, "ana@old", "ana@new"); err != nil {
			t.Fatal(err)
		}
		late := call("late", "ana@old", testNow)
		late.Team, late.Usage.Input = "infra", 10
		record(t, eng, late)
		for _, board := range []string{"tokens", "cost", "tokens/team=infra"} {
			top, err := eng.Top(board, 9)
			if err != nil || len(top) != 2 || top[0].Subject != "ana@new" {
				t.Errorf("%s: %+v, %v", board, top, err)
			}
			old, ok, err := eng.Standing(board, "ana@old")
			if !ok || old != top[0] || err != nil {
				t.Errorf("%s by the old name: %+v, %v", board, old, err)
			}
			v, err := eng.View(board)
			if s, ok := v.Standing("ana@old"); err != nil || !ok || s != top[0] || len(v.Standings("ana@old", "ana@new")) != 1 {
				t.Errorf("%s: a view by the old name: %+v, %v", board, s, err)
			}
		}
		if s, ok, err := eng.Standing(tokenomics.Within("teams", tokenomics.BySubject, "ana@old"), "infra"); !ok || s.Score != 17 || err != nil {
			t.Errorf("her segment: %+v, %v", s, err)
		}
		if steps, err := eng.Steps("tokens", "ana@old"); err != nil || steps[29] != 11 || steps[28] != 2 {
			t.Errorf("steps %v, %v", steps, err)
		}
		for _, name := range []string{"ana@old", "ana@new"} {
			p, err := eng.Profile(ctx, name)
			if err != nil || p.Subject != "ana@new" || p.Facts.Usage.Tokens() != 17 || !p.Standings[0].Ranked {
				t.Errorf("profile of %s: %s, %d tokens, %v", name, p.Subject, p.Facts.Usage.Tokens(), err)
			}
			totals, err := eng.Totals(ctx, tokenomics.ByDay, time.Time{}, time.Time{}, tokenomics.Match{By: tokenomics.BySubject, Key: name})
			if err != nil || len(totals) != 3 {
				t.Errorf("days of %s: %+v, %v", name, totals, err)
			}
		}
		totals, err := eng.Totals(ctx, tokenomics.BySubject, time.Time{}, time.Time{})
		if err != nil || len(totals) != 2 || totals[0].Key != "ana@new" || totals[0].Tokens != 17 {
			t.Errorf("totals %+v, %v", totals, err)
		}
		if p, err := eng.Page("tokens", page.Next, 1); err != nil || !p.Shifted {
			t.Errorf("a page of before: %+v, %v", p, err)
		}
		list, err := eng.Aliases(ctx)
		if err != nil || len(list) != 1 || list[0].Subject != "ana@old" || list[0].As != "ana@new" {
			t.Errorf("aliases %+v, %v", list, err)
		}
		if err := eng.Rename(ctx, "ana@new", "ana@old"); !errors.Is(err, store.ErrAliasCycle) {
			t.Errorf("in a circle: %v", err)
		}
		sameAsFresh(t, eng, cfg)
		if _, err := eng.Void(ctx, keyed("late")); err != nil {
			t.Fatal(err)
		}
		if err := eng.Rename(ctx, "ana@old", ""); err != nil {
			t.Fatal(err)
		}
		if top, err := eng.Top("tokens", 9); err != nil || len(top) != 3 || top[0].Subject != "ana@old" || top[0].Score != 5 {
			t.Errorf("taken back: %+v, %v", top, err)
		}
		if list, err := eng.Aliases(ctx); err != nil || len(list) != 0 {
			t.Errorf("taken back: aliases %+v, %v", list, err)
		}
		if err := eng.Rename(ctx, "nobody", ""); err != nil {
			t.Errorf("taking back what was not given: %v", err)
		}
		sameAsFresh(t, eng, cfg)
	})
}

// TestRenamesConverge: any order of events and renamings, on one instance or
// another, gives the same state, which is that of the events under their new
// names.
func TestRenamesConverge(t *testing.T) {
	subjectStores(t, func(t *testing.T, open func() store.Store) {
		ctx := context.Background()
		for seed := range uint64(8) {
			r := rand.New(rand.NewPCG(seed, 77))
			versions := teamVersions(r, 80)
			facts := []store.Alias{
				{Subject: "ana", As: "bo", Revision: 1}, {Subject: "ana", As: "eli", Revision: 3}, {Subject: "ana", As: "cem", Revision: 2},
				{Subject: "eli", As: "dua", Revision: 1}, {Subject: "bo", As: "cem", Revision: 1}, {Subject: "bo", Revision: 2}, {Subject: "cem", As: "zoe", Revision: 1},
			}
			names := map[string]string{"ana": "dua", "eli": "dua", "cem": "zoe", "bo": "bo", "dua": "dua"}
			var want []byte
			for range 3 {
				st := open()
				cfg := tokenomics.Config{Store: st, Book: testBook(t, "0.0013"), Boards: peopleBoards}
				eng := newEngine(t, cfg)
				todo := r.Perm(len(versions) + len(facts))
				for _, i := range todo {
					if i < len(versions) {
						record(t, eng, versions[i])
						continue
					}
					rn, _ := store.As[store.Renamer](st)
					if err := rn.Rename(ctx, facts[i-len(versions)]); err != nil {
						t.Fatal(err)
					}
					if r.IntN(2) == 0 {
						eng = newEngine(t, cfg) // another instance takes over
					}
				}
				eng = newEngine(t, cfg)
				if got := snapshot(t, eng); want == nil {
					want = got
				} else if !bytes.Equal(got, want) {
					t.Fatalf("seed %d: another order gives another state", seed)
				}
				renamed := counting(versions)
				for i := range renamed {
					renamed[i].Subject = names[renamed[i].Subject]
				}
				plain := newEngine(t, tokenomics.Config{Book: cfg.Book, Boards: peopleBoards})
				record(t, plain, renamed...)
				for _, b := range []string{"tokens", "cost", "teams", "tokens/team=infra", "teams/subject=zoe"} {
					x, err1 := eng.Top(b, 99)
					y, err2 := plain.Top(b, 99)
					if err1 != nil || err2 != nil || !slices.Equal(x, y) {
						t.Fatalf("seed %d: %s: %+v, want %+v (%v, %v)", seed, b, x, y, err1, err2)
					}
				}
				px, err1 := eng.Breakdown(ctx, []tokenomics.Dimension{tokenomics.BySubject, tokenomics.Cross(tokenomics.BySubject, tokenomics.ByTeam)}, time.Time{}, time.Time{})
				py, err2 := plain.Breakdown(ctx, []tokenomics.Dimension{tokenomics.BySubject, tokenomics.Cross(tokenomics.BySubject, tokenomics.ByTeam)}, time.Time{}, time.Time{})
				if err1 != nil || err2 != nil || fmt.Sprint(px) != fmt.Sprint(py) {
					t.Fatalf("seed %d: totals differ (%v, %v)", seed, err1, err2)
				}
			}
		}
	})
}

// TestRenameByEngines: concurrent renamings by two instances end in one of them,
// and corrections meet the new name.
func TestRenameByEngines(t *testing.T) {
	subjectStores(t, func(t *testing.T, open func() store.Store) {
		ctx := context.Background()
		cfg := tokenomics.Config{Store: open(), Boards: peopleBoards}
		eng := newEngine(t, cfg)
		record(t, eng, call("a", "ana", testNow))
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				if err := eng.Rename(ctx, "ana", fmt.Sprint("name ", i%4)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		list, err := eng.Aliases(ctx)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		top, err := eng.Top("tokens", 9)
		if err != nil || len(top) != 1 || top[0].Subject != list[0].As {
			t.Errorf("%+v, %v, want %s", top, err, list[0].As)
		}
		if _, err := eng.Amend(ctx, keyed("a"), func(e *tokenomics.Event) {
			if e.Usage.Input = 9; e.Subject != "ana" {
				t.Errorf("the ledger says %s", e.Subject)
			}
		}); err != nil {
			t.Error(err)
		}
		if top, err := eng.Top("tokens", 9); err != nil || len(top) != 1 || top[0].Score != 9 {
			t.Errorf("corrected: %+v, %v", top, err)
		}
		sameAsFresh(t, eng, cfg)
	})
}

// TestForget: nothing shows a forgotten person, under whatever name, at once and
// for good; what was used stays in the totals of everything else.
func TestForget(t *testing.T) {
	subjectStores(t, func(t *testing.T, open func() store.Store) {
		ctx := context.Background()
		st := open()
		cfg := tokenomics.Config{Store: st, Boards: peopleBoards}
		eng := newEngine(t, cfg)
		for i, who := range []string{"ana@old", "ana@new", "bo", "ana@new"} {
			e := call(fmt.Sprint(i), who, testNow.Add(-time.Duration(i)*24*time.Hour))
			e.Team, e.Session, e.Labels, e.Account = "infra", who+"'s session", store.Labels{{Key: "project", Value: who + "'s"}}, who+"'s"
			e.Usage.Input = int64(1 + i)
			record(t, eng, e)
		}
		if err := eng.Rename(ctx, "ana@old", "ana@new"); err != nil {
			t.Fatal(err)
		}
		all := func() string {
			lists, err := eng.Breakdown(ctx, []tokenomics.Dimension{tokenomics.ByTeam, tokenomics.ByModel, tokenomics.ByDay}, time.Time{}, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			teams, err := eng.Top("teams", 9)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(lists, teams)
		}
		totals := all()
		page, err := eng.Page("tokens", "", 1)
		if err != nil || page.Next == "" {
			t.Fatal(page, err)
		}
		done, err := eng.Forget(ctx, "ana@old")
		if err != nil || done.Subjects != 2 || done.Events != 3 {
			t.Fatalf("%+v, %v", done, err)
		}
		if got := all(); got != totals {
			t.Errorf("totals are\n%s, were\n%s", got, totals)
		}
		shown := ""
		for _, b := range []string{"tokens", "cost", "tokens/team=infra"} {
			top, err := eng.Top(b, 9)
			if err != nil || len(top) != 1 {
				t.Errorf("%s: %+v, %v", b, top, err)
			}
			past, err := eng.AsOf(b, testNow.Add(-24*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			shown += fmt.Sprint(top, past.Top(9))
		}
		p, err := eng.Page("tokens", page.Next, 9)
		if err != nil || !p.Shifted {
			t.Errorf("a page of before: %+v, %v", p, err)
		}
		segs, err := eng.Segments("teams", tokenomics.BySubject)
		if err != nil {
			t.Fatal(err)
		}
		people, err := eng.Totals(ctx, tokenomics.BySubject, time.Time{}, time.Time{})
		if err != nil || len(people) != 2 || people[0].Key != "" || people[0].Tokens != 7 {
			t.Errorf("totals by subject: %+v, %v", people, err)
		}
		awards, err := eng.Awards(ctx, testNow)
		if err != nil || awards.Len() != 1 {
			t.Errorf("awards of %d, %v", awards.Len(), err)
		}
		shown += fmt.Sprint(p, segs, people, string(snapshot(t, eng)))
		for e, err := range eng.Store().Scan(ctx, store.Query{Voids: true}) {
			if err != nil {
				t.Fatal(err)
			}
			shown += strings.ReplaceAll(fmt.Sprint(e.Event), "forgotten-", "") // the ledger has tokens
		}
		if strings.Contains(shown, "ana") || strings.Contains(shown, store.ForgottenPrefix) {
			t.Errorf("somebody forgotten is seen in\n%s", shown)
		}
		for _, name := range []string{"ana@old", "ana@new"} {
			if prof, err := eng.Profile(ctx, name); err != nil || prof.Facts.Usage.Tokens() != 0 || prof.Standings[0].Ranked || len(prof.History) > 0 {
				t.Errorf("profile of %s: %+v, %v", name, prof.Standings, err)
			}
			if s, ok, err := eng.Standing("tokens", name); ok || s.Score != 0 || err != nil {
				t.Errorf("%s: %+v, %v", name, s, err)
			}
			later, again := call("later "+name, name, testNow), call("0", "bo", testNow)
			again.Revision = 7
			rs := record(t, eng, later, again)
			if rs[0].Status != tokenomics.Refused || !errors.Is(rs[0].Err, store.ErrForgotten) || rs[1].Status != tokenomics.Refused {
				t.Errorf("what comes later: %+v", rs)
			}
		}
		if err := eng.Rename(ctx, "bo", "ana@new"); !errors.Is(err, store.ErrForgotten) {
			t.Errorf("counting somebody as a forgotten one: %v", err)
		}
		if done, err := eng.Forget(ctx, "nobody"); err != nil || done.Events != 0 {
			t.Errorf("somebody unknown: %+v, %v", done, err)
		}
	})
}

// TestForgetWhileRecording: whatever is under way when somebody is forgotten,
// nothing of it shows afterwards, and all else is there.
func TestForgetWhileRecording(t *testing.T) {
	subjectStores(t, func(t *testing.T, open func() store.Store) {
		ctx := context.Background()
		cfg := tokenomics.Config{Store: open(), Boards: peopleBoards}
		eng := newEngine(t, cfg)
		start := make(chan bool)
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				<-start
				for i := range 60 {
					e := call(fmt.Sprint(w, "-", i), []string{"ana", "bo"}[i%2], testNow)
					e.Team = "infra"
					if _, err := eng.Record(ctx, e); err != nil {
						t.Error(err)
					}
				}
			})
		}
		close(start)
		if _, err := eng.Forget(ctx, "ana"); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := eng.Standing("tokens", "ana"); ok || err != nil {
			t.Errorf("ana is seen right after (%v)", err)
		}
		wg.Wait()
		top, err := eng.Top("tokens", 9)
		if err != nil || len(top) != 1 || top[0].Subject != "bo" || top[0].Score != 120 {
			t.Errorf("%+v, %v", top, err)
		}
		sameAsFresh(t, eng, cfg)
	})
}

// fiveMethods hides every ability of a store.
type fiveMethods struct{ s store.Store }

func (f fiveMethods) Put(ctx context.Context, e []store.Entry) ([]store.Change, error) {
	return f.s.Put(ctx, e)
}
func (f fiveMethods) Get(ctx context.Context, k []store.Key) ([]store.Entry, error) {
	return f.s.Get(ctx, k)
}
func (f fiveMethods) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return f.s.Scan(ctx, q)
}
func (f fiveMethods) Activate(ctx context.Context, n int64, a store.Activation) (store.Activation, error) {
	return f.s.Activate(ctx, n, a)
}
func (f fiveMethods) Activations(ctx context.Context) ([]store.Activation, error) {
	return f.s.Activations(ctx)
}

// TestStoreLacksTheAbility: what a store cannot do is an error, never a no-op.
func TestStoreLacksTheAbility(t *testing.T) {
	ctx := context.Background()
	eng := newEngine(t, tokenomics.Config{Store: fiveMethods{memstore.New(nil)}})
	if _, err := eng.Forget(ctx, "ana"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Forget: %v", err)
	}
	if err := eng.Rename(ctx, "ana", "bo"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Rename: %v", err)
	}
	if list, err := eng.Aliases(ctx); len(list) != 0 || err != nil {
		t.Errorf("Aliases: %v, %v", list, err)
	}
	ro := newEngine(t, tokenomics.Config{Store: newSubjectStore(), ReadOnly: true})
	if _, err := ro.Forget(ctx, "ana"); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Forget by a read-only engine: %v", err)
	}
	if err := ro.Rename(ctx, "ana", "bo"); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Rename by a read-only engine: %v", err)
	}
}
