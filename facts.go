package tokenomics

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// facts keeps what the rules of one scope look at: of each subject, each team or
// the organization. Recording only notes which days of whom it touched; those
// days are read from the ledger and packed when somebody asks or a day is
// closed. So corrections need no code of their own, in whatever order they come.
type facts struct {
	e        *Engine
	scope    tiers.Scope
	set      *tiers.Set
	ladder   *tiers.Ladder // nil but for subjects
	keeper   *tiers.Keeper
	boards   []string    // whose ranks the rules look at
	counters bool        // the rules look at some
	teams    *rank.Names // handles of teams, as touched uses them
	only     rank.ID     // that of the organization

	touched touched     // guarded by the engine's lock
	stale   atomic.Bool // the ledger changed in ways that nobody noted
	anew    atomic.Bool // and may have forgotten somebody: its feed does not tell

	work       sync.Mutex // guards what follows; taken before the engine's lock
	names      *rank.Names
	of         []kept    // by handle
	complete   bool      // everybody in the ledger is here
	settled    tiers.Day // the close that everybody was brought to; 0: none
	moved      []rank.ID // who gained or lost something since news were told
	waiting    []rank.ID
	closing    *tiers.Closing
	ranks      rankHistory
	rank       map[string]int // of who is evaluated
	population map[string]int
	decided    time.Time // when announcements are decided, by the engine's clock
	book       string    // the version of the present price book
	newest     tiers.Day // the last close anybody was brought to
	version    uint64    // counts the changes of what anybody gained or lost
	latest     *Awards
	faults     map[string]error
	announced  announced
}

// kept is what is known of one subject.
type kept struct {
	tiers.Kept
	mark    mark      // days to be read again
	closed  tiers.Day // the last day evaluated; 0: it is not known yet
	due     tiers.Day // the last close at which an evaluation could differ
	settled tiers.Day // the close after which it was settled last
	places  uint64    // which gates about ranks were met then
	hangs   bool      // time alone may change something
	wait    bool      // it is among those that wait to be read
	moved   bool      // it is among those who moved
	told    told
	live    *live // what Badges answered last
}

// live is an answer that stands until something happens, the day is over or
// gates about ranks are met otherwise.
type live struct {
	day    tiers.Day
	places uint64
	badges Badges
}

// organization is the name of the one there is.
const organization = "organization"

func newFacts(e *Engine, scope tiers.Scope, set *tiers.Set, ladder *tiers.Ladder) *facts {
	f := &facts{e: e, scope: scope, set: set, ladder: ladder, keeper: tiers.NewKeeper(set, ladder), teams: rank.NewNames(), names: rank.NewNames()}
	if scope == tiers.OfOrganization {
		f.only = f.teams.ID(organization)
	}
	f.forget()
	needs := f.keeper.Needs()
	f.boards, _ = needs.Boards()
	f.counters = counts(needs)
	f.faults, f.rank, f.population = map[string]error{}, map[string]int{}, map[string]int{}
	return f
}

// forget drops everything but what was told; it is read from the ledger again.
func (f *facts) forget() {
	names, of := f.names, f.of
	f.names, f.of, f.moved = rank.NewNames(), nil, nil
	for i := range of {
		k := &of[i]
		if k.closed > 0 {
			f.part(k)
		}
		if k.told.begun || k.told.saved != nil {
			id := f.id(names.Name(rank.ID(i)))
			f.of[id].told = k.told
			f.move(id)
		}
	}
	f.settled = 0
	f.announced.dirty = f.announced.based // who forgot somebody may have been another instance
	f.complete, f.waiting, f.latest = false, nil, nil
	f.closing = f.keeper.NewClosing()
	f.closing.Place = f.place
	f.closing.Fault = func(rule string, err error) { f.faults[rule] = err }
	f.ranks = rankHistory{}
	f.version++
}

// nameOf returns whom an event is counted for in the scope; false for nobody.
func (f *facts) nameOf(v *store.Entry) (string, bool) {
	switch f.scope {
	case tiers.OfSubject:
		return v.Subject, v.Subject != ""
	case tiers.OfTeam:
		return v.Team, v.Team != ""
	}
	return organization, true
}

// handles returns the names that the handles of touched belong to.
func (f *facts) handles() *rank.Names {
	if f.scope == tiers.OfSubject {
		return f.e.names
	}
	return f.teams
}

// sample is an event as the scope's facts see it. The sessions of a team are
// those of its members: two people are never one session. Of whom the calls of those
// who were forgotten are nobody knows: each is a session of its own.
func (f *facts) sample(p *prices, v *store.Entry) tiers.Sample {
	s := p.sample(v)
	switch {
	case f.scope == tiers.OfSubject:
	case v.Subject == "":
		s.Session = "\x00" + v.Source + "\x00" + v.ID
	default:
		s.Session = v.Subject + "\x00" + v.Session
	}
	return s
}

// open takes up what was touched, and returns the last close that is to be
// looked at. Callers who read the clock around its turn may be up to a minute
// late; a clock that goes back further takes everything back with it.
func (f *facts) open(now time.Time) tiers.Day {
	through := lastDay(now)
	if through < f.newest && !now.Add(time.Minute).Before(f.newest.Close()) {
		through = f.newest
	}
	if f.stale.Swap(false) || through < f.newest {
		f.forget()
	}
	f.newest = through
	f.decided = now
	f.book = ""
	if book := f.e.Book(now); book != nil {
		f.book = book.Version()
	}
	f.track()
	return through
}

