package usage

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// What the official SDKs say of replies that are rare. Module integration
// compares with the SDKs themselves.

const fallbackUsage = `{"input_tokens":120,"output_tokens":50,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"iterations":[
	{"type":"message","model":"claude-fable-5-1","input_tokens":100,"output_tokens":7,"cache_read_input_tokens":900,"cache_creation_input_tokens":30},
	{"type":"fallback_message","model":"claude-opus-5-5","input_tokens":120,"output_tokens":50}]}`

// message_start names the model that declined, and counts its prompt.
func TestFallbackStream(t *testing.T) {
	lines := func(s string) string { return strings.ReplaceAll(s, "\n\t", "") }
	for _, cached := range []string{"", `,"cache_read_input_tokens":900,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":30}`} {
		text := `data: {"type":"message_start","message":{"id":"msg_1","type":"message","model":"claude-fable-5-1","usage":{"input_tokens":100,"output_tokens":1` + cached + `}}}` + "\n\n" +
			`data: {"type":"content_block_start","index":0,"content_block":{"type":"fallback","from":{"model":"claude-fable-5-1"},"to":{"model":"claude-opus-5-5"}}}` + "\n\n" +
			`data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":` + lines(fallbackUsage) + "}\n\n" +
			`data: {"type":"message_stop"}` + "\n\n"
		got, err := streamed(t, Auto, text, 17)
		if err != nil {
			t.Fatal(err)
		}
		want, err := FromJSON(Auto, []byte(`{"id":"msg_1","type":"message","model":"claude-opus-5-5","usage":`+fallbackUsage+`}`))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("streamed %+v\n   whole %+v, %v", got, want, err)
		}
		checkResponse(t, got)
		if u := got.Usage; got.Model != "claude-opus-5-5" || u.Input != 220 || u.Output != 57 || u.CacheRead != 900 || u.CacheWrites() != 30 || len(got.Parts) != 2 || got.Notes != nil {
			t.Errorf("%+v", got)
		}
	}
}

// An iteration of the model that served may end in a tool's call and no
// output, and is billed.
func TestFallbackToolLoop(t *testing.T) {
	r, err := FromJSON(Auto, []byte(`{"type":"message","model":"claude-opus-5-5","usage":{"input_tokens":420,"output_tokens":50,"iterations":[
		{"type":"message","model":"claude-fable-5-1","input_tokens":100,"output_tokens":0},
		{"type":"message","model":"claude-opus-5-5","input_tokens":300,"output_tokens":0},
		{"type":"fallback_message","model":"claude-opus-5-5","input_tokens":120,"output_tokens":50}]}}`))
	want := []Part{
		{"message", "claude-opus-5-5", Usage{Input: 300}},
		{"fallback_message", "claude-opus-5-5", Usage{Input: 120, Output: 50}},
	}
	if err != nil || !reflect.DeepEqual(r.Parts, want) || r.Notes != nil || r.Usage != (Usage{Input: 420, Output: 50}) {
		t.Errorf("%v %+v", err, r)
	}
}

// Either level may say how the cache writes of a single iteration divide.
func TestOneIterationLifetimes(t *testing.T) {
	for _, c := range []struct {
		top, one string
		want     Usage
	}{
		{``, `,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":100}`, Usage{CacheWrite1h: 100}},
		{`,"cache_creation":{"ephemeral_1h_input_tokens":100}`, ``, Usage{CacheWrite1h: 100}},
		{`,"cache_creation":{"ephemeral_5m_input_tokens":40,"ephemeral_1h_input_tokens":60}`, `,"cache_creation":{"ephemeral_1h_input_tokens":10}`, Usage{CacheWrite5m: 40, CacheWrite1h: 60}},
		{`,"cache_creation":{"ephemeral_1h_input_tokens":60}`, `,"cache_creation":{"ephemeral_5m_input_tokens":100}`, Usage{CacheWrite5m: 100}},
		{``, ``, Usage{CacheWrite5m: 100}},
	} {
		counts := `"input_tokens":1,"output_tokens":9,"cache_creation_input_tokens":100`
		r, err := FromJSON(Auto, []byte(`{"id":"msg_1","type":"message","model":"claude-opus-5-5","usage":{`+counts+c.top+
			`,"output_tokens_details":{"thinking_tokens":4},"server_tool_use":{"web_search_requests":2},"iterations":[{"type":"message",`+counts+c.one+`}]}}`))
		c.want.Input, c.want.Output, c.want.Reasoning, c.want.WebSearches = 1, 5, 4, 2
		if err != nil || r.Usage != c.want || r.Parts != nil || r.Notes != nil {
			t.Errorf("top %q, iteration %q: %v %+v", c.top, c.one, err, r)
		}
	}
}

// Iterations that are within the bounds one by one need not be so in all.
func TestStreamSumOutOfRange(t *testing.T) {
	body := `{"type":"message","model":"claude-x","usage":{"input_tokens":1000000000000,"output_tokens":1,"iterations":[
		{"type":"message","input_tokens":1000000000000,"output_tokens":1},{"type":"compaction","input_tokens":1,"output_tokens":1}]}}`
	_, err := FromJSON(Auto, []byte(body))
	_, streamErr := streamed(t, Auto, body, 50)
	if !errors.Is(err, ErrRange) || !errors.Is(streamErr, ErrRange) || !errors.Is(streamErr, ErrMalformed) {
		t.Errorf("%v, streamed %v", err, streamErr)
	}
}

