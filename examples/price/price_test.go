package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
)

// fixed is the wall clock of the tests.
func fixed() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

// price runs the program and returns its answers and exit status.
func price(t *testing.T, in string, args ...string) ([]map[string]any, int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(args, strings.NewReader(in), &stdout, &stderr, fixed)
	if stderr.Len() > 0 {
		t.Errorf("stderr: %s", stderr.String())
	}
	var answers []map[string]any
	for text := range strings.Lines(stdout.String()) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var a map[string]any
		if err := d.Decode(&a); err != nil {
			t.Fatalf("answer %q: %v", text, err)
		}
		answers = append(answers, a)
	}
	return answers, status
}

func one(t *testing.T, in string) map[string]any {
	t.Helper()
	answers, _ := price(t, in)
	if len(answers) != 1 {
		t.Fatalf("%d answers to one line", len(answers))
	}
	return answers[0]
}

func TestPrices(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{
			"fast mode keeps the cache's discount (litellm#34526)",
			`{"body":{"type":"message","model":"claude-opus-5","usage":{"input_tokens":200,"cache_read_input_tokens":6000,"output_tokens":30,"speed":"fast"}}}`,
			"anthropic claude-opus-5 0.0095 priced map[cache_read:6000 input:200 output:30]",
		},
		{
			"and the geography multiplies it (litellm#38378)",
			`{"body":{"type":"message","model":"claude-opus-5","usage":{"input_tokens":200,"cache_read_input_tokens":6000,"output_tokens":30,"speed":"fast","inference_geo":"us"}}}`,
			"anthropic claude-opus-5 0.01045 priced map[cache_read:6000 input:200 output:30]",
		},
		{
			"what was served beats what was asked (litellm#38378)",
			`{"at":"2026-03-20T00:00:00Z","body":{"type":"message","model":"claude-opus-4-6","usage":{"input_tokens":200,"cache_read_input_tokens":0,"output_tokens":30,"speed":"standard"}},"request":{"speed":"fast","max_tokens":5}}`,
			"anthropic claude-opus-4-6 0.00175 priced map[input:200 output:30]",
		},
		{
			"the request counts where the body is silent",
			`{"body":{"type":"message","model":"claude-opus-5","usage":{"input_tokens":200,"cache_read_input_tokens":6000,"output_tokens":30}},"request":{"speed":"fast"}}`,
			"anthropic claude-opus-5 0.0095 priced map[cache_read:6000 input:200 output:30]",
		},
		{
			"writes of an hour (RunCost)",
			`{"provider":"anthropic","body":{"model":"claude-opus-5","usage":{"input_tokens":0,"cache_creation_input_tokens":344139,"cache_creation":{"ephemeral_1h_input_tokens":344139},"output_tokens":0}}}`,
			"anthropic claude-opus-5 3.44139 priced map[cache_write_1h:344139]",
		},
		{
			"written tokens of OpenAI (genai-prices#486)",
			`{"body":{"object":"chat.completion","model":"gpt-5.6-sol","usage":{"prompt_tokens":2600,"completion_tokens":300,"total_tokens":2900,"prompt_tokens_details":{"cached_tokens":2000,"cache_write_tokens":400}}}}`,
			"openai gpt-5.6-sol 0.0096 priced map[cache_read:2000 cache_write_30m:400 input:200 output:300]",
		},
		{
			"a model beside a body that names none",
			`{"model":"global.anthropic.claude-opus-4-6-v1","body":{"usage":{"inputTokens":0,"outputTokens":0,"cacheWriteInputTokens":8882,"cacheDetails":[{"ttl":"1h","inputTokens":8882}]}}}`,
			"bedrock global.anthropic.claude-opus-4-6-v1 0.08882 priced map[cache_write_1h:8882]",
		},
		{
			"a body that names its model is right",
			`{"model":"claude-haiku-4-5","body":{"type":"message","model":"claude-opus-5","usage":{"input_tokens":1000000,"output_tokens":0}}}`,
			"anthropic claude-opus-5 5 priced map[input:1000000]",
		},
		{
			"a model beside the body tells its shape",
			`{"model":"claude-opus-5-5","body":{"usage":{"input_tokens":1200,"output_tokens":800}}}`,
			"anthropic claude-opus-5-5 0.0208 priced map[input:1200 output:800]",
		},
		{
			"and so does that of the request",
			`{"body": { "input_tokens":1000,"output_tokens":0},"request":{"model":"gpt-5.6-sol"}}`,
			"openai gpt-5.6-sol 0.004 priced map[input:1000]",
		},
		{
			"no usage costs nothing, and says so",
			`{"provider":"anthropic","model":"claude-opus-5","body":{"usage":{"input_tokens":0,"output_tokens":0}}}`,
			"anthropic claude-opus-5 0 priced map[]",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := one(t, c.in)
			if got := fmt.Sprint(a["provider"], " ", a["model"], " ", a["usd"], " ", a["status"], " ", a["usage"]); got != c.want {
				t.Errorf("got  %s\nwant %s\n%v", got, c.want, a)
			}
		})
	}
}

