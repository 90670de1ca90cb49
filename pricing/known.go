package pricing

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"time"
)

// AsKnown returns the book as it was known at an instant: without the rows
// that were announced later, with those that have been withdrawn since, and
// with prices open whose end was not yet known. It answers what a forecast or
// a budget of that day had to go by. Rows without an announcement count as
// known from the instant they apply.
func (b *Book) AsKnown(t time.Time) *Book {
	at := unixNano(t)
	h := sha256.Sum256([]byte(b.version + "\nas known at " + t.UTC().Format(time.RFC3339Nano)))
	nb := newBuilder(b)
	nb.version = hex.EncodeToString(h[:8])
	o := nb.t
	nb.timelines = make([][]segment, len(o.entries))
	seeded := make([]bool, len(o.entries))
	for i := range o.rows {
		r := &o.rows[i]
		if seed := o.entries[r.entry].seed; seed != 0 && !seeded[r.entry] {
			nb.timelines[r.entry] = slices.Clone(nb.timelines[seed-1])
			seeded[r.entry] = true
		}
		if !r.knownAt(at) {
			continue
		}
		s := segment{r.from, r.until, uint32(i)}
		if o.endsWithUnknown(r, at) {
			s.until = math.MaxInt64
		}
		nb.timelines[r.entry] = overlay(nb.timelines[r.entry], s)
	}
	nb.link()
	return &Book{version: nb.version, currency: nb.currency, t: *o}
}

// knownAt reports whether the row was announced and not withdrawn at an
// instant.
func (r *row) knownAt(at int64) bool {
	if at < r.announced {
		return false
	}
	return r.state != Cancelled || at < r.withdrawn && r.withdrawn != math.MaxInt64
}

// endsWithUnknown reports whether the end of the row is the beginning of
// another of its sheet that was not known at an instant.
func (t *tables) endsWithUnknown(r *row, at int64) bool {
	return slices.ContainsFunc(t.rows, func(o row) bool {
		return o.entry == r.entry && o.sheet == r.sheet && o.from == r.until && o.state != Cancelled && !o.knownAt(at)
	})
}
