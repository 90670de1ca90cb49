package rank

import (
	"fmt"
	"iter"
	"time"
)

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

// Add adds delta to the score of subject in the step that holds at. A negative
// delta corrects. The step must be one of the window, or the one after now,
// which is not listed until Advance reaches it. A delta of zero changes nothing.
//
// Errors match [ErrInvalidSubject], [ErrOutsideWindow] (also before the first
// Advance), [ErrOverflow] or [ErrFull], and leave the board as it was. It is an
// overflow if the sum of the step, the total, or what is left of the total after
// any slide to come would leave int64.
func (b *Board) Add(subject string, at time.Time, delta int64) error {
	b = b.owner()
	k, ok := b.ring.step(at)
	if !ok || !b.accepts(k) {
		return b.outside(subject, at)
	}
	id, ok := b.names.Lookup(subject)
	if !ok {
		if delta == 0 && badSubject(subject) == "" {
			return nil
		}
		if id = b.names.ID(subject); id == NoID {
			return noSubject("add", subject)
		}
	}
	return b.apply(id, k, at, delta)
}

// AddID is Add for a subject known by its handle in the board's [Names]. Errors
// match [ErrUnknownID], [ErrOutsideWindow] or [ErrOverflow].
func (b *Board) AddID(id ID, at time.Time, delta int64) error {
	b = b.owner()
	if b.addNow(id, at, delta) {
		return nil
	}
	k, ok := b.ring.step(at)
	if !ok || !b.accepts(k) {
		return b.outside(b.names.Name(id), at)
	}
	if !b.names.has(id) {
		return &Error{Op: "add", Err: ErrUnknownID, Reason: fmt.Sprintf("the names of this board have no id %d", id)}
	}
	return b.apply(id, k, at, delta)
}

// Delta is one item of a batch.
type Delta struct {
	ID      ID     // used unless it is NoID
	Subject string // used otherwise
	At      time.Time
	Delta   int64
}

// AddBatch adds every item as Add or AddID would, in order. It is nil if all were
// applied; otherwise a [*BatchError] lists the items that were not.
func (b *Board) AddBatch(batch []Delta) error {
	var failed []ItemError
	for i := range batch {
		d := &batch[i]
		var err error
		if d.ID != NoID {
			err = b.AddID(d.ID, d.At, d.Delta)
		} else {
			err = b.Add(d.Subject, d.At, d.Delta)
		}
		if err != nil {
			failed = append(failed, ItemError{i, err})
		}
	}
	if failed != nil {
		return &BatchError{failed}
	}
	return nil
}

// AmendID is AddID that reaches further back: also into the steps that have left
// the window but that [Board.AsOf] still shows. So a late event or a correction
// reaches the ranks of yesterday, whenever it arrives.
func (b *Board) AmendID(id ID, at time.Time, delta int64) error {
	b = b.owner()
	if b.addNow(id, at, delta) {
		return nil
	}
	k, ok := b.ring.step(at)
	if !ok || !b.ring.keeps(k) {
		return b.outside(b.names.Name(id), at)
	}
	if !b.names.has(id) {
		return &Error{Op: "amend", Err: ErrUnknownID, Reason: fmt.Sprintf("the names of this board have no id %d", id)}
	}
	return b.apply(id, k, at, delta)
}

// addNow is the whole of AddID for nearly every call: a member adds a common
// number to the newest step of a rolling window. It does nothing and is false if
// anything about the call asks for more care.
func (b *Board) addNow(id ID, at time.Time, delta int64) bool {
	r := b.ring
	sec := at.Unix()
	if !b.plain || sec < r.beginSec || sec >= r.endSec {
		return false
	}
	i, ok := uint32(id-1), true
	if r.members.ids != nil {
		i, ok = r.members.find(id)
	}
	if !ok || uint(i) >= uint(len(r.today.dense)) { // as many as there are members, at most
		return false
	}
	sum := r.today.dense[i]
	next := sum + delta
	if r.big > 0 || !r.small(delta) || !r.small(next) {
		return false
	}
	r.today.dense[i] = next
	b.order.add(i, delta)
	for _, l := range b.lenses {
		l.order.add(i, delta)
	}
	return true
}

