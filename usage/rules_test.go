package usage

import (
	"errors"
	"strings"
	"testing"
)

// Counts that cannot be true are refused, and the place is named.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		body, path string
		kind       error
	}{
		{`{"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":11}}}`, "usage.prompt_tokens_details.cached_tokens", ErrInconsistent},
		{`{"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":6,"cache_write_tokens":5}}}`, "usage.prompt_tokens_details.cache_write_tokens", ErrInconsistent},
		{`{"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"audio_tokens":11}}}`, "usage.prompt_tokens_details.audio_tokens", ErrInconsistent},
		{`{"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":7}}`, "usage.prompt_cache_miss_tokens", ErrInconsistent},
		{`{"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11,"completion_tokens_details":{"reasoning_tokens":2}}}`, "usage.completion_tokens", ErrInconsistent},
		{`{"usage":{"input_tokens":1,"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_1h_input_tokens":6},"output_tokens":1}}`, "usage.cache_creation", ErrInconsistent},
		{`{"usage":{"input_tokens":1,"cache_read_input_tokens":1,"output_tokens":1,"output_tokens_details":{"thinking_tokens":2}}}`, "usage.output_tokens_details", ErrInconsistent},
		{`{"response":{"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":3,"cache_write_tokens":4,"cache_write_tokens_details":{"ttl_12h_tokens":5}},"output_tokens":1}}}`, "response.usage.input_tokens_details.cache_write_tokens", ErrInconsistent},
		{`{"usageMetadata":{"promptTokenCount":5,"cachedContentTokenCount":6}}`, "usageMetadata.cachedContentTokenCount", ErrInconsistent},
		{`{"usage_metadata":{"prompt_token_count":5,"prompt_tokens_details":[],"candidates_token_count":-1}}`, "usage_metadata.candidates_token_count", ErrRange},
		{`{"usageMetadata":{"promptTokenCount":5,"promptTokensDetails":[{"modality":"TEXT","tokenCount":3},{"modality":"AUDIO","tokenCount":3}]}}`, "usageMetadata.promptTokenCount", ErrInconsistent},
		{`{"usageMetadata":{"promptTokenCount":5,"promptTokensDetails":[{"modality":"TEXT","tokenCount":3},{"modality":"AUDIO","tokenCount":1.5}]}}`, "usageMetadata.promptTokensDetails[1].tokenCount", nil},
		{`{"usage":{"inputTokens":5,"outputTokens":1,"cacheWriteInputTokens":3,"cacheDetails":[{"ttl":"1h","inputTokens":4}]}}`, "usage.cacheDetails", ErrInconsistent},
		{`{"usage":{"input_tokens":-1,"cache_read_input_tokens":1}}`, "usage.input_tokens", ErrRange},
		{`{"usage":{"input_tokens":1000000000001,"cache_read_input_tokens":1}}`, "usage.input_tokens", ErrRange},
		{`{"usage":{"input_tokens":1e13,"cache_read_input_tokens":1}}`, "usage.input_tokens", ErrRange},
		{`{"usage":{"input_tokens":"NaN","cache_read_input_tokens":1}}`, "usage.input_tokens", nil},
		{`{"usage":{"input_tokens":NaN,"cache_read_input_tokens":1}}`, "", nil},
		{`{"usage":{"input_tokens":12.5,"cache_read_input_tokens":1}}`, "usage.input_tokens", nil},
		{`{"usage":{"input_tokens":true,"cache_read_input_tokens":1}}`, "usage.input_tokens", nil},
		{`{"usage":{"input_tokens":[1],"cache_read_input_tokens":1}}`, "usage.input_tokens", nil},
		{`{"usage":{"input_tokens":1,"cache_read_input_tokens":1,"cache_creation":7}}`, "usage.cache_creation", nil},
		{`{"usage":{"input_tokens":1,"cache_read_input_tokens":1,"iterations":[{"type":"message"},{"type":"message","input_tokens":-2}]}}`, "usage.iterations[1].input_tokens", ErrRange},
		{`{"usage":{"input_tokens":1,"cache_read_input_tokens":1,"iterations":[7]}}`, "usage.iterations[0]", nil},
		{`{"model":7,"usage":{"input_tokens":1,"cache_read_input_tokens":1}}`, "model", nil},
		{`{"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":-0.5}}`, "usage.cost", ErrRange},
		{`{"gen_ai.usage.input_tokens":5,"gen_ai.usage.cache_read.input_tokens":6}`, "gen_ai.usage.cache_read.input_tokens", ErrInconsistent},
	} {
		_, err := FromJSON(Auto, []byte(c.body))
		var f *FieldError
		if !errors.As(err, &f) || !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", c.body, err)
			continue
		}
		if f.Path != c.path || f.Kind != c.kind {
			t.Errorf("%s:\n got %q (%v), %v\nwant %q (%v)", c.body, f.Path, f.Kind, err, c.path, c.kind)
		}
		if c.kind != nil && !errors.Is(err, c.kind) {
			t.Errorf("%s: does not match %v", c.body, c.kind)
		}
	}
}

