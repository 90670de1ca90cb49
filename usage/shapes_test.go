package usage

import "testing"

// says checks what a response says beside its counts.
func says(provider, model, tier, cost string, notes int) func(*testing.T, Response) {
	return func(t *testing.T, r Response) {
		t.Helper()
		if r.Provider != provider || r.Model != model || r.Tier != tier || r.ReportedCost != cost || len(r.Notes) != notes {
			t.Errorf("provider %q, model %q, tier %q, cost %q, notes %q", r.Provider, r.Model, r.Tier, r.ReportedCost, r.Notes)
		}
	}
}

func TestChatFamily(t *testing.T) {
	runDecodeCases(t, []decodeCase{
		{
			name:  "deepseek: hits and misses",
			body:  `{"object":"chat.completion","model":"deepseek-chat","usage":{"prompt_tokens":17,"completion_tokens":8,"total_tokens":25,"prompt_cache_hit_tokens":10,"prompt_cache_miss_tokens":7,"completion_tokens_details":{"reasoning_tokens":3}}}`,
			shape: OpenAIChat, want: Usage{Input: 7, CacheRead: 10, Output: 5, Reasoning: 3},
			check: says("", "deepseek-chat", "", "", 0),
		},
		{
			name:  "xai: reasoning on top, cost in ticks",
			body:  `{"object":"chat.completion","model":"grok-4","usage":{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"prompt_tokens_details":{"text_tokens":32,"cached_tokens":6},"completion_tokens_details":{"reasoning_tokens":94},"num_sources_used":0,"cost_in_usd_ticks":37756000}}`,
			shape: OpenAIChat, want: Usage{Input: 26, CacheRead: 6, Output: 9, Reasoning: 94},
			check: says(XAI, "grok-4", "", "0.0037756", 0),
		},
		{
			name:     "xai without a total",
			provider: "x_ai",
			body:     `{"model":"grok-4","usage":{"prompt_tokens":32,"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":94},"server_side_tool_usage_details":{"web_search_calls":2,"x_search_calls":1,"code_interpreter_calls":4,"document_search_calls":1}}}`,
			shape:    OpenAIChat, want: Usage{Input: 32, Output: 9, Reasoning: 94, WebSearches: 3, CodeExecutions: 4, FileSearches: 1},
			check: says(XAI, "grok-4", "", "", 0),
		},
		{
			name:  "openrouter: the cost it reports, and a Claude behind it",
			body:  `{"id":"gen-1","provider":"Anthropic","object":"chat.completion","model":"anthropic/claude-opus-4.8","usage":{"prompt_tokens":1000,"completion_tokens":20,"total_tokens":1020,"cost":1.4e-05,"is_byok":false,"prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":800},"server_tool_use":{"web_search_requests":1}}}`,
			shape: OpenAIChat, want: Usage{Input: 100, CacheRead: 100, CacheWrite5m: 800, Output: 20, WebSearches: 1},
			check: says(OpenRouter, "anthropic/claude-opus-4.8", "", "0.000014", 0),
		},
		{
			name:  "perplexity: citations, searches, a cost in parts",
			body:  `{"object":"chat.completion","model":"sonar-deep-research","usage":{"prompt_tokens":33,"completion_tokens":7163,"total_tokens":7196,"citation_tokens":20028,"num_search_queries":23,"reasoning_tokens":73997,"cost":{"input_tokens_cost":0.01,"total_cost":0.50}}}`,
			shape: OpenAIChat, want: Usage{Input: 20061, Output: 7163, Reasoning: 73997, WebSearches: 23},
			check: says(Perplexity, "sonar-deep-research", "", "0.5", 0),
		},
		{
			name:  "groq: usage aside",
			body:  `{"id":"c","object":"chat.completion.chunk","model":"llama","x_groq":{"id":"req","usage":{"queue_time":0.1,"prompt_tokens":11,"prompt_time":0.2,"completion_tokens":5,"total_tokens":16}}}`,
			shape: OpenAIChat, want: Usage{Input: 11, Output: 5},
			check: says(Groq, "llama", "", "", 0),
		},
		{
			name:  "mistral: audio by the second",
			body:  `{"object":"chat.completion","model":"voxtral-small","usage":{"prompt_tokens":400,"completion_tokens":5,"total_tokens":405,"prompt_audio_seconds":15,"prompt_tokens_details":{"cached_tokens":64}}}`,
			shape: OpenAIChat, want: Usage{Input: 336, CacheRead: 64, Output: 5, AudioInputMs: 15000},
			check: says("", "voxtral-small", "", "", 0),
		},
		{
			name:  "mistral: an object where others have seconds",
			body:  `{"object":"chat.completion","model":"m","usage":{"prompt_tokens":4,"completion_tokens":5,"total_tokens":9,"prompt_audio_seconds":{}}}`,
			shape: OpenAIChat, want: Usage{Input: 4, Output: 5},
			check: says("", "m", "", "", 0),
		},
		{
			name:  "azure says what it filtered",
			body:  `{"object":"chat.completion","model":"gpt-4o","prompt_filter_results":[],"usage":{"prompt_tokens":4,"completion_tokens":5,"total_tokens":9}}`,
			shape: OpenAIChat, want: Usage{Input: 4, Output: 5},
			check: says(Azure, "gpt-4o", "", "", 0),
		},
		{
			name:  "audio, in and out",
			body:  `{"object":"chat.completion","model":"gpt-audio","usage":{"prompt_tokens":100,"completion_tokens":60,"total_tokens":160,"prompt_tokens_details":{"audio_tokens":80,"image_tokens":5,"cached_tokens":10},"completion_tokens_details":{"audio_tokens":40,"reasoning_tokens":0,"text_tokens":20}}}`,
			shape: OpenAIChat, want: Usage{Input: 5, CacheRead: 10, AudioInput: 80, ImageInput: 5, Output: 20, AudioOutput: 40},
			check: says("", "gpt-audio", "", "", 0),
		},
		{
			name:  "more was cached than there is text",
			body:  `{"object":"chat.completion","model":"gpt-audio","usage":{"prompt_tokens":100,"completion_tokens":1,"prompt_tokens_details":{"audio_tokens":80,"cached_tokens":90}}}`,
			shape: OpenAIChat, want: Usage{CacheRead: 20, AudioInput: 10, AudioCacheRead: 70, Output: 1},
			check: says("", "gpt-audio", "", "", 1),
		},
		{
			name:  "a total that is not the sum",
			body:  `{"object":"chat.completion","model":"m","usage":{"prompt_tokens":4,"completion_tokens":5,"total_tokens":7}}`,
			shape: OpenAIChat, want: Usage{Input: 4, Output: 5},
			check: says("", "m", "", "", 1),
		},
		{
			name:  "litellm's own names beside Chat's",
			body:  `{"object":"chat.completion","model":"claude-x","usage":{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_1h_input_tokens":20}}}`,
			shape: OpenAIChat, want: Usage{Input: 10, CacheRead: 60, CacheWrite5m: 10, CacheWrite1h: 20, Output: 5},
			check: says("", "claude-x", "", "", 0),
		},
		{
			name:  "eino's singular details",
			body:  `{"model":"m","usage":{"prompt_tokens":10,"prompt_token_details":{"cached_tokens":4},"completion_tokens":5,"completion_token_details":{"reasoning_tokens":2},"total_tokens":15}}`,
			shape: OpenAIChat, want: Usage{Input: 6, CacheRead: 4, Output: 3, Reasoning: 2},
			check: says("", "m", "", "", 0),
		},
		{
			name:  "cloudflare's wrapper",
			body:  `{"success":true,"result":{"response":"hi","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}`,
			shape: OpenAIChat, want: Usage{Input: 10, Output: 5},
			check: says("", "", "", "", 0),
		},
		{
			name:  "a line of a batch",
			body:  `{"id":"batch_req_1","custom_id":"a","response":{"status_code":200,"request_id":"r","body":{"id":"chatcmpl-9","object":"chat.completion","model":"gpt-4o","service_tier":"default","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}},"error":null}`,
			shape: OpenAIChat, want: Usage{Input: 10, Output: 5},
			check: says("", "gpt-4o", "batch", "", 0),
		},
		{
			name:  "gateways that write both names say which they mean",
			body:  `{"object":"chat.completion","model":"gpt-4o","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"input_tokens":0,"output_tokens":0}}`,
			shape: OpenAIChat, want: Usage{Input: 10, Output: 5},
			check: says("", "gpt-4o", "", "", 0),
		},
		{
			name:  "embeddings",
			body:  `{"object":"list","data":[{"object":"embedding","embedding":[0.1,-2e-3]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}`,
			shape: OpenAIEmbeddings, want: Usage{Input: 8},
			check: says("", "text-embedding-3-small", "", "", 0),
		},
		{
			name:  "voyage's embeddings say the total alone",
			body:  `{"object":"list","data":[],"model":"voyage-3.5","usage":{"total_tokens":10}}`,
			shape: OpenAIEmbeddings, want: Usage{Input: 10},
			check: says("", "voyage-3.5", "", "", 0),
		},
	})
}

