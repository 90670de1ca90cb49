// Package headline recomputes what was printed in April 2026 about an internal
// token leaderboard at Meta: 60 trillion tokens in 30 days, 281 billion by one
// user, and sums of money from $180 million to $9 billion for the same month.
//
// Every printed sum is one multiplication. This package says which, and what
// the sum would be if the tokens were of the kinds that agent logs record. It
// is data and arithmetic over package estimate; nothing here knows what was
// paid.
package headline

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tokenomics-go/tokenomics/estimate"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

// The figures as printed.
const (
	TotalTokens    = 60_000_000_000_000 // "exceeded 60 trillion" in 30 days
	TotalTokens602 = 60_200_000_000_000 // the same, as other reports round it
	LaterTokens    = 73_700_000_000_000 // a later count of 30 days
	SlipTokens     = 600_000_000_000_000
	TopUserTokens  = 281_000_000_000 // the top user's 30 days
	Listed         = 250             // users on the board
	Users          = 85_000          // users counted
	Days           = 30
)

// At is the day the prices are of: the board was reported on 7 April 2026.
func At() time.Time { return time.Date(2026, time.April, 7, 0, 0, 0, 0, time.UTC) }

// Claim is a sum that was printed, with the multiplication that gives it.
type Claim struct {
	Printed    string        // as it was printed
	Tokens     int64         // how many tokens it is for
	PerMillion pricing.Money // at what price a million
	Because    string        // where that price comes from
	By         string        // who printed it
}

// Amount is the multiplication itself.
func (c Claim) Amount() (pricing.Money, error) { return estimate.Flat(c.Tokens, c.PerMillion) }

// Claims returns the printed sums, the smallest first.
func Claims() []Claim {
	usd := pricing.MustMoney
	return []Claim{
		{"$180M", TotalTokens, usd("3"), "the input price of a Sonnet model, as if every token were fresh input", "press"},
		{"$221M", LaterTokens, usd("3"), "the same price, for a later total of 73.7 trillion", "press"},
		{"$300M", TotalTokens, usd("5"), "the input price of Opus 4.6, as if every token were fresh input", "press"},
		{"$331M", TotalTokens602, usd("5.5"), "a blend: 86 % Opus, 70 % of input from the cache", "a newspaper's calculator"},
		{"$900M", TotalTokens, usd("15"), "\"average price\" of Opus: the input price of Opus 4.1 and before", "first news text"},
		{"$9B", SlipTokens, usd("15"), "the same price, for 600 trillion: a slip in translating 万亿", "one exchange's news page"},
	}
}

// TopUser returns what was printed or follows for the top user's month.
func TopUser() []Claim {
	usd := pricing.MustMoney
	return []Claim{
		{"$1.4M", TopUserTokens, usd("5"), "the input price of Opus 4.6, as if every token were fresh input", "second news text"},
		{"$4.2M", TopUserTokens, usd("15"), "the price the $900M were computed with", "follows from the first news text"},
	}
}

// Sources of the assumptions.
const (
	fromLogs = "agent logs: 93–94 % cache reads in one corpus, 0.27 % output in another; 70 % hits in a newspaper's calculator"
	fromMix  = "86 % Opus in a newspaper's calculator; the rest is our guess"
	ours     = "our guess; nothing was published"
)

// Assumptions is what we assume of the tokens: the kinds that logs of coding
// agents record, on Anthropic's models of that month, at list price.
func Assumptions() estimate.Assumptions {
	return estimate.Assumptions{
		At: At(),
		Meters: []estimate.MeterShare{
			{Meter: usage.Input, Share: estimate.Span{Low: 2_000, Likely: 20_000, High: 250_000, Source: fromLogs}},
			{Meter: usage.CacheRead, Share: estimate.Span{Low: 700_000, Likely: 930_000, High: 970_000, Source: fromLogs}},
			{Meter: usage.CacheWrite5m, Share: estimate.Span{Low: 10_000, Likely: 35_000, High: 80_000, Source: ours}},
			{Meter: usage.CacheWrite1h, Share: estimate.Span{Low: 0, Likely: 5_000, High: 40_000, Source: ours}},
			{Meter: usage.Output, Share: estimate.Span{Low: 2_700, Likely: 10_000, High: 30_000, Source: fromLogs}},
		},
		Models: []estimate.ModelShare{
			{Provider: usage.Anthropic, Model: "claude-opus-4-6", Share: estimate.Span{Low: 500_000, Likely: 860_000, High: 1_000_000, Source: fromMix}},
			{Provider: usage.Anthropic, Model: "claude-sonnet-4-6", Share: estimate.Span{Low: 0, Likely: 110_000, High: 400_000, Source: fromMix}},
			{Provider: usage.Anthropic, Model: "claude-haiku-4-5", Share: estimate.Span{Low: 0, Likely: 30_000, High: 200_000, Source: fromMix}},
		},
		Discount: estimate.Span{Low: 0, Likely: 0, High: 300_000, Source: "list price; what a contract of that size takes off is " + ours},
	}
}

// Check is a statement of the news put to arithmetic.
type Check struct {
	Statement string
	Working   string
	Holds     bool
}

// Checks returns what follows from the printed figures alone.
func Checks() []Check {
	const (
		perDay  = TopUserTokens / Days
		atMean  = Listed * TopUserTokens
		perUser = TotalTokens / Users
		perSec  = TopUserTokens / (Days * 24 * 3600)
	)
	return []Check{
		{"281 billion is the mean of the top 250",
			group(Listed) + " × " + group(TopUserTokens) + " = " + group(atMean) + " > " + group(TotalTokens), atMean <= TotalTokens},
		{"281 billion a month is about 9.4 billion a day",
			group(TopUserTokens) + " / 30 = " + group(perDay), perDay >= 9_350_000_000 && perDay < 9_450_000_000},
		{"the mean user had 0.7 billion",
			group(TotalTokens) + " / " + group(Users) + " = " + group(perUser), perUser >= 650_000_000 && perUser < 750_000_000},
		{"one person typed or read it",
			group(TopUserTokens) + " in 30 days = " + group(perSec) + " tokens a second, day and night", false},
	}
}

// group writes a number with spaces between thousands.
func group(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%s %03d", group(n/1000), n%1000)
}