// Hostile nesting ends in an error, not in a stack overflow.
func TestDeepNesting(t *testing.T) {
	usage := `"usage":{"input_tokens":1,"cache_read_input_tokens":7}`
	for depth, ok := range map[int]bool{10: true, maxDepth - 1: true, maxDepth + 1: false, 1_000_000: false} {
		body := `{"content":` + strings.Repeat(`[`, depth) + strings.Repeat(`]`, depth) + `,` + usage + `}`
		if _, err := FromJSON(Auto, []byte(body)); (err == nil) != ok || (err != nil && !errors.Is(err, ErrMalformed)) {
			t.Errorf("depth %d: %v", depth, err)
		}
		if _, err := FromJSON(Auto, []byte(strings.Repeat(`{"message":`, depth)+`{`+usage+`}`+strings.Repeat(`}`, depth))); err == nil {
			t.Errorf("usage %d wrappers deep was found", depth)
		}
	}
	if _, err := FromJSON(Auto, []byte(strings.Repeat(`{"a":[`, 1_000_000))); !errors.Is(err, ErrMalformed) {
		t.Errorf("unclosed: %v", err)
	}
}

// A syntax error says where it is.
func TestMalformedOffset(t *testing.T) {
	for body, offset := range map[string]int64{
		`{"usage":{"input_tokens":01}}`:    26,
		`{"a":"b` + "\n" + `"}`:            7,
		`{"a":"\x"}`:                       7,
		`{"a":"\u12g4"}`:                   10,
		`{"a":tru}`:                        8,
		`{"a":1}}`:                         7,
		`{"a":1,}`:                         7,
		`{"a" 1}`:                          5,
		`{"a":[1 2]}`:                      8,
		`{"a":-}`:                          6,
		`{"a":1.}`:                         7,
		`{"a":1e}`:                         7,
		`{"a":"`:                           6,
		"\xef\xbb\xbf" + `{"a":1} garbage`: 11,
	} {
		_, err := FromJSON(Auto, []byte(body))
		var f *FieldError
		if !errors.As(err, &f) || f.Offset != offset || f.Path != "" {
			t.Errorf("%s: %#v, want offset %d", body, err, offset)
		}
	}
}

// The strings that are kept are decoded; escapes and surrogates included.
func TestKeptStrings(t *testing.T) {
	long := strings.Repeat("m", 600)
	for text, want := range map[string]string{
		`a\u0062\/\"c`: `ab/"c`, `\ud83d\ude00`: "\U0001F600", `\ud83d`: "\ufffd", `\ude00\ud83dx`: "\ufffd\ufffdx", `é`: "é", long: long,
	} {
		r, err := FromJSON(Auto, []byte(`{"id":"`+text+`","model":"`+text+`","usage":{"input_tokens":1,"cache_read_input_tokens":7}}`))
		if err != nil || r.ID != want || r.Model != want {
			t.Errorf("%s: %q, %q, %v", text, r.ID, r.Model, err)
		}
	}
	for _, text := range []string{"\xff", strings.Repeat("m", maxText+1)} {
		if _, err := FromJSON(Auto, []byte(`{"model":"`+text+`","usage":{"input_tokens":1,"cache_read_input_tokens":7}}`)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%.9q: %v", text, err)
		}
	}
}

// One rule for each odd spelling of a count.
func TestNumberRules(t *testing.T) {
	for text, want := range map[string]int64{
		`12`: 12, `12.0`: 12, `1e3`: 1000, `1.5e1`: 15, `1E+2`: 100, `120e-1`: 12, `-0`: 0, `0.0`: 0, `0e9`: 0,
		`"12"`: 12, `"1e3"`: 1000, `null`: 0, `1000000000000`: 1000000000000, `12.000000000000000000000000`: 12,
	} {
		r, err := FromJSON(Auto, []byte(`{"usage":{"cache_read_input_tokens":7,"input_tokens":`+text+`}}`))
		if err != nil || r.Usage != (Usage{Input: want, CacheRead: 7}) {
			t.Errorf("%s: %v, %s", text, err, listed(r.Usage))
		}
	}
	for _, body := range []string{
		`{"usage":{"input_tokens":1,"input_tokens":2,"cache_read_input_tokens":7}}`,
		`{"usage":{"input_tokens":"x","\u0069nput_tokens":2,"Input_Tokens":9,"cache_read_input_tokens":7}}`,
		`{"usage":{"prompt_tokens":5},"usage":{"input_tokens":2,"cache_read_input_tokens":7}}`,
	} {
		if r, err := FromJSON(Auto, []byte(body)); err != nil || r.Usage != (Usage{Input: 2, CacheRead: 7}) {
			t.Errorf("%s: %v, %s", body, err, listed(r.Usage))
		}
	}
	if r, err := FromJSON(Auto, []byte(`{"usage":{"input_tokens":1,"input_tokens":null,"cache_read_input_tokens":7}}`)); err != nil || r.Usage != (Usage{CacheRead: 7}) {
		t.Errorf("null after a count: %v, %s", err, listed(r.Usage))
	}
}
