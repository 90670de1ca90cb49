package usage

import "testing"

// Public bugs of other tools, as counts that must come out. The bug is named
// by the tracker it was reported in.
func TestPublicBugs(t *testing.T) {
	runDecodeCases(t, []decodeCase{
		{
			name:  "litellm#9812: writes are not counted twice",
			body:  `{"type":"message","model":"claude-3-7-sonnet-20250219","usage":{"input_tokens":3,"cache_creation_input_tokens":12304,"cache_read_input_tokens":0,"output_tokens":550}}`,
			shape: AnthropicMessages, want: Usage{Input: 3, CacheWrite5m: 12304, Output: 550},
		},
		{
			name:  "litellm#15292: Converse's input leaves cached tokens out",
			body:  `{"usage":{"inputTokens":10,"cacheReadInputTokens":100,"cacheWriteInputTokens":50,"outputTokens":5,"totalTokens":165}}`,
			shape: BedrockConverse, want: Usage{Input: 10, CacheRead: 100, CacheWrite5m: 50, Output: 5},
		},
		{
			name:  "litellm#29145: every cache count of Bedrock survives",
			body:  `{"metrics":{"latencyMs":1},"stopReason":"end_turn","usage":{"inputTokens":1,"cacheReadInputTokenCount":7,"cacheWriteInputTokenCount":9,"outputTokens":5,"totalTokens":22}}`,
			shape: BedrockConverse, want: Usage{Input: 1, CacheRead: 7, CacheWrite5m: 9, Output: 5},
			check: func(t *testing.T, r Response) {
				if r.Provider != Bedrock {
					t.Errorf("provider %q", r.Provider)
				}
			},
		},
		{
			name:  "oh-my-pi#6876, agentsview#1452: writes of one hour are not writes of five minutes",
			body:  `{"type":"message","model":"claude-opus-5","usage":{"input_tokens":0,"cache_creation_input_tokens":344139,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":344139},"output_tokens":0}}`,
			shape: AnthropicMessages, want: Usage{CacheWrite1h: 344139},
		},
		{
			name:  "pi#9457: Converse's cacheDetails name the lifetime",
			body:  `{"usage":{"inputTokens":0,"outputTokens":0,"totalTokens":8882,"cacheWriteInputTokens":8882,"cacheDetails":[{"ttl":"1h","inputTokens":8882}]}}`,
			shape: BedrockConverse, want: Usage{CacheWrite1h: 8882},
		},
		{
			name:  "RunCost: cache_creation.ephemeral_1h_input_tokens is read",
			body:  `{"usage":{"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":1000,"cache_creation":{"ephemeral_1h_input_tokens":1000}}}`,
			shape: AnthropicMessages, want: Usage{Input: 1, CacheWrite1h: 1000, Output: 1},
		},
		{
			name:  "litellm#42663: a remainder without a lifetime is not dropped",
			body:  `{"usage":{"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":1000,"cache_creation":{"ephemeral_1h_input_tokens":600}}}`,
			shape: AnthropicMessages, want: Usage{Input: 1, CacheWrite5m: 400, CacheWrite1h: 600, Output: 1},
		},
		{
			name:  "litellm#38378: the speed served, not the one asked for",
			body:  `{"speed":"fast","type":"message","model":"claude-opus-4-6","usage":{"input_tokens":1,"output_tokens":1,"speed":"standard"}}`,
			shape: AnthropicMessages, want: Usage{Input: 1, Output: 1},
			check: func(t *testing.T, r Response) {
				if r.Speed != "standard" {
					t.Errorf("speed %q", r.Speed)
				}
			},
		},
		{
			name:  "genai-prices#429: tier, speed and geography are kept",
			body:  `{"type":"message","model":"claude-x","usage":{"input_tokens":1,"output_tokens":1,"speed":"fast","service_tier":"batch","inference_geo":"us"}}`,
			shape: AnthropicMessages, want: Usage{Input: 1, Output: 1},
			check: func(t *testing.T, r Response) {
				if r.Speed != "fast" || r.Tier != "batch" || r.Region != "us" {
					t.Errorf("%+v", r)
				}
			},
		},
		{
			name:  "genai-prices#486, litellm#33772: written tokens of OpenAI",
			body:  `{"object":"chat.completion","model":"gpt-5.6-sol","usage":{"prompt_tokens":2600,"completion_tokens":300,"total_tokens":2900,"prompt_tokens_details":{"cached_tokens":2000,"cache_write_tokens":400}}}`,
			shape: OpenAIChat, want: Usage{Input: 200, CacheRead: 2000, CacheWrite30m: 400, Output: 300},
		},
		{
			name:  "litellm#14849: Gemini's cached tokens are part of the prompt",
			body:  `{"usageMetadata":{"promptTokenCount":262960,"cachedContentTokenCount":257955,"candidatesTokenCount":100,"totalTokenCount":263060},"modelVersion":"gemini-2.5-pro"}`,
			shape: Gemini, want: Usage{Input: 5005, CacheRead: 257955, Output: 100},
		},
		{
			name:  "litellm#18750: cached images leave no negative text",
			body:  `{"usageMetadata":{"promptTokenCount":5100,"cachedContentTokenCount":4327,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1000},{"modality":"IMAGE","tokenCount":4100}],"cacheTokensDetails":[{"modality":"TEXT","tokenCount":800},{"modality":"IMAGE","tokenCount":3527}],"candidatesTokenCount":10,"totalTokenCount":5110}}`,
			shape: Gemini, want: Usage{Input: 200, CacheRead: 800, ImageInput: 573, ImageCacheRead: 3527, Output: 10},
		},
		{
			name:  "litellm#18768: cached tokens that nobody divides",
			body:  `{"usageMetadata":{"promptTokenCount":5100,"cachedContentTokenCount":4327,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1000},{"modality":"IMAGE","tokenCount":4100}],"candidatesTokenCount":10}}`,
			shape: Gemini, want: Usage{CacheRead: 1000, ImageInput: 773, ImageCacheRead: 3327, Output: 10},
		},
		{
			name:  "deepeval#2943, new-api#1014: Gemini's thoughts come on top",
			body:  `{"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":200,"thoughtsTokenCount":5000,"totalTokenCount":5201}}`,
			shape: Gemini, want: Usage{Input: 1, Output: 200, Reasoning: 5000},
		},
		{
			name:  "llmgateway#3435: Anthropic's thinking does not",
			body:  `{"usage":{"input_tokens":1,"cache_read_input_tokens":0,"output_tokens":5200,"output_tokens_details":{"thinking_tokens":5000}}}`,
			shape: AnthropicMessages, want: Usage{Input: 1, Output: 200, Reasoning: 5000},
		},
		{
			name:  "opencode#17566: nor does OpenAI's reasoning",
			body:  `{"usage":{"prompt_tokens":1,"completion_tokens":5200,"total_tokens":5201,"completion_tokens_details":{"reasoning_tokens":5000}}}`,
			shape: OpenAIChat, want: Usage{Input: 1, Output: 200, Reasoning: 5000},
		},
		{
			name:  "Gemini's OpenAI endpoint hides its thoughts in the total",
			body:  `{"object":"chat.completion","model":"gemini-2.5-pro","usage":{"prompt_tokens":758,"completion_tokens":102,"total_tokens":1725}}`,
			shape: OpenAIChat, want: Usage{Input: 758, Output: 102, Reasoning: 865},
			check: func(t *testing.T, r Response) {
				if len(r.Notes) != 1 {
					t.Errorf("notes %q", r.Notes)
				}
			},
		},
		{
			name:  "posthog#74366: the id of a Bedrock model stays as it is",
			body:  `{"type":"message","id":"msg_bdrk_01","model":"us.anthropic.claude-opus-4-6-v1:0","usage":{"input_tokens":1,"output_tokens":1}}`,
			shape: AnthropicMessages, want: Usage{Input: 1, Output: 1},
			check: func(t *testing.T, r Response) {
				if r.Provider != Bedrock || r.Model != "us.anthropic.claude-opus-4-6-v1:0" {
					t.Errorf("%+v", r)
				}
			},
		},
		{
			name:  "litellm (tool_call_cost_tracking): web and file search are both counted",
			body:  `{"object":"response","model":"gpt-x","output":[{"type":"web_search_call","action":{"type":"search"}},{"type":"web_search_call","action":{"type":"open_page"}},{"type":"file_search_call"},{"type":"code_interpreter_call"}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}`,
			shape: OpenAIResponses, want: Usage{Input: 1, Output: 1, WebSearches: 1, FileSearches: 1, CodeExecutions: 1},
		},
		{
			name:  "litellm#39850: reasoning of Realtime inside text_tokens",
			body:  `{"type":"response.done","response":{"object":"realtime.response","id":"resp_r","usage":{"total_tokens":253,"input_tokens":132,"output_tokens":121,"input_token_details":{"text_tokens":119,"audio_tokens":13,"image_tokens":0,"cached_tokens":64,"cached_tokens_details":{"text_tokens":60,"audio_tokens":4,"image_tokens":0}},"output_token_details":{"text_tokens":30,"audio_tokens":91}}}}`,
			shape: OpenAIRealtime, want: Usage{Input: 59, CacheRead: 60, AudioInput: 9, AudioCacheRead: 4, Output: 30, AudioOutput: 91},
		},
		{
			name:  "claude-code: null counts are zero",
			body:  `{"type":"assistant","requestId":"req_A","message":{"id":"msg_1","model":"claude-x","usage":{"input_tokens":3,"output_tokens":327,"cache_creation_input_tokens":900,"cache_read_input_tokens":15000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":800},"server_tool_use":null,"service_tier":null}}}`,
			shape: AnthropicMessages, want: Usage{Input: 3, CacheRead: 15000, CacheWrite5m: 100, CacheWrite1h: 800, Output: 327},
			check: func(t *testing.T, r Response) {
				if r.ID != "msg_1" || r.Model != "claude-x" {
					t.Errorf("%+v", r)
				}
			},
		},
	})
}

