package usage

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

const anthropicStream = `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5","content":[],"stop_reason":null,"usage":{"input_tokens":6,"cache_creation_input_tokens":900,"cache_read_input_tokens":15000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":800},"output_tokens":1,"service_tier":"priority","inference_geo":"us","speed":"fast"}}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"my \"usage\": {\"input_tokens\":99}"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":6,"cache_creation_input_tokens":900,"cache_read_input_tokens":15000,"output_tokens":327,"output_tokens_details":{"thinking_tokens":27}}}

event: message_stop
data: {"type":"message_stop"}

`

func streamed(t *testing.T, provider, text string, chunk int) (Response, error) {
	t.Helper()
	s := NewStream(provider)
	for len(text) > 0 {
		n := min(chunk, len(text))
		feed(t, s, text[:n])
		text = text[n:]
	}
	return s.Result()
}

// feed writes to a stream, which always takes everything.
func feed(t testing.TB, s *Stream, text string) {
	if n, err := s.Write([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
}

func TestStreamAnthropic(t *testing.T) {
	want := Usage{Input: 6, CacheRead: 15000, CacheWrite5m: 100, CacheWrite1h: 800, Output: 300, Reasoning: 27}
	for _, ends := range []string{"\n", "\r\n", "\r"} {
		text := strings.ReplaceAll(anthropicStream, "\n", ends)
		for _, lead := range []string{"", "\xef\xbb\xbf", ends, ": hello" + ends + ends} {
			for chunk := 1; chunk < 80; chunk += 7 {
				for _, cut := range []int{0, len(ends)} {
					full := lead + text[:len(text)-cut]
					r, err := streamed(t, Auto, full, chunk)
					if err != nil {
						t.Fatalf("%q %d: %v", ends, chunk, err)
					}
					if r.Usage != want || r.Partial || r.ID != "msg_1" || r.Model != "claude-opus-5" ||
						r.Tier != "priority" || r.Speed != "fast" || r.Region != "us" {
						t.Fatalf("%q chunk %d: %+v", ends, chunk, r)
					}
				}
			}
		}
	}
}

// Cut anywhere, a stream still tells what it knows, and says that it was cut.
func TestStreamCutShort(t *testing.T) {
	stop := strings.Index(anthropicStream, "event: message_stop")
	for cut := range len(anthropicStream) {
		r, err := streamed(t, Auto, anthropicStream[:cut], len(anthropicStream))
		switch {
		case cut < strings.Index(anthropicStream, "\nevent: ping")-1:
			if err == nil {
				t.Fatalf("cut at %d: no error: %+v", cut, r)
			}
		case cut <= stop+len("event: message_stop"):
			if err != nil || !r.Partial {
				t.Fatalf("cut at %d: %v %+v", cut, err, r)
			}
			if r.Usage.Prompt() != 15906 || r.Usage.CacheWrite1h != 800 {
				t.Fatalf("cut at %d: %+v", cut, r)
			}
		}
	}
}

func TestStreamForms(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Usage
		partial    bool
		shape      Shape
		id         string
	}{
		{
			"chat with usage null before",
			"data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-x\",\"choices\":[{\"delta\":{}}],\"usage\":null}\n\n" +
				"data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-x\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3,\"total_tokens\":8}}\n\ndata: [DONE]\n\n",
			Usage{Input: 5, Output: 3}, false, OpenAIChat, "c1",
		},
		{
			"chat with running usage, cut",
			"data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{},\"finish_reason\":null}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}\n\n" +
				"data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{},\"finish_reason\":null}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n",
			Usage{Input: 5, Output: 2}, true, OpenAIChat, "c1",
		},
		{
			"responses over several data lines",
			"event: response.completed\ndata: {\"type\":\"response.completed\",\ndata:  \"response\":{\"id\":\"resp_1\",\"usage\":{\"input_tokens\":5,\ndata:\"input_tokens_details\":{\"cached_tokens\":2},\"output_tokens\":3}}}\n\n",
			Usage{Input: 3, CacheRead: 2, Output: 3}, false, OpenAIResponses, "resp_1",
		},
		{
			"gemini array, pretty",
			"[{\n \"candidates\": [{\"content\": {}}],\n \"usageMetadata\": {\"promptTokenCount\": 4, \"totalTokenCount\": 4},\n \"responseId\": \"g1\"\n}\n,\r\n{\"candidates\": [{\"finishReason\": \"STOP\"}],\n \"usageMetadata\": {\"promptTokenCount\": 4, \"candidatesTokenCount\": 2, \"thoughtsTokenCount\": 7, \"totalTokenCount\": 13}}]\n",
			Usage{Input: 4, Output: 2, Reasoning: 7}, false, Gemini, "g1",
		},
		{
			"gemini sse, cut",
			"data: {\"candidates\": [{\"content\": {}}],\"usageMetadata\": {\"promptTokenCount\": 4,\"candidatesTokenCount\":1}}\r\n\r\ndata: {\"cand",
			Usage{Input: 4, Output: 1}, true, Gemini, "",
		},
		{
			"bedrock converse as JSON lines",
			"{\"messageStart\":{\"role\":\"assistant\"}}\n{\"contentBlockDelta\":{}}\n{\"metadata\":{\"usage\":{\"inputTokens\":10,\"outputTokens\":5,\"totalTokens\":165,\"cacheReadInputTokens\":100,\"cacheWriteInputTokens\":50},\"metrics\":{}}}\n",
			Usage{Input: 10, CacheRead: 100, CacheWrite5m: 50, Output: 5}, false, BedrockConverse, "",
		},
		{
			"cohere v1",
			"{\"event_type\":\"stream-start\"}\n{\"event_type\":\"stream-end\",\"response\":{\"response_id\":\"x\",\"meta\":{\"billed_units\":{\"input_tokens\":9,\"output_tokens\":4}}}}\n",
			Usage{Input: 9, Output: 4}, false, CohereChat, "x",
		},
		{
			"ollama",
			"{\"model\":\"llama3.2\",\"message\":{\"content\":\"hi\"},\"done\":false}\n{\"model\":\"llama3.2\",\"done\":true,\"prompt_eval_count\":26,\"eval_count\":298}\n",
			Usage{Input: 26, Output: 298}, false, Ollama, "",
		},
		{
			"a plain body",
			`{"id":"msg_2","type":"message","model":"claude-x","usage":{"input_tokens":1,"output_tokens":2}}`,
			Usage{Input: 1, Output: 2}, false, AnthropicMessages, "msg_2",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for chunk := 1; chunk <= len(c.text)+1; chunk++ {
				r, err := streamed(t, Auto, c.text, chunk)
				if err != nil {
					t.Fatalf("chunk %d: %v", chunk, err)
				}
				if r.Usage != c.want || r.Partial != c.partial || r.Shape != c.shape || r.ID != c.id {
					t.Fatalf("chunk %d: %+v", chunk, r)
				}
			}
		})
	}
}