// track begins to note what is touched, and takes over what was.
func (f *facts) track() {
	f.e.mu.Lock()
	f.touched.on = true
	marks := f.touched.drain(f.handles())
	f.e.mu.Unlock()
	for _, m := range marks {
		id := f.id(m.name)
		k := &f.of[id]
		k.mark.merge(m.mark)
		f.ranks.touch(k.mark.first())
		f.wait(id)
	}
}

// wait lists somebody whose marks are to be looked after.
func (f *facts) wait(id rank.ID) {
	if k := &f.of[id]; !k.wait {
		k.wait = true
		f.waiting = append(f.waiting, id)
	}
}

// id returns the handle of a name and makes room for what is kept of it.
func (f *facts) id(name string) rank.ID {
	id := f.names.ID(name)
	for int(id) >= len(f.of) {
		f.of = append(f.of, kept{})
	}
	return id
}

// bring brings some up to a close.
func (f *facts) bring(ctx context.Context, ids []rank.ID, through tiers.Day) error {
	if err := f.rankThrough(ctx, through); err != nil {
		return err
	}
	if err := f.read(ctx, ids, through); err != nil {
		return err
	}
	for _, id := range ids {
		if err := f.close(id, through); err != nil {
			return err
		}
	}
	return nil
}

// everybody brings all there are up to a close, and settles how corrections
// changed ranks of the past.
func (f *facts) everybody(ctx context.Context, through tiers.Day) error {
	if !f.complete {
		if err := f.readAll(ctx, through); err != nil {
			return err
		}
		if f.anew.Load() {
			if err := f.eraseGone(ctx); err != nil {
				return err
			}
			f.anew.Store(false)
		}
		f.complete = true
	}
	if err := f.rankThrough(ctx, through); err != nil {
		return err
	}
	if err := f.rankAgain(ctx); err != nil {
		return err
	}
	ids := slices.Clone(f.waiting)
	if err := f.read(ctx, ids, through); err != nil {
		return err
	}
	if f.settled != through {
		ids = ids[:0]
		for id := rank.ID(1); int(id) < len(f.of); id++ {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		if err := f.close(id, through); err != nil {
			return err
		}
	}
	f.settled = through
	if err := f.say(ctx); err != nil {
		return err
	}
	for _, id := range ids {
		k := &f.of[id]
		if k.due < k.settled-tiers.Slack-1 {
			continue // nothing became final since
		}
		if err := f.keeper.Settle(&k.Kept, through); err != nil {
			return fmt.Errorf("tokenomics: facts of %s: %w", f.names.Name(id), err)
		}
		k.settled = through
	}
	return nil
}

// say announces what is new of those who gained or lost something.
func (f *facts) say(ctx context.Context) error {
	a := &f.e.announcer
	born, on := a.since()
	for on {
		if err := f.save(ctx); err != nil {
			return err
		}
		if len(f.moved) == 0 {
			return nil
		}
		var news []item
		n := 0
		for ; n < len(f.moved) && (a.saver == nil || len(news) < saidAtOnce); n++ {
			news = append(news, f.news(f.moved[n], born)...)
			f.of[f.moved[n]].moved = false
		}
		f.moved = f.moved[:copy(f.moved, f.moved[n:])]
		slices.SortStableFunc(news, item.compare)
		a.say(f, news)
	}
	for _, id := range f.moved {
		f.of[id].moved = false
	}
	f.moved = f.moved[:0]
	return nil
}

// move notes that what somebody gained or lost is other than it was.
func (f *facts) move(id rank.ID) {
	f.version++
	if k := &f.of[id]; !k.moved {
		k.moved = true
		f.moved = append(f.moved, id)
	}
}

// close evaluates somebody at the closes up to one, where an evaluation can
// differ from the one before.
func (f *facts) close(id rank.ID, through tiers.Day) error {
	k := &f.of[id]
	if k.closed == 0 || k.closed >= through {
		return nil
	}
	first, _, ok := k.Days()
	open, name := false, ""
	for day := k.closed + 1; ok && day <= through; day++ {
		f.stand(id, f.ranks.day(day))
		places := f.places()
		if day < first || !k.hangs && places == k.places && !f.keeper.Due(&k.Kept, day) {
			continue
		}
		k.due = day
		if !open {
			f.closing.Open(&k.Kept, day-1)
			open, name = true, f.names.Name(id)
		}
		moved, hangs, err := f.closing.Close(&k.Kept, name, day)
		if err != nil {
			return fmt.Errorf("tokenomics: facts of %s: %w", name, err)
		}
		if k.hangs, k.places = hangs, places; moved {
			f.move(id)
		}
	}
	k.closed, k.live = through, nil
	return f.keeper.Trim(&k.Kept, through)
}

// reopen takes back the closes after a day.
func (f *facts) reopen(id rank.ID, day tiers.Day) {
	k := &f.of[id]
	if day >= k.closed {
		return
	}
	f.part(k)
	f.keeper.Forget(&k.Kept, day+1)
	k.closed, k.hangs = day, true
	f.move(id)
}

// lastDay returns the last UTC day that is over at an instant.
func lastDay(now time.Time) tiers.Day { return dayOf(now) - 1 }