func TestOpenAIFamily(t *testing.T) {
	runDecodeCases(t, []decodeCase{
		{
			name:  "images",
			body:  `{"created":1,"data":[{"b64_json":""}],"usage":{"total_tokens":100,"input_tokens":50,"output_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40}}}`,
			shape: OpenAIImages, want: Usage{Input: 10, ImageInput: 40, ImageOutput: 50},
			check: says("", "", "", "", 0),
		},
		{
			name:  "images with divided output and cached input",
			body:  `{"created":1,"data":[],"model":"gpt-image-2","usage":{"total_tokens":100,"input_tokens":50,"output_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40,"cached_tokens":30,"cached_tokens_details":{"text_tokens":5,"image_tokens":25}},"output_tokens_details":{"image_tokens":45,"text_tokens":5}}}`,
			shape: OpenAIImages, want: Usage{Input: 5, CacheRead: 5, ImageInput: 15, ImageCacheRead: 25, Output: 5, ImageOutput: 45},
			check: says("", "gpt-image-2", "", "", 0),
		},
		{
			name:  "transcription by token",
			body:  `{"text":"hi","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":0,"audio_tokens":14},"output_tokens":45,"total_tokens":59}}`,
			shape: OpenAITranscription, want: Usage{AudioInput: 14, Output: 45},
			check: says("", "", "", "", 0),
		},
		{
			name:  "transcription by second",
			body:  `{"text":"hi","usage":{"type":"duration","seconds":9.5}}`,
			shape: OpenAITranscription, want: Usage{AudioInputMs: 9500},
			check: says("", "", "", "", 0),
		},
		{
			name:  "a duration finer than a millisecond",
			body:  `{"text":"hi","usage":{"type":"duration","seconds":8.4705}}`,
			shape: OpenAITranscription, want: Usage{AudioInputMs: 8470},
			check: says("", "", "", "", 1),
		},
		{
			name:  "openrouter's Responses",
			body:  `{"object":"response","model":"openai/gpt-x","usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":2},"output_tokens":1,"total_tokens":11,"cost":0.00120,"is_byok":false}}`,
			shape: OpenAIResponses, want: Usage{Input: 8, CacheRead: 2, Output: 1},
			check: says(OpenRouter, "openai/gpt-x", "", "0.0012", 0),
		},
		{
			name:  "a gateway that speaks Anthropic's tongue reports its cost",
			body:  `{"type":"message","model":"claude-x","usage":{"input_tokens":10,"output_tokens":1,"cost":0.5}}`,
			shape: AnthropicMessages, want: Usage{Input: 10, Output: 1},
			check: says("", "claude-x", "", "0.5", 0),
		},
		{
			name:  "the lifetime of writes is that of the options",
			body:  `{"object":"response","model":"gpt-6.1-terra","prompt_cache_options":{"mode":"implicit","ttl":"12h"},"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":5},"output_tokens":1,"total_tokens":11}}`,
			shape: OpenAIResponses, want: Usage{Input: 3, CacheRead: 2, CacheWrite12h: 5, Output: 1},
			check: says("", "gpt-6.1-terra", "", "", 0),
		},
		{
			name:  "tool_usage says how many searches are billed",
			body:  `{"object":"response","model":"gpt-x","service_tier":"fast","output":[{"type":"web_search_call"},{"type":"web_search_call"}],"tool_usage":{"web_search":{"num_requests":1},"image_gen":{"input_tokens":0,"output_tokens":0,"total_tokens":0}},"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":0},"output_tokens":1,"total_tokens":11}}`,
			shape: OpenAIResponses, want: Usage{Input: 10, Output: 1, WebSearches: 1},
			check: says("", "gpt-x", "priority", "", 0),
		},
		{
			name:  "the image tool runs on a model of its own",
			body:  `{"object":"response","model":"gpt-x","tools":[{"type":"image_generation","model":"gpt-image-2"}],"tool_usage":{"image_gen":{"input_tokens":20,"input_tokens_details":{"image_tokens":15,"text_tokens":5},"output_tokens":100,"output_tokens_details":{"image_tokens":100,"text_tokens":0},"total_tokens":120},"web_search":{"num_requests":0}},"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":0},"output_tokens":1,"total_tokens":11}}`,
			shape: OpenAIResponses, want: Usage{Input: 15, ImageInput: 15, Output: 1, ImageOutput: 100},
			check: func(t *testing.T, r Response) {
				checkResponse(t, r)
				if len(r.Parts) != 2 || r.Parts[1].Model != "gpt-image-2" || r.Parts[1].Usage.ImageOutput != 100 || r.Parts[0].Usage != (Usage{Input: 10, Output: 1}) {
					t.Errorf("%+v", r.Parts)
				}
			},
		},
	})
}

