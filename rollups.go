package tokenomics

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// sums returns the ability of the store that the boards can be filled from: sums
// by day and subject say all that they show, if each is of subjects as a whole
// and its steps are whole days in UTC.
func (e *Engine) sums() (store.Aggregator, bool) {
	agg, ok := store.As[store.Aggregator](e.store)
	if !ok || len(e.specs) == 0 {
		return nil, false
	}
	return agg, !slices.ContainsFunc(e.specs, func(b Board) bool {
		w := b.Window
		whole := w.Period == rank.AllTime || w.Period == rank.Rolling && w.Step%(24*time.Hour) == 0 ||
			w.Period != rank.Rolling && (w.Zone == nil || w.Zone == time.UTC)
		return b.Score != nil || b.Of != BySubject || len(b.Per) > 0 || !whole
	})
}

// fillFromSums is fill from sums of the store.
func (e *Engine) fillFromSums(ctx context.Context, agg store.Aggregator, who *aliases, fresh []*board, names *rank.Names, q store.Query, head *int64) error {
	days := map[string]time.Time{}
	for sum, err := range agg.Sum(ctx, q, head, store.ByDay, store.BySubject) {
		if err != nil {
			return err
		}
		day, ok := days[sum.Keys[0]]
		if !ok {
			if day, err = time.ParseInLocation(time.DateOnly, sum.Keys[0], time.UTC); err != nil {
				return fmt.Errorf("the store's sum by day is of %q: %w", sum.Keys[0], err)
			}
			days[strings.Clone(sum.Keys[0])] = day
		}
		id := names.ID(who.resolve(sum.Keys[1]))
		if id == rank.NoID {
			continue // forgotten
		}
		for _, b := range fresh {
			v := value{}
			if b.byCost() {
				v.money, v.unpriced = sum.Cost, sum.Unpriced
			} else {
				v.score = b.metric(&sum.Usage)
			}
			b.add(id, day, v)
		}
	}
	return nil
}
