package tiers

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
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
	return a.see(f, asOf, lens, allFacets)
}

// see is SeeInto of some facets only; what belongs to the others stays zero.
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
	return a.fold(a.cals[i], f, want)
}

// scratch is memory that folds use again.
type scratch struct {
	workflows []uint64
	stretches []stretch
}

// fold sums the cells of the window, by day.
func (a *Accumulator) fold(c *calendar, f *Facts, want facet) error {
	first := f.First // of all time it is set to the first active day below
	sum := summer{f: f, want: want}
	a.work.workflows, a.work.stretches = a.work.workflows[:0], a.work.stretches[:0]
	from, _ := slices.BinarySearchFunc(c.cells, first, func(x *cell, day Day) int { return cmp.Compare(x.day, day) })
	for from > 0 && c.cells[from-1].day >= first {
		from--
	}
	for _, x := range c.cells[from:] {
		if x.day > f.Last {
			break
		}
		if !f.Lens.takes(x.class) {
			continue
		}
		sum.add(x)
		if want&facetsOfWork != 0 && a.needs.keeps(facetsOfWork) {
			a.work.stretches = x.appendStretches(a.work.stretches)
		}
		if want&facetWorkflows != 0 {
			a.work.workflows = append(a.work.workflows, x.workflows...)
		}
	}
	sum.finish()
	if f.Lens.Window.Period == AllTime {
		if f.First = f.Last; len(f.Days) > 0 {
			f.First = f.Days[0].Day
		}
	}
	if want&facetsOfWork != 0 && a.needs.keeps(facetsOfWork) {
		f.foldSessions(a.work.stretches, a.needs.idles, want)
	}
	slices.Sort(a.work.workflows)
	f.Workflows = len(slices.Compact(a.work.workflows))
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
	want    facet
	err     error
	firstAt int64
	lastAt  int64
}

func (s *summer) add(x *cell) {
	f, want := s.f, s.want
	if len(f.Days) == 0 {
		s.firstAt, s.lastAt = x.firstAt, x.lastAt
	}
	s.firstAt, s.lastAt = min(s.firstAt, x.firstAt), max(s.lastAt, x.lastAt)
	if n := len(f.Days); n == 0 || f.Days[n-1].Day != x.day {
		f.Days = append(f.Days, DayFacts{Day: x.day})
	}
	d := &f.Days[len(f.Days)-1]
	if want&facetEvents != 0 {
		f.Events += x.events
		d.Events += x.events
	}
	if want&facetsOfUsage != 0 {
		s.fail(addUsage(&f.Usage, &x.usage))
	}
	if want&facetCalls != 0 {
		s.int(&f.Calls, x.calls)
		s.int(&d.Calls, x.calls)
		if x.class.automation() {
			s.int(&f.AutomationCalls, x.calls)
		}
	}
	if want&facetCost != 0 {
		f.Unpriced += x.unpriced
		s.money(&f.Cost, x.cost)
		s.money(&d.Cost, x.cost)
	}
	if want&facetSaving != 0 {
		f.SavingUnknown += x.savingUnknown
		s.money(&f.Saving, x.saving)
		s.money(&d.Saving, x.saving)
	}
	if want&facetHours != 0 {
		for h, n := range x.hours {
			f.Hours[h] += n
		}
	}
	s.daily(d, x)
	if want&facetsOfModels != 0 {
		for i := range x.models {
			s.fail(addModel(&f.Models, &x.models[i]))
		}
	}
}

// daily adds what is known of a day only, beside its calls and money.
func (s *summer) daily(d *DayFacts, x *cell) {
	if s.want&facetTokens != 0 {
		s.int(&d.Tokens, x.tokens)
	}
	if s.want&facetFresh != 0 {
		s.int(&d.Fresh, x.fresh)
	}
	if s.want&facetCacheReads != 0 {
		s.int(&d.CacheReads, x.cacheReads)
	}
	if s.want&facetGenerated != 0 {
		s.int(&d.Generated, x.generated)
	}
	if s.want&facetPrompt != 0 {
		s.int(&d.Prompt, x.prompt)
	}
}

func (s *summer) finish() {
	f := s.f
	if s.want&facetCalls != 0 {
		f.Usage.Requests = f.Calls
	}
	if s.want&facetTimes != 0 && len(f.Days) > 0 {
		f.FirstAt, f.LastAt = instant(s.firstAt), instant(s.lastAt)
	}
	if !sumsFit(f.Days) {
		s.fail(fmt.Errorf("%w: tokens of the window", ErrOverflow))
	}
	slices.SortFunc(f.Models, func(a, b ModelFacts) int {
		return cmp.Or(strings.Compare(a.Provider, b.Provider), strings.Compare(a.Model, b.Model))
	})
	for i := range f.Models {
		if i == 0 || f.Models[i-1].Provider != f.Models[i].Provider {
			f.Providers++
		}
	}
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

func (s *summer) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *summer) int(sum *int64, n int64) {
	v, ok := addInt(*sum, n)
	if !ok {
		s.fail(ErrOverflow)
		return
	}
	*sum = v
}

func (s *summer) money(sum *pricing.Money, m pricing.Money) {
	v, err := sum.Add(m)
	if err != nil {
		s.fail(fmt.Errorf("%w: %w", ErrOverflow, err))
		return
	}
	*sum = v
}

// stretch is a stretch of work of one session.
type stretch struct {
	hash uint64
	span
	name string
}

// appendStretches lists the day's stretches; a session without any, as kept
// facts may have, is listed as one that is over before it began.
func (x *cell) appendStretches(dst []stretch) []stretch {
	for i := range x.sessions {
		s := &x.sessions[i]
		if len(s.spans) == 0 {
			dst = append(dst, stretch{s.hash, none, s.name})
		}
		for _, sp := range s.spans {
			dst = append(dst, stretch{s.hash, sp, s.name})
		}
	}
	return dst
}

// none is no stretch.
var none = span{math.MaxInt64, math.MinInt64}

// foldSessions counts the sessions and finds the longest one for each idle
// gap: of equals the earliest, then the first by hash.
func (f *Facts) foldSessions(all []stretch, idles []time.Duration, want facet) {
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.from, b.from)) })
	for _, idle := range idles {
		best := SessionFacts{Idle: idle}
		var length int64 = -1
		sessions := 0
		for i := 0; i < len(all); {
			end := i + 1
			for end < len(all) && all[end].hash == all[i].hash {
				end++
			}
			sessions++
			if s, ok := longest(all[i:end], int64(idle)); ok && (s.to-s.from > length || s.to-s.from == length && s.from < best.From.UnixNano()) {
				length = s.to - s.from
				best = SessionFacts{Idle: idle, Session: s.name, From: instant(s.from), To: instant(s.to), hash: s.hash}
			}
			i = end
		}
		if want&facetLongest != 0 {
			f.Longest = append(f.Longest, best)
		}
		if want&facetSessions != 0 {
			f.Sessions = sessions
		}
	}
}

// longest joins stretches of one session, sorted by their beginning, that are
// at most gap apart and returns the longest, of equals the earliest. It is
// false if there are none.
func longest(of []stretch, gap int64) (best stretch, ok bool) {
	for i := 0; i < len(of) && of[i].span != none; {
		cur := of[i]
		for i++; i < len(of) && of[i].span != none && of[i].from-cur.to <= gap; i++ {
			cur.to = max(cur.to, of[i].to)
			if cur.name == "" {
				cur.name = of[i].name
			}
		}
		if !ok || cur.to-cur.from > best.to-best.from {
			best, ok = cur, true
		}
	}
	return best, ok
}
