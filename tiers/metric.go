package tiers

import (
	"strings"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Metric names one number of [Facts]. Every meter of package usage is one, by
// its snake-case name, as are the sums below and the host's counters, see
// [Counter].
type Metric string

// The metrics beside the meters.
const (
	Tokens          Metric = "tokens"           // sum of all token meters, cache and reasoning included
	Fresh           Metric = "fresh"            // tokens less cache reads
	Prompt          Metric = "prompt"           // size of all prompts, cached or not
	CacheReads      Metric = "cache_reads"      // tokens read from caches, every modality
	CacheWrites     Metric = "cache_writes"     // tokens written to caches, every lifetime
	Generated       Metric = "generated"        // tokens the models produced, reasoning included
	Events          Metric = "events"           // counted events
	Calls           Metric = "calls"            // calls; an event may be several
	AutomationCalls Metric = "automation_calls" // calls that no person caused
	Unpriced        Metric = "unpriced"         // events without a full price
	Cost            Metric = "cost"             // money; a lower bound if Unpriced is not 0
	CacheSaving     Metric = "cache_saving"     // money; net of what the writes cost extra, of the events where it is known
	ActiveDays      Metric = "active_days"      // days with at least one event
	WeekendDays     Metric = "weekend_days"     // active Saturdays and Sundays
	ActiveHours     Metric = "active_hours"     // different hours of the day with at least one call, 0 to 24
	Models          Metric = "models"           // different models, told apart by provider too
	Providers       Metric = "providers"        // different providers
	Sessions        Metric = "sessions"         // different sessions
	Workflows       Metric = "workflows"        // different named workflows
	BestDayTokens   Metric = "best_day_tokens"  // tokens of the day with the most
)

const counterPrefix = "counter:"

// Counter is the metric of one of the host's own counters, such as merged
// changes. A counter that was never counted is 0.
func Counter(name string) Metric { return Metric(counterPrefix + name) }

// words returns the metric for people: "active days", "changes merged".
func (m Metric) words() string {
	return strings.ReplaceAll(strings.TrimPrefix(string(m), counterPrefix), "_", " ")
}

// metricInfo says what validation must know of a metric.
type metricInfo struct {
	money  bool
	signed bool // may be negative
	max    int64
	facet  facet
}

// info looks a metric up; false if there is none of that name.
func (m Metric) info() (metricInfo, bool) {
	switch m {
	case ActiveDays, WeekendDays:
		return metricInfo{}, true
	case Events:
		return metricInfo{facet: facetEvents}, true
	case Tokens, BestDayTokens:
		return metricInfo{facet: facetTokens}, true
	case Fresh:
		return metricInfo{facet: facetFresh}, true
	case Prompt:
		return metricInfo{facet: facetPrompt}, true
	case CacheReads:
		return metricInfo{facet: facetCacheReads}, true
	case CacheWrites:
		return metricInfo{facet: facetCacheWrites}, true
	case Generated:
		return metricInfo{facet: facetGenerated}, true
	case Calls, AutomationCalls:
		return metricInfo{facet: facetCalls}, true
	case Unpriced:
		return metricInfo{facet: facetCost}, true
	case Cost:
		return metricInfo{money: true, facet: facetCost}, true
	case CacheSaving:
		return metricInfo{money: true, signed: true, facet: facetSaving | facetEvents}, true
	case ActiveHours:
		return metricInfo{max: 24, facet: facetHours}, true
	case Models:
		return metricInfo{facet: facetModels}, true
	case Providers:
		return metricInfo{facet: facetProviders}, true
	case Sessions:
		return metricInfo{facet: facetSessions}, true
	case Workflows:
		return metricInfo{facet: facetWorkflows}, true
	}
	if name, ok := strings.CutPrefix(string(m), counterPrefix); ok {
		return metricInfo{signed: true, facet: facetCounters}, name != ""
	}
	meter, err := usage.ParseMeter(string(m))
	if meter == usage.Requests {
		return metricInfo{facet: facetCalls}, err == nil // they are the calls
	}
	return metricInfo{facet: facetMeters}, err == nil
}

// limit returns the most a metric can be in a window; 0: no limit known.
func (m Metric) limit(w Window) int64 {
	info, _ := m.info()
	if m != ActiveDays && m != WeekendDays {
		return info.max
	}
	days := int64(0)
	switch w.Period {
	case Rolling:
		days = int64(w.Days)
	case CalDay:
		days = 1
	case CalWeek:
		days = 7
	case CalMonth:
		days = 31
	case CalSeason:
		days = int64(w.Last-w.First) + 1
	}
	if m == WeekendDays && days > 0 {
		days = min(days, days/7*2+2)
	}
	return days
}

// Value returns a metric: a count, or an amount for [Cost] and [CacheSaving].
// It is false for a name that is no metric.
func (f *Facts) Value(m Metric) (Value, bool) {
	switch m {
	case Cost:
		return Amount(f.Cost), true
	case CacheSaving:
		return Amount(f.Saving), true
	}
	n, ok := f.count(m)
	return Count(n), ok
}

// count returns a metric that is not money.
func (f *Facts) count(m Metric) (int64, bool) {
	switch m {
	case Tokens:
		return f.Usage.Tokens(), true
	case Fresh:
		return f.Usage.Fresh(), true
	case Prompt:
		return f.Usage.Prompt(), true
	case CacheReads:
		return f.Usage.CacheReads(), true
	case CacheWrites:
		return f.Usage.CacheWrites(), true
	case Generated:
		return f.Usage.Generated(), true
	case Events:
		return f.Events, true
	case Calls:
		return f.Calls, true
	case AutomationCalls:
		return f.AutomationCalls, true
	case Unpriced:
		return f.Unpriced, true
	case ActiveDays:
		return int64(len(f.Days)), true
	case WeekendDays:
		return f.weekendDays(), true
	case ActiveHours:
		return f.activeHours(), true
	case Models:
		return int64(len(f.Models)), true
	case Providers:
		return int64(f.Providers), true
	case Sessions:
		return int64(f.Sessions), true
	case Workflows:
		return int64(f.Workflows), true
	case BestDayTokens:
		return f.bestDayTokens(), true
	}
	if name, ok := strings.CutPrefix(string(m), counterPrefix); ok {
		return f.Counters[name], true
	}
	return f.meter(m)
}

// meter returns a meter by its name. The few that default rules ask for are
// found without a search.
func (f *Facts) meter(m Metric) (int64, bool) {
	switch m {
	case "image_input":
		return f.Usage.ImageInput, true
	case "audio_input":
		return f.Usage.AudioInput, true
	case "audio_input_ms":
		return f.Usage.AudioInputMs, true
	case "video_input":
		return f.Usage.VideoInput, true
	case "pages":
		return f.Usage.Pages, true
	case "web_searches":
		return f.Usage.WebSearches, true
	}
	meter, err := usage.ParseMeter(string(m))
	if err != nil {
		return 0, false
	}
	return f.Usage.Get(meter), true
}

func (f *Facts) weekendDays() (n int64) {
	for i := range f.Days {
		if f.Days[i].Day.Weekend() {
			n++
		}
	}
	return n
}

func (f *Facts) activeHours() (n int64) {
	for _, calls := range f.Hours {
		if calls > 0 {
			n++
		}
	}
	return n
}

func (f *Facts) bestDayTokens() (most int64) {
	for i := range f.Days {
		most = max(most, f.Days[i].Tokens)
	}
	return most
}
