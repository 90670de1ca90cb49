package tokenomics

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// rankHistory is who stood where at the closes of past days, as far as rules
// about ranks ask: the front of each of their boards.
type rankHistory struct {
	from tiers.Day // of days[0]
	days []dayRanks
	redo tiers.Day // corrections reach back to this close; 0: they are all in
}

// dayRanks is one close: a front for each board of the rules, in their order.
type dayRanks struct{ boards []front }

// front is the first of a board: all that gates about ranks can be met by, some
// more, and those who were there the day before.
type front struct {
	population int
	ranked     []ranked // by handle
}

type ranked struct {
	id   rank.ID
	rank int32
}

// more is how many places behind the last that matters are kept too, so that
// what is told says how far behind somebody fell.
const more = 10

// day returns the ranks at the close of a day; nil if there are none.
func (h *rankHistory) day(day tiers.Day) *dayRanks {
	if i := int(day - h.from); h.from != 0 && i >= 0 && i < len(h.days) {
		return &h.days[i]
	}
	return nil
}

// next returns the first day that is not known.
func (h *rankHistory) next() tiers.Day { return h.from + tiers.Day(len(h.days)) }

// touch notes that the ranks of a day and those after it may be other now.
func (h *rankHistory) touch(day tiers.Day) {
	if h.from != 0 && day < h.next() && (h.redo == 0 || day < h.redo) {
		h.redo = day
	}
}

func (r *front) rankOf(id rank.ID) int {
	i, ok := slices.BinarySearchFunc(r.ranked, id, func(x ranked, id rank.ID) int { return cmp.Compare(x.id, id) })
	if !ok {
		return 0
	}
	return int(r.ranked[i].rank)
}

// stand sets who is evaluated, and where they stand at a close.
func (f *facts) stand(id rank.ID, at *dayRanks) {
	for i, name := range f.boards {
		f.population[name] = 0 // a board that is not known has nobody
		delete(f.rank, name)
		if at == nil {
			continue
		}
		f.population[name] = at.boards[i].population
		if r := at.boards[i].rankOf(id); r > 0 {
			f.rank[name] = r
		}
	}
}

// ranksNow returns where some stand now: a map of ranks by board for each, and
// the populations.
func (f *facts) ranksNow(ctx context.Context, names []string) (now ranksNow, err error) {
	if len(f.boards) == 0 {
		return now, nil
	}
	if err := f.e.lock(ctx); err != nil {
		return now, err
	}
	defer f.e.mu.RUnlock()
	now.of, now.population = make([][]int, len(f.boards)), make([]int, len(f.boards))
	for i, board := range f.boards {
		if now.of[i] = make([]int, len(names)); f.spec(board) == nil {
			continue
		}
		b := f.e.byName[board]
		now.population[i] = b.ranks.Len()
		for j, name := range names {
			if s, ok := b.ranks.Standing(name); ok {
				now.of[i][j] = s.Rank
			}
		}
	}
	return now, nil
}

// ranksNow is where some stand now, by board.
type ranksNow struct {
	of         [][]int
	population []int
}

// standAt sets where one of those stands.
func (f *facts) standAt(i int, now ranksNow) {
	for b, name := range f.boards {
		f.population[name] = now.population[b]
		if delete(f.rank, name); now.of[b][i] > 0 {
			f.rank[name] = now.of[b][i]
		}
	}
}

// place sets the ranks of who is evaluated. They are read only.
func (f *facts) place(v *tiers.Facts) {
	v.Book = f.book
	if len(f.boards) > 0 {
		v.Rank, v.Population = f.rank, f.population
	}
}

// places sums up which gates about ranks are met by who is evaluated.
func (f *facts) places() uint64 {
	if len(f.rank) == 0 {
		return 0
	}
	return f.keeper.Places(&tiers.Facts{Rank: f.rank, Population: f.population})
}

// lines is a board at one close.
type lines struct {
	population int
	all        iter.Seq[rank.Standing]
	of         func(name string) (rank.Standing, bool)
}

// front takes from a board what is kept of a close.
func (f *facts) front(name string, l lines, before *front) front {
	r := front{population: l.population}
	last := f.keeper.PlacesOf(name, l.population)
	if last == 0 {
		return r
	}
	seen := map[rank.ID]bool{}
	add := func(s rank.Standing) {
		if id := f.id(s.Subject); !seen[id] {
			seen[id] = true
			r.ranked = append(r.ranked, ranked{id, int32(s.Rank)})
		}
	}
	for s := range l.all {
		if s.Rank > last+more {
			break
		}
		add(s)
	}
	if before != nil {
		was := f.keeper.PlacesOf(name, before.population)
		for _, x := range before.ranked {
			if int(x.rank) <= was {
				if s, ok := l.of(f.names.Name(x.id)); ok {
					add(s)
				}
			}
		}
	}
	slices.SortFunc(r.ranked, func(a, b ranked) int { return cmp.Compare(a.id, b.id) })
	return r
}

