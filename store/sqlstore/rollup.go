package sqlstore

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// Rollups are sums by UTC day and every dimension but the session, so that
// totals and boards of millions of events are read in a second. They follow the
// feed, with a position of their own, and lie in one blob for each day and
// bucket of subjects: writing an event costs them nothing, and catching up
// costs a blob for all that came to it meanwhile.

// buckets is how many blobs a day has at most. It is part of the format.
const buckets = 256

func bucketOf(subject string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(subject))
	return int64(h.Sum32() % buckets)
}

// cell is where a sum lies.
type cell struct{ day, bucket int64 }

const nanosPerDay = int64(24 * time.Hour)

// dayOf is the UTC day of a time, since 1970.
func dayOf(nano int64) int64 {
	day := nano / nanosPerDay
	if nano%nanosPerDay < 0 {
		day--
	}
	return day
}

func cellOf(e *store.Entry) cell { return cell{dayOf(e.At.UnixNano()), bucketOf(e.Subject)} }

// rollKey is what a rollup tells apart within a cell.
type rollKey struct{ subject, team, workflow, provider, model string }

func keyOf(e *store.Entry) rollKey {
	return rollKey{e.Subject, e.Team, e.Workflow, e.Provider, e.Model}
}

func (k *rollKey) texts() [5]*string {
	return [...]*string{&k.subject, &k.team, &k.workflow, &k.provider, &k.model}
}

func compareRollKeys(a, b rollKey) int {
	return cmp.Or(cmp.Compare(a.subject, b.subject), cmp.Compare(a.team, b.team), cmp.Compare(a.workflow, b.workflow),
		cmp.Compare(a.provider, b.provider), cmp.Compare(a.model, b.model))
}

// rollup is the content of a cell, or what is to be added to it: then sums may
// be negative, and one of no events need not be nothing.
type rollup map[rollKey]*store.Sum

// add adds an entry, or takes it away. Voids add nothing.
func (r rollup) add(e *store.Entry, take bool) error {
	if e == nil || e.Void {
		return nil
	}
	sum := r.of(keyOf(e))
	if take {
		return sum.Take(e)
	}
	return sum.Add(e)
}

func (r rollup) of(k rollKey) *store.Sum {
	sum := r[k]
	if sum == nil {
		sum = new(store.Sum)
		r[k] = sum
	}
	return sum
}

// A rollup's blob is a version, the texts it mentions, each once, its sums by
// key, and a checksum: all numbers varints, texts with their length before
// them, keys as numbers of texts.
const rollupVersion = 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode returns nil for a cell without events. What has none is left out.
func (r rollup) encode() []byte {
	numbers := map[string]uint64{}
	for k, sum := range r {
		if sum.Events == 0 {
			delete(r, k)
			continue
		}
		for _, t := range k.texts() {
			numbers[*t] = 0
		}
	}
	if len(r) == 0 {
		return nil
	}
	b := binary.AppendUvarint([]byte{rollupVersion}, uint64(len(numbers)))
	for i, t := range slices.Sorted(maps.Keys(numbers)) {
		numbers[t] = uint64(i)
		b = appendText(b, t)
	}
	for _, k := range slices.SortedFunc(maps.Keys(r), compareRollKeys) {
		for _, t := range k.texts() {
			b = binary.AppendUvarint(b, numbers[*t])
		}
		s := r[k]
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(s.Events)), uint64(s.Unpriced))
		b = appendUsage(b, &s.Usage)
		b = appendPico(appendPico(b, s.Cost), s.High)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// appendPico writes a sum, which two columns need not hold.
func appendPico(b []byte, m pricing.Money) []byte {
	hi, lo := m.Pico()
	return binary.AppendUvarint(binary.AppendVarint(b, hi), lo)
}

func (r *reader) pico() pricing.Money {
	hi := r.varint()
	return pricing.FromPico(hi, r.uvarint())
}

// rollups reads blobs, one after the other.
type rollups struct {
	texts []string
	key   rollKey
	sum   store.Sum
}

// read hands over the sums of a blob, by key. Each is good until the next one.
func (all *rollups) read(b []byte, f func(*rollKey, *store.Sum) error) error {
	n := len(b) - 4
	if n < 1 || b[0] != rollupVersion || crc32.Checksum(b[:n], castagnoli) != binary.LittleEndian.Uint32(b[n:]) {
		return fmt.Errorf("%w: a rollup with a wrong checksum, or of no known form", store.ErrCorrupt)
	}
	r := reader{b: b[1:n]}
	all.readTexts(&r)
	for len(r.b) > 0 && !r.bad {
		for _, t := range all.key.texts() {
			i := r.uvarint()
			if i >= uint64(len(all.texts)) {
				r.bad = true
				break
			}
			*t = all.texts[i]
		}
		s := &all.sum
		*s = store.Sum{Events: int64(r.uvarint()), Unpriced: int64(r.uvarint())}
		r.usage(&s.Usage)
		s.Cost, s.High = r.pico(), r.pico()
		if r.bad {
			break
		}
		if err := f(&all.key, s); err != nil {
			return err
		}
	}
	return r.end()
}

// readTexts reads the texts of a blob, which share one allocation.
func (all *rollups) readTexts(r *reader) {
	all.texts = all.texts[:0]
	count, begin := r.uvarint(), r.b
	if count > uint64(len(begin)) {
		r.bad = true
		return
	}
	for range count {
		r.bytes(r.uvarint())
	}
	joined := string(begin[:len(begin)-len(r.b)])
	again := reader{b: begin}
	for range count {
		size := len(again.bytes(again.uvarint()))
		end := len(begin) - len(again.b)
		all.texts = append(all.texts, joined[end-size:end])
	}
}

func decodeRollup(b []byte) (rollup, error) {
	r := rollup{}
	err := new(rollups).read(b, func(k *rollKey, s *store.Sum) error {
		own := *s
		r[*k] = &own
		return nil
	})
	return r, err
}
