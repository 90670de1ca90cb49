package sdk

import (
	"encoding/json"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"
	"github.com/tokenomics-go/tokenomics/usage"
)

// TestAnthropicFallbackStream streams a reply that another model took over.
// message_start names the model that declined; the SDK's accumulator takes the
// name of the one that served from the last fallback block, as the reply that
// is not streamed has it.
func TestAnthropicFallbackStream(t *testing.T) {
	var frames [][]byte
	for _, e := range [][2]string{
		{"message_start", `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-fable-5-1","content":[],"stop_reason":null,"usage":{"input_tokens":100,"output_tokens":1}}}`},
		{"content_block_start", `{"type":"content_block_start","index":0,"content_block":{"type":"fallback","from":{"model":"claude-fable-5-1"},"to":{"model":"claude-opus-5-5"},"trigger":{"type":"refusal"}}}`},
		{"content_block_stop", `{"type":"content_block_stop","index":0}`},
		{"message_delta", `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":120,"output_tokens":50,"iterations":[{"type":"message","model":"claude-fable-5-1","input_tokens":100,"output_tokens":7},{"type":"fallback_message","model":"claude-opus-5-5","input_tokens":120,"output_tokens":50}]}}`},
		{"message_stop", `{"type":"message_stop"}`},
	} {
		frames = append(frames, []byte("event: "+e[0]+"\ndata: "+e[1]+"\n\n"))
	}
	m, text := accumulateBeta(t, frames)
	w, parts := betaWant(m)
	s := usage.NewStream(usage.Auto)
	for _, f := range frames {
		_, _ = s.Write(f)
	}
	got, err := s.Result()
	check(t, text, got, err, w)
	checkParts(t, text, got.Parts, parts)
}

// TestAnthropicOneIteration has the lifetimes of the cache writes only in the
// one iteration.
func TestAnthropicOneIteration(t *testing.T) {
	body := []byte(`{"id":"msg_1","type":"message","model":"claude-opus-5-5","usage":{"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":100,"iterations":[{"type":"message","input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":100}}]}}`)
	var m anthropic.BetaMessage
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	w, _ := betaWant(&m)
	got, err := usage.FromJSON(usage.Auto, body)
	check(t, body, got, err, w)
}

// TestOpenAISVG has the tokens of the model that wrote an SVG beside those of
// the image.
func TestOpenAISVG(t *testing.T) {
	body := []byte(`{"created":1,"data":[{"b64_json":"eA=="}],"usage":{"input_tokens":10,"output_tokens":100,"total_tokens":110,"input_tokens_details":{"text_tokens":10,"image_tokens":0}},"svg_usage":{"model":"gpt-6-sol","input_tokens":1000,"output_tokens":500,"reasoning_tokens":300,"total_tokens":1500}}`)
	var r openai.ImagesResponse
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	svg := &r.SvgUsage
	got, err := usage.FromJSON(usage.Auto, body)
	check(t, body, got, err, want{shape: usage.OpenAIImages, model: got.Model, usage: usage.Usage{
		Input: r.Usage.InputTokens + svg.InputTokens, ImageOutput: r.Usage.OutputTokens,
		Output: svg.OutputTokens - svg.ReasoningTokens, Reasoning: svg.ReasoningTokens,
	}})
	if n := len(got.Parts); n != 2 || got.Parts[1].Model != svg.Model {
		t.Errorf("parts %+v, want one of %s", got.Parts, svg.Model)
	}
}

// TestOpenAIImageToolCache divides the cached tokens of the image generation
// tool, whose parts have names of their own.
func TestOpenAIImageToolCache(t *testing.T) {
	for _, whole := range []string{`"cached_tokens":60,`, ""} {
		body := []byte(`{"id":"resp_1","object":"response","status":"completed","model":"gpt-6-sol","output":[],"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens_details":{"reasoning_tokens":0}},"tool_usage":{"web_search":{"num_requests":0},"image_gen":{"input_tokens":100,"output_tokens":50,"total_tokens":150,"input_tokens_details":{"text_tokens":40,"image_tokens":60},` +
			whole + `"cached_tokens_details":{"cached_text_tokens":10,"cached_image_tokens":50}}}}`)
		var r responses.Response
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatal(err)
		}
		got, err := usage.FromJSON(usage.Auto, body)
		check(t, body, got, err, responsesWant(&r))
	}
}
