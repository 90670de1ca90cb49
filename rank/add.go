package rank

import (
	"fmt"
	"time"
)

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
	id, known := b.names.Lookup(subject)
	if b.addNow(id, at, delta) {
		return nil
	}
	k, ok := b.ring.step(at)
	if !ok || !b.accepts(k) {
		return b.outside(subject, at)
	}
	if !known {
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
		return b.unknown(id)
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
// applied; otherwise a [*BatchError] lists the items that were not. It is faster than
// adding one by one.
func (b *Board) AddBatch(batch []Delta) error {
	b = b.owner()
	var failed []ItemError
	for from := 0; from < len(batch); {
		n := b.addRun(batch[from:])
		if from += n; n > 0 || from == len(batch) {
			continue
		}
		d := &batch[from]
		var err error
		if d.ID != NoID {
			err = b.AddID(d.ID, d.At, d.Delta)
		} else {
			err = b.Add(d.Subject, d.At, d.Delta)
		}
		if err != nil {
			failed = append(failed, ItemError{from, err})
		}
		from++
	}
	if failed != nil {
		return &BatchError{failed}
	}
	return nil
}

// addRun adds the items at the front of a batch that are like nearly all of them, see
// addNow, up to runMost. It returns how many.
func (b *Board) addRun(batch []Delta) int {
	if len(batch) > runMost {
		batch = batch[:runMost]
	}
	var named [runMost]ID
	var items [runMost]Increment
	if len(batch) > 0 && batch[0].ID == NoID {
		var subjects [runMost]string
		for j := range batch {
			subjects[j&(runMost-1)] = batch[j].Subject
		}
		b.names.lookupAll(subjects[:len(batch)], &named)
	}
	n, from, until := 0, b.ring.beginSec, b.ring.endSec
	for j := range batch {
		d := &batch[j]
		id := d.ID
		if id == NoID {
			if id = named[j&(runMost-1)]; id == NoID {
				id, _ = b.names.Lookup(d.Subject)
			}
		}
		if sec := d.At.Unix(); sec < from || sec >= until {
			break
		}
		items[j&(runMost-1)] = Increment{id, d.Delta}
		n++
	}
	return b.addToday(items[:n])
}

// addToday is addNow for the items at the front of a run of up to runMost in the newest
// step: it returns how many. It finds many at once, and changes their totals before it
// looks to the order.
func (b *Board) addToday(items []Increment) int {
	r := b.ring
	if !b.plain || r.big > 0 || r.beginSec == r.endSec {
		return 0
	}
	var adds run
	today, limit := r.today.dense, uint64(r.limit)
	for j := range items {
		id, d := items[j].ID, items[j].By
		i, ok := uint32(id-1), id != NoID
		if r.members.ids != nil {
			i, ok = r.members.find(id)
		}
		if !ok || uint(i) >= uint(len(today)) { // as many as there are members, at most
			break
		}
		next := today[i] + d
		if uint64(d)+limit > 2*limit || uint64(next)+limit > 2*limit { // not small
			break
		}
		today[i] = next
		adds.i[j&(runMost-1)], adds.d[j&(runMost-1)] = i, d
		adds.n++
	}
	b.order.addAll(&adds)
	for _, l := range b.lenses {
		l.order.addAll(&adds)
	}
	return adds.n
}

// Increment is what is added to the newest step of a subject.
type Increment struct {
	ID ID
	By int64
}

// AddNewest adds every item as [Board.AddID] would at a time in the newest step of the
// window, and returns what [Board.AddBatch] does. It is the fastest way to add, for
// callers who know the step.
func (b *Board) AddNewest(batch []Increment) error {
	b = b.owner()
	var failed []ItemError
	for from := 0; from < len(batch); {
		n := 0
		if from+1 < len(batch) {
			n = b.addToday(batch[from:min(from+runMost, len(batch))])
		} else if b.addOne(batch[from].ID, batch[from].By) {
			n = 1
		}
		if from += n; n > 0 {
			continue
		}
		if err := b.addNewest(batch[from]); err != nil {
			failed = append(failed, ItemError{from, err})
		}
		from++
	}
	if failed != nil {
		return &BatchError{failed}
	}
	return nil
}

func (b *Board) addNewest(item Increment) error {
	r := b.ring
	if !r.started {
		return b.outside(b.names.Name(item.ID), time.Time{})
	}
	at := r.window.start(r.now)
	if !b.names.has(item.ID) {
		return b.unknown(item.ID)
	}
	return b.apply(item.ID, r.now, at, item.By)
}

// unknown is the error of a handle that the names do not have.
func (b *Board) unknown(id ID) error {
	return &Error{Op: "add", Err: ErrUnknownID, Reason: fmt.Sprintf("the names of this board have no id %d", id)}
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
	return sec >= r.beginSec && sec < r.endSec && b.addOne(id, delta)
}

// addOne is addNow in the newest step.
func (b *Board) addOne(id ID, delta int64) bool {
	r := b.ring
	if !b.plain || r.beginSec == r.endSec {
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
	var old int64
	if known {
		old = r.column(k).get(i)
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
		r.countBig(r.own(k), old, sum)
	}
	if !known {
		i = b.join(id)
	}
	r.own(k).set(i, sum, r.members.n)
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
