package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// Engine records what calls consumed and answers who used how much, what it
// cost and what it earned. Make one with [New].
//
// Its state is a pure function of the set of accepted events, the activated
// price books and the clock: the order, repetition, batching and correction of
// what was recorded leave no trace. All methods may be called concurrently.
//
// On a store with a feed, see store.Follower, any number of engines may write to
// one ledger: [Engine.Run] keeps each of them up with what the others do, and at
// one position of the feed and one instant they all show the same. On any other
// store boards follow what their own engine records: one engine writes, and
// others do not see what it writes until they are made anew.
type Engine struct {
	store       store.Store
	specs       []Board
	now         func() time.Time
	maxLate     time.Duration // negative: no limit
	maxFuture   time.Duration // negative: no limit
	readOnly    bool
	maxSubjects int
	log         *slog.Logger
	warnAge     time.Duration // negative: never
	warned      atomic.Int64  // the day of the last warning
	sheets      usedSheets
	upkeep      Upkeep
	running     atomic.Bool // Run is
	ladder      tiers.Ladder
	titles      *tiers.Set
	prices      atomic.Pointer[prices]
	correcting  chan struct{} // held by the Amend or Void under way
	repricing   sync.Mutex    // one Reprice at a time
	scratch     sync.Pool     // of *batch
	newcomers   newcomers
	counters    counters
	lanes       *lanes // taken before mu
	doubts      doubts
	feed        feed
	pages       pages
	aliases     atomic.Pointer[aliases] // of the boards; renamed: there are newer ones
	renamed     atomic.Bool
	moved       atomic.Uint64 // how often
	scopes      []*facts      // of subjects, then those that rules look at
	unforgotten sync.Map      // by subject, the names that a Forget which failed had left
	announcer   announcer

	mu     sync.RWMutex // guards what follows
	names  *rank.Names
	boards []*board // one for each of specs
	byName map[string]*board
}

// New returns an engine over the ledger of cfg.Store, which may already hold
// events: the boards are built from them. A nil cfg means every default.
// Errors match [ErrConfig], [ErrBookMissing] or are the store's.
func New(ctx context.Context, cfg *Config) (*Engine, error) {
	if cfg == nil {
		cfg = &Config{}
	}
	e := &Engine{
		store:       cfg.Store,
		now:         cfg.Now,
		maxLate:     orDefault(cfg.MaxLate, DefaultMaxLate),
		maxFuture:   orDefault(cfg.MaxFuture, DefaultMaxFuture),
		readOnly:    cfg.ReadOnly,
		maxSubjects: cfg.MaxSubjects,
		log:         newLogger(cfg.Logger),
		warnAge:     orDefault(cfg.WarnAge, DefaultWarnAge),
		upkeep:      cfg.Upkeep,
		lanes:       newLanes(),
		correcting:  make(chan struct{}, 1),
		names:       rank.NewNames(),
		byName:      map[string]*board{},
	}
	if e.store == nil {
		e.store = memstore.New(nil)
	}
	e.feed.of, _ = store.As[store.Follower](e.store)
	if e.now == nil {
		e.now = time.Now //nolint:forbidigo // the one clock, where the host gives none
	}
	e.scratch.New = func() any { return new(batch) }
	e.doubts.landed = e.staleFacts
	if err := e.configureTiers(cfg); err != nil {
		return nil, err
	}
	if err := e.configureBoards(cfg); err != nil {
		return nil, err
	}
	if cfg.MaxSubjects < 0 {
		return nil, &ConfigError{"MaxSubjects", fmt.Sprintf("is %d, want 0 (no bound) or more", cfg.MaxSubjects)}
	}
	if err := e.configureUpkeep(); err != nil {
		return nil, err
	}
	now := e.now().UTC()
	if err := checkClock(now); err != nil {
		return nil, err
	}
	if err := e.openPrices(ctx, cfg, now); err != nil {
		return nil, err
	}
	if err := e.open(ctx, now); err != nil {
		return nil, err
	}
	e.warnOfOldPrices(now)
	if err := e.loadAnnounced(ctx); err != nil {
		return nil, err
	}
	if cfg.OnTransition != nil {
		e.announce(lastDay(now))
	}
	return e, nil
}

