package tokenomics

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// announcer is the log of what people were told. It only grows at its end, and
// forgets its beginning.
type announcer struct {
	observe func(tiers.Transition)
	keep    int

	saver store.Checkpointer // nil: the log lives as long as the engine
	birth tiers.Day          // when what is saved was begun; 0: nothing is

	mu      sync.Mutex // guards what follows
	on      bool
	born    tiers.Day // what was gained up to this close was no news any more
	last    int64     // of all that was ever said
	log     []said
	pending map[*facts]int64 // of scopes with announcements that are not saved yet: the first
	queue   []said           // what the observer has not seen yet
	busy    bool             // somebody is telling it
	err     error            // of the observer
}

// said is an announcement: its cursor, and its number among those of its scope.
type said struct {
	of         *facts
	at, cursor int64
	tiers.Transition
}

// DefaultAnnouncements is how many announcements an engine keeps.
const DefaultAnnouncements = 10_000

// Announcements yields what was announced after a cursor, oldest first, each
// with the cursor to go on from; 0 is the beginning. An announcement is a
// transition that somebody should hear of: what a day brought when it was
// closed, or what a correction gives or takes.
//
// Every award ([tiers.AwardKey]) is granted in it once, whatever is corrected or
// recorded again. What is lost is announced as revoked or as a lower level, and
// what comes back as reinstated. What had been gained before announcements began
// is no news. The log keeps the last [Config.Announcements].
//
// A store that keeps named blobs (store.Checkpointer, as SQL stores do) keeps the
// log and what everybody was told: the next engine goes on where this one ended,
// however it ended, with the same cursors. It announces what happened meanwhile,
// and nothing again. One engine at a time announces over a ledger. On other
// stores the log begins anew with the engine.
//
// Announcements are made by [Engine.Advance], from the first call of this method
// on or, with [Config.OnTransition], from the start.
func (e *Engine) Announcements(after int64) iter.Seq2[int64, tiers.Transition] {
	e.announce(lastDay(e.now()))
	a := &e.announcer
	return func(yield func(int64, tiers.Transition) bool) {
		for {
			a.mu.Lock()
			first := a.last - int64(len(a.log)) // the cursor before the log
			if after < first {
				after = first
			}
			if after >= a.visible() {
				a.mu.Unlock()
				return
			}
			t := a.log[after-first].Transition
			a.mu.Unlock()
			if after++; t.Rule != "" && !yield(after, t) { // without: of somebody forgotten
				return
			}
		}
	}
}

// announce begins to announce what closes after a day bring.
func (e *Engine) announce(day tiers.Day) {
	a := &e.announcer
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.on {
		return
	}
	if a.on, a.born = true, day; a.birth != 0 {
		a.born = a.birth
	}
}

// since reports whether there are announcements, and after which close.
func (a *announcer) since() (day tiers.Day, on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.born, a.on
}

// say appends to the log. Where the log is saved, nobody sees it before commit.
func (a *announcer) say(f *facts, news []item) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range news {
		a.last++
		s := said{f, f.announced.count, a.last, news[i].Transition}
		f.announced.count++
		a.log = append(a.log, s)
		if a.observe != nil {
			a.queue = append(a.queue, s)
		}
		if a.saver == nil {
			continue
		}
		f.announced.tail = append(f.announced.tail, s)
		if _, ok := a.pending[f]; !ok {
			a.pending[f] = a.last
		}
	}
	a.trim()
}

// erase takes somebody out of the log. The cursors of the others stay.
func (a *announcer) erase(subject string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	eraseSaid(a.log, subject)
	eraseSaid(a.queue, subject)
}

func eraseSaid(list []said, subject string) {
	for i := range list {
		if list[i].Subject == subject {
			list[i].Transition = tiers.Transition{}
		}
	}
}

// erase takes somebody out of what is kept.
func (f *facts) erase(subject string) {
	if f.scope != tiers.OfSubject {
		return
	}
	eraseSaid(f.announced.tail, subject)
	if id, ok := f.names.Lookup(subject); ok && int(id) < len(f.of) {
		f.of[id] = kept{}
		f.moved = slices.DeleteFunc(f.moved, func(m rank.ID) bool { return m == id })
	}
	f.latest = nil
}

