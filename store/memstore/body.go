package memstore

import (
	"encoding/binary"
	"math/bits"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// The body of an entry, as records and snapshots keep it, is a run of varints:
// source, the id with its length, subject, a mask of the optional fields and
// those set in it, a mask of the meters and their counts, and the price. Texts
// are numbers that somebody else gives out.

// The texts of an event that are kept as numbers. Those below maskTexts are
// optional, in the order of their bits in the mask; the commonest come first,
// as that makes the mask short.
const (
	textProvider = iota
	textModel
	textSession
	textTeam
	textTier
	textRegion
	textWorkflow
	textAccount
	textSpeed
	textSource
	textSubject
	textLabel

	numTexts  = iota
	maskTexts = textSource
)

// The mask's bits beyond those of the texts.
const (
	hasRevision = 1 << (maskTexts + iota)
	hasActor
	hasFlags
	hasLabels
	hasReported
	maskEnd
)

// Bits of the byte before the price.
const (
	priceStatus   = 0b11  // two bits
	priceHasHigh  = 0b100 // the upper bound is not the cost
	priceWideCost = 0b1000
	priceWideHigh = 0b10000
)

// numberer gives out the numbers of texts: 0 to the empty one.
type numberer interface {
	number(field int, text string) uint32
}

// texter is the inverse.
type texter interface {
	text(field int, number uint32) string
}

// optionalText is the field behind a bit of the mask.
func optionalText(e *store.Event, bit int) *string {
	switch bit {
	case textProvider:
		return &e.Provider
	case textModel:
		return &e.Model
	case textSession:
		return &e.Session
	case textTeam:
		return &e.Team
	case textTier:
		return &e.Tier
	case textRegion:
		return &e.Region
	case textWorkflow:
		return &e.Workflow
	case textAccount:
		return &e.Account
	}
	return &e.Speed
}

// texts are the bits of those that are set.
func texts(e *store.Event) uint64 {
	set := isSet(e.Provider, textProvider) | isSet(e.Model, textModel) | isSet(e.Session, textSession) | isSet(e.Team, textTeam)
	if len(e.Tier)|len(e.Region)|len(e.Workflow)|len(e.Account)|len(e.Speed) == 0 {
		return set
	}
	return set | isSet(e.Tier, textTier) | isSet(e.Region, textRegion) | isSet(e.Workflow, textWorkflow) |
		isSet(e.Account, textAccount) | isSet(e.Speed, textSpeed)
}

// isSet is a bit unless the text is empty, without a branch.
func isSet(text string, bit int) uint64 { return uint64(-len(text)) >> 63 << bit }

func appendBody(b []byte, e *store.Entry, n numberer) []byte {
	b = appendNumber(b, uint64(n.number(textSource, e.Source)))
	b = appendNumber(b, uint64(len(e.ID)))
	b = append(b, e.ID...)
	b = appendNumber(b, uint64(n.number(textSubject, e.Subject)))

	set := texts(&e.Event)
	b = appendNumber(b, set|others(&e.Event))
	for ; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		b = appendNumber(b, uint64(n.number(i, *optionalText(&e.Event, i))))
	}
	if e.Revision != 0 {
		b = appendNumber(b, uint64(e.Revision))
	}
	if e.Actor != 0 {
		b = append(b, byte(e.Actor))
	}
	if e.Flags != 0 {
		b = append(b, byte(e.Flags))
	}
	if len(e.Labels) != 0 {
		b = appendNumber(b, uint64(len(e.Labels)))
		for _, l := range e.Labels {
			b = appendNumber(b, uint64(n.number(textLabel, l.Key)))
			b = appendNumber(b, uint64(n.number(textLabel, l.Value)))
		}
	}
	if e.ReportedCost != nil {
		b = appendMoney(b, *e.ReportedCost)
	}
	return appendPrice(appendUsage(b, &e.Usage), e)
}

// others are the mask's bits beyond the texts.
func others(e *store.Event) (mask uint64) {
	if e.Revision != 0 {
		mask |= hasRevision
	}
	if e.Actor != 0 {
		mask |= hasActor
	}
	if e.Flags != 0 {
		mask |= hasFlags
	}
	if len(e.Labels) != 0 {
		mask |= hasLabels
	}
	if e.ReportedCost != nil {
		mask |= hasReported
	}
	return mask
}

func appendUsage(b []byte, u *usage.Usage) []byte {
	mask := u.Used()
	b = appendNumber(b, mask)
	for ; mask != 0; mask &= mask - 1 {
		b = appendNumber(b, uint64(u.Get(usage.Meter(bits.TrailingZeros64(mask)))))
	}
	return b
}

