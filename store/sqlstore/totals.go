package sqlstore

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tokenomics-go/tokenomics/store"
)

// errEnough ends adding up for a caller that has enough.
var errEnough = errors.New("sqlstore: enough")

// maxBy is how many dimensions there are.
const maxBy = 7

type sumKey [maxBy]string

type total struct {
	key sumKey
	sum store.Sum
}

// totals are the sums under way.
type totals struct {
	by    []store.By
	list  []*total          // in the order they were begun; of one key there may be several
	known map[sumKey]*total // those that rows were added to, by key
	last  *total            // the one that a rollup was added to, if that was the last thing done
	free  []*total          // to be used again
	yield func(store.Sum, error) bool
	keep  bool // nothing may be yielded yet
	ended bool // the caller has enough
}

func (t *totals) check() error {
	if len(t.by) > maxBy {
		return fmt.Errorf("%w: %d dimensions, there are %d", store.ErrInvalid, len(t.by), maxBy)
	}
	for _, by := range t.by {
		if _, ok := by.Of(&store.Event{}); !ok {
			return fmt.Errorf("%w: there is no dimension %q", store.ErrInvalid, by)
		}
	}
	return nil
}

// byDay reports whether sums of different days are never one.
func (t *totals) byDay() bool { return len(t.by) > 0 && t.by[0] == store.ByDay }

func (t *totals) begin(k *sumKey) *total {
	if len(t.free) == 0 {
		slab := make([]total, 256)
		for i := range slab {
			t.free = append(t.free, &slab[i])
		}
	}
	one := t.free[len(t.free)-1]
	t.free = t.free[:len(t.free)-1]
	*one = total{key: *k}
	t.list = append(t.list, one)
	return one
}

// of returns the sum of a key that is looked up.
func (t *totals) of(k *sumKey) *store.Sum {
	one := t.known[*k]
	if one == nil {
		one = t.begin(k)
		t.known[*k] = one
	}
	return &one.sum
}

// add adds an entry, or takes it away. Voids add nothing.
func (t *totals) add(e *store.Entry, take bool) error {
	if e == nil || e.Void {
		return nil
	}
	var k sumKey
	for i, by := range t.by {
		k[i], _ = by.Of(&e.Event)
	}
	sum := t.of(&k)
	if take {
		return sum.Take(e)
	}
	return sum.Add(e)
}

// roll adds a sum of the rollups. Those of one subject and day lie side by side,
// so sums by both need not be looked up: what is begun twice is made one in the
// end.
func (t *totals) roll(k *rollKey, date string, sum *store.Sum) error {
	var key sumKey
	for i, by := range t.by {
		key[i] = k.of(by, date)
	}
	switch {
	case t.last != nil && t.last.key == key:
		return t.last.sum.Plus(*sum)
	case t.byDay() && slices.Contains(t.by, store.BySubject):
		t.last = t.begin(&key)
		t.last.sum = *sum
		return nil
	}
	return t.of(&key).Plus(*sum)
}

// emit yields the sums that are complete, those of the days before one, and
// forgets them. Before "", that is all.
func (t *totals) emit(day string) error {
	t.last = nil
	if t.keep || t.ended || day != "" && !t.byDay() {
		return nil
	}
	taken, err := t.take(day)
	if err != nil {
		return err
	}
	for _, one := range taken {
		if one.sum.Events != 0 {
			one.sum.Keys = one.key[:len(t.by):len(t.by)]
			if !t.yield(one.sum, nil) {
				t.ended = true
				return errEnough
			}
		}
		t.free = append(t.free, one)
	}
	return nil
}

// take takes out what is before a day, in order, each key once.
func (t *totals) take(day string) ([]*total, error) {
	all := t.list
	t.list = nil
	taken := make([]sortable, 0, len(all))
	for _, one := range all {
		if day != "" && one.key[0] >= day {
			t.list = append(t.list, one)
		} else {
			taken = append(taken, sortable{one.key[0], one})
		}
	}
	clear(t.known)
	for _, one := range t.list {
		t.known[one.key] = one // nothing of a later day comes from the rollups yet
	}
	t.sort(taken)
	out := all[:0]
	for _, s := range taken {
		if n := len(out); n > 0 && out[n-1].key == s.key {
			if err := out[n-1].sum.Plus(s.sum); err != nil {
				return nil, err
			}
			t.free = append(t.free, s.total)
			continue
		}
		out = append(out, s.total)
	}
	return out, nil
}
