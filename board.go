package tokenomics

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// board is one ranking and what belongs to it beside the scores. It is guarded
// by the engine's lock, but for spec, which never changes.
type board struct {
	spec  Board
	ranks *rank.Board

	// A board by cost ranks by nano-units, floored per subject and step. What
	// the floor cut off is kept here, so that every amount stays exact.
	rests    rests
	unpriced *rank.Board // events without a full price, by subject; nil unless by cost

	current int64     // the newest step
	missed  time.Time // earliest counting event further ahead than a board holds; zero: none
	err     error     // the first fault that makes the scores unreliable
}

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
	cfg := rank.Config{Window: spec.Window, Ties: spec.Ties, History: spec.History, Names: names}
	ranks, err := rank.New(cfg)
	if err != nil {
		return nil, err
	}
	b := &board{spec: spec, ranks: ranks, current: math.MinInt64}
	if b.byCost() {
		b.rests = newRests()
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
	k, _ := b.spec.Window.StepOf(t)
	return k
}

// oldest returns the oldest step the board holds, history included.
func (b *board) oldest() int64 { return b.spec.Window.FirstStep(b.current - int64(b.spec.History)) }

// first returns when the oldest step the board holds begins.
func (b *board) first() time.Time { return b.spec.Window.StepStart(b.oldest()) }

// span returns the first and the last step of the window as of a time.
func (b *board) span(asOf time.Time) (first, last int64) {
	k := b.stepOf(asOf)
	return b.spec.Window.FirstStep(k), k
}

// window returns the span of event time the board shows; zero times for a
// board of all time.
func (b *board) window() (from, to time.Time) {
	return b.spec.Window.StepStart(b.spec.Window.FirstStep(b.current)), b.spec.Window.StepStart(b.current + 1)
}

// lags reports whether the board shows another step than now's: an earlier
// one, or one so much later that the clock must have been wrong. One step back
// is what callers who read the clock around its turn may say.
func (b *board) lags(now time.Time) bool {
	s := b.stepOf(now)
	return s > b.current || s < b.current-1
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
	b.current = s
	b.rests.slide(b.oldest(), b.spec.Window.FirstStep(s), s)
	return nil
}

// misses reports whether an event that was too far ahead to be kept belongs to
// the board as of now.
func (b *board) misses(now time.Time) bool {
	return !b.missed.IsZero() && b.stepOf(b.missed) <= b.stepOf(now)+1
}

// host is what the host's Score function gives an event; 0 without one.
func (b *board) host(e *store.Entry) (int64, error) { return hostScoreOf(&b.spec, e) }

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
	ev := e.Event
	ev.Labels = slices.Clone(ev.Labels)
	if ev.Void {
		return 0, nil
	}
	return spec.Score(&ev), nil
}

// change replaces what one version adds by what another does. Either may be
// nil: there was none, or it is void.
func (b *board) change(before, after *store.Entry, beforeID, afterID rank.ID, hostBefore, hostAfter int64) {
	if before != nil && after != nil && beforeID == afterID && b.stepOf(before.At) == b.stepOf(after.At) {
		if d := b.value(after, hostAfter).minus(b.value(before, hostBefore)); !d.overflow {
			b.add(beforeID, after.At, d)
			return
		}
	}
	if before != nil {
		b.add(beforeID, before.At, value{}.minus(b.value(before, hostBefore)))
	}
	if after != nil {
		b.add(afterID, after.At, b.value(after, hostAfter))
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
	case b.spec.By == ByOutput:
		return value{score: e.Usage.Generated()}
	case b.spec.By == ByFresh:
		return value{score: e.Usage.Fresh()}
	case b.spec.By == ByCalls:
		return value{score: e.Usage.Calls()}
	}
	return value{score: e.Usage.Tokens()}
}

func (b *board) add(id rank.ID, at time.Time, v value) {
	s := b.stepOf(at)
	switch {
	case s > b.current+1:
		if b.missed.IsZero() || at.Before(b.missed) {
			b.missed = at
		}
		return
	case s < b.oldest():
		return
	}
	if b.byCost() {
		var ok bool
		if v.score, ok = b.rests.add(s, id, v.money, s >= b.spec.Window.FirstStep(b.current) && s <= b.current); !ok {
			v.overflow = true
		}
		if v.unpriced != 0 {
			b.fail(b.unpriced.AmendID(id, at, v.unpriced))
		}
	}
	if v.overflow {
		b.fail(rank.ErrOverflow)
		return
	}
	if v.score != 0 {
		b.fail(b.ranks.AmendID(id, at, v.score))
	}
}

func (b *board) fail(err error) {
	if err != nil && b.err == nil {
		b.err = err
	}
}
