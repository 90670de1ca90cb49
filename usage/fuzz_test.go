package usage

import (
	"encoding/json"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
)

// seeds are bodies and streams of every shape, for the fuzz targets.
var seeds = []string{
	anthropicStream,
	`{"id":"msg_1","type":"message","model":"claude-x","usage":{"input_tokens":1,"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":3},"output_tokens":9,"output_tokens_details":{"thinking_tokens":2},"iterations":[{"type":"message","input_tokens":1,"output_tokens":9},{"type":"advisor_message","model":"m","input_tokens":4,"output_tokens":5}]}}`,
	`{"object":"chat.completion","usage":{"prompt_tokens":20,"completion_tokens":10,"total_tokens":35,"prompt_tokens_details":{"cached_tokens":5,"audio_tokens":17,"image_tokens":1},"completion_tokens_details":{"reasoning_tokens":5}}}`,
	`{"usage":{"prompt_tokens":1e1,"completion_tokens":"7","cost":1.5e-5,"prompt_cache_hit_tokens":3.0,"prompt_cache_miss_tokens":7}}`,
	`{"type":"response.completed","response":{"object":"response","usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":3},"output_tokens":4,"total_tokens":13},"output":[{"type":"web_search_call","action":{"type":"search"}}]}}`,
	`{"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":6,"promptTokensDetails":[{"modality":"TEXT","tokenCount":4},{"modality":"IMAGE","tokenCount":6}],"cacheTokensDetails":[{"modality":"IMAGE","tokenCount":6}],"candidatesTokenCount":3,"totalTokenCount":20}}`,
	`{"output":{},"usage":{"inputTokens":1,"outputTokens":2,"cacheWriteInputTokens":9,"cacheDetails":[{"ttl":"1h","inputTokens":8}]},"serviceTier":{"type":"flex"}}`,
	`{"attributes":[{"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}}]}`,
	`{"usage":{"billed_units":{"input_tokens":4,"output_tokens":5},"tokens":{"input_tokens":9}}}`,
	"data: {\"usage\":null}\r\rdata: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\ndata: [DONE]",
	"[{\"usageMetadata\":{\"promptTokenCount\":1}},\n{\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2}}]",
	frame(`{"metrics":{},"usage":{"inputTokens":10,"outputTokens":5}}`) + frame(`{"bytes":"eyJ0eXBlIjoibWVzc2FnZV9zdG9wIn0="}`),
	`{"usage":{"input_tokens":12.5}}`, `{"\u0075sage":{"inputTokens":1,"inputTokens":2}}`,
}

// checkResponse asserts what holds for everything a decoder returns.
func checkResponse(t *testing.T, r Response) {
	t.Helper()
	if err := r.Usage.Validate(); err != nil {
		t.Fatalf("usage does not validate: %v", err)
	}
	if len(r.Parts) > 0 {
		var all Usage
		for _, p := range r.Parts {
			if err := p.Usage.Validate(); err != nil {
				t.Fatalf("part does not validate: %v", err)
			}
			all = sum(all, p.Usage)
		}
		if all != r.Usage {
			t.Fatalf("parts add up to %s, want %s", listed(all), listed(r.Usage))
		}
	}
	if r.ReportedCost != "" {
		if _, ok := new(big.Rat).SetString(r.ReportedCost); !ok || strings.ContainsAny(r.ReportedCost, "eE+-") {
			t.Fatalf("reported cost %q is no plain decimal", r.ReportedCost)
		}
	}
}

// checkError asserts that a refusal is one of the documented errors.
func checkError(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrUnknownShape) && !errors.Is(err, ErrAmbiguousShape) {
		t.Fatalf("undocumented error %v", err)
	}
	var f *FieldError
	if errors.As(err, &f) && (f.Reason == "" || f.Error() == "") {
		t.Fatalf("empty error %#v", f)
	}
}

func FuzzFromJSON(f *testing.F) {
	for _, s := range seeds {
		f.Add("", s)
		f.Add("xai", s)
	}
	f.Fuzz(func(t *testing.T, provider, body string) {
		r, err := FromJSON(provider, []byte(body))
		if err != nil {
			checkError(t, err)
			if !reflect.DeepEqual(r, Response{}) {
				t.Fatalf("an error comes with %+v", r)
			}
			return
		}
		checkResponse(t, r)
		if !json.Valid([]byte(strings.TrimPrefix(body, "\ufeff"))) {
			t.Fatalf("accepted what is not JSON")
		}
	})
}

// FuzzScanner compares the scanner with the standard library's.
func FuzzScanner(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := scanner{data: []byte(text)}
		i := s.skip(s.space(0))
		ok := i >= 0 && s.space(i) == len(text)
		if ok != json.Valid([]byte(text)) && strings.Count(text, "[")+strings.Count(text, "{") < maxDepth {
			t.Fatalf("valid = %v at %d: %s", ok, s.at, s.why)
		}
	})
}

// FuzzStream: any chunking gives the same result as one write.
func FuzzStream(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, uint16(3), uint16(50))
	}
	f.Fuzz(func(t *testing.T, text string, a, b uint16) {
		whole := NewStream(Auto)
		feed(t, whole, text)
		want, wantErr := whole.Result()
		if wantErr == nil {
			checkResponse(t, want)
		} else {
			checkError(t, wantErr)
		}
		cut := NewStream(Auto)
		sizes := [2]int{int(a)%97 + 1, int(b)%97 + 1}
		for i, rest := 0, []byte(text); len(rest) > 0; i++ {
			n := min(sizes[i%2], len(rest))
			chunk := append([]byte(nil), rest[:n]...)
			if k, err := cut.Write(chunk); k != n || err != nil {
				t.Fatalf("Write = %d, %v", k, err)
			}
			clear(chunk) // the stream keeps no reference to it
			rest = rest[n:]
			if i%5 == 0 {
				_, _ = cut.Result()
			}
		}
		got, err := cut.Result()
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(err, wantErr) {
			t.Fatalf("in chunks of %d and %d:\n got %+v, %v\nwant %+v, %v", sizes[0], sizes[1], got, err, want, wantErr)
		}
	})
}

// FuzzNumber compares parseCount with exact rationals.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "12", "12.0", "1e3", "1.5e1", "-0", "-1", "1e12", "1000000000001", `"12"`, "0.1", "1e-400", "0e99999999999", "10000e-4", "1E+2", "01", "NaN", `"1e2"`, ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if (&scanner{data: []byte(text)}).skip(0) != len(text) {
			return
		}
		n, reason := parseCount([]byte(text), MaxCount)
		number := strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`)
		if !json.Valid([]byte(number)) || strings.Trim(number, "0123456789+-.eE") != "" {
			if reason != reasonNoNumber {
				t.Fatalf("%q: %d, %q", text, n, reason)
			}
			return
		}
		if len(number) > 300 || strings.ContainsAny(number, "eE") && len(number[strings.IndexAny(number, "eE"):]) > 5 {
			return // too large for the oracle
		}
		r, ok := new(big.Rat).SetString(number)
		if !ok {
			t.Fatalf("oracle cannot read %q", number)
		}
		exact := r.IsInt() && r.Sign() >= 0 && r.Cmp(big.NewRat(MaxCount, 1)) <= 0
		if exact != (reason == "") && len(number) < maxDigits {
			t.Fatalf("%q: %d, %q", text, n, reason)
		}
		if reason == "" && (!exact || r.Num().Int64() != n) {
			t.Fatalf("%q = %d, want %v", text, n, r)
		}
	})
}
