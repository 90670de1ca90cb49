package tokenomics

import (
	"context"
	"fmt"
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
type Engine struct {
	store     store.Store
	now       func() time.Time
	maxLate   time.Duration // negative: no limit
	maxFuture time.Duration // negative: no limit
	ladder    tiers.Ladder
	titles    *tiers.Set
	prices    atomic.Pointer[prices]
	repricing sync.Mutex // one Reprice at a time
	scratch   sync.Pool  // of *batch
	counters  counters

	// unsure is set by a write whose outcome is unknown.
	unsure atomic.Bool

	// applying is held shared from before a batch is written until the boards
	// show it, and alone while boards are rebuilt from the store, so that a
	// rebuild sees all of a batch or nothing of it.
	applying sync.RWMutex

	mu     sync.RWMutex // guards what follows
	names  *rank.Names
	boards []*board
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
		store:     cfg.Store,
		now:       cfg.Now,
		maxLate:   orDefault(cfg.MaxLate, DefaultMaxLate),
		maxFuture: orDefault(cfg.MaxFuture, DefaultMaxFuture),
		names:     rank.NewNames(),
		byName:    map[string]*board{},
	}
	if e.store == nil {
		e.store = memstore.New(nil)
	}
	if e.now == nil {
		e.now = time.Now //nolint:forbidigo // the one clock, where the host gives none
	}
	e.scratch.New = func() any { return new(batch) }
	if err := e.configureTiers(cfg); err != nil {
		return nil, err
	}
	specs := cfg.Boards
	if specs == nil {
		specs = DefaultBoards()
	}
	for i := range specs {
		b, err := newBoard(specs[i], e.names)
		if err != nil {
			return nil, &ConfigError{fmt.Sprintf("Boards[%d]", i), err.Error()}
		}
		if e.byName[b.Name] != nil {
			return nil, &ConfigError{fmt.Sprintf("Boards[%d].Name", i), fmt.Sprintf("%q is taken by another board", b.Name)}
		}
		e.boards = append(e.boards, b)
		e.byName[b.Name] = b
	}
	now := e.now().UTC()
	if err := e.openPrices(ctx, cfg, now); err != nil {
		return nil, err
	}
	if err := e.rebuild(ctx, now, e.boards); err != nil {
		return nil, err
	}
	return e, nil
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
	set, err := tiers.NewSet(rules...)
	if err != nil {
		return &ConfigError{"Titles", err.Error()}
	}
	e.titles = set
	return nil
}

// rebuild empties boards and fills them from the store as of now; on an error
// they stay as they are. The caller holds e.applying alone, or the engine is
// not yet shared.
func (e *Engine) rebuild(ctx context.Context, now time.Time, boards []*board) error {
	fresh := make([]*board, len(boards))
	from := now
	for i, b := range boards {
		nb, err := newBoard(b.Board, e.names)
		if err != nil {
			return err
		}
		if err := nb.advance(now); err != nil {
			return err
		}
		fresh[i] = nb
		if first := nb.first(); first.Before(from) {
			from = first
		}
	}
	for entry, err := range e.store.Scan(ctx, store.Query{From: from}) {
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		e.mu.Lock()
		id := e.names.ID(entry.Subject)
		e.mu.Unlock()
		for _, nb := range fresh {
			score, err := nb.host(&entry)
			nb.fail(err)
			nb.change(nil, &entry, 0, id, 0, score)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, b := range boards {
		*b = *fresh[i]
	}
	return nil
}

// Advance slides every board to now. Reads and writes do so themselves by the
// engine's clock, so a host calls it only to choose the moment.
func (e *Engine) Advance(ctx context.Context, now time.Time) error {
	now = now.UTC()
	e.mu.RLock()
	slide := false
	for _, b := range e.boards {
		slide = slide || b.wouldSlide(now)
	}
	e.mu.RUnlock()
	if !slide {
		return nil
	}
	var again []*board
	e.mu.Lock()
	for _, b := range e.boards {
		if err := b.advance(now); err != nil {
			e.mu.Unlock()
			return err
		}
		if b.missedUntil(now) {
			again = append(again, b)
		}
	}
	e.mu.Unlock()
	if len(again) == 0 {
		return nil
	}
	e.applying.Lock()
	defer e.applying.Unlock()
	return e.rebuild(ctx, now, again)
}

// sync slides the boards to the clock and returns the board named.
func (e *Engine) sync(name string) (*board, error) {
	b := e.byName[name]
	if b == nil {
		return nil, fmt.Errorf("%w: %q; there are %s", ErrUnknownBoard, name, e.boardNames())
	}
	if err := e.Advance(context.Background(), e.now()); err != nil {
		return nil, err
	}
	return b, nil
}

func (e *Engine) boardNames() string {
	s := ""
	for i, b := range e.boards {
		if i > 0 {
			s += ", "
		}
		s += b.Name
	}
	if s == "" {
		return "none"
	}
	return s
}

// Boards returns the specifications of the boards, in their order.
func (e *Engine) Boards() []Board {
	bs := make([]Board, len(e.boards))
	for i, b := range e.boards {
		bs[i] = b.Board
	}
	return bs
}

// Store returns the ledger, for what the engine does not offer. Writing to it
// behind the engine's back makes the boards wrong until the next New.
func (e *Engine) Store() store.Store { return e.store }

func orDefault(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}