// An event may be far larger than what a Stream holds.
func TestStreamLargeEvent(t *testing.T) {
	image := strings.Repeat("iVBORw0KGgo\\u00e9\\\\", 300_000)
	floats := strings.Repeat("0.125,-1.5e-3, null ,", 100_000) + "1"
	body := `{"type":"response.completed","response":{"id":"resp_1","object":"response","output":[{"type":"image","b64":"` + image + `"},{"v":[` + floats + `]},[true,{"a":[]}]],"model":"gpt-x","usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":2},"output_tokens":3,"total_tokens":8}}}`
	want := Usage{Input: 3, CacheRead: 2, Output: 3}
	for name, text := range map[string]string{
		"sse":   "data: " + body + "\n\ndata: {\"type\":\"ping\"}\n\n",
		"end":   "data: " + body,
		"mixed": "data: " + body[:len(body)-2] + "\n: " + image + "\nevent: " + image + "\ndata: }}\n\n",
		"json":  body,
		"rows":  "{\"a\":1}\n" + body + "\n",
		"list":  "[" + body + ", {\"a\":1}]",
	} {
		for _, chunk := range []int{1000, 65536, len(text)} {
			s := NewStream(Auto)
			for rest := text; len(rest) > 0; {
				n := min(chunk, len(rest))
				feed(t, s, rest[:n])
				rest = rest[n:]
				if held := cap(s.sse.line) + cap(s.sse.event) + cap(s.sse.reduce.out) + cap(s.json.event) + cap(s.json.reduce.out); held > 8<<20 {
					t.Fatalf("%s: holds %d bytes", name, held)
				}
			}
			r, err := s.Result()
			if err != nil || r.Usage != want || r.Partial || r.ID != "resp_1" || r.Model != "gpt-x" {
				t.Errorf("%s, chunks of %d: %v %+v", name, chunk, err, r)
			}
		}
	}
}

