package tiers

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Facts returns what is known in the window as of an instant. Days after that
// of the instant do not count, even where a calendar period goes on; later
// samples of the same day do. It fails with
// [ErrWindow] for a window in a zone the accumulator was not made for, with
// [ErrSample] after a bad sample, and with [ErrOverflow].
func (a *Accumulator) Facts(asOf time.Time, w Window) (Facts, error) {
	return a.See(asOf, Lens{Window: w})
}

// See is [Accumulator.Facts] of the samples that pass a lens.
func (a *Accumulator) See(asOf time.Time, lens Lens) (Facts, error) {
	var f Facts
	err := a.SeeInto(&f, asOf, lens)
	return f, err
}

// SeeInto is [Accumulator.See] into facts that may be used again, and whose
// slices are: it replaces all that the accumulator knows and leaves Subject, Rank, Population, Held,
// Book and Decided alone.
func (a *Accumulator) SeeInto(f *Facts, asOf time.Time, lens Lens) error {
	return a.see(f, asOf, lens, facetModels|facetSessions|facetWorkflows)
}

// see is SeeInto of some facets only.
func (a *Accumulator) see(f *Facts, asOf time.Time, lens Lens, want facet) error {
	if a.err != nil {
		return a.err
	}
	if lens.Window.Zone == time.UTC {
		lens.Window.Zone = nil
	}
	if field, reason := lens.Window.fault(); field != "" {
		return fmt.Errorf("%w: %s %s", ErrWindow, field, reason)
	}
	i := slices.IndexFunc(a.cals, func(c *calendar) bool { return c.zone == lens.Window.Zone })
	if i < 0 {
		return fmt.Errorf("%w: no days of %s, want the zone among the needs", ErrWindow, lens.Window.Zone)
	}
	first, last := lens.Window.Span(asOf)
	last = min(last, DayOf(asOf, lens.Window.Zone)) // the rest of a calendar period is not known yet
	*f = Facts{
		Subject: f.Subject, AsOf: asOf, Lens: lens, First: first, Last: last,
		Days: f.Days[:0], Models: f.Models[:0], Longest: f.Longest[:0],
		Rank: f.Rank, Population: f.Population, Held: f.Held, Book: f.Book, Decided: f.Decided,
	}
	return a.cals[i].fold(f, &a.needs, want)
}

// fold sums the cells of the window, by day.
func (c *calendar) fold(f *Facts, n *Needs, want facet) error {
	keys := make([]cellKey, 0, len(c.cells))
	for k := range c.cells {
		if k.day >= f.First && k.day <= f.Last && f.Lens.takes(k.class) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b cellKey) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.class, b.class))
	})
	first := f.First // of all time it is set to the first active day below
	sum := summer{f: f, models: want&facetModels != 0}
	var cells []*cell
	for _, k := range keys {
		x := c.cells[k]
		sum.add(k, x)
		cells = append(cells, x)
	}
	sum.finish()
	if f.Lens.Window.Period == AllTime {
		if f.First = f.Last; len(f.Days) > 0 {
			f.First = f.Days[0].Day
		}
	}
	if want&facetSessions != 0 && n.keeps(facetSessions) {
		f.foldSessions(cells, n.idles)
	}
	if want&facetWorkflows != 0 && n.keeps(facetWorkflows) {
		names := map[string]struct{}{}
		for _, x := range cells {
			for w := range x.workflows {
				names[w] = struct{}{}
			}
		}
		f.Workflows = len(names)
	}
	for k, v := range c.counters {
		if k.day < first || k.day > f.Last {
			continue
		}
		if f.Counters == nil {
			f.Counters = map[string]int64{}
		}
		total, ok := addInt(f.Counters[k.name], v)
		if !ok {
			return fmt.Errorf("%w: counter %s", ErrOverflow, k.name)
		}
		f.Counters[k.name] = total
	}
	return sum.err
}

// summer adds cells up and keeps the first overflow.
type summer struct {
	f       *Facts
	models  bool // wanted
	err     error
	firstAt int64
	lastAt  int64
}