// open fills the boards: from a checkpoint if there is one to be trusted, else
// from the ledger.
func (e *Engine) open(ctx context.Context, now time.Time) error {
	err := e.restore(ctx, now)
	if err == nil {
		return nil
	}
	if !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, store.ErrNotFound) {
		e.log.Warn("tokenomics: the saved boards are not used, the ledger is read instead", "reason", err)
	}
	return e.rebuild(ctx, now)
}

func (e *Engine) configureTiers(cfg *Config) error {
	e.ladder = tiers.DefaultLadder()
	if cfg.Ladder != nil {
		e.ladder = *cfg.Ladder
	}
	if err := e.ladder.Validate(); err != nil {
		return &ConfigError{"Ladder", err.Error()}
	}
	rules := cfg.Titles
	if rules == nil {
		rules = tiers.DefaultTitles()
	}
	if cfg.Announcements < 0 {
		return &ConfigError{"Announcements", "is negative"}
	}
	e.announcer.observe, e.announcer.keep = cfg.OnTransition, cfg.Announcements
	if e.announcer.keep == 0 {
		e.announcer.keep = DefaultAnnouncements
	}
	if _, err := tiers.NewSet(rules...); err != nil {
		return &ConfigError{"Titles", err.Error()}
	}
	var titles *tiers.Set
	for scope := tiers.OfSubject; scope <= tiers.OfOrganization; scope++ {
		var of []tiers.Rule
		for i := range rules {
			if rules[i].Scope == scope {
				of = append(of, rules[i])
			}
		}
		set, err := tiers.NewSet(of...)
		switch {
		case err != nil: // what a rule requires is of another scope
			return &ConfigError{"Titles", err.Error() + " of the same scope"}
		case scope == tiers.OfSubject:
			titles = set
			e.scopes = append(e.scopes, newFacts(e, scope, set, &e.ladder))
		case len(of) > 0:
			e.scopes = append(e.scopes, newFacts(e, scope, set, nil))
		}
	}
	e.titles = titles
	return nil
}

func (e *Engine) configureBoards(cfg *Config) error {
	specs := cfg.Boards
	if specs == nil {
		specs = DefaultBoards()
	}
	for i, spec := range specs {
		b, err := newBoard(spec, namesOf(&spec, e.names))
		if err != nil {
			return &ConfigError{fmt.Sprintf("Boards[%d]", i), err.Error()}
		}
		if strings.Contains(spec.Name, "/") {
			return &ConfigError{fmt.Sprintf("Boards[%d].Name", i), fmt.Sprintf("%q has a slash, which begins the name of a segment", spec.Name)}
		}
		if e.byName[b.spec.Name] != nil {
			return &ConfigError{fmt.Sprintf("Boards[%d].Name", i), fmt.Sprintf("%q is taken by another board", b.spec.Name)}
		}
		e.specs = append(e.specs, b.spec)
		e.boards = append(e.boards, b)
		e.byName[b.spec.Name] = b
	}
	return nil
}

// Boards returns the specifications of the boards, in their order.
func (e *Engine) Boards() []Board {
	specs := slices.Clone(e.specs)
	for i := range specs {
		specs[i].Per = slices.Clone(specs[i].Per)
	}
	return specs
}

// Store returns the ledger, for what the engine does not offer. Writing to it
// behind the engine's back makes the boards wrong until the next New.
func (e *Engine) Store() store.Store { return e.store }

func (e *Engine) boardNames() string {
	s := ""
	for i := range e.specs {
		if i > 0 {
			s += ", "
		}
		s += e.specs[i].Name
	}
	if s == "" {
		return "none"
	}
	return s
}

func orDefault(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}
