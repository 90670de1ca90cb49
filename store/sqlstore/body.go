package sqlstore

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// A body holds what a row has no column for. Its first byte says in which
// form: bodyVersion, and then
//
//	kind      byte     bit 0 void, 1-2 trust, 3-4 actor, 5-6 status
//	flags     byte
//	has       byte     which of the last four are there
//	revision, activation
//	meters    a mask, and the counts of the bits set
//	high      micro and pico, where it is not the cost
//	reported  micro and pico
//	labels    their number, and of each key and value
//	rare      account, tier, speed and region
//
// where all numbers are varints and texts have their length before them; or a
// brace, and then it is a JSON object of the same, as migrations and other
// tools write it: see bodyJSON.
const bodyVersion = 1

const (
	hasHigh = 1 << iota
	hasReported
	hasLabels
	hasRare
	hasEnd
)

func appendBody(b []byte, e *store.Entry) []byte {
	kind := byte(e.Trust)<<1 | byte(e.Actor)<<3 | byte(e.Status)<<5
	if e.Void {
		kind |= 1
	}
	var has byte
	if e.High != e.Cost {
		has |= hasHigh
	}
	if e.ReportedCost != nil {
		has |= hasReported
	}
	if len(e.Labels) > 0 {
		has |= hasLabels
	}
	if e.Account != "" || e.Tier != "" || e.Speed != "" || e.Region != "" {
		has |= hasRare
	}
	b = append(b, bodyVersion, kind, byte(e.Flags), has)
	b = binary.AppendUvarint(b, uint64(e.Revision))
	b = binary.AppendUvarint(b, uint64(e.Activation))
	b = appendUsage(b, &e.Usage)
	if has&hasHigh != 0 {
		b = appendAmount(b, e.High)
	}
	if has&hasReported != 0 {
		b = appendAmount(b, *e.ReportedCost)
	}
	if has&hasLabels != 0 {
		b = binary.AppendUvarint(b, uint64(len(e.Labels)))
		for _, l := range e.Labels {
			b = appendText(appendText(b, l.Key), l.Value)
		}
	}
	if has&hasRare != 0 {
		b = appendText(appendText(appendText(appendText(b, e.Account), e.Tier), e.Speed), e.Region)
	}
	return b
}

func appendUsage(b []byte, u *usage.Usage) []byte {
	mask := u.Used()
	b = binary.AppendUvarint(b, mask)
	for ; mask != 0; mask &= mask - 1 {
		b = binary.AppendUvarint(b, uint64(u.Get(usage.Meter(bits.TrailingZeros64(mask)))))
	}
	return b
}

func appendAmount(b []byte, m pricing.Money) []byte {
	micro, pico := m.Columns()
	return binary.AppendVarint(binary.AppendVarint(b, micro), pico)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// readBody fills an entry, of which the cost is known, from a body.
func readBody(b []byte, e *store.Entry) error {
	if len(b) > 0 && b[0] == '{' {
		return readBodyJSON(b, e)
	}
	r := reader{b: b}
	r.body(e)
	return r.end()
}

// reader reads what the append functions wrote. After a fault it gives zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) end() error {
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("%w: it is cut short, or of no known form", store.ErrCorrupt)
	}
	return nil
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

// bytes reads so many. They are good as long as what is read.
func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) text() string { return string(r.bytes(r.uvarint())) }

func (r *reader) amount() pricing.Money {
	micro := r.varint()
	return pricing.FromColumns(micro, r.varint())
}

func (r *reader) usage(u *usage.Usage) {
	mask := r.uvarint()
	if mask>>usage.NumMeters != 0 {
		r.bad = true
		return
	}
	var v [usage.NumMeters]int64
	for ; mask != 0; mask &= mask - 1 {
		v[bits.TrailingZeros64(mask)] = int64(r.uvarint())
	}
	*u = usage.FromVector(v)
}

func (r *reader) body(e *store.Entry) {
	if r.byte() != bodyVersion {
		r.bad = true
		return
	}
	kind := r.byte()
	e.Void, e.Trust, e.Actor, e.Status = kind&1 != 0, store.Trust(kind>>1&3), store.Actor(kind>>3&3), pricing.Status(kind>>5&3)
	e.Flags = store.Flags(r.byte())
	has := r.byte()
	if has >= hasEnd {
		r.bad = true
	}
	e.Revision, e.Activation = int64(r.uvarint()), int64(r.uvarint())
	r.usage(&e.Usage)
	if e.High = e.Cost; has&hasHigh != 0 {
		e.High = r.amount()
	}
	if has&hasReported != 0 {
		m := r.amount()
		e.ReportedCost = &m
	}
	if has&hasLabels != 0 {
		n := r.uvarint()
		if n > uint64(len(r.b)) {
			r.bad = true
			return
		}
		e.Labels = make(store.Labels, n)
		for i := range e.Labels {
			e.Labels[i].Key, e.Labels[i].Value = r.text(), r.text()
		}
	}
	if has&hasRare != 0 {
		e.Account, e.Tier, e.Speed, e.Region = r.text(), r.text(), r.text(), r.text()
	}
}

type bodyJSON struct {
	Revision                     int64
	Void                         int64
	Actor, Trust, Flags          int64
	Account, Tier, Speed, Region string
	Labels                       map[string]string
	Usage                        map[usage.Meter]int64
	ReportedMicro                *int64 `json:"reported_micro"`
	ReportedPico                 int64  `json:"reported_pico"`
	HighMicro                    int64  `json:"high_micro"`
	HighPico                     int64  `json:"high_pico"`
	Status, Activation           int64
}

func readBodyJSON(b []byte, e *store.Entry) error {
	var j bodyJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	e.Revision, e.Void, e.Activation = j.Revision, j.Void != 0, j.Activation
	e.Actor, e.Trust, e.Flags, e.Status = store.Actor(j.Actor), store.Trust(j.Trust), store.Flags(j.Flags), pricing.Status(j.Status)
	e.Account, e.Tier, e.Speed, e.Region = j.Account, j.Tier, j.Speed, j.Region
	for _, k := range slices.Sorted(maps.Keys(j.Labels)) {
		e.Labels = append(e.Labels, store.Label{Key: k, Value: j.Labels[k]})
	}
	for m, n := range j.Usage {
		e.Usage.Set(m, n)
	}
	if j.ReportedMicro != nil {
		m := pricing.FromColumns(*j.ReportedMicro, j.ReportedPico)
		e.ReportedCost = &m
	}
	e.High = pricing.FromColumns(j.HighMicro, j.HighPico)
	return nil
}
