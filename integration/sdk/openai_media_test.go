package sdk

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/realtime"
	"github.com/tokenomics-go/tokenomics/usage"
)

func TestOpenAIImages(t *testing.T) {
	forEach(t, 31, func(t *testing.T, g *gen, _ int) {
		body := g.json(doc{
			{"created", int64(1_790_000_000)}, {"data", []any{doc{{"b64_json", "iVBORw0KGgo="}}}},
			{"quality", g.maybe("high")}, {"size", "1024x1024"}, {"output_format", "png"}, {"usage", g.imageUsage()},
		})
		var r openai.ImagesResponse
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		u := &r.Usage
		w := want{shape: usage.OpenAIImages, usage: usage.Usage{
			Input: u.InputTokensDetails.TextTokens, ImageInput: u.InputTokensDetails.ImageTokens,
			Output: u.OutputTokensDetails.TextTokens, ImageOutput: u.OutputTokensDetails.ImageTokens,
		}}
		if !u.JSON.OutputTokensDetails.Valid() {
			w.usage.ImageOutput = u.OutputTokens // an image model's output is images
		}
		got, err := usage.FromJSON(one(g, usage.Auto, usage.OpenAI), body)
		check(t, body, got, err, w)
	})
}

// TestOpenAITranscription reads speech to text that is billed by token or by
// second.
func TestOpenAITranscription(t *testing.T) {
	forEach(t, 32, func(t *testing.T, g *gen, _ int) {
		input, output := g.count(), g.count()
		in := g.split(input, 2)
		u := doc{
			{"type", "tokens"}, {"input_tokens", input}, {"output_tokens", output}, {"total_tokens", input + output},
			{"input_token_details", g.maybe(doc{{"text_tokens", in[0]}, {"audio_tokens", in[1]}})},
		}
		ms := g.Int64N(100_000_000)
		if g.chance(40) {
			seconds, _ := json.Marshal(float64(ms) / 1000)
			u = doc{{"type", "duration"}, {"seconds", json.RawMessage(seconds)}}
		}
		body := g.json(doc{{"text", g.text()}, {"usage", u}, {"logprobs", []any{}}})
		var r openai.Transcription
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		w := want{shape: usage.OpenAITranscription}
		switch v := r.Usage.AsAny().(type) {
		case openai.TranscriptionUsageTokens:
			w.usage = usage.Usage{
				Input: v.InputTokens - v.InputTokenDetails.AudioTokens, AudioInput: v.InputTokenDetails.AudioTokens, Output: v.OutputTokens,
			}
		case openai.TranscriptionUsageDuration:
			w.usage.AudioInputMs = int64(math.Round(v.Seconds * 1000))
		default:
			t.Fatalf("SDK: no variant\n%s", body)
		}
		got, err := usage.FromJSON(one(g, usage.Auto, usage.OpenAI), body)
		check(t, body, got, err, w)
	})
}

// TestOpenAIRealtime reads response.done events, whose prompt is divided twice:
// by kind of content and by what was cached, the latter by kind as well.
func TestOpenAIRealtime(t *testing.T) {
	forEach(t, 33, func(t *testing.T, g *gen, _ int) {
		input, output := g.count(), g.count()
		in, out := g.split(input, 3), g.split(output, 2) // text, audio, image
		cached := []int64{g.part(in[0]), g.part(in[1]), g.part(in[2])}
		sum := cached[0] + cached[1] + cached[2]
		body := g.json(doc{
			{"type", "response.done"}, {"event_id", g.label("event_")},
			{"response", doc{
				{"object", "realtime.response"}, {"id", g.label("resp_")}, {"status", "completed"}, {"status_details", nil},
				{"output", []any{}}, {"conversation_id", g.label("conv_")}, {"output_modalities", []any{"audio"}}, {"metadata", nil},
				{"usage", doc{
					{"total_tokens", input + output}, {"input_tokens", input}, {"output_tokens", output},
					{"input_token_details", doc{
						{"text_tokens", in[0]}, {"audio_tokens", in[1]}, {"image_tokens", in[2]}, {"cached_tokens", sum},
						{"cached_tokens_details", g.maybe(doc{{"text_tokens", cached[0]}, {"audio_tokens", cached[1]}, {"image_tokens", cached[2]}})},
					}},
					{"output_token_details", doc{{"text_tokens", out[0]}, {"audio_tokens", out[1]}}},
				}},
			}},
		})
		var e realtime.ResponseDoneEvent
		if err := json.Unmarshal(body, &e); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		u, d := &e.Response.Usage, &e.Response.Usage.InputTokenDetails
		w := want{shape: usage.OpenAIRealtime, id: e.Response.ID, usage: usage.Usage{
			Input:      d.TextTokens - d.CachedTokensDetails.TextTokens,
			AudioInput: d.AudioTokens - d.CachedTokensDetails.AudioTokens,
			ImageInput: d.ImageTokens - d.CachedTokensDetails.ImageTokens,
			CacheRead:  d.CachedTokensDetails.TextTokens, AudioCacheRead: d.CachedTokensDetails.AudioTokens,
			ImageCacheRead: d.CachedTokensDetails.ImageTokens,
			Output:         u.OutputTokenDetails.TextTokens, AudioOutput: u.OutputTokenDetails.AudioTokens,
		}}
		if !d.JSON.CachedTokensDetails.Valid() {
			w.usage.CacheRead, w.usage.Input = d.CachedTokens, d.TextTokens-d.CachedTokens
			w.open = d.CachedTokens > d.TextTokens
		}
		got, err := usage.FromJSON(one(g, usage.Auto, usage.OpenAI, usage.Azure), body)
		check(t, body, got, err, w)
	})
}
