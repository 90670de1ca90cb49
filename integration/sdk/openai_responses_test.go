package sdk

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/responses"
	"github.com/tokenomics-go/tokenomics/usage"
)

// responsesUsage makes a usage object of Responses.
func (g *gen) responsesUsage() doc {
	input, output := g.count(), g.count()
	in := g.split(input, 3) // cached, written; the rest is plain
	kept := g.split(in[1], 3)
	details := doc{{"cached_tokens", in[0]}, {"cache_write_tokens", in[1]}}
	if g.chance(30) {
		details = append(details, member{"cache_write_tokens_details", g.maybe(doc{{"ttl_30m_tokens", kept[0]}, {"ttl_12h_tokens", kept[1]}})})
	}
	return doc{
		{"input_tokens", input}, {"output_tokens", output}, {"total_tokens", input + output},
		{"input_tokens_details", details},
		{"output_tokens_details", doc{{"reasoning_tokens", g.part(output)}}},
	}
}

// responsesOutput makes items of output, some of them calls of hosted tools.
func (g *gen) responsesOutput() []any {
	list := make([]any, g.IntN(5))
	for i := range list {
		switch g.IntN(6) {
		case 0:
			list[i] = doc{{"type", "web_search_call"}, {"id", g.label("ws_")}, {"status", "completed"},
				{"action", doc{{"type", one(g, "search", "open_page", "find_in_page")}, {"query", g.text()}}}}
		case 1:
			list[i] = doc{{"type", "file_search_call"}, {"id", g.label("fs_")}, {"status", "completed"}, {"queries", []any{g.text()}}, {"results", nil}}
		case 2:
			list[i] = doc{{"type", "code_interpreter_call"}, {"id", g.label("ci_")}, {"status", "completed"}, {"code", g.text()}, {"container_id", "c"}, {"outputs", nil}}
		case 3:
			list[i] = doc{{"type", "function_call"}, {"id", g.label("fc_")}, {"call_id", "c1"}, {"name", "web_search_call"}, {"arguments", g.text()}, {"status", "completed"}}
		case 4:
			list[i] = doc{{"type", "reasoning"}, {"id", g.label("rs_")}, {"summary", []any{}}}
		default:
			list[i] = doc{{"type", "message"}, {"id", g.label("msg_")}, {"status", "completed"}, {"role", "assistant"},
				{"content", []any{doc{{"type", "output_text"}, {"text", g.text()}, {"annotations", []any{}}}}}}
		}
	}
	return list
}

// imageUsage makes the usage of image generation: the prompt and the output
// divided into text and images.
func (g *gen) imageUsage() doc {
	input, output := g.count(), g.count()
	in, out := g.split(input, 2), g.split(output, 2)
	return doc{
		{"input_tokens", input}, {"output_tokens", output}, {"total_tokens", input + output},
		{"input_tokens_details", doc{{"text_tokens", in[0]}, {"image_tokens", in[1]}}},
		{"output_tokens_details", one[any](g, absent{}, doc{{"text_tokens", out[0]}, {"image_tokens", out[1]}})},
	}
}

func (g *gen) response(status string, u any) doc {
	d := doc{
		{"id", g.label("resp_")}, {"object", "response"}, {"created_at", int64(1_790_000_000)}, {"status", status},
		{"model", g.model(openAIModels...)}, {"output", g.responsesOutput()}, {"error", nil}, {"instructions", g.maybe(g.text())},
		{"service_tier", g.maybe(one(g, "auto", "default", "flex", "scale", "priority", "fast", "ultrafast"))},
		{"usage", u}, {"metadata", doc{{"usage", g.text()}}}, {"tools", []any{}},
	}
	if g.chance(20) {
		d = append(d, member{"prompt_cache_options", doc{{"mode", "implicit"}, {"ttl", one(g, "30m", "12h")}}})
	}
	if g.chance(20) {
		tools := doc{{"web_search", doc{{"num_requests", g.Int64N(9)}}}}
		if g.chance(50) {
			tools = append(tools, member{"image_gen", g.imageUsage()})
		}
		d = append(d, member{"tool_usage", tools})
	}
	return d
}