func TestGoogleFamily(t *testing.T) {
	runDecodeCases(t, []decodeCase{
		{
			name:  "documents bill as images; tool use has modalities too",
			body:  `{"usageMetadata":{"promptTokenCount":300,"promptTokensDetails":[{"modality":"TEXT","tokenCount":50},{"modality":"DOCUMENT","tokenCount":200},{"modality":"VIDEO","tokenCount":30},{"modality":"AUDIO","tokenCount":20}],"toolUsePromptTokenCount":12,"toolUsePromptTokensDetails":[{"modality":"TEXT","tokenCount":2},{"modality":"IMAGE","tokenCount":10}],"candidatesTokenCount":1290,"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}],"totalTokenCount":1602,"serviceTier":"FLEX"},"modelVersion":"gemini-3.1-pro"}`,
			shape: Gemini, want: Usage{Input: 52, ImageInput: 210, VideoInput: 30, AudioInput: 20, ImageOutput: 1290},
			check: says(Google, "gemini-3.1-pro", "flex", "", 0),
		},
		{
			name:  "cached content that the prompt's list leaves out",
			body:  `{"usageMetadata":{"promptTokenCount":1000,"promptTokensDetails":[{"modality":"TEXT","tokenCount":100}],"cachedContentTokenCount":900,"cacheTokensDetails":[{"modality":"VIDEO","tokenCount":900}],"candidatesTokenCount":1,"totalTokenCount":1001}}`,
			shape: Gemini, want: Usage{Input: 100, VideoCacheRead: 900, Output: 1},
			check: says("", "", "", "", 0),
		},
		{
			name:  "thoughts that only the total knows of",
			body:  `{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":40}}`,
			shape: Gemini, want: Usage{Input: 10, Output: 5, Reasoning: 25},
			check: says("", "", "", "", 1),
		},
		{
			name:  "Python's names",
			body:  `{"usage_metadata":{"prompt_token_count":10,"prompt_tokens_details":[{"modality":"AUDIO","token_count":4}],"cached_content_token_count":null,"candidates_token_count":5,"thoughts_token_count":3,"total_token_count":18},"model_version":"gemini-2.5-flash","response_id":"r"}`,
			shape: Gemini, want: Usage{Input: 6, AudioInput: 4, Output: 5, Reasoning: 3},
			check: says("", "gemini-2.5-flash", "", "", 0),
		},
		{
			name:  "Live",
			body:  `{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":100,"responseTokenCount":60,"totalTokenCount":160,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":90},{"modality":"TEXT","tokenCount":10}],"responseTokensDetails":[{"modality":"AUDIO","tokenCount":60}]}}`,
			shape: GeminiLive, want: Usage{Input: 10, AudioInput: 90, AudioOutput: 60},
			check: says("", "", "", "", 0),
		},
		{
			name:  "Interactions",
			body:  `{"id":"v1_x","model":"gemini-3.1-pro","usage":{"total_input_tokens":100,"total_cached_tokens":40,"total_output_tokens":10,"total_thought_tokens":5,"total_tool_use_tokens":3,"total_tokens":118,"input_tokens_by_modality":[{"modality":"text","tokens":70},{"modality":"image","tokens":30}],"grounding_tool_count":[{"type":"google_search","count":2}]}}`,
			shape: GeminiInteractions, want: Usage{Input: 33, CacheRead: 40, ImageInput: 30, Output: 10, Reasoning: 5, WebSearches: 2},
			check: says("", "gemini-3.1-pro", "", "", 0),
		},
		{
			name:  "grounding: Gemini 3 bills queries",
			body:  `{"candidates":[{"groundingMetadata":{"webSearchQueries":["a","b\"]"]}}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1},"modelVersion":"gemini-3.1-pro"}`,
			shape: Gemini, want: Usage{Input: 1, Output: 1, WebSearches: 2},
			check: says("", "gemini-3.1-pro", "", "", 0),
		},
		{
			name:  "grounding: Gemini 2 bills prompts",
			body:  `{"candidates":[{"groundingMetadata":{"webSearchQueries":["a","b"]}}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1},"modelVersion":"gemini-2.5-pro"}`,
			shape: Gemini, want: Usage{Input: 1, Output: 1, WebSearches: 1},
			check: says("", "gemini-2.5-pro", "", "", 0),
		},
	})
}

