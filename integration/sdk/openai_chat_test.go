package sdk

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/tokenomics-go/tokenomics/usage"
)

var openAIModels = []string{"gpt-5.6", "gpt-6-sol", "gpt-4o-audio-preview", "gpt-4o-mini-2024-07-18", "o3"}

// chatUsage makes a usage object of Chat Completions, whose counts are wholes
// and subsets of them.
func (g *gen) chatUsage() doc {
	prompt, completion := g.count(), g.count()
	in := g.split(prompt, 5)      // cached, written, audio, image; the rest is plain text
	out := g.split(completion, 4) // reasoning, audio, rejected predictions; the rest is plain text
	cached := in[0]
	if g.chance(10) {
		cached += g.part(prompt - in[0] - in[1]) // of whichever kind of content
	}
	return doc{
		{"prompt_tokens", prompt},
		{"completion_tokens", completion},
		{"total_tokens", g.maybe(prompt + completion)},
		{"prompt_tokens_details", g.maybe(doc{
			{"cached_tokens", g.maybe(cached)}, {"cache_write_tokens", g.maybe(in[1])},
			{"audio_tokens", g.maybe(in[2])}, {"image_tokens", g.maybe(in[3])}, {"text_tokens", g.maybe(prompt - in[2] - in[3])},
		})},
		{"completion_tokens_details", g.maybe(doc{
			{"reasoning_tokens", g.maybe(out[0])}, {"audio_tokens", g.maybe(out[1])},
			{"accepted_prediction_tokens", g.maybe(g.part(out[3]))}, {"rejected_prediction_tokens", g.maybe(out[2])},
			{"text_tokens", g.maybe(completion - out[0] - out[1])},
		})},
	}
}

func (g *gen) choices() []any {
	list := make([]any, g.IntN(3))
	for i := range list {
		list[i] = doc{
			{"index", int64(i)}, {"finish_reason", "stop"}, {"logprobs", nil},
			{"message", doc{{"role", "assistant"}, {"content", g.maybe(g.text())}, {"refusal", nil}, {"annotations", []any{}}}},
		}
	}
	return list
}

func (g *gen) openAITier() any {
	return g.maybe(one(g, "auto", "default", "flex", "scale", "priority", "fast"))
}

// promptWant divides a prompt of OpenAI's. What was read from a cache, and what
// was written to one, is text, as far as there is text; if there is not, the
// kind of content stays open.
func promptWant(whole, cached, written, audio, image int64) (u usage.Usage, open bool) {
	text := whole - audio - image
	u = usage.Usage{
		Input: text - cached - written, CacheRead: cached, CacheWrite30m: written,
		AudioInput: audio, ImageInput: image,
	}
	return u, cached+written > text
}

// chatWant maps the SDK's struct. Predictions, accepted or not, are output
// like any other.
func chatWant(u *openai.CompletionUsage) (usage.Usage, bool) {
	in, out := &u.PromptTokensDetails, &u.CompletionTokensDetails
	w, open := promptWant(u.PromptTokens, in.CachedTokens, in.CacheWriteTokens, in.AudioTokens, in.ImageTokens)
	w.Output = u.CompletionTokens - out.ReasoningTokens - out.AudioTokens
	w.Reasoning, w.AudioOutput = out.ReasoningTokens, out.AudioTokens
	return w, open
}

func TestOpenAIChat(t *testing.T) {
	forEach(t, 11, func(t *testing.T, g *gen, _ int) {
		var u any = g.chatUsage()
		if g.chance(2) {
			u = one[any](g, nil, absent{})
		}
		body := g.json(doc{
			{"id", g.label("chatcmpl-")}, {"object", "chat.completion"}, {"created", int64(1_790_000_000)},
			{"model", g.model(openAIModels...)}, {"choices", g.choices()}, {"usage", u},
			{"service_tier", g.openAITier()}, {"system_fingerprint", g.maybe(g.label("fp_"))},
		})
		var c openai.ChatCompletion
		if err := json.Unmarshal(body, &c); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		w := want{shape: usage.OpenAIChat, id: c.ID, model: c.Model, tier: openAITier(string(c.ServiceTier)), none: !c.JSON.Usage.Valid()}
		w.usage, w.open = chatWant(&c.Usage)
		got, err := usage.FromJSON(one(g, usage.Auto, usage.OpenAI, usage.Azure), body)
		check(t, body, got, err, w)
	})
}

