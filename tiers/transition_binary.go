package tiers

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// AppendBinary appends the transition with all its evidence, for logs that
// outlive a process. It implements [encoding.BinaryAppender]; errors are not
// written.
func (t *Transition) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, 1, byte(t.Change)) // version of this form
	for _, s := range [...]string{t.Subject, t.Rule, t.Reason} {
		b = packText(b, s)
	}
	for _, n := range [...]int{t.Version, t.From, t.To} {
		b = binary.AppendUvarint(b, zigzag(int64(n)))
	}
	b = packTime(packTime(b, t.At), t.Decided)
	x := &t.Evidence
	for _, s := range [...]string{x.Rule, x.Title, x.Subject, x.Window, x.Book} {
		b = packText(b, s)
	}
	b = packTime(b, x.AsOf)
	for _, n := range [...]int{x.Version, int(x.First), int(x.Last), x.Level, x.Levels} {
		b = binary.AppendUvarint(b, zigzag(int64(n)))
	}
	for _, parts := range [...][]Progress{x.Gates, x.Reached, x.Next} {
		b = packParts(b, parts)
	}
	return b, nil
}

// UnmarshalBinary reads what [Transition.AppendBinary] wrote. What is damaged
// matches [ErrSample].
func (t *Transition) UnmarshalBinary(data []byte) error {
	r := unpacker{rest: data}
	if r.bytes(1)[0] != 1 {
		return fmt.Errorf("%w: a transition in a form that is not known", ErrSample)
	}
	*t = Transition{Change: ChangeKind(r.bytes(1)[0])}
	for _, s := range [...]*string{&t.Subject, &t.Rule, &t.Reason} {
		*s = r.text()
	}
	for _, n := range [...]*int{&t.Version, &t.From, &t.To} {
		*n = int(unzigzag(r.number()))
	}
	t.At, t.Decided = r.time(), r.time()
	x := &t.Evidence
	for _, s := range [...]*string{&x.Rule, &x.Title, &x.Subject, &x.Window, &x.Book} {
		*s = r.text()
	}
	x.AsOf = r.time()
	var first, last int
	for _, n := range [...]*int{&x.Version, &first, &last, &x.Level, &x.Levels} {
		*n = int(unzigzag(r.number()))
	}
	x.First, x.Last = Day(first), Day(last)
	for _, parts := range [...]*[]Progress{&x.Gates, &x.Reached, &x.Next} {
		*parts = r.parts(0)
	}
	if r.bad || len(r.rest) > 0 || int(t.Change) >= len(changeNames) {
		return fmt.Errorf("%w: a damaged transition", ErrSample)
	}
	return nil
}

func packText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func packTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return binary.AppendUvarint(b, 0)
	}
	return binary.AppendUvarint(b, zigzag(t.UnixNano())+1)
}

func packParts(b []byte, parts []Progress) []byte {
	b = binary.AppendUvarint(b, uint64(len(parts)))
	for i := range parts {
		p := &parts[i]
		flags := byte(0)
		for i, on := range [...]bool{p.Sized, p.Met, p.Unknown} {
			if on {
				flags |= 1 << i
			}
		}
		b = append(b, flags, byte(p.Op))
		b = packText(packText(packText(b, p.Label), string(p.Metric)), p.Note)
		for _, v := range [...]Value{p.Have, p.Want, p.Missing, Share(p.Done)} {
			b = append(b, byte(v.kind))
			b = binary.AppendUvarint(b, zigzag(v.n))
			b = binary.AppendUvarint(b, zigzag(v.d))
			b = packMoney(b, v.m)
		}
		b = packParts(b, p.Of)
	}
	return b
}

func (r *unpacker) text() string {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.bad = true
		return ""
	}
	return string(r.bytes(int(n)))
}

func (r *unpacker) time() time.Time {
	n := r.number()
	if n == 0 {
		return time.Time{}
	}
	return instant(unzigzag(n - 1))
}

// parts reads a list of gates; none is deeper than what a rule may have.
func (r *unpacker) parts(depth int) (out []Progress) {
	n := r.number()
	if n > uint64(len(r.rest)) || depth > maxParts {
		r.bad = true
		return nil
	}
	for range n {
		var p Progress
		flags := r.bytes(1)[0]
		p.Sized, p.Met, p.Unknown = flags&1 != 0, flags&2 != 0, flags&4 != 0
		p.Op = Op(r.bytes(1)[0])
		p.Label, p.Metric, p.Note = r.text(), Metric(r.text()), r.text()
		var done Value
		for _, v := range [...]*Value{&p.Have, &p.Want, &p.Missing, &done} {
			v.kind = valueKind(r.bytes(1)[0])
			v.n, v.d = unzigzag(r.number()), unzigzag(r.number())
			v.m = r.money()
			r.bad = r.bad || v.kind > shareValue
		}
		p.Done = Fraction{done.n, done.d}
		p.Of = r.parts(depth + 1)
		if r.bad {
			return nil
		}
		out = append(out, p)
	}
	return out
}

// maxParts bounds how deep the gates of a transition lie in each other.
const maxParts = math.MaxUint8