func TestOtherShapes(t *testing.T) {
	runDecodeCases(t, []decodeCase{
		{
			name:  "Converse with a tier",
			body:  `{"output":{"message":{"role":"assistant","content":[{"text":"hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":10,"outputTokens":5,"totalTokens":65,"cacheWriteInputTokens":50,"cacheDetails":[{"ttl":"1h","inputTokens":30},{"ttl":"5m","inputTokens":5}]},"metrics":{"latencyMs":9},"serviceTier":{"type":"priority"}}`,
			shape: BedrockConverse, want: Usage{Input: 10, CacheWrite1h: 30, CacheWrite5m: 20, Output: 5},
			check: says(Bedrock, "", "priority", "", 0),
		},
		{
			name:  "InvokeModel with Llama",
			body:  `{"generation":"hi","prompt_token_count":20,"generation_token_count":7,"stop_reason":"stop"}`,
			shape: BedrockInvoke, want: Usage{Input: 20, Output: 7},
			check: says(Bedrock, "", "", "", 0),
		},
		{
			name:  "InvokeModel with Titan",
			body:  `{"inputTextTokenCount":20,"results":[{"tokenCount":7,"outputText":"hi"},{"tokenCount":1}]}`,
			shape: BedrockInvoke, want: Usage{Input: 20, Output: 8},
			check: says(Bedrock, "", "", "", 0),
		},
		{
			name:     "InvokeModel with Claude",
			provider: "aws.bedrock",
			body:     `{"usage":{"input_tokens":20,"output_tokens":8}}`,
			shape:    AnthropicMessages, want: Usage{Input: 20, Output: 8},
			check: says(Bedrock, "", "", "", 0),
		},
		{
			name:  "Cohere v2",
			body:  `{"id":"c","usage":{"billed_units":{"input_tokens":5,"output_tokens":418},"tokens":{"input_tokens":71,"output_tokens":418},"cached_tokens":64}}`,
			shape: CohereChat, want: Usage{CacheRead: 5, Output: 418},
			check: says(Cohere, "", "", "", 0),
		},
		{
			name:  "Cohere rerank",
			body:  `{"id":"c","results":[],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}}`,
			shape: CohereChat, want: Usage{FileSearches: 1},
			check: says(Cohere, "", "", "", 0),
		},
		{
			name:  "Mistral's OCR",
			body:  `{"pages":[],"model":"mistral-ocr-latest","usage_info":{"pages_processed":3,"doc_size_bytes":9}}`,
			shape: MistralOCR, want: Usage{Pages: 3},
			check: says("", "mistral-ocr-latest", "", "", 0),
		},
		{
			name:  "Ollama",
			body:  `{"model":"llama3.2","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"hi"},"done":true,"prompt_eval_count":26,"eval_count":298}`,
			shape: Ollama, want: Usage{Input: 26, Output: 298},
			check: says("", "llama3.2", "", "", 0),
		},
		{
			name:  "OpenTelemetry, new names",
			body:  `{"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-5.5","gen_ai.response.model":"gpt-5.5-2026-04-23","gen_ai.response.id":"r","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":50,"gen_ai.usage.cache_read.input_tokens":40,"gen_ai.usage.cache_write.input_tokens":10,"gen_ai.usage.reasoning.output_tokens":20,"gen_ai.usage.audio.input_tokens":5,"openai.response.service_tier":"flex"}`,
			shape: OpenTelemetry, want: Usage{Input: 45, CacheRead: 40, CacheWrite30m: 10, AudioInput: 5, Output: 30, Reasoning: 20},
			check: says(OpenAI, "gpt-5.5-2026-04-23", "flex", "", 0),
		},
		{
			name:  "OpenTelemetry, old names",
			body:  `{"name":"chat","attributes":{"gen_ai.system":"anthropic","gen_ai.request.model":"claude-x","gen_ai.usage.prompt_tokens":100,"gen_ai.usage.completion_tokens":50,"gen_ai.usage.cache_read_input_tokens":40,"gen_ai.usage.cache_creation.input_tokens":10}}`,
			shape: OpenTelemetry, want: Usage{Input: 50, CacheRead: 40, CacheWrite5m: 10, Output: 50},
			check: says(Anthropic, "claude-x", "", "", 0),
		},
		{
			name:  "OpenTelemetry, OTLP",
			body:  `{"spanId":"1","attributes":[{"key":"gen_ai.provider.name","value":{"stringValue":"aws.bedrock"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}},{"key":"gen_ai.usage.output_tokens","value":{"doubleValue":3}},{"key":"other","value":{"arrayValue":{}}},{"key":"gen_ai.request.model","value":{"stringValue":"m"}}]}`,
			shape: OpenTelemetry, want: Usage{Input: 12, Output: 3},
			check: says(Bedrock, "m", "", "", 0),
		},
	})
}

// What another tool counts under names like these counts otherwise, and is not
// taken for what it is not.
func TestFrameworksAreNotProviders(t *testing.T) {
	for _, body := range []string{
		`{"usage":{"inputTokens":10,"outputTokens":5,"totalTokens":15,"cachedInputTokens":4}}`,                              // AI SDK: inclusive
		`{"usage":{"inputTokens":10,"outputTokens":5,"cachedContentTokens":4}}`,                                             // genkit: inclusive
		`{"usage_metadata":{"input_tokens":10,"output_tokens":5,"total_tokens":15,"input_token_details":{"cache_read":4}}}`, // LangChain
		`{"usageMetadata":{"totalTokenCount":31,"textCount":9}}`,                                                            // a cached content, not a call
		`{"totalTokens":31,"promptTokensDetails":[{"modality":"TEXT","tokenCount":31}]}`,                                    // countTokens, not a call
		`{"tokens":[1,2,3]}`,
		`{"usage":"12 tokens"}`,
	} {
		if r, err := FromJSON(Auto, []byte(body)); err == nil {
			t.Errorf("%s: taken for %v, %s", body, r.Shape, listed(r.Usage))
		}
	}
}