// TestOpenAICompletion reads the older Completions, which count as Chat does.
func TestOpenAICompletion(t *testing.T) {
	forEach(t, 12, func(t *testing.T, g *gen, _ int) {
		body := g.json(doc{
			{"id", g.label("cmpl-")}, {"object", "text_completion"}, {"created", int64(1_790_000_000)},
			{"model", g.model("gpt-3.5-turbo-instruct")},
			{"choices", []any{doc{{"index", int64(0)}, {"text", g.text()}, {"finish_reason", "stop"}, {"logprobs", nil}}}},
			{"usage", g.chatUsage()},
		})
		var c openai.Completion
		if err := json.Unmarshal(body, &c); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		w := want{shape: usage.OpenAIChat, id: c.ID, model: c.Model}
		w.usage, w.open = chatWant(&c.Usage)
		got, err := usage.FromJSON(usage.Auto, body)
		check(t, body, got, err, w)
	})
}

func TestOpenAIEmbeddings(t *testing.T) {
	forEach(t, 13, func(t *testing.T, g *gen, _ int) {
		n := g.count()
		body := g.json(doc{
			{"object", "list"}, {"model", g.model("text-embedding-3-large")},
			{"data", []any{doc{{"object", "embedding"}, {"index", int64(0)}, {"embedding", json.RawMessage("[-0.25,1e-3,0]")}}}},
			{"usage", doc{{"prompt_tokens", n}, {"total_tokens", g.maybe(n)}}},
		})
		var e openai.CreateEmbeddingResponse
		if err := json.Unmarshal(body, &e); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		got, err := usage.FromJSON(one(g, usage.Auto, usage.OpenAI), body)
		check(t, body, got, err, want{shape: usage.OpenAIEmbeddings, model: e.Model, usage: usage.Usage{Input: e.Usage.PromptTokens}})
	})
}

// chatStream makes the chunks of a streamed reply. The usage is in the last
// one, if it was asked for, and null before.
func (g *gen) chatStream() []event {
	g.max = 100_000_000_000
	id, model, tier := g.label("chatcmpl-"), g.model(openAIModels...), g.openAITier()
	asked := g.chance(90)
	chunk := func(choices []any, u any) event {
		return event{data: g.json(doc{
			{"id", id}, {"object", "chat.completion.chunk"}, {"created", int64(1_790_000_000)}, {"model", model},
			{"service_tier", tier}, {"choices", choices}, {"usage", u},
		})}
	}
	before := any(absent{})
	if asked {
		before = nil
	}
	var all []event
	for i := range 1 + g.IntN(5) {
		delta := doc{{"content", g.text()}}
		if i == 0 {
			delta = append(delta, member{"role", "assistant"})
		}
		all = append(all, chunk([]any{doc{{"index", int64(0)}, {"delta", delta}, {"finish_reason", nil}}}, before))
	}
	all = append(all, chunk([]any{doc{{"index", int64(0)}, {"delta", doc{}}, {"finish_reason", "stop"}}}, before))
	if asked {
		all = append(all, chunk([]any{}, g.chatUsage()))
	}
	return append(all, event{data: []byte("[DONE]")})
}

// TestOpenAIChatStream reads the accumulator's sums. It leaves out the written
// and the image tokens, so those are taken from the last chunk's struct.
func TestOpenAIChatStream(t *testing.T) {
	forEach(t, 14, func(t *testing.T, g *gen, _ int) {
		frames := g.frames(g.chatStream())
		text := bytes.Join(frames, nil)
		var acc openai.ChatCompletionAccumulator
		var last openai.CompletionUsage
		asked := false
		chunks := ssestream.NewStream[openai.ChatCompletionChunk](
			ssestream.NewDecoder(reply("text/event-stream", bytes.NewReader(text))), nil)
		for chunks.Next() {
			chunk := chunks.Current()
			if !acc.AddChunk(chunk) {
				t.Fatalf("SDK: chunk not taken\n%s", text)
			}
			if chunk.JSON.Usage.Valid() {
				last, asked = chunk.Usage, true
			}
		}
		if err := chunks.Err(); err != nil {
			t.Fatalf("SDK: %v\n%s", err, text)
		}
		u := acc.Usage
		u.PromptTokensDetails.CacheWriteTokens = last.PromptTokensDetails.CacheWriteTokens
		u.PromptTokensDetails.ImageTokens = last.PromptTokensDetails.ImageTokens
		w := want{shape: usage.OpenAIChat, id: acc.ID, model: acc.Model, tier: openAITier(string(acc.ServiceTier)), none: !asked}
		w.usage, w.open = chatWant(&u)
		got, err := stream(g, one(g, usage.Auto, usage.OpenAI), frames)
		check(t, text, got, err, w)
		if asked && got.Partial {
			t.Errorf("partial, but the stream is whole\n%s", text)
		}
	})
}
