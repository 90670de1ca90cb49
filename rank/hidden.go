package rank

import "iter"

// Hide takes a subject out of every list and answer; [Config.CountHidden] says
// whether its place stays. It may be hidden before it has a score, and stays
// hidden until Unhide. Errors match [ErrInvalidSubject] or [ErrFull].
func (b *Board) Hide(subject string) error {
	id := b.names.ID(subject)
	if id == NoID {
		return noSubject("hide", subject)
	}
	b.hide(id)
	return nil
}

func (b *Board) hide(id ID) {
	i, ok := b.ring.members.find(id)
	if !ok {
		i = b.join(id)
	}
	b.setHidden(i, true)
}

// Unhide undoes Hide.
func (b *Board) Unhide(subject string) {
	if i, ok := b.member(subject); ok {
		b.setHidden(i, false)
	}
}

func (b *Board) setHidden(i uint32, hidden bool) {
	b.hidden.set(i, hidden)
	if !b.cfg.CountHidden {
		b.order.setOut(i, hidden)
	}
}

// Hidden returns the hidden subjects, in no particular order.
func (b *Board) Hidden() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range b.hidden.all() {
			if !yield(b.names.name(b.ring.members.id(i))) {
				return
			}
		}
	}
}
