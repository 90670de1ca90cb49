package tokenomics

import (
	"context"
	"fmt"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// read brings the days of some that are marked up to the ledger. Of those that
// are not known yet, or were corrected further back than is kept in detail, all
// is read.
func (f *facts) read(ctx context.Context, ids []rank.ID, through tiers.Day) error {
	whole, byDay := map[rank.ID]bool{}, map[tiers.Day]map[rank.ID]bool{}
	for _, id := range ids {
		k := &f.of[id]
		if k.closed == 0 && f.complete && k.mark.day != 0 && k.mark.older != allDays {
			k.closed = k.mark.first() - 1 // somebody new
		}
		switch {
		case k.closed == 0, k.mark.older == allDays, k.mark.day != 0 && k.mark.first() < k.closed-tiers.Slack:
			whole[id] = true
			continue
		}
		for _, day := range k.mark.days() {
			if byDay[day] == nil {
				byDay[day] = map[rank.ID]bool{}
			}
			byDay[day][id] = true
		}
	}
	if err := f.readWhole(ctx, whole, through); err != nil {
		return err
	}
	for day, who := range byDay {
		if err := f.readDay(ctx, day, who); err != nil {
			return err
		}
	}
	for _, id := range ids {
		k := &f.of[id]
		if k.mark.day != 0 && !whole[id] {
			f.reopen(id, k.mark.first()-1)
		}
		if k.mark != (mark{}) {
			k.mark, k.live = mark{}, nil
		}
	}
	f.rewait()
	return nil
}

// rewait drops those that need no reading any more.
func (f *facts) rewait() {
	left := f.waiting[:0]
	for _, id := range f.waiting {
		if k := &f.of[id]; k.mark.day != 0 {
			left = append(left, id)
		} else {
			k.wait = false
		}
	}
	f.waiting = left
}

// few is how many subjects are read one by one rather than all at once.
const few = 256

// readDay reads a day of some from the ledger.
func (f *facts) readDay(ctx context.Context, day tiers.Day, who map[rank.ID]bool) error {
	q := store.Query{From: day.Start(nil), To: (day + 1).Start(nil), Voids: f.counters}
	left := make(map[rank.ID]bool, len(who))
	for id := range who {
		left[id] = true
	}
	keep := func(id rank.ID, day tiers.Day, acc *tiers.Accumulator) error {
		delete(left, id)
		k := &f.of[id]
		return f.keeper.Keep(&k.Kept, day, acc, min(k.closed+1, k.mark.first())) // in the detail of the first close to come
	}
	if err := f.scan(ctx, q, who, keep); err != nil {
		return err
	}
	nothing := tiers.NewAccumulator(f.keeper.Needs())
	for id := range left { // all was taken back
		if err := keep(id, day, nothing); err != nil {
			return err
		}
	}
	return nil
}

// readWhole reads all there is of some, and leaves them to be closed from their
// first day on.
func (f *facts) readWhole(ctx context.Context, who map[rank.ID]bool, through tiers.Day) error {
	for id := range who {
		k := &f.of[id]
		if k.closed > 0 {
			f.part(k)
			f.move(id)
		}
		k.Kept, k.closed, k.settled, k.hangs, k.places = tiers.Kept{}, -1, 0, false, 0
	}
	if len(who) == 0 {
		return nil
	}
	err := f.scan(ctx, store.Query{Voids: f.counters}, who, func(id rank.ID, day tiers.Day, acc *tiers.Accumulator) error {
		return f.take(&f.of[id], id, day, acc, through)
	})
	for id := range who {
		if k := &f.of[id]; err != nil {
			k.Kept, k.closed, k.mark.older = tiers.Kept{}, 0, allDays // what is here is not whole
		} else if k.closed < 0 {
			k.closed = through // nothing counts
		}
	}
	return err
}

// readAll reads all there is of everybody who is not known yet and, where the
// ranks of past closes are not known, plays the boards on the way.
func (f *facts) readAll(ctx context.Context, through tiers.Day) error {
	ranks, err := f.sweepOnTheWay(through)
	if err == nil && ranks == nil {
		err = f.rankThrough(ctx, through)
	}
	if err != nil {
		return err
	}
	fresh := map[rank.ID]bool{}
	err = f.scanDays(ctx, store.Query{Voids: f.counters}, nil, ranks, func(id rank.ID, day tiers.Day, acc *tiers.Accumulator) error {
		k := &f.of[id]
		if k.closed > 0 && !fresh[id] {
			return nil
		}
		fresh[id] = true
		k.mark = mark{}
		return f.take(k, id, day, acc, through)
	})
	if err == nil && ranks != nil {
		_, err = ranks.end()
	}
	if err != nil {
		for id := range fresh {
			f.of[id] = kept{told: f.of[id].told}
		}
		if ranks != nil {
			f.ranks = rankHistory{}
		}
	}
	f.rewait()
	return err
}

// sweepOnTheWay begins to learn the ranks of past closes; nil if they are known,
// or nobody asks.
func (f *facts) sweepOnTheWay(through tiers.Day) (*sweeping, error) {
	h := &f.ranks
	if len(f.boards) == 0 || h.from != 0 {
		return nil, nil
	}
	var s *sweeping
	s, err := f.newSweep(0, through, func(r dayRanks) {
		h.from = s.first
		h.days = append(h.days, r)
	})
	return s, err
}

// manyDays is how many days of one subject are kept in full detail while a whole
// ledger is read.
const manyDays = 40

// take keeps a day of somebody whose days come one after the other, none left
// out. What nobody will look at any more is closed and trimmed on the way.
func (f *facts) take(k *kept, id rank.ID, day tiers.Day, acc *tiers.Accumulator, through tiers.Day) error {
	if k.closed <= 0 {
		k.closed = min(day-1, through)
	}
	if err := f.keeper.Keep(&k.Kept, day, acc, min(day, k.closed+1)); err != nil {
		return err
	}
	if day-k.closed > manyDays {
		return f.close(id, min(day-1, through))
	}
	return nil
}

// scan folds what a query selects by UTC day and name and hands over each day of
// each of who, or of everybody if who is nil. Each accumulator holds one day.
func (f *facts) scan(ctx context.Context, q store.Query, who map[rank.ID]bool, each func(rank.ID, tiers.Day, *tiers.Accumulator) error) error {
	if who != nil && len(who) <= few && f.scope == tiers.OfSubject {
		for id := range who {
			q.Subject = f.names.Name(id)
			if err := f.scanDays(ctx, q, who, nil, each); err != nil {
				return err
			}
		}
		return nil
	}
	return f.scanDays(ctx, q, who, nil, each)
}

// scanDays is scan in one reading of the ledger, which may play boards too.
func (f *facts) scanDays(ctx context.Context, q store.Query, who map[rank.ID]bool, ranks *sweeping, each func(rank.ID, tiers.Day, *tiers.Accumulator) error) error {
	open := map[rank.ID]*tiers.Accumulator{}
	var spare []*tiers.Accumulator
	var today tiers.Day
	flush := func() error {
		for id, acc := range open {
			if err := each(id, today, acc); err != nil {
				return fmt.Errorf("tokenomics: facts of %s: %w", f.names.Name(id), err)
			}
			acc.Reset()
			spare = append(spare, acc)
		}
		clear(open)
		return nil
	}
	prices := f.e.prices.Load()
	for entry, err := range f.e.scan(ctx, q) {
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if entry.Void && !observed(&entry) {
			continue
		}
		if ranks != nil && !entry.Void {
			if err := ranks.add(&entry); err != nil {
				return err
			}
		}
		if day := dayOf(entry.At); day != today {
			if err := flush(); err != nil {
				return err
			}
			today = day
		}
		name, ok := f.nameOf(&entry)
		if !ok {
			continue
		}
		id := f.id(name)
		if who != nil && !who[id] {
			continue
		}
		acc := open[id]
		if acc == nil {
			if n := len(spare); n > 0 {
				acc, spare = spare[n-1], spare[:n-1]
			} else {
				acc = tiers.NewAccumulator(f.keeper.Needs())
			}
			open[id] = acc
		}
		f.count(acc, prices, &entry)
	}
	return flush()
}

// exists reports whether the ledger has anything of a subject: names that
// strangers ask for are not kept.
func (f *facts) exists(ctx context.Context, name string, voids bool) (bool, error) {
	if f.scope != tiers.OfSubject {
		return true, nil // the ledger cannot be asked for teams, which are few
	}
	for _, err := range f.e.scan(ctx, store.Query{Subject: name, Voids: voids}) {
		if err != nil {
			return false, fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		return true, nil
	}
	return false, nil
}