// Iterations on other models are billed apart: ccusage#1115, #1552,
// litellm#39294.
func TestPublicBugsIterations(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []Part
		notes      int
	}{
		{
			"ccusage#1115: an advisor is on top of the top level",
			`{"id":"m","type":"message","model":"claude-sonnet-4-6","usage":{"input_tokens":2,"output_tokens":491,"cache_read_input_tokens":226584,"cache_creation_input_tokens":7853,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":7853},"output_tokens_details":{"thinking_tokens":50},"server_tool_use":{"web_search_requests":1},"iterations":[
				{"type":"message","input_tokens":1,"output_tokens":45,"cache_read_input_tokens":109696,"cache_creation_input_tokens":7192},
				{"type":"advisor_message","model":"claude-opus-4-7","input_tokens":159419,"output_tokens":7805,"cache_read_input_tokens":0,"cache_creation_input_tokens":0},
				{"type":"message","input_tokens":1,"output_tokens":446,"cache_read_input_tokens":116888,"cache_creation_input_tokens":661}]}}`,
			[]Part{
				{"message", "claude-sonnet-4-6", Usage{Input: 1, CacheRead: 109696, CacheWrite1h: 7192, Reasoning: 45, WebSearches: 1}},
				{"advisor_message", "claude-opus-4-7", Usage{Input: 159419, Output: 7805}},
				{"message", "claude-sonnet-4-6", Usage{Input: 1, CacheRead: 116888, CacheWrite1h: 661, Output: 441, Reasoning: 5}},
			}, 0,
		},
		{
			"ccusage#1552: the attempt before a fallback is billed on its own model",
			`{"type":"message","model":"claude-opus-4-8","usage":{"input_tokens":2,"output_tokens":13658,"cache_creation_input_tokens":0,"cache_read_input_tokens":79214,"iterations":[
				{"type":"message","model":"claude-fable-5","input_tokens":2,"output_tokens":578,"cache_creation_input_tokens":10421,"cache_read_input_tokens":72769},
				{"type":"fallback_message","model":"claude-opus-4-8","input_tokens":2,"output_tokens":13658,"cache_creation_input_tokens":0,"cache_read_input_tokens":79214}]}}`,
			[]Part{
				{"message", "claude-fable-5", Usage{Input: 2, CacheRead: 72769, CacheWrite5m: 10421, Output: 578}},
				{"fallback_message", "claude-opus-4-8", Usage{Input: 2, CacheRead: 79214, Output: 13658}},
			}, 0,
		},
		{
			"litellm#39294: an attempt without output is not billed",
			`{"type":"message","model":"claude-opus-4-8","usage":{"input_tokens":2,"output_tokens":10,"iterations":[
				{"type":"message","model":"claude-fable-5","input_tokens":900,"output_tokens":0},
				{"type":"fallback_message","model":"claude-opus-4-8","input_tokens":2,"output_tokens":10}]}}`,
			nil, 0,
		},
		{
			"a compaction is on top",
			`{"type":"message","model":"claude-x","usage":{"input_tokens":2,"output_tokens":10,"iterations":[
				{"type":"compaction","input_tokens":900,"output_tokens":30},{"type":"message","input_tokens":2,"output_tokens":10}]}}`,
			[]Part{
				{"compaction", "claude-x", Usage{Input: 900, Output: 30}},
				{"message", "claude-x", Usage{Input: 2, Output: 10}},
			}, 0,
		},
		{
			"iterations that do not add up leave the top level as it is",
			`{"type":"message","model":"claude-x","usage":{"input_tokens":5,"output_tokens":10,"iterations":[
				{"type":"message","input_tokens":2,"output_tokens":10},{"type":"advisor_message","model":"m","input_tokens":7,"output_tokens":1}]}}`,
			[]Part{
				{"message", "claude-x", Usage{Input: 5, Output: 10}},
				{"advisor_message", "m", Usage{Input: 7, Output: 1}},
			}, 1,
		},
		{
			"a redeemed fallback credit changes the bill, which usage cannot say",
			`{"type":"message","model":"claude-x","usage":{"input_tokens":2,"output_tokens":10,"fallback_credit":{"status":{"type":"redeemed"}}}}`,
			nil, 1,
		},
		{
			"one iteration is the reply itself",
			`{"type":"message","model":"claude-x","usage":{"input_tokens":2,"output_tokens":10,"iterations":[{"type":"message","input_tokens":2,"output_tokens":10}]}}`,
			nil, 0,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := FromJSON(Auto, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			checkResponse(t, r)
			if len(r.Parts) != len(c.want) || len(r.Notes) != c.notes {
				t.Fatalf("parts %+v, notes %q", r.Parts, r.Notes)
			}
			for i, p := range r.Parts {
				if p != c.want[i] {
					t.Errorf("part %d: %s %s %s\n want %s", i, p.Kind, p.Model, listed(p.Usage), listed(c.want[i].Usage))
				}
			}
		})
	}
}