// rankThrough learns the ranks at the closes up to one.
func (f *facts) rankThrough(ctx context.Context, through tiers.Day) error {
	h := &f.ranks
	if len(f.boards) == 0 || h.from != 0 && h.next() > through {
		return nil
	}
	if h.from == 0 {
		first, days, err := f.sweep(ctx, 0, through)
		if err != nil {
			return err
		}
		h.from, h.days = first, days
		return nil
	}
	days, err := f.ranksOf(ctx, h.next(), through)
	h.days = append(h.days, days...)
	return err
}

// rankAgain learns anew the ranks that corrections have reached, and takes back
// the closes of those for whom they make a difference.
func (f *facts) rankAgain(ctx context.Context) error {
	h := &f.ranks
	if h.redo == 0 {
		return nil
	}
	from := h.redo // which may be before all that was known
	days, err := f.ranksOf(ctx, from, h.next()-1)
	if err != nil {
		return err
	}
	for i := range days {
		day := from + tiers.Day(i)
		was := h.day(day)
		if was == nil {
			was = &dayRanks{make([]front, len(f.boards))}
		}
		for _, id := range differ(was, &days[i]) {
			f.stand(id, was)
			before := f.places()
			if f.stand(id, &days[i]); f.places() == before {
				continue
			}
			if k := &f.of[id]; k.closed >= day {
				k.mark.add(day)
				f.wait(id)
			}
		}
	}
	h.days = append(h.days[:max(from-h.from, 0)], days...)
	h.from, h.redo = min(h.from, from), 0
	return nil
}