func appendPrice(b []byte, e *store.Entry) []byte {
	head := len(b)
	b = append(b, byte(e.Status)&priceStatus)
	b = appendNumber(b, uint64(e.Activation))
	var wide bool
	if b, wide = appendAmount(b, e.Cost); wide {
		b[head] |= priceWideCost
	}
	if e.High != e.Cost {
		b[head] |= priceHasHigh
		if b, wide = appendAmount(b, e.High); wide {
			b[head] |= priceWideHigh
		}
	}
	return b
}

// appendNumber is binary.AppendUvarint, for mostly small numbers.
func appendNumber(b []byte, v uint64) []byte {
	switch {
	case v < 1<<7:
		return append(b, byte(v))
	case v < 1<<14:
		return append(b, byte(v)|0x80, byte(v>>7))
	case v < 1<<21:
		return append(b, byte(v)|0x80, byte(v>>7)|0x80, byte(v>>14))
	}
	return binary.AppendUvarint(b, v)
}

// appendAmount writes an amount of less than nine million as a varint.
func appendAmount(b []byte, m pricing.Money) (out []byte, wide bool) {
	hi, lo := m.Pico()
	if hi == int64(lo)>>63 {
		return binary.AppendVarint(b, int64(lo)), false
	}
	return appendMoney(b, m), true
}

func appendMoney(b []byte, m pricing.Money) []byte {
	hi, lo := m.Pico()
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, uint64(hi)), lo)
}

// reader takes a body apart. What is not there reads as zero and makes it bad.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 {
		v := uint64(r.b[0])
		r.b = r.b[1:]
		return v
	}
	v, n := binary.Uvarint(r.b)
	r.bytes(uint64(n)) // of a fault n is 0 or less, and huge as a uint64
	r.bad = r.bad || n == 0
	return v
}

func (r *reader) byte() byte {
	b := r.bytes(1)
	if b == nil {
		return 0
	}
	return b[0]
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) money() pricing.Money {
	b := r.bytes(16)
	if b == nil {
		return pricing.Money{}
	}
	return pricing.FromPico(int64(binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint64(b[8:]))
}

func (r *reader) amount(wide bool) pricing.Money {
	if wide {
		return r.money()
	}
	v, n := binary.Varint(r.b)
	r.bytes(uint64(n))
	r.bad = r.bad || n == 0
	return pricing.FromPico(v>>63, uint64(v))
}

// key reads the source and the id.
func (r *reader) key() (source uint32, id []byte) {
	source = uint32(r.uvarint())
	return source, r.bytes(r.uvarint())
}

// entry reads a body into a zero entry. The caller gives the id as a string if
// it has it; an empty one is taken from the body.
func (r *reader) entry(e *store.Entry, id string, t texter) {
	source, rawID := r.key()
	if id == "" {
		id = string(rawID)
	}
	e.Source, e.ID = t.text(textSource, source), id
	e.Subject = t.text(textSubject, uint32(r.uvarint()))

	mask := r.uvarint()
	r.bad = r.bad || mask >= maskEnd
	for set := mask & (1<<maskTexts - 1); set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		*optionalText(&e.Event, i) = t.text(i, uint32(r.uvarint()))
	}
	if mask&hasRevision != 0 {
		e.Revision = int64(r.uvarint())
	}
	if mask&hasActor != 0 {
		e.Actor = store.Actor(r.byte())
	}
	if mask&hasFlags != 0 {
		e.Flags = store.Flags(r.byte())
	}
	if mask&hasLabels != 0 {
		e.Labels = r.labels(t)
	}
	if mask&hasReported != 0 {
		m := r.money()
		e.ReportedCost = &m
	}

	meters := r.uvarint()
	r.bad = r.bad || meters >= 1<<usage.NumMeters
	for ; meters != 0; meters &= meters - 1 {
		e.Usage.Set(usage.Meter(bits.TrailingZeros64(meters)), int64(r.uvarint()))
	}

	price := r.byte()
	e.Status = pricing.Status(price & priceStatus)
	e.Activation = int64(r.uvarint())
	e.Cost = r.amount(price&priceWideCost != 0)
	e.High = e.Cost
	if price&priceHasHigh != 0 {
		e.High = r.amount(price&priceWideHigh != 0)
	}
}

func (r *reader) labels(t texter) store.Labels {
	n := r.uvarint()
	if n > maxLabels {
		r.bad = true
		return nil
	}
	labels := make(store.Labels, n)
	for i := range labels {
		labels[i].Key = t.text(textLabel, uint32(r.uvarint()))
		labels[i].Value = t.text(textLabel, uint32(r.uvarint()))
	}
	return labels
}

// unixNano is the event time as bodies keep it. No valid event is of 1970, so
// that 0 stands for no time.
func unixNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func timeOf(nano int64) time.Time {
	if nano == 0 {
		return time.Time{}
	}
	return time.Unix(0, nano).UTC()
}