// responsesWant maps the SDK's struct. Written tokens of no stated lifetime
// are of the lifetime that the response repeats from its request, else of 30
// minutes. Hosted tools are counted by tool_usage, else by the items of the
// output; to open a page is no search. Image generation comes on top.
func responsesWant(r *responses.Response) want {
	in := &r.Usage.InputTokensDetails
	w := want{
		shape: usage.OpenAIResponses, id: r.ID, model: r.Model, tier: openAITier(string(r.ServiceTier)),
		none: !r.JSON.Usage.Valid(),
	}
	u := usage.Usage{
		Input:         r.Usage.InputTokens - in.CachedTokens - in.CacheWriteTokens,
		CacheRead:     in.CachedTokens,
		CacheWrite12h: in.CacheWriteTokensDetails.Ttl12hTokens,
		Output:        r.Usage.OutputTokens - r.Usage.OutputTokensDetails.ReasoningTokens,
		Reasoning:     r.Usage.OutputTokensDetails.ReasoningTokens,
	}
	if r.PromptCacheOptions.Ttl == "12h" {
		u.CacheWrite12h = in.CacheWriteTokens - in.CacheWriteTokensDetails.Ttl30mTokens
	}
	u.CacheWrite30m = in.CacheWriteTokens - u.CacheWrite12h
	for _, item := range r.Output {
		switch item.Type {
		case "web_search_call":
			if item.AsWebSearchCall().Action.Type == "search" {
				u.WebSearches++
			}
		case "file_search_call":
			u.FileSearches++
		case "code_interpreter_call":
			u.CodeExecutions++
		}
	}
	if r.ToolUsage.JSON.WebSearch.Valid() {
		u.WebSearches = r.ToolUsage.WebSearch.NumRequests
	}
	if image := &r.ToolUsage.ImageGen; r.ToolUsage.JSON.ImageGen.Valid() {
		v := usage.Usage{
			ImageInput: image.InputTokensDetails.ImageTokens, Input: image.InputTokensDetails.TextTokens,
			ImageOutput: image.OutputTokensDetails.ImageTokens, Output: image.OutputTokensDetails.TextTokens,
			ImageCacheRead: image.CachedTokensDetails.CachedImageTokens, CacheRead: image.CachedTokensDetails.CachedTextTokens,
		}
		v.ImageInput -= v.ImageCacheRead
		v.Input -= v.CacheRead
		if !image.JSON.OutputTokensDetails.Valid() {
			v.ImageOutput = image.OutputTokens
		}
		u, _ = u.Add(v)
	}
	w.usage = u
	return w
}

func TestOpenAIResponses(t *testing.T) {
	forEach(t, 21, func(t *testing.T, g *gen, _ int) {
		g.max = 100_000_000_000 // image generation comes on top
		var u any = g.responsesUsage()
		if g.chance(2) {
			u = one[any](g, nil, absent{})
		}
		body := g.json(g.response("completed", u))
		var r responses.Response
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		got, err := usage.FromJSON(one(g, usage.Auto, usage.OpenAI, usage.Azure), body)
		check(t, body, got, err, responsesWant(&r))
	})
}

// responsesStream makes the events of a streamed response. The usage is in the
// terminal one, which repeats the response whole.
func (g *gen) responsesStream() []event {
	g.max = 100_000_000_000
	end := one(g, "completed", "completed", "incomplete", "failed")
	last := g.response(end, g.responsesUsage())
	if g.chance(1) { // more than a Stream holds of one event
		image := doc{{"type", "image_generation_call"}, {"id", g.label("ig_")}, {"status", "completed"}, {"result", strings.Repeat("iVBORw0K", 150_000)}}
		last[5].val = append(last[5].val.([]any), image)
	}
	first := append(doc(nil), last...)
	first[3].val, first[5].val, first[9].val = "in_progress", []any{}, nil
	first[8].val = one[any](g, nil, "auto")
	number := int64(0)
	var all []event
	add := func(name string, d doc) {
		d = append(d, member{"type", name}, member{"sequence_number", number})
		all = append(all, event{name, g.json(d)})
		number++
	}
	add("response.created", doc{{"response", first}})
	add("response.in_progress", doc{{"response", first}})
	for range g.IntN(5) {
		add("response.output_text.delta", doc{
			{"item_id", "msg_1"}, {"output_index", int64(0)}, {"content_index", int64(0)}, {"delta", g.text()}, {"logprobs", []any{}},
		})
	}
	add("response."+end, doc{{"response", last}})
	return all
}

func TestOpenAIResponsesStream(t *testing.T) {
	forEach(t, 22, func(t *testing.T, g *gen, _ int) {
		frames := g.frames(g.responsesStream())
		text := bytes.Join(frames, nil)
		var last responses.Response
		events := ssestream.NewStream[responses.ResponseStreamEventUnion](
			ssestream.NewDecoder(reply("text/event-stream", bytes.NewReader(text))), nil)
		for events.Next() {
			switch e := events.Current(); e.Type {
			case "response.completed", "response.incomplete", "response.failed":
				last = e.Response
			}
		}
		if err := events.Err(); err != nil {
			t.Fatalf("SDK: %v\n%s", err, text)
		}
		got, err := stream(g, one(g, usage.Auto, usage.OpenAI), frames)
		check(t, text, got, err, responsesWant(&last))
		if got.Partial {
			t.Errorf("partial, but the stream is whole\n%s", text)
		}
	})
}
