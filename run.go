package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// Upkeep says what [Engine.Run] does, and how often. The zero Upkeep is the
// default; a negative interval means never.
type Upkeep struct {
	// Follow is how often the boards are brought up to what other instances
	// wrote, and to the clock. Default: 200 ms.
	Follow time.Duration

	// Awards is how often awards are brought up to the ledger and announced, as
	// [Engine.Advance] does where they were asked for. Default: 1 minute.
	Awards time.Duration

	// Checkpoint is how often the boards are saved in the ledger, for the next
	// start; once more when Run ends. Default: 5 minutes.
	Checkpoint time.Duration

	// Tidy is how often the ledger is pruned and its feed compacted. Default:
	// 10 minutes.
	Tidy time.Duration

	// Keep is how long events are kept: older ones are forgotten, a UTC day at a
	// time, with their part in totals, profiles and awards: what rests on them alone
	// is lost. What a board shows and what MaxLate accepts is kept in any case.
	// Default: 0, for ever.
	Keep time.Duration

	// KeepFeed is how far the feed of the ledger reaches back at least: an
	// instance that lags more reads the ledger anew. Default: 1 hour.
	KeepFeed time.Duration
}

func (e *Engine) configureUpkeep() error {
	u := &e.upkeep
	u.Follow = orDefault(u.Follow, 200*time.Millisecond)
	u.Awards = orDefault(u.Awards, time.Minute)
	u.Checkpoint = orDefault(u.Checkpoint, 5*time.Minute)
	u.Tidy = orDefault(u.Tidy, 10*time.Minute)
	u.KeepFeed = orDefault(u.KeepFeed, time.Hour)
	bad := func(reason string, args ...any) error {
		return &ConfigError{"Upkeep.Keep", fmt.Sprintf(reason, args...)}
	}
	if u.Keep < 0 {
		return bad("is %s, want 0 (for ever) or more", u.Keep)
	}
	if u.Keep == 0 {
		return nil
	}
	if e.maxLate < 0 {
		return bad("is %s, but MaxLate accepts events of any age: one that was forgotten would count anew", u.Keep)
	}
	for i := range e.specs {
		if e.specs[i].Window.Period == rank.AllTime {
			return bad("is %s, but board %q shows all time", u.Keep, e.specs[i].Name)
		}
	}
	return nil
}

// ErrRunning is what a second [Engine.Run] returns.
var ErrRunning = errors.New("tokenomics: the engine is run already")

// Run keeps an engine fit until ctx ends: it follows what other instances write,
// slides the boards, saves them for the next start, and keeps the ledger from
// growing. A host starts it once:
//
//	go eng.Run(ctx)
//
// It returns why ctx ended (context.Cause), or store.ErrClosed if the store was
// closed, or ErrBookMissing if another instance activated a book that cannot be
// read here. What fails otherwise is told to Config.Logger and tried again.
// [Config].Upkeep says how often what is done.
func (e *Engine) Run(ctx context.Context) error {
	if !e.running.CompareAndSwap(false, true) {
		return ErrRunning
	}
	defer e.running.Store(false)
	u := e.upkeep
	follow, stop1 := every(u.Follow)
	defer stop1()
	award, stop4 := every(u.Awards)
	defer stop4()
	save, stop2 := every(u.Checkpoint)
	defer stop2()
	tidy, stop3 := every(u.Tidy)
	defer stop3()
	c := caretaker{e: e}
	for {
		var err error
		select {
		case <-ctx.Done():
			c.leave(ctx)
			return context.Cause(ctx)
		case <-follow:
			err = c.try(ctx, "following the ledger", e.Follow)
		case <-award:
			err = c.try(ctx, "bringing the awards up to date", e.settleAwards)
		case <-save:
			err = c.try(ctx, "saving the boards", c.save)
		case <-tidy:
			err = c.try(ctx, "tidying the ledger", c.tidy)
		}
		if err != nil {
			return err
		}
	}
}