// eraseGone takes those out of what was announced of whom nothing is left in the
// ledger, after its feed began anew: another instance may have forgotten them. Whoever
// just has no event at the moment is taken for forgotten, too; better to announce an award
// twice than a name that is to be unknown.
func (f *facts) eraseGone(ctx context.Context) error {
	if f.scope != tiers.OfSubject {
		return nil
	}
	for id := rank.ID(1); int(id) < len(f.of); id++ {
		if k := &f.of[id]; k.closed > 0 || !k.told.begun && k.told.saved == nil {
			continue
		}
		name := f.names.Name(id)
		if ok, err := f.exists(ctx, name, true); err != nil {
			return err
		} else if !ok {
			f.e.announcer.erase(name)
			f.erase(name)
		}
	}
	return nil
}

func (a *announcer) trim() {
	if n := len(a.log) - a.keep; n > 0 {
		a.log = slices.Clone(a.log[n:])
	}
}

// commit lets everybody see what a scope has said.
func (a *announcer) commit(f *facts) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.pending, f)
}

// visible returns the last announcement that may be seen.
func (a *announcer) visible() int64 {
	v := a.last
	for _, first := range a.pending {
		v = min(v, first-1)
	}
	return v
}

// cursor returns the last announcement there is.
func (a *announcer) cursor() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last
}

// begin takes up a log that was saved: in the order of cursors, with gaps where
// some were never seen.
func (a *announcer) begin(log []said) {
	a.pending = map[*facts]int64{}
	slices.SortFunc(log, func(x, y said) int { return cmp.Compare(x.cursor, y.cursor) })
	for _, s := range log {
		if n := len(a.log); n > 0 && s.cursor-a.log[n-1].cursor > int64(a.keep) {
			a.log = nil
		}
		for n := len(a.log); n > 0 && a.log[n-1].cursor+1 < s.cursor; n++ {
			a.log = append(a.log, said{cursor: a.log[n-1].cursor + 1})
		}
		a.log = append(a.log, s)
		a.last = max(a.last, s.cursor)
	}
	for n := len(a.log); n > 0 && a.log[n-1].cursor < a.last; n++ {
		a.log = append(a.log, said{cursor: a.log[n-1].cursor + 1})
	}
	a.trim()
}

// tell gives the observer what it has not seen, one by one, in the order of the
// log. No lock is held while it runs; it may call the engine.
func (a *announcer) tell() {
	for {
		a.mu.Lock()
		n := 0
		for seen := a.visible(); n < len(a.queue) && a.queue[n].cursor <= seen; {
			n++
		}
		if a.busy || n == 0 {
			a.mu.Unlock()
			return
		}
		queue := a.queue[:n:n]
		a.queue, a.busy = a.queue[n:], true
		a.mu.Unlock()
		var failed error
		for i := range queue {
			if queue[i].Rule == "" {
				continue // somebody who was forgotten meanwhile
			}
			if err := a.tellOne(queue[i].Transition); err != nil {
				failed = err
			}
		}
		a.mu.Lock()
		a.busy = false
		if failed != nil {
			a.err = failed
		}
		a.mu.Unlock()
	}
}

func (a *announcer) tellOne(t tiers.Transition) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &CallbackError{Name: "OnTransition", Value: v}
		}
	}()
	a.observe(t)
	return nil
}

// told is what of somebody's gains and losses was announced: so much of the
// past, or, once a correction has changed that, what was said award by award.
type told struct {
	begun bool
	noted int
	own   map[toldOf]level
	saved []byte // what was said before the engine was made: see facts.resolve
}

type toldOf struct{ rule, reason string }

// level is where an award stands: now, at best, and since when.
type level struct {
	now, best int
	up, down  time.Time
}

// part remembers what was said of a past that is about to be taken back.
func (f *facts) part(k *kept) {
	if born, on := f.e.announcer.since(); on && !k.told.begun && k.told.saved == nil {
		k.told.begun, k.told.noted = true, f.keeper.NotedBy(&k.Kept, born)
	}
	if k.told.own == nil && k.told.noted > 0 {
		k.told.own = f.levels(&k.Kept, k.told.noted)
	}
}

// take notes the next change of an award.
func (l *level) take(t *tiers.Transition) {
	if l.now, l.best = t.To, max(l.best, t.To); t.To > t.From {
		l.up = t.At
	} else {
		l.down = t.At
	}
}

