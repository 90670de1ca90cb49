package usage_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tokenomics-go/tokenomics/usage"
)

func ExampleFromJSON() {
	body := []byte(`{
		"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-5.6-sol",
		"usage": {
			"prompt_tokens": 2600, "completion_tokens": 300, "total_tokens": 2900,
			"prompt_tokens_details": {"cached_tokens": 2000, "cache_write_tokens": 400},
			"completion_tokens_details": {"reasoning_tokens": 100}
		},
		"service_tier": "default"
	}`)
	r, err := usage.FromJSON(usage.Auto, body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Shape, r.Model, r.Tier)
	for meter, n := range r.Usage.All() {
		fmt.Println(meter, n)
	}
	fmt.Println("tokens", r.Usage.Tokens())
	// Output:
	// openai_chat gpt-5.6-sol standard
	// input 200
	// cache_read 2000
	// cache_write_30m 400
	// output 200
	// reasoning 100
	// tokens 2900
}

// Bodies that cannot be true are refused, and the place is named.
func ExampleFieldError() {
	_, err := usage.FromJSON(usage.Auto, []byte(`{"usage":{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":11}}}`))
	var field *usage.FieldError
	if errors.As(err, &field) {
		fmt.Println(field.Path)
		fmt.Println(errors.Is(err, usage.ErrInconsistent))
	}
	// Output:
	// usage.prompt_tokens_details.cached_tokens
	// true
}

// An advisor on a stronger model is billed apart from the reply it advised.
func ExampleResponse_parts() {
	r, err := usage.FromJSON(usage.Auto, []byte(`{"type":"message","model":"claude-sonnet-4-6","usage":{
		"input_tokens":2,"output_tokens":50,"iterations":[
			{"type":"message","input_tokens":1,"output_tokens":20},
			{"type":"advisor_message","model":"claude-opus-4-7","input_tokens":1000,"output_tokens":100},
			{"type":"message","input_tokens":1,"output_tokens":30}]}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range r.Parts {
		fmt.Println(p.Kind, p.Model, p.Usage.Tokens())
	}
	fmt.Println("all", r.Usage.Tokens())
	// Output:
	// message claude-sonnet-4-6 21
	// advisor_message claude-opus-4-7 1100
	// message claude-sonnet-4-6 31
	// all 1152
}

// A Stream reads along while the reply goes to whom it is for.
func ExampleStream() {
	reply := strings.NewReader(`event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","model":"claude-opus-5","usage":{"input_tokens":6,"cache_read_input_tokens":15000,"output_tokens":1}}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":327}}

event: message_stop
data: {"type":"message_stop"}

`)
	s := usage.NewStream(usage.Anthropic)
	if _, err := io.Copy(io.Discard, io.TeeReader(reply, s)); err != nil {
		fmt.Println(err)
		return
	}
	r, err := s.Result()
	fmt.Println(r.ID, r.Usage.Input, r.Usage.CacheRead, r.Usage.Output, r.Partial, err)
	// Output: msg_1 6 15000 327 false <nil>
}

func ExampleCanonicalProvider() {
	fmt.Println(usage.CanonicalProvider("aws.bedrock"))
	fmt.Println(usage.CanonicalProvider("MyClaw"))
	// Output:
	// bedrock true
	// MyClaw false
}