func (b *Board) accepts(k int64) bool { return b.ring.started && k >= b.first && k <= b.ring.now+1 }

func (b *Board) outside(subject string, at time.Time) error {
	e := &Error{Op: "add", Subject: subject, At: at, Err: ErrOutsideWindow}
	if !b.ring.started {
		e.Reason = "the board has no now yet; call Advance first"
	} else {
		from, until := b.Window()
		e.Reason = fmt.Sprintf("it holds %s to %s and the step after that", from.Format(time.RFC3339), until.Format(time.RFC3339))
	}
	return e
}

func noSubject(op, subject string) error {
	if reason := badSubject(subject); reason != "" {
		return &Error{Op: op, Err: ErrInvalidSubject, Reason: reason}
	}
	return &Error{Op: op, Subject: subject, Err: ErrFull, Reason: "all 2^32-1 ids are given out"}
}

// apply adds delta to the cell of a subject at a step that the ring keeps.
func (b *Board) apply(id ID, k int64, at time.Time, delta int64) error {
	if delta == 0 {
		return nil
	}
	r := b.ring
	i, known := r.members.find(id)
	c := r.column(k)
	var old int64
	if known {
		old = c.get(i)
	}
	sum := old + delta
	if r.big > 0 || !r.small(delta) || !r.small(sum) {
		fits := b.fits(i, known, k, delta)
		for _, l := range b.lenses {
			fits = fits && l.fits(i, known, k, delta)
		}
		if !fits {
			return &Error{Op: "add", Subject: b.names.Name(id), At: at, Err: ErrOverflow,
				Reason: "a sum of the subject would leave int64"}
		}
		r.countBig(c, old, sum)
	}
	if !known {
		i = b.join(id)
	}
	c.set(i, sum, r.members.n)
	b.change(i, k, old, sum)
	for _, l := range b.lenses {
		l.change(i, k, old, sum)
	}
	return nil
}

