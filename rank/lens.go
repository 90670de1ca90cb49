package rank

import (
	"fmt"
	"slices"
)

// Lens returns another board over the same stream of scores: a shorter window,
// other ties, another scorer, its own hidden subjects. It shares names and ring
// with b, so it costs an order and no sums, and nothing is added twice: what is
// added to one of them, advanced or compacted, reaches both, and is accepted by the
// window of b. It shows at once what the ring holds.
//
// The window must be b's, or a rolling one of the same Step that is no longer;
// together with History it must not reach further back than b's. cfg.Names must be
// nil or b's. Errors match [ErrInvalidConfig].
func (b *Board) Lens(cfg Config) (*Board, error) {
	b = b.owner()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	fail := func(reason string, args ...any) (*Board, error) {
		return nil, &Error{Op: "lens", Err: ErrInvalidConfig, Reason: fmt.Sprintf(reason, args...)}
	}
	w, own := cfg.Window, b.cfg.Window
	switch {
	case cfg.Names != nil && cfg.Names != b.names:
		return fail("it has other names than the board")
	case w != own && (w.Period != Rolling || own.Period != Rolling || w.Step != own.Step || w.Length > own.Length):
		return fail("its window must be the board's, or rolling by the same step and no longer")
	case w.Steps()+cfg.history() > own.Steps()+b.cfg.history():
		return fail("window and history reach back %d steps, the board's only %d", w.Steps()+cfg.history(), own.Steps()+b.cfg.history())
	}
	cfg.Names = b.names
	l := newBoard(cfg)
	l.base = b
	b.lenses = append(b.lenses, l)
	l.fill()
	return l, nil
}

// owner returns the board that the ring belongs to.
func (b *Board) owner() *Board {
	if b.base != nil {
		return b.base
	}
	return b
}

// fill makes all of a lens from what the ring of its board holds.
func (b *Board) fill() {
	r := b.base.ring
	b.ring, b.order, b.last, b.hidden = r, order{}, nil, nil
	b.admit()
	if r.started {
		b.first = b.cfg.Window.first(r.now)
		for k := b.first; k <= r.now; k++ {
			b.include(r.column(k), k, true)
		}
	}
	b.order.rebuild()
	b.base.plain = b.base.plain && b.plain
}

// refill makes all lenses anew after the ring was replaced.
func (b *Board) refill(lenses []*Board) {
	b.lenses = lenses
	hidden := make([][]string, len(lenses))
	for i, l := range lenses {
		hidden[i] = slices.Collect(l.Hidden())
		l.fill()
	}
	for i, l := range lenses {
		for _, s := range hidden[i] {
			l.hide(b.names.ID(s)) // it had an id before
		}
	}
}
