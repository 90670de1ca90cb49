package tiers

import (
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Names of the host's counters that default rules look at. A host that counts
// neither loses nothing: the two rules about them are never met.
const (
	ChangesMerged   = "changes_merged"   // changes that were accepted
	ChangesReverted = "changes_reverted" // changes that were taken back
)

// DefaultRules returns the default achievements: [DefaultTitles] and two dozen
// more. Past a small minimum, none of the latter is earned by using more tokens
// or spending more: they are about thrift, caches, breadth, steadiness, rest,
// coming back and what was achieved. All thresholds are this project's own. Hours and days are UTC: give the
// rules another zone with [Window.In] where that matters.
func DefaultRules() []Rule {
	rules := DefaultTitles()
	for _, group := range [][]Rule{steadyRules(), thriftRules(), cacheRules(), breadthRules(), outcomeRules()} {
		rules = append(rules, group...)
	}
	for i := range rules {
		if rules[i].Text.Icon == "" {
			rules[i].Text.Icon = icon(rules[i].ID)
		}
	}
	return rules
}

// rule is a default rule of the last 30 days that is earned once.
func rule(id, category string, gate Gate, title, description, unlocked string) Rule {
	return Rule{
		ID: id, Version: 1, Kind: OneTime, Category: category, Gate: gate, Window: LastDays(30),
		Text: Text{Title: title, Description: description, Unlocked: unlocked},
	}
}

// over changes the window of a rule.
func (r Rule) over(w Window) Rule {
	r.Window = w
	return r
}

// leveled makes a rule one of levels.
func (r Rule) leveled(levels ...Level) Rule {
	r.Kind, r.Levels = Leveled, levels
	return r
}

// lasting makes a rule one that goes after a grace.
func (r Rule) lasting(d time.Duration) Rule {
	r.Revocation = Grace(d)
	return r
}

// each makes a rule one that is earned once a period and goes with its gate
// while the period lasts.
func (r Rule) each(w Window) Rule {
	r.Kind, r.Window, r.Revocation = Repeatable, w, Live()
	return r
}

const week = 7 * 24 * time.Hour

func steadyRules() []Rule {
	hidden := rule("real-holiday", "rest", Comeback{Away: 14, Back: 1},
		"Real Holiday", "Stay away for two whole weeks, then return.",
		"Two weeks without a single call. Everything was still here.").over(LastDays(90))
	hidden.Hidden = true
	return []Rule{
		rule("first-call", "steady", AtLeast(Events, 1),
			"First Call", "Make your first call.",
			"It begins.").over(Window{}),
		rule("regular", "steady", nil,
			"Regular", "Be active on 5, 10 and 20 of 30 days.",
			"A tool you reach for, not a toy you tried.").leveled(Steps(ActiveDays, 5, 10, 20)...).lasting(week),
		rule("ten-weekdays", "steady", Streak{Days: 10, Weekdays: true},
			"Ten in a Row", "Be active on 10 weekdays in a row. Weekends do not break the run.",
			"Two working weeks without a gap, and the weekends were yours."),
		rule("long-haul", "steady", nil,
			"Long Haul", "Be active on 100, 250 and 500 days in all.",
			"You were here before it was a habit.").over(Window{}).leveled(Steps(ActiveDays, 100, 250, 500)...),
		rule("even-keel", "steady",
			All{AtLeast(ActiveDays, 10), Ratio{Of: BestDayTokens, Per: Tokens, AtMost: Percent(20), Min: Count(1_000_000)}},
			"Even Keel", "Be active on 10 of 30 days, with no day above 20 % of your tokens.",
			"No binge before the deadline. Steady wins.").lasting(week),
		rule("welcome-back", "steady", Comeback{Away: 10, Back: 3},
			"Welcome Back", "Return after 10 days away and stay for 3 active days.",
			"Good to see you again.").over(LastDays(60)),
		rule("good-week", "steady", All{AtLeast(ActiveDays, 3), AtMost(WeekendDays, 0)},
			"Good Week", "In one week, be active on 3 days and on neither day of the weekend.",
			"A week well kept.").each(Window{Period: CalWeek}),
		rule("weekend-off", "rest", All{AtLeast(ActiveDays, 12), AtMost(WeekendDays, 0)},
			"Weekend Off", "Be active on 12 of 30 days, and on no Saturday or Sunday.",
			"Work was done, and the weekend left alone.").lasting(week),
		rule("daylight", "rest", All{AtLeast(ActiveDays, 10), HoursShare{From: 6, To: 20, AtLeast: Percent(95), Min: 200}},
			"Daylight", "Make at least 95 % of 200 calls between 6 and 20 o'clock, on 10 of 30 days.",
			"The night is for sleeping.").lasting(week),
		rule("takes-breaks", "rest", All{AtLeast(ActiveDays, 12), Not{Session{AtLeast: 4 * time.Hour}}},
			"Takes Breaks", "Be active on 12 of 30 days with no session of 4 hours or more.",
			"Twelve days of work, and you got up in between.").lasting(week),
		hidden,
	}
}

func thriftRules() []Rule {
	return []Rule{
		rule("small-and-steady", "thrift", All{MoneyAtMost(Cost, dollars(50)), AtLeast(ActiveDays, 15), AtMost(Unpriced, 0)},
			"Small and Steady", "Be active on 15 of 30 days and spend no more than 50.",
			"A month of help for less than a dinner out.").lasting(week),
		rule("under-budget", "thrift", All{AtLeast(ActiveDays, 10), MoneyAtMost(Cost, dollars(200)), AtMost(Unpriced, 0)},
			"Under Budget", "In one month, be active on 10 days and spend no more than 200.",
			"Another month inside the budget.").each(Window{Period: CalMonth}),
		rule("leaner", "thrift", Trend{Of: Cost, Per: Generated, Fall: Percent(20), Min: 50_000},
			"Leaner", "Pay 20 % less per generated token than in the 30 days before, with 50,000 generated in both.",
			"The same answers for a fifth less.").over(LastDays(60)),
		rule("shorter-prompts", "thrift", Trend{Of: Prompt, Per: Calls, Fall: Percent(20), Min: 200},
			"Straight to the Point", "Send prompts 20 % shorter than in the 30 days before, over 200 calls in both.",
			"Less said, as much done.").over(LastDays(60)),
		rule("every-cent", "thrift", All{AtLeast(Calls, 500), AtMost(Unpriced, 0)},
			"Every Cent Known", "Make 500 calls in 30 days, every one of them with a full price.",
			"No line of your bill is a guess.").lasting(week),
		rule("by-hand", "thrift", Ratio{Of: AutomationCalls, Per: Calls, AtMost: Percent(10), Min: Count(300)},
			"By Hand", "Of 300 calls in 30 days, leave at most 10 % to automation.",
			"You were there when it happened.").lasting(week),
	}
}

func cacheRules() []Rule {
	return []Rule{
		rule("warm-start", "cache", Ratio{Of: CacheReads, Per: Prompt, AtLeast: Percent(50), Min: Count(1_000_000)},
			"Warm Start", "Read half of a million prompt tokens from caches within 30 days.",
			"Half of it was already warm."),
		rule("read-it-again", "cache", Ratio{Of: CacheReads, Per: CacheWrites, AtLeast: Fraction{10, 1}, Min: Count(100_000)},
			"Read It Again", "Read every cached token 10 times on average, with 100,000 written within 30 days.",
			"Written once, read ten times."),
		rule("cache-saver", "cache", nil,
			"Cache Saver", "Save as much as you spend through caches, twice and three times as much, net of what their writes cost, within 30 days.",
			"Money that was never spent.").leveled(saved(1), saved(2), saved(3)),
	}
}

// saved is a level of net cache saving, as a multiple of a spend that is not a
// trifle.
func saved(times int64) Level {
	return Level{Name: fmt.Sprintf("%d×", times), Gate: Ratio{Of: CacheSaving, Per: Cost, AtLeast: Fraction{times, 1}, Min: Amount(dollars(5))}}
}

func breadthRules() []Rule {
	allRounder := rule("all-rounder", "breadth", AtLeast(ActiveDays, 5),
		"All-Rounder", "Hold Regular, Even Keel, Warm Start and Second Opinion, and be active on 5 of 30 days.",
		"Steady, thrifty and curious at once.")
	allRounder.Prereqs = []string{"regular", "even-keel", "warm-start", "second-opinion"}
	return []Rule{
		rule("second-opinion", "breadth", Distinct{AtLeast: 2, Each: Percent(20), ByTokens: true},
			"Second Opinion", "Use 2 models, each for at least 20 % of your tokens.",
			"Two heads, both asked."),
		rule("three-kitchens", "breadth", Distinct{AtLeast: 3, Each: Percent(5), ByTokens: true, Provider: true},
			"Three Kitchens", "Use models of 3 providers, each for at least 5 % of your tokens.",
			"You know what each of them cooks best."),
		rule("named-work", "breadth", nil,
			"Named Work", "Use 3, 10 and 25 different named workflows within 30 days.",
			"When somebody asks what it was for, you have the answer.").leveled(Steps(Workflows, 3, 10, 25)...),
		rule("looked-it-up", "breadth", AtLeast(Metric(usage.WebSearches.String()), 10),
			"Looked It Up", "Let a model search the web 10 times within 30 days.",
			"Checked rather than guessed."),
		rule("more-than-words", "breadth", KOf{K: 2, Of: []Gate{
			AtLeast(Metric(usage.ImageInput.String()), 1_000),
			Any{AtLeast(Metric(usage.AudioInput.String()), 1_000), AtLeast(Metric(usage.AudioInputMs.String()), 60_000)},
			AtLeast(Metric(usage.VideoInput.String()), 1_000),
			AtLeast(Metric(usage.Pages.String()), 10),
		}}, "More Than Words", "Work with two of images, sound, video and documents within 30 days.",
			"There is more to say than can be typed."),
		allRounder,
	}
}

func outcomeRules() []Rule {
	return []Rule{
		rule("it-shipped", "outcome", nil,
			"It Shipped", "Have 1, 10 and 50 changes merged within 90 days.",
			"What did we get for the tokens? This.").over(LastDays(90)).leveled(Steps(Counter(ChangesMerged), 1, 10, 50)...),
		rule("it-stayed", "outcome",
			All{AtLeast(Counter(ChangesMerged), 20), Ratio{Of: Counter(ChangesReverted), Per: Counter(ChangesMerged), AtMost: Percent(5), Min: Count(20)}},
			"It Stayed", "Have 20 changes merged within 90 days and at most 5 % of them reverted.",
			"Shipped, and still there.").over(LastDays(90)).lasting(week),
	}
}

// dollars is a whole amount of the ledger's currency.
func dollars(n int64) pricing.Money { return pricing.FromColumns(n*1_000_000, 0) }
