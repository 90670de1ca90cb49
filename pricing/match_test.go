package pricing

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestMatching(t *testing.T) {
	tests := []struct {
		provider, model string
		want            string // provider/id geo; "" is unknown
		match           Match
	}{
		{"anthropic", "claude-opus-5", "anthropic/claude-opus-5", MatchExact},
		{"", "claude-opus-5", "anthropic/claude-opus-5", MatchExact},
		{"Anthropic", "claude-opus-5", "anthropic/claude-opus-5", MatchGrammar},
		{"", "claude-opus-4-20250514", "anthropic/claude-opus-4", MatchAlias},
		{"", "claude-opus-4-8-20260528", "anthropic/claude-opus-4-8", MatchSnapshot},
		{"", "claude-opus-4-8-latest", "anthropic/claude-opus-4-8", MatchSnapshot},
		{"", "claude-opus-4-8[1m]", "anthropic/claude-opus-4-8", MatchGrammar},
		{"", "claude-opus-4-20250514[1m]", "anthropic/claude-opus-4", MatchGrammar},
		{"", "claude-opus-4.8", "anthropic/claude-opus-4-8", MatchGrammar},
		{"", "Claude-Opus-4.8", "anthropic/claude-opus-4-8", MatchGrammar},
		{"", "anthropic/claude-opus-4.8", "anthropic/claude-opus-4-8", MatchGrammar},
		{"", "anthropic/claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5", MatchGrammar},
		{"anthropic", "anthropic/claude-opus-5", "anthropic/claude-opus-5", MatchGrammar},
		{"", "models/gemini-2.5-pro", "google/gemini-2.5-pro", MatchGrammar},
		{"google", "models/gemini-2.5-pro", "google/gemini-2.5-pro", MatchGrammar},
		{"gcp.gemini", "gemini-2.5-pro", "google/gemini-2.5-pro", MatchGrammar},
		{"", "publishers/google/models/gemini-2.5-pro", "vertex/gemini-2.5-pro", MatchGrammar},
		{"vertex", "projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-8@20260528", "vertex/claude-opus-4-8", MatchSnapshot},
		{"vertex", "claude-opus-4-5@20251101", "vertex/claude-opus-4-5", MatchSnapshot},
		{"vertex", "claude-opus-4-5@default", "vertex/claude-opus-4-5", MatchGrammar},
		{"aws.bedrock", "anthropic.claude-opus-4-8", "bedrock/anthropic.claude-opus-4-8 regional", MatchGrammar},
		{"bedrock", "anthropic.claude-opus-4-8", "bedrock/anthropic.claude-opus-4-8 regional", MatchExact},
		{"bedrock", "claude-opus-4-8", "bedrock/anthropic.claude-opus-4-8 regional", MatchAlias},
		{"bedrock", "global.anthropic.claude-opus-4-5-20251101-v1:0", "bedrock/anthropic.claude-opus-4-5 global", MatchGrammar},
		{"", "us.anthropic.claude-opus-4-8-v1:0", "bedrock/anthropic.claude-opus-4-8 us", MatchGrammar},
		{"", "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock/anthropic.claude-sonnet-4-5 us-gov", MatchGrammar},
		{"", "apac.anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock/anthropic.claude-haiku-4-5 apac", MatchGrammar},
		{"", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-8-v1:0", "bedrock/anthropic.claude-opus-4-8 us", MatchGrammar},
		{"", "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0", "bedrock/anthropic.claude-3-5-sonnet regional", MatchGrammar},
		{"bedrock", "anthropic.claude-3-sonnet-20240229-v1:0:200k", "bedrock/anthropic.claude-3-sonnet regional", MatchGrammar},
		{"", "bedrock/us-east-1/anthropic.claude-opus-4-8-v1:0", "bedrock/anthropic.claude-opus-4-8 regional", MatchGrammar},
		{"", "bedrock/converse/eu.anthropic.claude-opus-5-v1:0", "bedrock/anthropic.claude-opus-5 eu", MatchGrammar},
		{"bedrock", "us.meta.llama3-3-70b-instruct-v1:0", "bedrock/meta.llama3-3-70b-instruct-v1:0 us", MatchGrammar},
		{"openrouter", "anthropic/claude-opus-4.8", "openrouter/anthropic/claude-opus-4.8", MatchExact},
		{"", "openrouter/anthropic/claude-opus-4.8", "openrouter/anthropic/claude-opus-4.8", MatchGrammar},
		{"azure", "openai/gpt-4o", "azure/gpt-4o", MatchGrammar},
		{"", "azure/gpt-4o-2024-08-06", "azure/gpt-4o", MatchGrammar},
		{"", "gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13", MatchExact},
		{"", "gpt-4o-2031-05-13", "openai/gpt-4o", MatchSnapshot},
		{"", "gpt-5.6-sol-2026-07-09", "openai/gpt-5.6-sol", MatchSnapshot},
		{"", "ft:gpt-4o-mini-2024-07-18:acme:support:9abc", "openai/ft:gpt-4o-mini", MatchSnapshot},
		{"xai", "x-ai/grok-4.3", "xai/grok-4.3", MatchGrammar},
		{"together", "meta-llama/llama-3.3-70b-instruct-turbo", "together/meta-llama/Llama-3.3-70B-Instruct-Turbo", MatchGrammar},

		{"", "", "", NoMatch},
		{"", "/", "", NoMatch},
		{"", "arn:aws:bedrock:us-east-1:1:application-inference-profile/x1y2", "", NoMatch},
		{"", "claude", "", NoMatch},
		{"", "claude-opus", "", NoMatch},
		{"", "opus-5", "", NoMatch},
		{"", "claude-opus-5-fast", "", NoMatch},
		{"", "claude-opus-5-", "", NoMatch},
		{"", "claude-opus-5-20261399", "", NoMatch},
		{"", "claude-opus-5 (preview)", "", NoMatch},
		{"anthropic", "gpt-5", "", NoMatch},
		{"anthropic", "openai/claude-opus-5", "", NoMatch},
		{"openai", "claude-opus-5", "", NoMatch},
		{"", "myorg/claude-opus-5", "", NoMatch},
		{"", "<synthetic>", "", NoMatch},
		{"acme", "claude-opus-5", "", NoMatch},
		{"", strings.Repeat("a", 4000), "", NoMatch},
	}
	for _, tt := range tests {
		h, err := Builtin().Resolve(tt.provider, tt.model)
		got := ""
		if err == nil {
			got = strings.TrimSpace(h.Provider() + "/" + h.ID() + " " + h.l.geo)
		} else if !errors.Is(err, ErrUnknownModel) {
			t.Errorf("%s, %s: %v does not match ErrUnknownModel", tt.provider, tt.model, err)
		}
		if got != tt.want || h.Match() != tt.match {
			t.Errorf("%q, %.80q: %q by %v, want %q by %v (%v)", tt.provider, tt.model, got, h.Match(), tt.want, tt.match, err)
		}
	}
}

func TestProviders(t *testing.T) {
	for model, want := range map[string][]string{
		"claude-opus-5":                     {"anthropic", "bedrock", "vertex"},
		"us.anthropic.claude-opus-4-8-v1:0": {"bedrock"},
		"gpt-5.5":                           {"azure", "openai"},
		"nonesuch":                          nil,
	} {
		if got := Builtin().Providers(model); !slices.Equal(got, want) {
			t.Errorf("%s is sold by %v, want %v", model, got, want)
		}
	}
}

// A name two vendors claim has no owner, and the error says whom to name.
func TestAmbiguousProvider(t *testing.T) {
	row := func(p string) Model { return Model{Provider: p, ID: "twin", Rates: Rates{Input: PerMillion("1")}} }
	book, err := NewBook(Sheet{Name: "a", Models: []Model{row("a")}}, Sheet{Name: "b", Models: []Model{row("b")}},
		Sheet{Name: "c", Resale: true, Models: []Model{row("c")}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = book.Price(Call{Model: "twin"})
	if !errors.Is(err, ErrAmbiguousProvider) || !errors.Is(err, ErrUnknownModel) || !strings.Contains(err.Error(), "a, b, c") {
		t.Errorf("error %v", err)
	}
	if cost, err := book.Price(Call{Provider: "c", Model: "twin"}); err != nil || cost.Provider() != "c" {
		t.Errorf("provider %q, %v", cost.Provider(), err)
	}
	// A sheet for calls that name no provider settles it.
	book, err = book.With(Sheet{Name: "mine", Models: []Model{row("")}})
	if err != nil {
		t.Fatal(err)
	}
	if cost, err := book.Price(Call{Model: "twin"}); err != nil || cost.Provider() != "" || cost.Status != Priced {
		t.Errorf("provider %q, %v", cost.Provider(), err)
	}
}

// Every name of every row leads back to it.
func TestEveryNameResolves(t *testing.T) {
	for m := range Builtin().Models() {
		for i, name := range append([]string{m.ID}, m.Aliases...) {
			h, err := Builtin().Resolve(m.Provider, name)
			if err != nil || h.ID() != m.ID || (h.Match() == MatchExact) != (i == 0) {
				t.Errorf("%s/%s leads to %v by %v", m.Provider, name, err, h.Match())
			}
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"claude-opus-5", "us.anthropic.claude-opus-4-8-v1:0", "models/x", "arn:aws:bedrock:/", "ft:a:b", "a@20250101", "-v1:0:5k", ":0", "k", "@default"} {
		f.Add("", s)
		f.Add("bedrock", s)
	}
	f.Fuzz(func(t *testing.T, provider, model string) {
		h, err := Builtin().Resolve(provider, model)
		if err != nil {
			if !errors.Is(err, ErrUnknownModel) {
				t.Fatalf("%q, %q: %v", provider, model, err)
			}
			return
		}
		// What was found must be in what was asked, but for case and dots.
		flat := strings.NewReplacer(".", "-", "_", "-")
		last := h.ID()[strings.LastIndexByte(h.ID(), '/')+1:]
		if h.Match() >= MatchGrammar && !strings.Contains(flat.Replace(strings.ToLower(model)), flat.Replace(strings.ToLower(last))) && !aliased(h, model) {
			t.Fatalf("%q, %q leads to %s/%s", provider, model, h.Provider(), h.ID())
		}
	})
}

// aliased reports whether an alias of the model is in the name.
func aliased(h Handle, model string) bool {
	flat := strings.NewReplacer(".", "-", "_", "-")
	for m := range h.book.Models() {
		if m.Provider == h.Provider() && m.ID == h.ID() {
			for _, a := range m.Aliases {
				if strings.Contains(flat.Replace(strings.ToLower(model)), flat.Replace(strings.ToLower(a))) {
					return true
				}
			}
		}
	}
	return false
}