// The sum of the amounts is usd, exactly, and each amount is its line's
// product.
func TestLinesProveTheSum(t *testing.T) {
	a := one(t, `{"body":{"type":"message","model":"claude-opus-5","usage":{"input_tokens":201,"cache_read_input_tokens":6007,"cache_creation_input_tokens":33,"output_tokens":31,"inference_geo":"us","speed":"fast","server_tool_use":{"web_search_requests":3}}}}`)
	sum := new(big.Rat)
	for _, l := range a["lines"].([]any) {
		l := l.(map[string]any)
		amount, product := rat(t, l["amount"]), rat(t, l["unit_price"])
		product.Mul(product, rat(t, fmt.Sprint(l["quantity"])))
		for _, f := range l["factors"].([]any) {
			product.Mul(product, rat(t, f.(map[string]any)["by"]))
		}
		if product.Cmp(amount) != 0 {
			t.Errorf("%v: amount is not %s", l, product.FloatString(15))
		}
		sum.Add(sum, amount)
	}
	if len(a["lines"].([]any)) != 5 || sum.Cmp(rat(t, a["usd"])) != 0 {
		t.Errorf("lines add up to %s: %v", sum.FloatString(15), a)
	}
}

func rat(t *testing.T, v any) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(fmt.Sprint(v))
	if !ok {
		t.Fatalf("%v is no decimal", v)
	}
	return r
}

func TestUnpricedIsNoError(t *testing.T) {
	answers, status := price(t, `{"provider":"myclaw","model":"claw-9","body":{"usage":{"prompt_tokens":4,"completion_tokens":2}}}`)
	a := answers[0]
	if status != pipe.ExitOK || a["status"] != "unpriced" || a["error"] != nil || a["usd"] != nil || a["provider"] != "myclaw" ||
		fmt.Sprint(a["missing"]) != "[input output]" || fmt.Sprint(a["lines"]) != "[]" {
		t.Errorf("%d %v", status, a)
	}
}