func (s *summer) add(k cellKey, x *cell) {
	f := s.f
	if f.Events == 0 {
		s.firstAt, s.lastAt = x.firstAt, x.lastAt
	}
	s.firstAt, s.lastAt = min(s.firstAt, x.firstAt), max(s.lastAt, x.lastAt)
	s.usage(&f.Usage, x.usage)
	s.money(&f.Cost, x.cost)
	s.money(&f.Saving, x.saving)
	s.int(&f.Calls, x.calls)
	f.Events += x.events
	f.Unpriced += x.unpriced
	f.SavingUnknown += x.savingUnknown
	if k.class.automation() {
		s.int(&f.AutomationCalls, x.calls)
	}
	for h, n := range x.hours {
		f.Hours[h] += n
	}
	if n := len(f.Days); n == 0 || f.Days[n-1].Day != k.day {
		f.Days = append(f.Days, DayFacts{Day: k.day})
	}
	d := &f.Days[len(f.Days)-1]
	d.Events += x.events
	s.int(&d.Calls, x.calls)
	s.int(&d.Tokens, x.tokens)
	s.int(&d.Fresh, x.fresh)
	s.int(&d.CacheReads, x.cacheReads)
	s.int(&d.Generated, x.usage.Generated())
	s.int(&d.Prompt, x.usage.Prompt())
	s.money(&d.Cost, x.cost)
	s.money(&d.Saving, x.saving)
	if s.models {
		f.Models = append(f.Models, x.models...)
	}
}

func (s *summer) finish() {
	f := s.f
	f.Usage.Requests = f.Calls
	if f.Events > 0 {
		f.FirstAt, f.LastAt = instant(s.firstAt), instant(s.lastAt)
	}
	if !sumsFit(f.Days) {
		s.err = fmt.Errorf("%w: tokens of the window", ErrOverflow)
	}
	slices.SortFunc(f.Models, func(a, b ModelFacts) int {
		return cmp.Or(strings.Compare(a.Provider, b.Provider), strings.Compare(a.Model, b.Model))
	})
	kept := f.Models[:0]
	for _, m := range f.Models {
		n := len(kept)
		if n == 0 || kept[n-1].Provider != m.Provider || kept[n-1].Model != m.Model {
			if n == 0 || kept[n-1].Provider != m.Provider {
				f.Providers++
			}
			kept = append(kept, m)
			continue
		}
		s.int(&kept[n-1].Calls, m.Calls)
		s.int(&kept[n-1].Tokens, m.Tokens)
		s.money(&kept[n-1].Cost, m.Cost)
		kept[n-1].Unpriced += m.Unpriced
	}
	f.Models = kept
}

// sumsFit reports whether all tokens of the window fit an int64, so that every
// sum of some of its meters does.
func sumsFit(days []DayFacts) bool {
	left := int64(math.MaxInt64)
	for i := range days {
		if left -= days[i].Tokens; left < 0 {
			return false
		}
	}
	return true
}

func (s *summer) int(sum *int64, n int64) {
	v, ok := addInt(*sum, n)
	if !ok {
		s.err = ErrOverflow
		return
	}
	*sum = v
}

func (s *summer) money(sum *pricing.Money, m pricing.Money) {
	v, err := sum.Add(m)
	if err != nil {
		s.err = fmt.Errorf("%w: %w", ErrOverflow, err)
		return
	}
	*sum = v
}

func (s *summer) usage(sum *usage.Usage, u usage.Usage) {
	v, err := sum.Add(u)
	if err != nil {
		s.err = fmt.Errorf("%w: %w", ErrOverflow, err)
		return
	}
	*sum = v
}

// foldSessions counts the sessions of the cells and finds the longest one for
// each idle gap: of equals the earliest, then the first by name.
func (f *Facts) foldSessions(cells []*cell, idles []time.Duration) {
	all := map[string]spans{}
	for _, x := range cells {
		for name, s := range x.sessions {
			all[name] = append(all[name], s...)
		}
	}
	f.Sessions = len(all)
	names := make([]string, 0, len(all))
	for name, s := range all {
		names = append(names, name)
		slices.SortFunc(s, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	}
	slices.Sort(names)
	for _, idle := range idles {
		best := SessionFacts{Idle: idle}
		for i, name := range names {
			s, _ := all[name].longest(int64(idle))
			from, to := instant(s.from), instant(s.to)
			if d := to.Sub(from) - best.Length(); i == 0 || d > 0 || (d == 0 && from.Before(best.From)) {
				best = SessionFacts{Idle: idle, Session: name, From: from, To: to}
			}
		}
		f.Longest = append(f.Longest, best)
	}
}