func every(d time.Duration) (tick <-chan time.Time, stop func()) {
	if d < 0 {
		return nil, func() {}
	}
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// caretaker is one Run.
type caretaker struct {
	e       *Engine
	failing map[string]bool
	saved   int64 // position of the last checkpoint
	seen    []milestone
	clock   time.Time // at the last tidying
	pruned  time.Time // before which the ledger holds nothing
}

// milestone says where the feed was when.
type milestone struct {
	at  time.Time
	pos int64
}

// try does one piece of upkeep. It returns only errors that end a Run.
func (c *caretaker) try(ctx context.Context, what string, f func(context.Context) error) error {
	err := f(ctx)
	switch {
	case err == nil:
		if c.failing[what] {
			c.e.log.Info("tokenomics: " + what + " works again")
			delete(c.failing, what)
		}
	case ctx.Err() != nil, errors.Is(err, errors.ErrUnsupported), errors.Is(err, store.ErrReadOnly):
	case errors.Is(err, store.ErrClosed), errors.Is(err, ErrBookMissing):
		return err
	case !c.failing[what]: // once, not each time
		c.e.log.Error("tokenomics: "+what+" failed, it is tried again", "error", err)
		if c.failing == nil {
			c.failing = map[string]bool{}
		}
		c.failing[what] = true
	}
	return nil //nolint:nilerr // it was told, and is tried again
}

// save saves the boards unless nothing happened since.
func (c *caretaker) save(ctx context.Context) error {
	if _, err := c.e.checkpointer(); err != nil {
		return err
	}
	pos := c.e.feed.pos.Load()
	if pos == c.saved && pos > 0 {
		return nil
	}
	err := c.e.Checkpoint(ctx)
	if err == nil {
		c.saved = pos
	}
	return err
}

// leaveWithin is how long a Run that ends may take to save the boards.
const leaveWithin = 10 * time.Second

func (c *caretaker) leave(ctx context.Context) {
	if c.e.upkeep.Checkpoint < 0 {
		return
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	_ = c.try(last, "saving the boards", c.save)
}

func (c *caretaker) tidy(ctx context.Context) error {
	e := c.e
	now := e.now().UTC()
	// A clock that leaps is not believed until it has stayed there for a while:
	// what is forgotten is gone.
	steady := !c.clock.IsZero() && now.Sub(c.clock) >= 0 && now.Sub(c.clock) < 2*e.upkeep.Tidy+time.Hour
	c.clock = now
	if e.readOnly {
		return nil
	}
	var failed error
	if pruner, ok := store.As[store.Pruner](e.store); ok && e.upkeep.Keep > 0 && steady {
		before := e.horizon(now)
		if _, err := pruner.Prune(ctx, before); err != nil {
			failed = fmt.Errorf("tokenomics: pruning the ledger: %w", err)
		} else if !before.Equal(c.pruned) {
			c.pruned = before
			e.staleFacts() // awards are of what is left, whichever instance pruned it
		}
	}
	if compactor, ok := store.As[store.Compactor](e.store); ok {
		if err := compactor.Compact(ctx, c.until(now)); err != nil {
			failed = errors.Join(failed, fmt.Errorf("tokenomics: compacting the ledger: %w", err))
		}
	}
	return failed
}

// until returns a position that every instance which lags less than KeepFeed has
// passed.
func (c *caretaker) until(now time.Time) int64 {
	c.seen = append(c.seen, milestone{now, c.e.feed.pos.Load()})
	until := int64(0)
	for len(c.seen) > 0 && now.Sub(c.seen[0].at) >= c.e.upkeep.KeepFeed {
		until = c.seen[0].pos
		c.seen = c.seen[1:]
	}
	return until
}

// horizon returns the beginning of the day before which nothing is needed any more:
// by a board, by a late event that may still come, or by the host's wish.
func (e *Engine) horizon(now time.Time) time.Time {
	const day = 24 * time.Hour
	before := now.Add(-max(e.upkeep.Keep, min(e.maxLate, math.MaxInt64-day)+day))
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, b := range e.boards {
		if first := b.since(); first.Before(before) {
			before = first
		}
	}
	return before.Truncate(day) // what awards are folded of goes day by day
}
