package tiers

import (
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

// TokensBoard is the board the default rules ask for ranks: tokens of the last
// 30 days.
const TokensBoard = "tokens-30d"

// DefaultTitles returns the four titles the news named. What they take was
// never published: these rules are this project's own, to be replaced at will.
func DefaultTitles() []Rule {
	window := LastDays(30)
	return []Rule{
		{
			ID: "token-legend", Version: 1, Kind: Standing, Category: "title",
			Gate:   RankAtMost{Board: TokensBoard, Rank: 1, MinPopulation: 2},
			Window: window,
			Text: Text{
				Title:       "Token Legend",
				Description: "Hold rank 1 by tokens of the last 30 days. The title moves with the rank.",
				Unlocked:    "Nobody used more tokens in the last 30 days. Now say what they were for.",
				Icon:        icon("token-legend"),
			},
		},
		{
			ID: "session-immortal", Version: 1, Kind: OneTime, Category: "title",
			Gate:   Session{AtLeast: 8 * time.Hour, Idle: 15 * time.Minute},
			Window: window,
			Text: Text{
				Title:       "Session Immortal",
				Description: "Keep one session going for 8 hours within 30 days, no pause longer than 15 minutes.",
				Unlocked:    "8 hours without losing the thread. Do take the pause you skipped.",
				Icon:        icon("session-immortal"),
			},
		},
		{
			ID: "model-connoisseur", Version: 1, Kind: OneTime, Category: "title",
			Gate:   Distinct{AtLeast: 4, Each: Percent(10)},
			Window: window,
			Text: Text{
				Title:       "Model Connoisseur",
				Description: "Use at least 4 models within 30 days, each for at least 10 % of your spend.",
				Unlocked:    "4 models, each with a job of its own.",
				Icon:        icon("model-connoisseur"),
			},
		},
		{
			ID: "cache-wizard", Version: 1, Kind: OneTime, Category: "title",
			Gate: All{
				Ratio{Of: CacheReads, Per: Prompt, AtLeast: Percent(80), Min: Count(10_000_000)},
				MoneyAbove(CacheSaving, pricing.Money{}),
			},
			Window:     window,
			Revocation: Grace(7 * 24 * time.Hour),
			Text: Text{
				Title:       "Cache Wizard",
				Description: "Read at least 80 % of 10 million prompt tokens from caches within 30 days, and save money net of what the cache writes cost.",
				Unlocked:    "Most of what you send was already there, and it paid.",
				Icon:        icon("cache-wizard"),
			},
		},
	}
}
