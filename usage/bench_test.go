package usage

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

// benchBodies are replies of an ordinary size, about 2 KB.
var benchBodies = map[string]string{
	"anthropic": `{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"claude-opus-4-8","content":[{"type":"text","text":"` + strings.Repeat(`The quick brown fox jumps over the \"lazy\" dog, and again.\n`, 25) + `"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":2095,"cache_creation_input_tokens":900,"cache_read_input_tokens":15000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":800},"output_tokens":503,"server_tool_use":null,"service_tier":"standard","inference_geo":"us","speed":"standard"}}`,
	"chat":      `{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1741569952,"model":"gpt-5.5-2026-04-23","choices":[{"index":0,"message":{"role":"assistant","content":"` + strings.Repeat(`The quick brown fox jumps over the lazy dog, and again. `, 25) + `","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":64,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default"}`,
	"responses": `{"id":"resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b","object":"response","created_at":1741476542,"status":"completed","model":"gpt-5.5-2026-04-23","output":[{"type":"message","id":"msg_67cc","status":"completed","role":"assistant","content":[{"type":"output_text","text":"` + strings.Repeat(`The quick brown fox jumps over the lazy dog, and again. `, 25) + `","annotations":[]}]}],"parallel_tool_calls":true,"tools":[],"usage":{"input_tokens":2006,"input_tokens_details":{"cached_tokens":1920,"cache_write_tokens":10},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":2093},"user":null,"metadata":{}}`,
	"gemini":    `{"candidates":[{"content":{"parts":[{"text":"` + strings.Repeat(`The quick brown fox jumps over the lazy dog, and again. `, 25) + `"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":2000,"cachedContentTokenCount":1000,"candidatesTokenCount":300,"totalTokenCount":2400,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1500},{"modality":"IMAGE","tokenCount":500}],"cacheTokensDetails":[{"modality":"TEXT","tokenCount":1000}],"thoughtsTokenCount":100},"modelVersion":"gemini-3.1-pro","responseId":"abc"}`,
}

func benchmarkFromJSON(b *testing.B, body string) {
	data := []byte(body)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FromJSON(Auto, data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFromJSONAnthropic(b *testing.B) { benchmarkFromJSON(b, benchBodies["anthropic"]) }
func BenchmarkFromJSONChat(b *testing.B)      { benchmarkFromJSON(b, benchBodies["chat"]) }
func BenchmarkFromJSONResponses(b *testing.B) { benchmarkFromJSON(b, benchBodies["responses"]) }
func BenchmarkFromJSONGemini(b *testing.B)    { benchmarkFromJSON(b, benchBodies["gemini"]) }

// benchmarkStream writes events without usage in chunks of 4 KB. Each § is some
// text, another in every event.
func benchmarkStream(b *testing.B, event string, frames bool) {
	texts := []string{" and", " again", " the quick brown fox", " jumps", " over it, and", "\\n", " \\\"lazy\\\"", " dog", "", "."}
	var data []byte
	for i := 0; len(data) < 64<<10; i++ {
		e := strings.ReplaceAll(event, "§", texts[i%len(texts)])
		if frames {
			e = frame(e)
		}
		data = append(data, e...)
	}
	s := NewStream(Auto)
	feed(b, s, string(data)) // the first event is always parsed
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	best := time.Hour // of one pass, which most interruptions miss
	for b.Loop() {
		start := time.Now()
		for rest := data; len(rest) > 0; {
			n := min(4096, len(rest))
			_, _ = s.Write(rest[:n])
			rest = rest[n:]
		}
		best = min(best, time.Since(start))
	}
	b.ReportMetric(float64(len(data))/float64(best.Nanoseconds())*1000, "best-MB/s")
}

func BenchmarkStreamAnthropicDelta(b *testing.B) {
	benchmarkStream(b, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"§\"}}\n\n", false)
}

func BenchmarkStreamChatChunk(b *testing.B) {
	benchmarkStream(b, "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,\"model\":\"gpt-5.5-2026-04-23\",\"service_tier\":\"default\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"§\"},\"finish_reason\":null}],\"usage\":null}\n\n", false)
}

func BenchmarkStreamResponsesDelta(b *testing.B) {
	benchmarkStream(b, "event: response.output_text.delta\r\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":12,\"item_id\":\"msg_67ccd2bed1ec8190b14f964abc054267\",\"output_index\":0,\"content_index\":0,\"delta\":\"§\",\"logprobs\":[]}\r\n\r\n", false)
}

func BenchmarkStreamJSONLines(b *testing.B) {
	benchmarkStream(b, "{\"contentBlockDelta\":{\"delta\":{\"text\":\"§\"},\"contentBlockIndex\":0}}\n", false)
}

// BenchmarkStreamJSONLinesTwo has events that differ in two places.
func BenchmarkStreamJSONLinesTwo(b *testing.B) {
	benchmarkStream(b, "{\"model\":\"llama3.2\",\"created_at\":\"2026-08-04T08:52:19.3854§\",\"message\":{\"role\":\"assistant\",\"content\":\"§\"},\"done\":false}\n", false)
}

func BenchmarkStreamJSONArray(b *testing.B) {
	benchmarkStream(b, "{\n  \"candidates\": [\n    {\n      \"content\": {\n        \"parts\": [\n          {\n            \"text\": \"§\"\n          }\n        ],\n        \"role\": \"model\"\n      },\n      \"index\": 0\n    }\n  ],\n  \"modelVersion\": \"gemini-3.1-pro\"\n}\n,\r\n", false)
}

func BenchmarkStreamFrames(b *testing.B) {
	benchmarkStream(b, `{"contentBlockIndex":0,"delta":{"text":"§"},"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM"}`, true)
}

func BenchmarkStreamFramesBase64(b *testing.B) {
	inner := base64.StdEncoding.EncodeToString([]byte(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" and again the quick brown fox"}}`))
	benchmarkStream(b, `{"bytes":"`+inner+`","p":"abcdefghijklmnop"}`, true)
}

// BenchmarkStreamAnthropicUsage is an event that is parsed.
func BenchmarkStreamAnthropicUsage(b *testing.B) {
	benchmarkStream(b, "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":6,\"cache_creation_input_tokens\":900,\"cache_read_input_tokens\":15000,\"output_tokens\":327}}\n\n", false)
}
