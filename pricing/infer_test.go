package pricing

import (
	"errors"
	"testing"

	"github.com/tokenomics-go/tokenomics/usage"
)

func TestInfer(t *testing.T) {
	for _, tt := range []struct {
		provider, model, when string
		id                    string
		match                 Match
	}{
		{"", "claude-opus-5", "2026-10-01", "claude-opus-5", MatchExact},
		{"", "claude-opus-6", "2026-10-01", "claude-opus-5-5", MatchFamily},
		{"", "claude-opus-5-2", "2026-10-01", "claude-opus-5", MatchFamily},
		{"", "claude-fable-5-2", "2026-10-01", "claude-fable-5-1", MatchFamily},
		{"", "claude-opus-5", "2026-01-01", "claude-opus-5", MatchFamily},
		{"", "gpt-7-sol", "2026-10-01", "gpt-6.1-sol", MatchFamily},
		{"openai", "gpt-6.2-terra-2026-12-01", "2026-10-01", "gpt-6.1-terra", MatchFamily},
		{"", "claude-saga-1", "2026-10-01", "claude-sonnet-4-5", MatchGuess},
		{"", "zzz-9", "2026-10-01", "", NoMatch},
		{"", "", "2026-10-01", "", NoMatch},
		{"acme", "claude-opus-6", "2026-10-01", "", NoMatch},
	} {
		cost, err := Builtin().Infer(Call{Provider: tt.provider, Model: tt.model, At: at(tt.when), Usage: usage.Usage{Input: 1000}})
		if tt.match == NoMatch {
			if !errors.Is(err, ErrUnknownModel) {
				t.Errorf("%s: %v, want ErrUnknownModel", tt.model, err)
			}
			continue
		}
		if err != nil || cost.Matched != tt.match || tt.match != MatchGuess && cost.ID() != tt.id || cost.Status != Priced {
			t.Errorf("%s: %s by %v, %v, want %s by %v", tt.model, cost.ID(), cost.Matched, err, tt.id, tt.match)
		}
	}
	// A meter without a rate is no reason to guess.
	cost, err := Builtin().Infer(Call{Provider: "bedrock", Model: "anthropic.claude-3-haiku", At: at("2026-01-01"), Usage: usage.Usage{CacheRead: 5}})
	if !errors.Is(err, ErrUnpriced) || cost.Matched != MatchExact {
		t.Errorf("%v by %v", err, cost.Matched)
	}
}