// Nothing priced is no price of zero: usd is absent, whether the model is not
// known or what was served of it.
func TestNothingPricedIsNotFree(t *testing.T) {
	for body, want := range map[string]string{
		`{"type":"message","model":"claude-opus-5","usage":{"input_tokens":10,"output_tokens":5,"service_tier":"priority"}}`:                                                         "unpriced <nil> [input output]",
		`{"type":"message","model":"claude-opus-5","usage":{"input_tokens":10,"output_tokens":5,"service_tier":"batch","speed":"fast"}}`:                                             "unpriced <nil> [input output]",
		`{"type":"message","model":"claude-opus-5","usage":{"input_tokens":10,"output_tokens":5,"service_tier":"batch","speed":"fast","server_tool_use":{"web_search_requests":1}}}`: "partial 0.01 [input output]",
		`{"type":"message","model":"claude-opus-5","usage":{"input_tokens":0,"output_tokens":0}}`:                                                                                    "priced 0 <nil>",
	} {
		a := one(t, `{"body":`+body+`}`)
		if got := fmt.Sprint(a["status"], " ", a["usd"], " ", a["missing"]); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

// A reply billed on several models is priced part by part.
func TestParts(t *testing.T) {
	a := one(t, strings.ReplaceAll(`{"body":{"id":"msg_1","type":"message","model":"claude-sonnet-4-6","usage":{"input_tokens":2,"output_tokens":50,"iterations":[
		{"type":"message","input_tokens":1,"output_tokens":20},
		{"type":"advisor_message","model":"claude-opus-4-7","input_tokens":1000,"output_tokens":100},
		{"type":"message","input_tokens":1,"output_tokens":30}]}}}`, "\n", " "))
	// 2 × 3 + 50 × 15 and 1000 × 5 + 100 × 25, in millionths
	if a["usd"] != "0.008256" || len(a["lines"].([]any)) != 6 || a["lines"].([]any)[2].(map[string]any)["model"] != "claude-opus-4-7" {
		t.Errorf("%v", a)
	}
}

// The sample has a price for everything but the model of one's own.
func TestSample(t *testing.T) {
	sample, err := os.ReadFile("sample.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	answers, status := price(t, string(sample))
	var got []string
	for _, a := range answers {
		got = append(got, fmt.Sprint(a["provider"], " ", a["status"], " ", a["usd"]))
	}
	want := []string{
		"anthropic priced 0.036796",
		"openai priced 0.0096",
		"openai priced 0.5546545",
		"vertex priced 0.008507125",
		"bedrock priced 0.0979495",
		"anthropic priced 0.008256",
		"openai priced 0.006",
		"myclaw unpriced <nil>",
	}
	if status != pipe.ExitOK || !slices.Equal(got, want) {
		t.Errorf("exit %d\n got %q\nwant %q", status, got, want)
	}
}

func TestErrors(t *testing.T) {
	good := `{"provider":"anthropic","model":"claude-opus-5","body":{"usage":{"input_tokens":1,"output_tokens":1}}}`
	lines := []struct{ in, code string }{
		{good, ""},
		{`[1]`, pipe.CodeNotObject},
		{`{"body":`, pipe.CodeNotJSON},
		{`{"body":{},"boddy":{}}`, pipe.CodeUnknownKey},
		{`{"body":{},"body":{}}`, pipe.CodeDuplicateKey},
		{`{"provider":"openai"}`, pipe.CodeMissingKey},
		{`{"body":[]}`, pipe.CodeWrongType},
		{`{"body":{},"provider":5}`, pipe.CodeWrongType},
		{`{"body":{},"request":{"speed":5}}`, pipe.CodeWrongType},
		{`{"body":{},"at":"2026-04-07 09:00"}`, pipe.CodeBadTime},
		{`{"body":{"error":{"type":"overloaded_error"}}}`, codeUnknownShape},
		{`{"body":{"usage":{"input_tokens":1,"output_tokens":1}}}`, codeAmbiguousShape},
		{`{"model":"claude-opus-5","body":{"model":"orchid-9","usage":{"input_tokens":1,"output_tokens":1}}}`, codeAmbiguousShape},
		{`{"body":{"usage":{"inputTokens":1,"outputTokens":1}}}`, codeMissingModel},
		{`{"body":{"type":"message","model":"claude-opus-5","usage":{"input_tokens":-1,"output_tokens":1}}}`, codeBadUsage},
		{`{"body":{"model":"gpt-4o","usage":{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":6}}}}`, codeBadUsage},
		{`{"body":{"model":"no-such-model-1","usage":{"prompt_tokens":5,"completion_tokens":1}}}`, codeAmbiguousProvider},
		{`{"body":{"x":"` + strings.Repeat("x", pipe.MaxLine) + `"}}`, pipe.CodeTooLong},
		{good, ""},
	}
	var in strings.Builder
	for _, l := range lines {
		in.WriteString(l.in + "\n\n") // every second line is blank
	}
	answers, status := price(t, in.String())
	if status != pipe.ExitErrors || len(answers) != len(lines) {
		t.Fatalf("status %d, %d answers to %d lines", status, len(answers), len(lines))
	}
	for i, a := range answers {
		code := ""
		if e, ok := a["error"].(map[string]any); ok {
			code = e["code"].(string)
			if e["message"] == "" {
				t.Errorf("line %d: no message", i)
			}
		}
		if code != lines[i].code || fmt.Sprint(a["line"]) != fmt.Sprint(2*i+1) {
			t.Errorf("%.80s: %v, want code %q at line %d", lines[i].in, a, lines[i].code, 2*i+1)
		}
	}
}

func TestFlags(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-h"}, strings.NewReader(""), &stdout, &stderr, fixed); status != pipe.ExitOK || !strings.HasPrefix(stdout.String(), "Usage: price") {
		t.Errorf("-h: %d, %q", status, stdout.String())
	}
	if status := run([]string{"-x"}, strings.NewReader(""), &stdout, &stderr, fixed); status != pipe.ExitUsage || stderr.Len() == 0 {
		t.Errorf("-x: %d, %q", status, stderr.String())
	}
	if answers, status := price(t, ""); status != pipe.ExitOK || len(answers) != 0 {
		t.Errorf("no input: %d, %v", status, answers)
	}
}