func TestPublicBugsStream(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Usage
	}{
		{
			"bifrost#3451: writes are counted once over start and delta",
			"data: {\"type\":\"message_start\",\"message\":{\"type\":\"message\",\"model\":\"claude-opus-4-7\",\"usage\":{\"input_tokens\":6,\"cache_creation_input_tokens\":159217,\"cache_read_input_tokens\":0,\"output_tokens\":4}}}\n\n" +
				"data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":6,\"cache_creation_input_tokens\":159217,\"cache_read_input_tokens\":0,\"output_tokens\":2745}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
			Usage{Input: 6, CacheWrite5m: 159217, Output: 2745},
		},
		{
			"litellm#25517: the prompt is 32,671 tokens, not 65,339",
			"data: {\"type\":\"message_start\",\"message\":{\"type\":\"message\",\"id\":\"msg_bdrk_1\",\"model\":\"claude-x\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n" +
				"data: {\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"input_tokens\":32671,\"cache_creation_input_tokens\":17,\"cache_read_input_tokens\":32651,\"output_tokens\":9}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
			Usage{Input: 3, CacheWrite5m: 17, CacheRead: 32651, Output: 9},
		},
		{
			"litellm#34373: the invocation metrics at the end of a Bedrock stream keep the cache",
			"{\"type\":\"message_start\",\"message\":{\"type\":\"message\",\"model\":\"claude-x\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n" +
				"{\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":9}}\n" +
				"{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":3,\"outputTokenCount\":9,\"cacheReadInputTokenCount\":32651,\"cacheWriteInputTokenCount\":17}}\n",
			Usage{Input: 3, CacheWrite5m: 17, CacheRead: 32651, Output: 9},
		},
		{
			"claude-code#87303: message_delta is cumulative, however often it comes",
			"data: {\"type\":\"message_start\",\"message\":{\"type\":\"message\",\"model\":\"claude-x\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n" +
				"data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":5}}\n\ndata: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9,\"input_tokens\":4}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
			Usage{Input: 4, Output: 9},
		},
		{
			"a proxy that repeats the prompt's counts as zero",
			"data: {\"type\":\"message_start\",\"message\":{\"type\":\"message\",\"model\":\"claude-x\",\"usage\":{\"input_tokens\":3,\"cache_read_input_tokens\":8,\"output_tokens\":1}}}\n\n" +
				"data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":5}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
			Usage{Input: 3, CacheRead: 8, Output: 5},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := streamed(t, Auto, c.text, 11)
			if err != nil || r.Usage != c.want || r.Partial || r.Model == "" {
				t.Errorf("%v %s %+v", err, listed(r.Usage), r)
			}
		})
	}
}
