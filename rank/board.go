package rank

import "time"

// Board ranks subjects by the sum of their scores in a window. See the package
// documentation for its laws. Create it with [New]; it takes scores once
// [Board.Advance] has told it what time it is.
type Board struct {
	cfg   Config
	names *Names
	ring  *ring
	order order

	first  int64   // first step of the window
	hidden bitset  // members not listed
	plain  bool    // scores are sums, and ties need no last steps; of all lenses, too
	last   []int64 // newest step with a score, by member; only for FirstReached

	base   *Board   // whose ring it is, if not its own: see Lens
	lenses []*Board // that see this board's ring
}

// New returns an empty board. Errors match [ErrInvalidConfig].
func New(cfg Config) (*Board, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Scorer = append(Scorer(nil), cfg.Scorer...)
	if cfg.Names == nil {
		cfg.Names = NewNames()
	}
	return newBoard(cfg), nil
}

// newBoard makes a board of a configuration that is valid and has names.
func newBoard(cfg Config) *Board {
	return &Board{
		cfg:   cfg,
		names: cfg.Names,
		ring:  newRing(cfg.Window, cfg.history()),
		plain: len(cfg.Scorer) == 0 && cfg.Ties != FirstReached,
	}
}

// Names returns the subjects of the board, to be shared or to turn a subject
// into the [ID] that AddID takes.
func (b *Board) Names() *Names { return b.names }

// Window returns the first instant of the window, and the first after the step
// that holds now. Both are zero before the first Advance, and for all time.
func (b *Board) Window() (from, until time.Time) {
	if !b.ring.started || b.cfg.Window.Period == AllTime {
		return time.Time{}, time.Time{}
	}
	return b.cfg.Window.start(b.first), b.cfg.Window.start(b.ring.now + 1)
}

// join makes a member of a subject.
func (b *Board) join(id ID) uint32 {
	b = b.owner()
	i := b.ring.members.add(id)
	b.admit()
	for _, l := range b.lenses {
		l.admit()
	}
	return i
}

// admit makes room for all members.
func (b *Board) admit() {
	b.order.grow(b.ring.members.n)
	for b.cfg.Ties == FirstReached && len(b.last) < b.ring.members.n {
		b.last = append(b.last, minStep)
	}
}

func (b *Board) member(subject string) (uint32, bool) {
	id, ok := b.names.Lookup(subject)
	if !ok {
		return 0, false
	}
	return b.ring.members.find(id)
}

// Total returns the sum of the scores of all subjects that stand on the board,
// hidden ones only if they are counted.
func (b *Board) Total() Sum { return b.order.sum }
