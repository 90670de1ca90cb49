package estimate

import (
	"strings"
	"testing"
)

// pkoukk/tiktoken-go#55, #58, #68, tiktoken#363, #367, #422, #464: names that a
// counter does not know, and new-api#6257: a newer model counted with the older
// encoding in silence. Here an unknown name is an estimate of its own family.
func TestResolve(t *testing.T) {
	for name, want := range map[string]string{
		"gpt-4o": "openai-o200k", "gpt-4o-mini-2024-07-18": "openai-o200k", "chatgpt-4o-latest": "openai-o200k",
		"gpt-4.1-nano": "openai-o200k", "gpt-5": "openai-o200k", "gpt-5.2-codex": "openai-o200k", "gpt-5-mini": "openai-o200k",
		"o1": "openai-o200k", "o1-preview": "openai-o200k", "o3": "openai-o200k", "o4-mini": "openai-o200k",
		"openai/gpt-5": "openai-o200k", "azure/gpt-4o": "openai-o200k", "GPT-4O": "openai-o200k",
		"ft:gpt-4o:acme:x": "openai-o200k", "ft:gpt-3.5-turbo:acme": "openai-cl100k",
		"gpt-oss-120b": "openai-harmony", "gpt-oss:20b": "openai-harmony",
		"gpt-4": "openai-cl100k", "gpt-4-32k": "openai-cl100k", "gpt-4-turbo": "openai-cl100k",
		"gpt-3.5-turbo": "openai-cl100k", "gpt-35-turbo": "openai-cl100k",
		"text-embedding-3-small": "openai-cl100k", "davinci-002": "openai-cl100k",
		"gpt2": "openai-r50k", "text-davinci-003": "openai-p50k", "text-davinci-001": "openai-r50k", "code-davinci-002": "openai-p50k",
		"gpt-6": "openai-unpublished", "gpt-10-pro": "openai-unpublished",
		"claude-2.1": "claude-2", "claude-instant-1.2": "claude-2",
		"claude-3-opus-20240229": "claude-3", "claude-3-5-sonnet-20241022": "claude-3", "claude-sonnet-4-20250514": "claude-3",
		"claude-opus-4-6": "claude-3", "claude-haiku-4-5@20251001": "claude-3",
		"us.anthropic.claude-opus-4-6-v1:0": "claude-3", "anthropic/claude-sonnet-4.5": "claude-3",
		"claude-opus-4-7": "claude-4.7", "claude-opus-4.7": "claude-4.7", "claude-sonnet-5": "claude-4.7",
		"claude-fable-5-1": "claude-4.7", "claude-mythos-5": "claude-4.7", "claude-latest": "claude-4.7",
		"gemini-2.5-pro": "gemini", "models/gemini-3-pro": "gemini", "publishers/google/models/gemini-3-flash@001": "gemini",
		"llama-3.3-70b": "llama-3", "meta-llama/Llama-3.1-8B": "llama-3", "qwen3-coder": "qwen", "llama-4-scout": "open-weights", "mixtral-8x7b": "mistral-7b", "mistral-7b-instruct": "mistral-7b",
		"deepseek-v3.2": "deepseek", "mistral-large-3": "open-weights", "grok-4": "open-weights",
		"": "unknown", "o": "unknown", "o10": "unknown", "gpt": "unknown", "g": "unknown", "ft:": "unknown", "/": "unknown",
		"claude": "unknown", "claudette": "unknown", "my-model": "unknown",
		strings.Repeat("gpt-4o", 100): "unknown",
	} {
		if got := resolve(name).name; got != want {
			t.Errorf("%q is of family %s, want %s", name, got, want)
		}
	}
}

// A short or odd model name made another library panic (tiktoken-go/tokenizer#8).
func FuzzFor(f *testing.F) {
	for _, s := range []string{"", "o", "gpt-4", "claude-3-", "ft:", "a/b/c", "claude-99999999999999999999"} {
		f.Add(s, "some text")
		f.Add(s, " ")
	}
	f.Fuzz(func(t *testing.T, model, text string) {
		c := For(model)
		n := c.Count(text)
		if n.Low < 0 || n.Low > n.N || n.N > n.High || n.Basis != c.Basis() || n.Family == "" {
			t.Errorf("For(%q).Count(%q) = %+v", model, text, n)
		}
		if n.Kind == Estimate && len(text) > 0 && n.Low == n.High {
			t.Errorf("For(%q).Count(%q): an estimate without bounds: %+v", model, text, n)
		}
	})
}