// change takes note that the sum of member i at step k went from old to sum.
func (b *Board) change(i uint32, k, old, sum int64) {
	if k < b.first || k > b.ring.now {
		return
	}
	b.order.add(i, b.cfg.Scorer.Score(sum)-b.cfg.Scorer.Score(old))
	if b.last != nil {
		b.touch(i, k, sum)
	}
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

// touch keeps last true after the sum of member i at step k of the window became
// sum.
func (b *Board) touch(i uint32, k, sum int64) {
	if b.cfg.Scorer.Score(sum) != 0 {
		b.last[i] = max(b.last[i], k)
	} else if b.last[i] == k {
		b.last[i] = b.lastStep(i, b.first, b.ring.now)
	}
}

// lastStep returns the newest step of first to now at which member i has a score,
// or a step before all of them.
func (b *Board) lastStep(i uint32, first, now int64) int64 {
	for k := now; k >= first; k-- {
		if b.cfg.Scorer.Score(b.ring.column(k).get(i)) != 0 {
			return k
		}
	}
	return minStep
}

const minStep = -1 << 63

// fits reports whether adding delta to member i at step k leaves everything a
// score: the sum of the step, the total, and what is left of the total after each
// slide to come. So Advance can never overflow.
func (b *Board) fits(i uint32, known bool, k, delta int64) bool {
	r := b.ring
	var total, later Sum // of the window now, and of the steps from k on
	next := r.window.first(r.now + 1)
	for s := r.now + 1; s >= b.first || s >= k; s-- {
		var raw Sum
		if known {
			raw = raw.plus(r.column(s).get(i))
		}
		if s == k {
			raw = raw.plus(delta)
		}
		if !raw.fits() {
			return false
		}
		score := b.cfg.Scorer.Score(int64(raw.Lo))
		if s >= next {
			if later = later.plus(score); !later.fits() {
				return false
			}
		}
		if s >= b.first && s <= r.now {
			total = total.plus(score)
		}
	}
	return total.fits()
}

// Advance makes the step that holds now the newest of the window: older steps
// leave it, and what was added ahead is listed. It never goes back: an earlier
// now changes nothing. A subject whose steps have all left is gone without any
// write. The error matches [ErrOutsideWindow] for a now beyond the years 1678 to
// 2261.
func (b *Board) Advance(now time.Time) error {
	k, ok := b.cfg.Window.index(now)
	if !ok {
		return &Error{Op: "advance", At: now, Err: ErrOutsideWindow, Reason: "want a time of the years 1678 to 2261"}
	}
	b = b.owner()
	r := b.ring
	if r.started && k <= r.now {
		return nil
	}
	for _, l := range append([]*Board{b}, b.lenses...) {
		first := l.cfg.Window.first(k)
		if r.started {
			l.expire(first)
		}
		l.first = first
	}
	r.slide(k)
	return nil
}

// expire takes the steps before first out of the totals, and puts the step ahead
// into them if it is among the others. Few sums are moved one by one; from many,
// it is faster to change all totals and build the order anew.
func (b *Board) expire(first int64) {
	r := b.ring
	leaving, ahead := min(first, r.now+1), r.now+1
	sums := 0
	for s := b.first; s < leaving; s++ {
		sums += r.column(s).size()
	}
	if ahead >= first {
		sums += r.column(ahead).size()
	}
	bulk := sums > r.members.n/8
	for s := b.first; s < leaving; s++ {
		if c := r.column(s); bulk {
			c.addTo(b.order.nodes, b.cfg.Scorer, -1)
		} else {
			c.each(func(i uint32, v int64) { b.order.add(i, -b.cfg.Scorer.Score(v)) })
		}
	}
	if ahead >= first {
		b.include(r.column(ahead), ahead, bulk)
	}
	if bulk {
		b.order.rebuild()
	}
}

// include puts the sums of step k, the newest so far, into the totals; in bulk the
// order has to be rebuilt afterwards.
func (b *Board) include(c *column, k int64, bulk bool) {
	c.each(func(i uint32, v int64) {
		score := b.cfg.Scorer.Score(v)
		if bulk {
			b.order.nodes[i].total += score
		} else {
			b.order.add(i, score)
		}
		if b.last != nil && score != 0 {
			b.last[i] = k
		}
	})
}

// Compact packs every step but the newest into as little memory as it needs.
// Advance does so for the step that it closes and for one other; after a backfill
// of many steps, Compact does it at once.
func (b *Board) Compact() {
	if r := b.ring; r.started {
		for k := r.oldest; k < r.now; k++ {
			r.column(k).pack()
		}
	}
}

// Total returns the sum of the scores of all subjects that stand on the board,
// hidden ones only if they are counted.
func (b *Board) Total() Sum { return b.order.sum }

// Steps returns the scores of a subject by step of the window, oldest first: a
// sparkline. It is nil before the first Advance, and all zero for a subject
// without scores or hidden.
func (b *Board) Steps(subject string) []int64 { return b.steps(subject, b.cfg.Scorer) }

// RawSteps is Steps before the [Scorer].
func (b *Board) RawSteps(subject string) []int64 { return b.steps(subject, nil) }

func (b *Board) steps(subject string, scorer Scorer) []int64 {
	if !b.ring.started {
		return nil
	}
	steps := make([]int64, b.ring.now-b.first+1)
	i, ok := b.member(subject)
	if !ok || b.hidden.has(i) {
		return steps
	}
	for s := range steps {
		steps[s] = scorer.Score(b.ring.column(b.first + int64(s)).get(i))
	}
	return steps
}

// Raw returns the sum of what was added for a subject in the window, before the
// [Scorer].
func (b *Board) Raw(subject string) Sum {
	var sum Sum
	for _, v := range b.RawSteps(subject) {
		sum = sum.plus(v)
	}
	return sum
}

func (b *Board) member(subject string) (uint32, bool) {
	id, ok := b.names.Lookup(subject)
	if !ok {
		return 0, false
	}
	return b.ring.members.find(id)
}

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