// An event that is only announced does not undo what ended the stream.
func TestStreamAnnouncedEvent(t *testing.T) {
	for _, tail := range []string{"", "d", "data", "data:", "data: {", "event: x\n"} {
		r, err := streamed(t, Auto, anthropicStream+tail, 64)
		if err != nil || r.Partial || r.Usage.Output != 300 {
			t.Errorf("%q: %v %+v", tail, err, r)
		}
	}
}

func TestStreamWithoutUsage(t *testing.T) {
	r, err := streamed(t, OpenAI, "data: {\"id\":\"c1\",\"model\":\"gpt-x\",\"choices\":[{}]}\n\ndata: [DONE]\n\n", 3)
	if !errors.Is(err, ErrUnknownShape) || r.ID != "c1" || r.Model != "gpt-x" || r.Usage != (Usage{}) {
		t.Errorf("%v %+v", err, r)
	}
	if _, err := NewStream(Auto).Result(); !errors.Is(err, ErrUnknownShape) {
		t.Errorf("empty: %v", err)
	}
}

// Result does not disturb the stream.
func TestStreamResultBetweenWrites(t *testing.T) {
	s := NewStream(Auto)
	var states []string
	for i := range len(anthropicStream) {
		feed(t, s, anthropicStream[i:i+1])
		r, err := s.Result()
		state := fmt.Sprint(r.Usage.Output, r.Partial, err != nil)
		if len(states) == 0 || states[len(states)-1] != state {
			states = append(states, state)
		}
	}
	want := "[0 true true 1 true false 300 true false 300 false false]"
	if got := fmt.Sprint(states); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// frame makes a message of Amazon's event streams. The checksums are left out.
func frame(payload string) string {
	headers := "\x0b:event-type\x07\x00\x05chunk"
	total := 12 + len(headers) + len(payload) + 4
	head := binary.BigEndian.AppendUint32(nil, uint32(total))
	head = binary.BigEndian.AppendUint32(head, uint32(len(headers)))
	return string(head) + "sum1" + headers + payload + "sum2"
}

func TestStreamEventStreamFrames(t *testing.T) {
	wrapped := func(event string) string {
		return frame(`{"bytes":"` + base64.StdEncoding.EncodeToString([]byte(event)) + `","p":"abcdef"}`)
	}
	for _, c := range []struct {
		name, text string
		want       Usage
		partial    bool
	}{
		{
			"ConverseStream",
			frame(`{"role":"assistant","p":"ab"}`) + frame(`{"contentBlockIndex":0,"delta":{"text":"hi"}}`) + frame(`{"stopReason":"end_turn"}`) +
				frame(`{"metrics":{"latencyMs":5},"usage":{"inputTokens":10,"outputTokens":5,"totalTokens":165,"cacheReadInputTokens":100,"cacheWriteInputTokens":50,"cacheDetails":[{"ttl":"1h","inputTokens":50}]}}`),
			Usage{Input: 10, CacheRead: 100, CacheWrite1h: 50, Output: 5}, false,
		},
		{
			"InvokeModelWithResponseStream",
			wrapped(`{"type":"message_start","message":{"id":"msg_bdrk_1","type":"message","model":"claude-x","usage":{"input_tokens":3,"output_tokens":1}}}`) +
				wrapped(`{"type":"message_delta","delta":{},"usage":{"output_tokens":9}}`) +
				wrapped(`{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":9,"cacheReadInputTokenCount":32651}}`),
			Usage{Input: 3, CacheRead: 32651, Output: 9}, false,
		},
		{
			"cut in a message",
			wrapped(`{"type":"message_start","message":{"id":"msg_bdrk_1","type":"message","model":"claude-x","usage":{"input_tokens":3,"output_tokens":1}}}`) + frame("{}")[:20],
			Usage{Input: 3, Output: 1}, true,
		},
	} {
		for chunk := 1; chunk < 200; chunk += 3 {
			r, err := streamed(t, Auto, c.text, chunk)
			if err != nil || r.Usage != c.want || r.Partial != c.partial || r.Provider != Bedrock {
				t.Fatalf("%s in chunks of %d: %v %+v", c.name, chunk, err, r)
			}
		}
	}
	if _, err := streamed(t, Auto, "\x00\x00\x00\x05\x00\x00\x00\x05sum1 and more", 5); !errors.Is(err, ErrMalformed) {
		t.Errorf("lengths that make no sense: %v", err)
	}
	if _, err := streamed(t, Auto, frame(strings.Repeat("x", maxEvent))+frame("{}"), 1<<16); !errors.Is(err, ErrMalformed) {
		t.Errorf("a message over the limit: %v", err)
	}
}

// Objects that follow the pattern of others are read like any: one stream fed
// byte by byte, where no object lies whole in a chunk, and one fed at once come
// to the same events.
func TestStreamPattern(t *testing.T) {
	shapes := []string{
		`{"a":{"text":"§"},"n":0}`, `{"a":{"§":"x"},"n":0}`, `{"a":["§",{"b":"§"}]}`, `{"model":"§","done":false}`, `{"usage":null,"t":"§"}`,
		`{"model":"m","at":"§","message":{"content":"§"},"done":false}`,
		`{"a":"b","§":{"input_tokens":7,"output_tokens":9,"prompt_tokens":3,"completion_tokens":1}}`,
	}
	texts := []string{"", "and", "again", `}`, `{`, `\"`, `\\`, `\\\"`, "usage", `usage":null,"x`, `usage":{"input_tokens":1,"output_tokens":2},"y":"`, `"`, `","k":"`, "\u00e9", `\u0041`, "]", "}\n{"}
	rng := rand.New(rand.NewPCG(3, 4))
	matched := 0
	for range 1000 {
		var text strings.Builder
		text.WriteString(`{"id":"x"}`)
		shape := shapes[rng.IntN(len(shapes))]
		for range 2 + rng.IntN(8) {
			if rng.IntN(6) == 0 {
				shape = shapes[rng.IntN(len(shapes))]
			}
			event := shape
			for strings.Contains(event, "§") {
				event = strings.Replace(event, "§", texts[rng.IntN(len(texts))], 1)
			}
			text.WriteString("\n" + event)
		}
		at, bytewise := NewStream(Auto), NewStream(Auto)
		feed(t, at, text.String())
		for i := range text.Len() {
			feed(t, bytewise, text.String()[i:i+1])
		}
		if at.json.model.matched {
			matched++
		}
		got, err := at.Result()
		want, wantErr := bytewise.Result()
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(err, wantErr) || at.merge.count != bytewise.merge.count {
			t.Fatalf("%s\n%d events: %+v, %v\n%d events: %+v, %v", text.String(), at.merge.count, got, err, bytewise.merge.count, want, wantErr)
		}
	}
	if matched < 150 {
		t.Errorf("only %d streams had objects that follow a pattern", matched)
	}
}
