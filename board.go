package tokenomics

import (
	"errors"
	"math"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// board is one ranking and what belongs to it beside the scores. It is guarded
// by the engine's lock, but for spec, which never changes.
type board struct {
	spec  Board
	names *rank.Names // of what is ranked: the engine's subjects, or the board's own
	ranks *rank.Board

	plain    bool // new events can take the short way
	who      *aliases
	segments []segments // one for each of spec.Per
	family   *family

	// A board by cost ranks by nano-units, floored per subject and step. What
	// the floor cut off is kept here, so that every amount stays exact.
	rests    rests
	unpriced *rank.Board // events without a full price, by subject; nil unless by cost

	now     time.Time // of the last advance
	current int64     // the newest step,
	first   int64     // the first step of the window that ends with it,
	oldest  int64     // and the oldest that the board holds, history included
	begin   int64     // the newest step holds the event times from begin,
	end     int64     // to before end, in Unix seconds; both zero: not known
	newest  int64     // the newest step anything was added to
	version int64     // counts the changes
	ahead   []ahead   // what belongs to steps the board cannot hold yet

	run []rank.Increment // room for up to maxRun

	err     error   // why the scores cannot be relied on; the fault lies
	errStep int64   // in this step or before it,
	culprit rank.ID // with this subject
}

// ahead is what an event adds to a step that is still too far off.
type ahead struct {
	id    rank.ID
	at    time.Time
	value value
}

const maxRun = 64

// maxAhead bounds the events kept ahead by a board and its segments; for more
// they are rebuilt when their time comes.
const maxAhead = 4096

// newBoard makes an empty board over names: those of the subjects, unless it
// ranks something else.
func newBoard(spec Board, names *rank.Names) (*board, error) {
	if spec.Name == "" {
		return nil, errors.New("has no name")
	}
	if spec.Window == (rank.Window{}) {
		spec.Window = rank.Rolling30d
	}
	if spec.History == 0 {
		spec.History = 1
	}
	if int(spec.By) >= len(metricNames) {
		return nil, errors.New("has an unknown metric")
	}
	b := &board{spec: spec, names: names, current: math.MinInt64, newest: math.MinInt64, oldest: math.MaxInt64, family: &family{}}
	if err := b.configureSegments(); err != nil {
		return nil, err
	}
	b.plain = spec.Score == nil && b.segments == nil && b.spec.Of == BySubject
	cfg := rank.Config{Window: spec.Window, Ties: spec.Ties, History: spec.History, Names: b.names}
	var err error
	if b.ranks, err = rank.New(cfg); err != nil {
		return nil, err
	}
	if b.byCost() {
		if b.unpriced, err = rank.New(cfg); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *board) byCost() bool { return b.spec.By == ByCost && b.spec.Score == nil }

// stepOf returns the step of an event's time, which is never beyond what a
// window can number: store.Validate sees to it.
func (b *board) stepOf(t time.Time) int64 {
	if sec := t.Unix(); sec >= b.begin && sec < b.end {
		return b.current
	}
	k, _ := b.spec.Window.StepOf(t)
	return k
}

// since returns when the oldest step the board holds begins.
func (b *board) since() time.Time { return b.spec.Window.StepStart(b.oldest) }

// span returns the first and the last step of the window as of a time.
func (b *board) span(asOf time.Time) (first, last int64) {
	k := b.stepOf(asOf)
	return b.spec.Window.FirstStep(k), k
}

// window returns the span of event time the board shows; zero times for a
// board of all time.
func (b *board) window() (from, to time.Time) {
	return b.spec.Window.StepStart(b.first), b.spec.Window.StepStart(b.current + 1)
}

// lags reports whether the board shows another step than now's.
func (b *board) lags(now time.Time) bool { return b.stepOf(now) > b.current || b.isAheadOf(now) }

// isAheadOf reports whether the board shows a step so far after now that the
// clock must have been wrong. Callers who read the clock around its turn may be
// up to a minute late.
func (b *board) isAheadOf(now time.Time) bool {
	return b.stepOf(now) < b.current && now.Add(time.Minute).Before(b.spec.Window.StepStart(b.current))
}

func (b *board) advance(now time.Time) error {
	s := b.stepOf(now)
	if s <= b.current {
		return nil
	}
	if err := b.ranks.Advance(now); err != nil {
		return err
	}
	if b.unpriced != nil {
		if err := b.unpriced.Advance(now); err != nil {
			return err
		}
	}
	b.now, b.current = now, s
	b.measure()
	b.version++
	b.rests.slide(b.oldest, b.first, s)
	if b.err != nil && b.errStep < b.oldest {
		b.err = nil // what was wrong has left the board
	}
	due := b.ahead
	b.ahead = nil
	b.family.ahead -= len(due)
	for _, a := range due {
		b.add(a.id, a.at, a.value)
	}
	return b.slideSegments(now)
}

// measure notes which steps there are up to the newest, and which event times that one
// holds.
func (b *board) measure() {
	b.first = b.spec.Window.FirstStep(b.current)
	b.oldest = b.spec.Window.FirstStep(b.current - int64(b.spec.History))
	b.begin, b.end = 0, 0
	if w := b.spec.Window; w.Period == rank.Rolling && w.Step%time.Second == 0 {
		b.begin, b.end = w.StepStart(b.current).Unix(), w.StepStart(b.current+1).Unix()
	}
}

// misses reports whether the board as of now lacks events: one that was too far
// ahead to be kept, or those of segments that were too many.
func (b *board) misses(now time.Time) bool {
	missed := b.family.missed
	return !missed.IsZero() && b.stepOf(missed) <= b.stepOf(now)+1 || b.hasRoomAgain(now)
}

// hostScoreOf calls the Score function of a board, if it has one, with a copy
// of the event.
func hostScoreOf(spec *Board, e *store.Entry) (score int64, err error) {
	if spec.Score == nil {
		return 0, nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = &CallbackError{Name: "Score of board " + spec.Name, Value: v}
		}
	}()
	if e.Void {
		return 0, nil
	}
	ev := e.Event.Clone()
	return spec.Score(&ev), nil
}

// move applies a batch of moves; scores are what the host's function gives them.
// It reports whether they may have taken away what broke the board.
func (b *board) move(moves []move, scores []hostScore) (mayHeal bool) {
	run, cost := b.run[:0], b.byCost() // what is still to be added to the newest step
	for i := range moves {
		m := &moves[i]
		if m.before == nil && b.plain && m.afterID != rank.NoID {
			if n, ok := b.points(m.after, m.afterID, cost); ok {
				if n != 0 {
					run = append(run, rank.Increment{ID: m.afterID, By: n})
				}
				if len(run) == maxRun {
					run = b.addRun(run)
				}
				continue
			}
			if b.addNew(m.afterID, m.after) {
				continue
			}
		}
		run = b.addRun(run)
		var h hostScore
		if scores != nil {
			h = scores[m.change]
		}
		b.change(m.before, m.after, m.beforeID, m.afterID, h)
		mayHeal = mayHeal || b.mayHeal(m.before, m.beforeID) // also where taking it away is what broke the board
	}
	b.run = b.addRun(run)
	b.version += int64(len(moves))
	return mayHeal
}

// points is what an event adds to the newest step if it is what nearly every one is: new,
// of that step, and with a price if that matters. ok is false for others.
func (b *board) points(e *store.Entry, id rank.ID, cost bool) (n int64, ok bool) {
	if sec := e.At.Unix(); sec < b.begin || sec >= b.end {
		return 0, false
	}
	if !cost {
		return b.metric(&e.Usage), true
	}
	if e.Status != pricing.Priced {
		return 0, false
	}
	return b.rests.add(b.current, id, e.Cost, true)
}

// addNew is add for a new event that is not ahead, and has a price if that matters. It
// does nothing and is false for others.
func (b *board) addNew(id rank.ID, e *store.Entry) bool {
	s := b.stepOf(e.At)
	if s > b.current+1 || b.byCost() && e.Status != pricing.Priced {
		return false
	}
	b.newest = max(b.newest, s)
	b.version++
	if s < b.oldest {
		return true
	}
	var n int64
	if b.byCost() {
		var ok bool
		if n, ok = b.rests.add(s, id, e.Cost, s >= b.first && s <= b.current); !ok {
			b.fail(rank.ErrOverflow, s, id)
			return true
		}
	} else {
		n = b.metric(&e.Usage)
	}
	if n != 0 {
		b.fail(b.ranks.AmendID(id, e.At, n), s, id)
	}
	return true
}

// addRun adds to the newest step: many at once are faster, as they come from memory
// together. It returns the run, empty.
func (b *board) addRun(run []rank.Increment) []rank.Increment {
	if len(run) == 0 {
		return run
	}
	b.newest = max(b.newest, b.current)
	if err := b.ranks.AddNewest(run); err != nil {
		b.failRun(err, run)
	}
	return run[:0]
}

func (b *board) failRun(err error, run []rank.Increment) {
	var failed *rank.BatchError
	if errors.As(err, &failed) {
		for _, item := range failed.Failed {
			b.fail(item.Err, b.current, run[item.Index].ID)
		}
	}
}

// change replaces what one version adds by what another does, to the board and
// its segments. Either may be nil: there was none, or it is void. The handles
// are those of the subjects.
func (b *board) change(before, after *store.Entry, beforeID, afterID rank.ID, h hostScore) {
	if b.spec.Of != BySubject {
		before, beforeID = b.ownKey(before)
		after, afterID = b.ownKey(after)
	}
	if beforeID == rank.NoID {
		before = nil // of nobody: a forgotten subject's, or without a team on a board of teams
	}
	if afterID == rank.NoID {
		after = nil
	}
	b.swap(before, after, beforeID, afterID, h)
	if b.segments != nil {
		b.changeSegments(before, after, beforeID, afterID, h)
	}
}

// swap is change for the board itself, by the handles of what it ranks.
func (b *board) swap(before, after *store.Entry, beforeID, afterID rank.ID, h hostScore) {
	if h.err != nil {
		for _, v := range []*store.Entry{before, after} {
			if v != nil {
				b.fail(h.err, b.stepOf(v.At), afterID)
			}
		}
		return
	}
	if before != nil && after != nil && beforeID == afterID && b.stepOf(before.At) == b.stepOf(after.At) {
		if d := b.value(after, h.after).minus(b.value(before, h.before)); !d.overflow {
			b.add(beforeID, after.At, d)
			return
		}
	}
	if before != nil {
		b.add(beforeID, before.At, value{}.minus(b.value(before, h.before)))
	}
	if after != nil {
		b.add(afterID, after.At, b.value(after, h.after))
	}
}

// value is what a version adds to a board.
type value struct {
	score    int64
	money    pricing.Money
	unpriced int64
	overflow bool
}

func (v value) minus(w value) value {
	d := value{score: v.score - w.score, unpriced: v.unpriced - w.unpriced}
	d.overflow = v.overflow || w.overflow || (w.score > 0) != (d.score < v.score) && w.score != 0
	var err error
	if d.money, err = v.money.Sub(w.money); err != nil {
		d.overflow = true
	}
	return d
}

func (b *board) value(e *store.Entry, host int64) value {
	switch {
	case b.spec.Score != nil:
		return value{score: host}
	case b.spec.By == ByCost:
		v := value{money: e.Cost}
		if e.Status != pricing.Priced {
			v.unpriced = 1
		}
		return v
	}
	return value{score: b.metric(&e.Usage)}
}

func (b *board) metric(u *Usage) int64 {
	switch b.spec.By {
	case ByOutput:
		return u.Generated()
	case ByFresh:
		return u.Fresh()
	case ByCalls:
		return u.Calls()
	}
	return u.Tokens()
}

func (b *board) add(id rank.ID, at time.Time, v value) {
	s := b.stepOf(at)
	b.newest = max(b.newest, s)
	b.version++
	switch {
	case s > b.current+1 && b.family.ahead < maxAhead:
		b.ahead = append(b.ahead, ahead{id, at, v})
		b.family.ahead++
		return
	case s > b.current+1:
		if f := b.family; f.missed.IsZero() || at.Before(f.missed) {
			f.missed = at
		}
		return
	case s < b.oldest:
		return
	}
	if b.byCost() {
		var ok bool
		if v.score, ok = b.rests.add(s, id, v.money, s >= b.first && s <= b.current); !ok {
			v.overflow = true
		}
		if v.unpriced != 0 {
			b.fail(b.unpriced.AmendID(id, at, v.unpriced), s, id)
		}
	}
	if v.overflow {
		b.fail(rank.ErrOverflow, s, id)
		return
	}
	if v.score != 0 {
		b.fail(b.ranks.AmendID(id, at, v.score), s, id)
	}
}

// fail keeps the first fault of what the board holds, and where it lies.
func (b *board) fail(err error, step int64, id rank.ID) {
	if err == nil || step < b.oldest {
		return
	}
	if b.err == nil {
		b.err, b.errStep, b.culprit = err, step, id
	}
	b.errStep = max(b.errStep, step)
}