// differ lists those whose ranks two closes say differently, and all who have a
// rank in either where the population did.
func differ(a, b *dayRanks) []rank.ID {
	seen := map[rank.ID]bool{}
	for i := range b.boards {
		x, y := &a.boards[i], &b.boards[i]
		for _, r := range x.ranked {
			seen[r.id] = seen[r.id] || x.population != y.population || y.rankOf(r.id) != int(r.rank)
		}
		for _, r := range y.ranked {
			seen[r.id] = seen[r.id] || x.population != y.population || x.rankOf(r.id) != int(r.rank)
		}
	}
	var out []rank.ID
	for id, other := range seen {
		if other {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// ranksOf returns the ranks at the closes of some days: from the boards, where
// they reach back so far, otherwise from the ledger.
func (f *facts) ranksOf(ctx context.Context, from, through tiers.Day) ([]dayRanks, error) {
	if from > through {
		return nil, nil
	}
	if days, ok, err := f.ranksOfBoards(ctx, from, through); ok || err != nil {
		return days, err
	}
	_, days, err := f.sweep(ctx, from, through)
	return days, err
}

// ranksOfBoards is ranksOf by the engine's boards; false if they do not reach
// back so far.
func (f *facts) ranksOfBoards(ctx context.Context, from, through tiers.Day) ([]dayRanks, bool, error) {
	var days []dayRanks
	before := f.ranks.day(from - 1)
	for day := from; day <= through; day++ {
		views := make([]*rank.View, len(f.boards))
		if err := f.e.lock(ctx); err != nil {
			return nil, false, err
		}
		for i, name := range f.boards {
			if f.spec(name) == nil {
				continue
			}
			b := f.e.byName[name]
			var err error
			if views[i], err = b.ranks.AsOf(day.Close()); err != nil || b.err != nil {
				f.e.mu.RUnlock()
				return nil, false, nil //nolint:nilerr // ranks of a board that is broken, or does not reach back, are not known
			}
		}
		f.e.mu.RUnlock()
		fronts := make([]front, len(f.boards))
		for i, v := range views {
			if v == nil {
				continue
			}
			var was *front
			if before != nil {
				was = &before.boards[i]
			}
			fronts[i] = f.front(f.boards[i], lines{v.Len(), v.All(), v.Standing}, was)
		}
		days = append(days, dayRanks{fronts})
		before = &days[len(days)-1]
	}
	return days, true, nil
}

// spec returns a board of the scope by its name; nil if there is none.
func (f *facts) spec(name string) *Board {
	for i := range f.e.specs {
		if s := &f.e.specs[i]; s.Name == name && s.Of == f.dimension() {
			return s
		}
	}
	return nil
}

// dimension is what boards of the scope are of.
func (f *facts) dimension() Dimension {
	switch f.scope {
	case tiers.OfSubject:
		return BySubject
	case tiers.OfTeam:
		return ByTeam
	}
	return ""
}

// sweep plays the boards of the rules through the ledger and returns the ranks at
// the closes of days. From 0 is from the first event on, and then the day of it
// is returned too.
func (f *facts) sweep(ctx context.Context, from, through tiers.Day) (first tiers.Day, days []dayRanks, err error) {
	s, err := f.newSweep(from, through, func(r dayRanks) { days = append(days, r) })
	if err != nil {
		return 0, nil, err
	}
	q := store.Query{To: (through + 1).Start(nil)}
	if from != 0 {
		q.From = s.start
	}
	for v, err := range f.e.scan(ctx, q) {
		if err != nil {
			return 0, nil, fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if err := s.add(&v); err != nil {
			return 0, nil, err
		}
	}
	first, err = s.end()
	return first, days, err
}

// sweeping is a reading of the ledger that plays boards.
type sweeping struct {
	f              *facts
	boards         []*board
	start          time.Time // of the first event that shows at the first close
	today, through tiers.Day
	first          tiers.Day // that was closed; 0: none was
	before         *dayRanks
	closed         func(dayRanks)
}

func (f *facts) newSweep(from, through tiers.Day, closed func(dayRanks)) (*sweeping, error) {
	boards, start, err := f.freshBoards(from)
	return &sweeping{f: f, boards: boards, start: start, today: from, through: through, before: f.ranks.day(from - 1), closed: closed}, err
}

// add takes up the next event.
func (s *sweeping) add(v *store.Entry) error {
	day := dayOf(v.At)
	if s.today == 0 {
		s.today = day
	}
	if err := s.closeBefore(min(day, s.through+1)); err != nil || day > s.through {
		return err
	}
	return s.f.play(s.boards, v)
}

// end closes what is left and returns the first day that was closed.
func (s *sweeping) end() (first tiers.Day, err error) {
	if s.today == 0 {
		s.today = s.through
	}
	err = s.closeBefore(s.through + 1)
	return s.first, err
}

// closeBefore takes down the ranks at the closes before a day.
func (s *sweeping) closeBefore(day tiers.Day) error {
	for ; s.today < day; s.today++ {
		fronts := make([]front, len(s.boards))
		for i, b := range s.boards {
			if b == nil {
				continue
			}
			if err := b.advance(s.today.Close()); err != nil {
				return err
			}
			if b.err != nil {
				s.f.faults["board "+b.spec.Name] = b.trusted()
			}
			var was *front
			if s.before != nil {
				was = &s.before.boards[i]
			}
			fronts[i] = s.f.front(s.f.boards[i], lines{b.ranks.Len(), b.ranks.All(), b.ranks.Standing}, was)
		}
		if s.first == 0 {
			s.first = s.today
		}
		s.before = &dayRanks{fronts}
		s.closed(*s.before)
	}
	return nil
}

// freshBoards returns empty boards like those of the rules, and when the first
// event happened that they show at the close of a day.
func (f *facts) freshBoards(from tiers.Day) (boards []*board, start time.Time, err error) {
	boards = make([]*board, len(f.boards))
	for i, name := range f.boards {
		like := f.spec(name)
		if like == nil {
			f.faults["board "+name] = fmt.Errorf("%w: %q, which rules ask for ranks of %s", ErrUnknownBoard, name, f.dimension())
			continue
		}
		spec := *like
		spec.Per, spec.History = nil, 1
		b, err := newBoard(spec, f.names)
		if err != nil {
			return nil, start, err
		}
		boards[i] = b
		k := b.stepOf(from.Start(nil))
		if s := b.spec.Window.StepStart(b.spec.Window.FirstStep(k)); i == 0 || s.Before(start) {
			start = s
		}
	}
	return boards, start, nil
}

// play puts an event on boards, which follow its time.
func (f *facts) play(boards []*board, v *store.Entry) error {
	for _, b := range boards {
		if b == nil {
			continue
		}
		if b.stepOf(v.At) > b.current {
			if err := b.advance(v.At); err != nil {
				return err
			}
		}
		var h hostScore
		h.after, h.err = hostScoreOf(&b.spec, v)
		id := rank.NoID
		switch f.scope {
		case tiers.OfSubject:
			if id = f.id(v.Subject); id == rank.NoID {
				continue // somebody who was forgotten
			}
		case tiers.OfTeam:
			f.id(v.Team) // the board ranks by the same handles
		}
		b.change(nil, v, rank.NoID, id, h)
	}
	return nil
}
