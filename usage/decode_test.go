package usage

import (
	"errors"
	"strings"
	"testing"
)

// decodeCase is one body and what it must be read as.
type decodeCase struct {
	name     string
	provider string
	body     string
	shape    Shape
	want     Usage
	check    func(*testing.T, Response)
}

func runDecodeCases(t *testing.T, cases []decodeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, err := FromJSON(c.provider, []byte(c.body))
			if err != nil {
				t.Fatalf("FromJSON: %v", err)
			}
			if r.Shape != c.shape {
				t.Errorf("shape = %v, want %v", r.Shape, c.shape)
			}
			if r.Usage != c.want {
				t.Errorf("usage = %v\n    want %v", listed(r.Usage), listed(c.want))
			}
			if c.check != nil {
				c.check(t, r)
			}
		})
	}
}

// listed spells the meters in use, for messages.
func listed(u Usage) string {
	var b strings.Builder
	for m, n := range u.All() {
		b.WriteString(m.String() + "=" + itoa(n) + " ")
	}
	return b.String()
}

func itoa(n int64) string {
	if n < 0 {
		return "-" + itoa(-n)
	}
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestAnthropicMessages(t *testing.T) {
	runDecodeCases(t, []decodeCase{
		{
			name:  "plain message",
			body:  `{"id":"msg_01","type":"message","role":"assistant","model":"claude-opus-4-8","content":[{"type":"text","text":"hi \"usage\""}],"stop_reason":"end_turn","usage":{"input_tokens":12,"output_tokens":34}}`,
			shape: AnthropicMessages, want: Usage{Input: 12, Output: 34},
			check: func(t *testing.T, r Response) {
				if r.ID != "msg_01" || r.Model != "claude-opus-4-8" || r.Provider != "" || r.Tier != "" {
					t.Errorf("got %+v", r)
				}
			},
		},
		{
			name:  "everything",
			body:  `{"model":"claude-opus-5","id":"msg_bdrk_9","type":"message","usage":{"input_tokens":200,"cache_creation_input_tokens":900,"cache_read_input_tokens":6000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":700},"output_tokens":30,"output_tokens_details":{"thinking_tokens":20},"server_tool_use":{"web_search_requests":2,"web_fetch_requests":1},"service_tier":"batch","speed":"fast","inference_geo":"us"}}`,
			shape: AnthropicMessages,
			want:  Usage{Input: 200, CacheRead: 6000, CacheWrite5m: 200, CacheWrite1h: 700, Output: 10, Reasoning: 20, WebSearches: 2, WebFetches: 1},
			check: func(t *testing.T, r Response) {
				if r.Provider != Bedrock || r.Tier != "batch" || r.Speed != "fast" || r.Region != "us" {
					t.Errorf("got %+v", r)
				}
			},
		},
		{
			name:  "only the split of the writes",
			body:  `{"type":"message","model":"claude-x","usage":{"input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":7,"ephemeral_1h_input_tokens":9},"output_tokens":1}}`,
			shape: AnthropicMessages, want: Usage{Input: 1, CacheWrite5m: 7, CacheWrite1h: 9, Output: 1},
		},
		{
			name:  "null counts are absent",
			body:  `{"usage":{"input_tokens":1,"cache_creation_input_tokens":null,"cache_read_input_tokens":null,"cache_creation":null,"service_tier":"standard","output_tokens":1,"iterations":null,"speed":null}}`,
			shape: AnthropicMessages, want: Usage{Input: 1, Output: 1},
		},
		{
			name:  "usage object alone",
			body:  `{"input_tokens":1,"cache_read_input_tokens":5,"output_tokens":1}`,
			shape: AnthropicMessages, want: Usage{Input: 1, CacheRead: 5, Output: 1},
		},
	})
}

func TestOpenAI(t *testing.T) {
	runDecodeCases(t, []decodeCase{
		{
			name:  "chat",
			body:  `{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o-2024-08-06","choices":[],"service_tier":"default","usage":{"prompt_tokens":2600,"completion_tokens":300,"total_tokens":2900,"prompt_tokens_details":{"cached_tokens":2000,"cache_write_tokens":400,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":100,"audio_tokens":0,"accepted_prediction_tokens":0}}}`,
			shape: OpenAIChat, want: Usage{Input: 200, CacheRead: 2000, CacheWrite30m: 400, Output: 200, Reasoning: 100},
			check: func(t *testing.T, r Response) {
				if r.ID != "chatcmpl-1" || r.Model != "gpt-4o-2024-08-06" || r.Tier != "standard" || len(r.Notes) != 0 {
					t.Errorf("got %+v", r)
				}
			},
		},
		{
			name:  "responses",
			body:  `{"id":"resp_1","object":"response","model":"gpt-6.1-terra","output":[{"type":"message","content":[]}],"usage":{"input_tokens":1000,"input_tokens_details":{"cached_tokens":100,"cache_write_tokens":600,"cache_write_tokens_details":{"ttl_30m_tokens":150,"ttl_12h_tokens":450}},"output_tokens":50,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":1050},"service_tier":"priority"}`,
			shape: OpenAIResponses, want: Usage{Input: 300, CacheRead: 100, CacheWrite30m: 150, CacheWrite12h: 450, Output: 30, Reasoning: 20},
			check: func(t *testing.T, r Response) {
				if r.Tier != "priority" || r.ID != "resp_1" {
					t.Errorf("got %+v", r)
				}
			},
		},
		{
			name:  "responses event",
			body:  `{"type":"response.completed","sequence_number":9,"response":{"id":"resp_2","object":"response","model":"gpt-5.5","usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":0},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":15}}}`,
			shape: OpenAIResponses, want: Usage{Input: 10, Output: 5},
		},
	})
}

func TestGemini(t *testing.T) {
	runDecodeCases(t, []decodeCase{
		{
			name:  "thoughts and tool use on top",
			body:  `{"candidates":[],"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":40,"candidatesTokenCount":200,"thoughtsTokenCount":5000,"toolUsePromptTokenCount":7,"totalTokenCount":5307,"trafficType":"ON_DEMAND_PRIORITY"},"modelVersion":"gemini-2.5-pro","responseId":"abc"}`,
			shape: Gemini, want: Usage{Input: 67, CacheRead: 40, Output: 200, Reasoning: 5000},
			check: func(t *testing.T, r Response) {
				if r.Tier != "priority" || r.Provider != Vertex || r.Model != "gemini-2.5-pro" || r.ID != "abc" {
					t.Errorf("got %+v", r)
				}
			},
		},
	})
}

// Where the counts mean the same in every shape, any provider settles it.
func TestProviderSettlesTheShape(t *testing.T) {
	for provider, shape := range map[string]Shape{
		"anthropic": AnthropicMessages, "aws.bedrock": AnthropicMessages, "openai": OpenAIResponses, "cohere": CohereChat, "myclaw": OpenAIResponses,
	} {
		r, err := FromJSON(provider, []byte(`{"usage":{"input_tokens":1,"output_tokens":2}}`))
		if want, _ := CanonicalProvider(provider); err != nil || r.Shape != shape || r.Usage != (Usage{Input: 1, Output: 2}) || r.Provider != want {
			t.Errorf("%s: %v %+v", provider, err, r)
		}
	}
}

func TestUnknownAndAmbiguous(t *testing.T) {
	for body, want := range map[string]error{
		`{"usage":{"input_tokens":1,"output_tokens":2}}`:                                                             ErrAmbiguousShape,
		`{"input_tokens":1,"output_tokens":2}`:                                                                       ErrAmbiguousShape,
		`{"usage":{"prompt_tokens":1,"input_tokens":1,"output_tokens":2}}`:                                           ErrAmbiguousShape,
		`{"usage":{"input_tokens":1,"cache_read_input_tokens":1,"input_tokens_details":{}}}`:                         ErrAmbiguousShape,
		`{"type":"message","usage":{"input_tokens":9,"output_tokens":2,"input_tokens_details":{"cached_tokens":8}}}`: ErrAmbiguousShape,
		`{"hello":"world"}`:             ErrUnknownShape,
		`{"usage":{}}`:                  ErrUnknownShape,
		`{"usage":null}`:                ErrUnknownShape,
		`[]`:                            ErrUnknownShape,
		`"x"`:                           ErrUnknownShape,
		``:                              ErrMalformed,
		`{`:                             ErrMalformed,
		`{"usage":{"input_tokens":1,}}`: ErrMalformed,
	} {
		if _, err := FromJSON(Auto, []byte(body)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", body, err, want)
		}
	}
}