// The model that wrote an SVG is billed beside the one that made the image.
func TestSVGUsage(t *testing.T) {
	const svg = `"svg_usage":{"model":"gpt-6-sol","input_tokens":1000,"output_tokens":500,"reasoning_tokens":300,"total_tokens":1500}`
	author := Usage{Input: 1000, Output: 200, Reasoning: 300}
	image := Usage{Input: 10, ImageOutput: 100}
	both := Usage{Input: 1010, Output: 200, Reasoning: 300, ImageOutput: 100}
	for _, c := range []struct {
		body string
		want Usage
		part []Part
	}{
		{`{"created":1,"data":[],"usage":{"input_tokens":10,"output_tokens":100,"total_tokens":110,"input_tokens_details":{"text_tokens":10,"image_tokens":0}},` + svg + `}`, both, []Part{{"response", "", image}, {"svg", "gpt-6-sol", author}}},
		{`{"created":1,"data":[],"model":"gpt-image-2","usage":{"input_tokens":10,"output_tokens":100},` + svg + `}`, both, []Part{{"response", "gpt-image-2", image}, {"svg", "gpt-6-sol", author}}},
		{`{"created":1,"data":[],` + svg + `}`, author, []Part{{"svg", "gpt-6-sol", author}}},
		{`{"created":1,"data":[],"usage":null,` + svg + `}`, author, []Part{{"svg", "gpt-6-sol", author}}},
		{`{"data":[],"usage":{"input_tokens":10,"output_tokens":100,"input_tokens_details":{"image_tokens":0}},"svg_usage":null}`, image, nil},
	} {
		r, err := FromJSON(OpenAI, []byte(c.body))
		if err != nil || r.Shape != OpenAIImages || r.Usage != c.want || !reflect.DeepEqual(r.Parts, c.part) || r.Notes != nil {
			t.Errorf("%s: %v %+v", c.body, err, r)
		}
		if s, err := streamed(t, OpenAI, c.body, 33); err != nil || !reflect.DeepEqual(s, r) {
			t.Errorf("streamed: %v %+v", err, s)
		}
	}
	var f *FieldError
	if _, err := FromJSON(Auto, []byte(`{"svg_usage":{"input_tokens":1,"output_tokens":-1}}`)); !errors.As(err, &f) || f.Path != "svg_usage.output_tokens" {
		t.Errorf("negative: %v", err)
	}
}

// The image tool has names of its own for the parts of what was cached.
func TestImageToolCache(t *testing.T) {
	for _, whole := range []string{`"cached_tokens":60,`, ""} {
		r, err := FromJSON(Auto, []byte(`{"object":"response","model":"gpt-x","usage":{"input_tokens":10,"output_tokens":1,"total_tokens":11},"tool_usage":{"image_gen":{
			"input_tokens":100,"output_tokens":50,"total_tokens":150,"input_tokens_details":{"text_tokens":40,"image_tokens":60},`+whole+
			`"cached_tokens_details":{"cached_text_tokens":10,"cached_image_tokens":50}}}}`))
		want := Usage{Input: 30, CacheRead: 10, ImageInput: 10, ImageCacheRead: 50, ImageOutput: 50}
		if err != nil || len(r.Parts) != 2 || r.Parts[1].Usage != want || r.Notes != nil {
			t.Errorf("%q: %v %+v", whole, err, r)
		}
	}
}

// A total may exceed what one meter holds.
func TestTotals(t *testing.T) {
	const n = "600000000000" // twice that is above MaxCount
	for _, body := range []string{
		`{"object":"chat.completion","usage":{"prompt_tokens":` + n + `,"completion_tokens":` + n + `,"total_tokens":%s}}`,
		`{"object":"response","usage":{"input_tokens":` + n + `,"output_tokens":` + n + `,"total_tokens":%s}}`,
		`{"usageMetadata":{"promptTokenCount":` + n + `,"candidatesTokenCount":` + n + `,"thoughtsTokenCount":0,"totalTokenCount":%s}}`,
		`{"usage":{"total_input_tokens":` + n + `,"total_output_tokens":` + n + `,"total_thought_tokens":0,"total_tokens":%s}}`,
		`{"usage":{"inputTokens":` + n + `,"outputTokens":` + n + `,"totalTokens":%s}}`,
	} {
		for _, total := range []string{"1200000000000", `"1200000000000"`, "1.2e12"} {
			r, err := FromJSON(Auto, fmt.Appendf(nil, body, total))
			if err != nil || r.Usage != (Usage{Input: 600000000000, Output: 600000000000}) || r.Notes != nil {
				t.Errorf(body+": %v %+v", total, err, r)
			}
		}
		for _, total := range []string{"1000000000000001", "1e16", "1" + strings.Repeat("0", 30)} {
			if _, err := FromJSON(Auto, fmt.Appendf(nil, body, total)); !errors.Is(err, ErrRange) {
				t.Errorf(body+": %v", total, err)
			}
		}
	}
	// Where the total is all there is, it is a meter.
	if _, err := FromJSON(Auto, []byte(`{"object":"list","usage":{"total_tokens":1200000000000}}`)); !errors.Is(err, ErrRange) {
		t.Errorf("embeddings: %v", err)
	}
}