// levels sums up so much of a past, award by award.
func (f *facts) levels(x *tiers.Kept, noted int) map[toldOf]level {
	of := map[toldOf]level{}
	head := x.Head(noted)
	for t := range f.keeper.History(&head, "", 0) {
		key := toldOf{t.Rule, t.Reason}
		l := of[key]
		l.take(&t)
		of[key] = l
	}
	return of
}

// item is one announcement to be, and its place among those of others: what a
// close brought by its time, what corrections change after that.
type item struct {
	tiers.Transition
	when time.Time
}

// compare orders items of different subjects; of one they keep their order.
func (a item) compare(b item) int {
	return cmp.Or(a.when.Compare(b.when), strings.Compare(a.Subject, b.Subject))
}

// news returns what is to be announced of somebody; born is the close up to
// which nothing is news.
func (f *facts) news(id rank.ID, born tiers.Day) (out []item) {
	k := &f.of[id]
	if k.told.saved != nil {
		f.resolve(k)
	}
	if !k.told.begun {
		k.told.begun, k.told.noted = true, f.keeper.NotedBy(&k.Kept, born)
	}
	if k.told.own != nil {
		return f.corrections(id)
	}
	if k.told.noted == k.Noted() {
		return nil
	}
	for t := range f.keeper.History(&k.Kept, f.names.Name(id), k.told.noted) {
		out = append(out, item{f.withEvidence(t, id), t.At})
	}
	k.told.noted = k.Noted()
	return out
}

// corrections compares what was said with what is, award by award.
func (f *facts) corrections(id rank.ID) (out []item) {
	k := &f.of[id]
	is, said := f.levels(&k.Kept, k.Noted()), k.told.own
	for key := range said {
		if _, ok := is[key]; !ok {
			is[key] = level{}
		}
	}
	agree, closed := true, k.closed
	if closed == 0 {
		closed = f.newest // nothing counts for them any more
	}
	for _, key := range slices.SortedFunc(maps.Keys(is), toldOf.compare) {
		now, was := is[key], said[key]
		t := tiers.Transition{Subject: f.names.Name(id), Rule: key.rule, Reason: key.reason, Version: f.versionOf(key.rule)}
		top := now.now
		if now.best > was.best {
			top = max(top, now.best)
		}
		for l := was.now; l < top; l++ {
			t.Change, t.From, t.To, t.At = tiers.LevelUp, l, l+1, now.up
			switch {
			case l < was.best:
				t.Change = tiers.Reinstate
			case l == 0:
				t.Change = tiers.Unlock
			}
			out = append(out, item{f.withEvidence(t, id), closed.Close()})
		}
		for l := max(was.now, top); l > now.now; l-- {
			t.Change, t.From, t.To, t.At = tiers.LevelDown, l, l-1, now.down
			if now.best < l {
				t.At = closed.Close() // it was never so: a correction says that now
			}
			if l == 1 {
				t.Change = tiers.Revoke
			}
			out = append(out, item{f.withEvidence(t, id), closed.Close()})
		}
		was.now, was.best = now.now, max(was.best, top)
		said[key] = was
		agree = agree && was.best == now.best
	}
	if agree {
		k.told.own, k.told.noted = nil, k.Noted()
	}
	return out
}

// versionOf returns the version of a rule; the ladder has the first.
func (f *facts) versionOf(rule string) int {
	if i, ok := f.set.Index(rule); ok {
		return f.set.Rule(i).Version
	}
	return 1
}

// withEvidence explains a transition by the facts of its close, or, where those
// are not kept in detail any more, by those of the last close.
func (f *facts) withEvidence(t tiers.Transition, id rank.ID) tiers.Transition {
	k := &f.of[id]
	t.Decided = f.decided
	day := dayOf(t.At)
	if day < k.closed-tiers.Slack {
		day = k.closed
	}
	state := 0
	if i, ok := f.set.Index(t.Rule); ok {
		state = i + 1
	}
	f.stand(id, f.ranks.day(day))
	f.closing.Open(&k.Kept, day-1)
	if _, err := f.closing.See(t.Subject, day.Close()); err == nil {
		t.Evidence = f.closing.Explain(state)
	}
	return t
}
