package tokenomics

import (
	"errors"
	"maps"
	"math"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// board is one ranking and what belongs to it beside the scores. It is guarded
// by the engine's lock.
type board struct {
	Board
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
	b := &board{Board: spec, ranks: ranks, current: math.MinInt64}
	if b.byCost() {
		b.rests = rests{}
		if b.unpriced, err = rank.New(cfg); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *board) byCost() bool { return b.By == ByCost && b.Score == nil }

// stepOf returns the step of an event's time, which is never beyond what a
// window can number: store.Validate sees to it.
func (b *board) stepOf(t time.Time) int64 {
	k, _ := b.Window.StepOf(t)
	return k
}

// oldest returns the oldest step the board holds, history included.
func (b *board) oldest() int64 { return b.Window.FirstStep(b.current - int64(b.History)) }

// first returns when the oldest step the board holds begins.
func (b *board) first() time.Time { return b.Window.StepStart(b.oldest()) }

// span returns the first and the last step of the window as of a time.
func (b *board) span(asOf time.Time) (first, last int64) {
	k := b.stepOf(asOf)
	return b.Window.FirstStep(k), k
}

// window returns the span of event time the board shows; zero times for a
// board of all time.
func (b *board) window() (from, to time.Time) {
	return b.Window.StepStart(b.Window.FirstStep(b.current)), b.Window.StepStart(b.current + 1)
}

func (b *board) wouldSlide(now time.Time) bool { return b.stepOf(now) > b.current }

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
	b.rests.dropBefore(b.oldest())
	return nil
}

// missedUntil reports whether an event that was too far ahead to be kept
// belongs to the board now.
func (b *board) missedUntil(time.Time) bool {
	return !b.missed.IsZero() && b.stepOf(b.missed) <= b.current+1
}

// host returns what the host's Score function gives an event; 0 for a board
// without one. No lock of the engine is held while it runs.
func (b *board) host(e *store.Entry) (score int64, err error) {
	if b.Score == nil || e == nil {
		return 0, nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = &CallbackError{Name: "Score of board " + b.Name, Value: v}
		}
	}()
	ev := e.Event
	return b.Score(&ev), nil
}

// change replaces what one version adds by what another does. Either may be
// nil: there was none, or it is void.
func (b *board) change(before, after *store.Entry, beforeID, afterID rank.ID, hostBefore, hostAfter int64) {
	if before != nil && after != nil && beforeID == afterID && b.stepOf(before.At) == b.stepOf(after.At) {
		b.add(beforeID, after.At, b.value(after, hostAfter).minus(b.value(before, hostBefore)))
		return
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
	case b.Score != nil:
		return value{score: host}
	case b.By == ByCost:
		v := value{money: e.Cost}
		if e.Status != pricing.Priced {
			v.unpriced = 1
		}
		return v
	case b.By == ByOutput:
		return value{score: e.Usage.Generated()}
	case b.By == ByFresh:
		return value{score: e.Usage.Fresh()}
	case b.By == ByCalls:
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
		if v.score, ok = b.rests.add(s, id, v.money); !ok {
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

// cost returns a subject's exact amount in the board's window, given its score.
func (b *board) cost(id rank.ID, score int64) pricing.Money {
	return b.rests.exact(id, score, b.Window.FirstStep(b.current), b.current)
}

// fromNano is exact: 2^63 nano-units are far inside what Money holds.
func fromNano(n int64) pricing.Money {
	m, _ := pricing.FromPico(0, 1000).MulInt(n)
	return m
}

func plusPico(m pricing.Money, rest uint16) pricing.Money {
	sum, _ := m.Add(pricing.FromPico(0, uint64(rest))) // cannot overflow: see fromNano
	return sum
}

// rests keeps, by step and subject, the pico-units (1 to 999) by which the
// exact amount exceeds its floor in nano-units. Most prices leave none.
type rests map[int64]map[rank.ID]uint16

// add adds an amount to a cell and returns by how many nano-units the floor of
// the cell's exact amount changed.
func (r rests) add(step int64, id rank.ID, m pricing.Money) (nano int64, ok bool) {
	nano, rest, ok := m.FloorNano()
	if !ok {
		return 0, false
	}
	cell := r[step]
	if rest == 0 && cell == nil {
		return nano, true
	}
	if rest += cell[id]; rest >= 1000 {
		rest -= 1000
		if nano == math.MaxInt64 {
			return 0, false
		}
		nano++
	}
	switch {
	case rest != 0 && cell == nil:
		r[step] = map[rank.ID]uint16{id: rest}
	case rest != 0:
		cell[id] = rest
	default:
		if delete(cell, id); len(cell) == 0 {
			delete(r, step)
		}
	}
	return nano, true
}

func (r rests) dropBefore(step int64) {
	for s := range r {
		if s < step {
			delete(r, s)
		}
	}
}

// clone copies the steps from first to last.
func (r rests) clone(first, last int64) rests {
	out := rests{}
	for s, cells := range r {
		if s >= first && s <= last {
			out[s] = maps.Clone(cells)
		}
	}
	return out
}

// exact returns a subject's amount from its score and what the floors of the
// steps from first to last cut off.
func (r rests) exact(id rank.ID, score, first, last int64) pricing.Money {
	m := fromNano(score)
	for step, cells := range r {
		if step >= first && step <= last {
			m = plusPico(m, cells[id])
		}
	}
	return m
}