// A name or word may be spelt with escapes.
func TestEscapedNames(t *testing.T) {
	for _, c := range [][2]string{
		{`{"type":"message","model":"claude-x","usage":{"input_tokens":1,"output_tokens":2,"service_tier":"standard","speed":"fast","inference_geo":"not_available"}}`,
			`{"type":"mess\u0061ge","model":"cl\u0061ude-x","us\u0061ge":{"input\u005ftokens":1,"output_tokens":2,"service_tier":"st\u0061ndard","speed":"f\u0061st","inference_geo":"not\u005favailable"}}`},
		{`{"object":"chat.completion","service_tier":"default","usage":{"prompt_tokens":1,"completion_tokens":2}}`,
			`{"object":"ch\u0061t.completion","service_tier":"d\u0065fault","usage":{"prompt_tokens":1,"completion_tokens":2}}`},
		{`{"object":"response","output":[{"type":"web_search_call","action":{"type":"search"}}],"usage":{"input_tokens":1,"output_tokens":2}}`,
			`{"object":"r\u0065sponse","output":[{"type":"web_search_c\u0061ll","action":{"type":"se\u0061rch"}}],"usage":{"input_tokens":1,"output_tokens":2}}`},
		{`{"candidates":[{"grounding_metadata":{"web_search_queries":["a"]}}],"usageMetadata":{"promptTokenCount":9,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":4}]}}`,
			`{"candidates":[{"grounding_metadata":{"web_search_quer\u0069es":["a"]}}],"usageMetadata":{"promptTokenCount":9,"promptTokensDetails":[{"modality":"\u0041UDIO","tokenCount":4}]}}`},
		{`{"metrics":{},"usage":{"inputTokens":1,"outputTokens":2,"cacheDetails":[{"ttl":"1h","inputTokens":8}]}}`,
			`{"metrics":{},"usage":{"inputTokens":1,"outputTokens":2,"cacheDetails":[{"ttl":"1\u0068","inputTokens":8}]}}`},
		{`{"attributes":[{"key":"gen_ai.system","value":{"stringValue":"anthropic"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}}]}`,
			`{"attributes":[{"key":"gen_ai.syst\u0065m","value":{"stringValue":"\u0061nthropic"}},{"key":"gen_ai.us\u0061ge.input_tokens","value":{"intValue":"12"}}]}`},
	} {
		want, wantErr := FromJSON(Auto, []byte(c[0]))
		got, err := FromJSON(Auto, []byte(c[1]))
		if err != nil || wantErr != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v, %v\nwant %+v, %v", c[1], got, err, want, wantErr)
		}
	}
	// A backslash that is escaped itself begins no escape.
	r, err := FromJSON(Auto, []byte(`{"attributes":[{"key":"\\u006","value":{}},{"key":"gen_ai.us\\u0061ge.input_tokens","value":{"intValue":"7"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}}]}`))
	if err != nil || r.Usage != (Usage{Input: 12}) {
		t.Errorf("%v %+v", err, r)
	}
	// In a stream as well.
	s := strings.Replace(anthropicStream, `"message_delta","delta"`, `"mess\u0061ge_delta","delta"`, 1)
	s = strings.Replace(s, `"usage":{"input_tokens":6,"cache_creation_input_tokens":900,"cache_read_input_tokens":15000,"output_tokens":327`, `"usage":{"output_tok\u0065ns":327`, 1)
	s = strings.Replace(s, `"message_stop"}`, `"message\u005fstop"}`, 1)
	want, _ := streamed(t, Auto, anthropicStream, 80)
	if got, err := streamed(t, Auto, s, 80); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %+v\nwant %+v", err, got, want)
	}
}

// Cache writes by lifetime may be all that Anthropic's usage says.
func TestOnlyCacheCreation(t *testing.T) {
	const body = `{"cache_creation":{"ephemeral_5m_input_tokens":7,"ephemeral_1h_input_tokens":9}}`
	for _, text := range []string{body, `{"usage":` + body + `}`} {
		if r, err := FromJSON("claude", []byte(text)); err != nil || r.Shape != AnthropicMessages || r.Usage != (Usage{CacheWrite5m: 7, CacheWrite1h: 9}) {
			t.Errorf("%s: %v %+v", text, err, r)
		}
		if _, err := FromJSON(Auto, []byte(text)); !errors.Is(err, ErrUnknownShape) {
			t.Errorf("%s, from anyone: %v", text, err)
		}
	}
	for _, text := range []string{`{"cache_creation":{}}`, `{"cache_creation":7}`} {
		if _, err := FromJSON(Anthropic, []byte(text)); !errors.Is(err, ErrUnknownShape) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
