package usage

import (
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
