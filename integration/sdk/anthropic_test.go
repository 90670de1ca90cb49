package sdk

import (
	"encoding/json"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/tokenomics-go/tokenomics/usage"
)

// anthropicUsage makes a usage object of Anthropic Messages. The parts of the
// cache writes by lifetime may be missing, incomplete, or all there is.
func (g *gen) anthropicUsage() doc {
	input, read, written := g.count(), g.count(), g.count()
	output := g.count()
	u := doc{
		{"input_tokens", input},
		{"output_tokens", output},
		{"cache_read_input_tokens", g.maybe(read)},
		{"service_tier", g.maybe(one(g, "standard", "priority", "batch"))},
		{"inference_geo", g.maybe(one(g, "us", "eu", "global", "not_available"))},
		{"speed", g.maybe(one(g, "standard", "fast"))},
		{"output_tokens_details", g.maybe(doc{{"thinking_tokens", g.part(output)}})},
		{"server_tool_use", g.maybe(doc{
			{"web_search_requests", g.Int64N(9)}, {"web_fetch_requests", g.Int64N(9)},
		})},
	}
	if g.chance(5) { // either alone is a usage
		u[g.IntN(2)].val = one[any](g, nil, absent{})
		u[6].val = nil
	}
	parts := g.split(written, 3)
	split := doc{{"ephemeral_5m_input_tokens", parts[0]}, {"ephemeral_1h_input_tokens", parts[1]}}
	switch g.IntN(4) {
	case 0:
		return append(u, member{"cache_creation_input_tokens", g.maybe(written)}, member{"cache_creation", one[any](g, nil, absent{})})
	case 1: // only the split
		return append(u, member{"cache_creation_input_tokens", one[any](g, nil, absent{})}, member{"cache_creation", split})
	case 2: // the whole split
		written = parts[0] + parts[1]
	}
	return append(u, member{"cache_creation_input_tokens", written}, member{"cache_creation", split})
}

// anthropicContent makes content blocks, some with what looks like usage.
func (g *gen) anthropicContent() []any {
	list := make([]any, g.IntN(4))
	for i := range list {
		switch g.IntN(3) {
		case 0:
			list[i] = doc{{"type", "text"}, {"text", g.text()}, {"citations", nil}}
		case 1:
			list[i] = doc{{"type", "tool_use"}, {"id", g.label("toolu_")}, {"name", "report"}, {"input", doc{{"usage", g.anthropicUsage()}, {"model", "x"}}}}
		default:
			list[i] = doc{{"type", "thinking"}, {"thinking", g.text()}, {"signature", "c2ln"}}
		}
	}
	return list
}

func (g *gen) anthropicMessage(u any) doc {
	return doc{
		{"id", g.label(one(g, "msg_", "msg_01", "msg_bdrk_", "msg_vrtx_"))},
		{"type", "message"},
		{"role", "assistant"},
		{"model", g.model("claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-4-5-20250929", "claude-3-haiku-20240307")},
		{"content", g.anthropicContent()},
		{"stop_reason", g.maybe(one(g, "end_turn", "tool_use", "max_tokens"))},
		{"stop_sequence", g.maybe(g.text())},
		{"usage", u},
	}
}

// anthropicWant maps the SDK's struct: input, cache reads and cache writes are
// disjoint; writes of no stated lifetime are of 5 minutes, and a missing total
// of them is the sum of its parts; thinking is part of the output.
func anthropicWant(m *anthropic.Message) want {
	u := &m.Usage
	written, m5, h1 := u.CacheCreationInputTokens, u.CacheCreation.Ephemeral5mInputTokens, u.CacheCreation.Ephemeral1hInputTokens
	if !u.JSON.CacheCreationInputTokens.Valid() && written == 0 {
		written = m5 + h1
	}
	region := u.InferenceGeo
	if region == "not_available" {
		region = ""
	}
	return want{
		shape: usage.AnthropicMessages, id: m.ID, model: string(m.Model),
		tier: string(u.ServiceTier), speed: string(u.Speed), region: region,
		usage: usage.Usage{
			Input: u.InputTokens, CacheRead: u.CacheReadInputTokens, CacheWrite5m: written - h1, CacheWrite1h: h1,
			Output:      u.OutputTokens - u.OutputTokensDetails.ThinkingTokens,
			Reasoning:   u.OutputTokensDetails.ThinkingTokens,
			WebSearches: u.ServerToolUse.WebSearchRequests, WebFetches: u.ServerToolUse.WebFetchRequests,
		},
	}
}

func TestAnthropicMessage(t *testing.T) {
	forEach(t, 1, func(t *testing.T, g *gen, _ int) {
		var u any = g.anthropicUsage()
		if g.chance(2) {
			u = one[any](g, nil, absent{})
		}
		body := g.json(g.anthropicMessage(u))
		var m anthropic.Message
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		w := anthropicWant(&m)
		w.none = !m.JSON.Usage.Valid()
		got, err := usage.FromJSON(one(g, usage.Auto, usage.Anthropic, usage.Bedrock, usage.Vertex), body)
		check(t, body, got, err, w)
	})
}

// TestAnthropicBatchLine reads a line of a batch's results, where the message
// lies two wrappers deep and the tier is batch.
func TestAnthropicBatchLine(t *testing.T) {
	forEach(t, 2, func(t *testing.T, g *gen, _ int) {
		u := append(g.anthropicUsage(), member{"service_tier", "batch"})
		u = append(u[:3:3], u[4:]...)
		body := g.json(doc{{"custom_id", g.label("req-")}, {"result", doc{{"type", "succeeded"}, {"message", g.anthropicMessage(u)}}}})
		var line anthropic.MessageBatchIndividualResponse
		if err := json.Unmarshal(body, &line); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		got, err := usage.FromJSON(one(g, usage.Auto, usage.Anthropic), body)
		check(t, body, got, err, anthropicWant(&line.Result.Message))
	})
}

// iteration makes one entry of usage.iterations.
func (g *gen) iteration(kind, model string, split bool) (doc, [5]int64) {
	n := [5]int64{g.count(), g.count(), g.count(), g.count()} // input, read, written, output; 1h of written
	d := doc{
		{"type", kind}, {"input_tokens", n[0]}, {"cache_read_input_tokens", n[1]},
		{"cache_creation_input_tokens", n[2]}, {"output_tokens", n[3]},
	}
	if model != "" {
		d = append(d, member{"model", model})
	}
	if split {
		n[4] = g.part(n[2])
		d = append(d, member{"cache_creation", byLifetime(n[2], n[4])})
	} else {
		d = append(d, member{"cache_creation", nil})
	}
	return d, n
}

// byLifetime divides cache writes of which h1 are kept an hour.
func byLifetime(written, h1 int64) doc {
	return doc{{"ephemeral_5m_input_tokens", written - h1}, {"ephemeral_1h_input_tokens", h1}}
}

// iterated makes a usage whose top level sums the iterations of the model that
// served, with iterations of other kinds beside them.
func (g *gen) iterated(model string) doc {
	g.max = 10_000_000_000 // so that no sum is above the largest count
	var list []any
	var top [5]int64
	for range 1 + g.IntN(4) {
		d, n := g.iteration("message", one(g, "", model), true)
		for i := range n {
			top[i] += n[i]
		}
		list = append(list, d)
		if g.chance(30) {
			d, _ := g.iteration("compaction", "", g.chance(50))
			list = append(list, d)
		}
		if g.chance(30) {
			d, _ := g.iteration("advisor_message", "claude-fable-5-1", g.chance(50))
			list = append(list, d)
		}
	}
	return doc{
		{"input_tokens", top[0]}, {"cache_read_input_tokens", top[1]}, {"cache_creation_input_tokens", top[2]}, {"output_tokens", top[3]},
		{"cache_creation", g.maybe(byLifetime(top[2], top[4]))},
		{"output_tokens_details", g.maybe(doc{{"thinking_tokens", g.part(top[3])}})},
		{"server_tool_use", g.maybe(doc{{"web_search_requests", g.Int64N(9)}, {"web_fetch_requests", g.Int64N(9)}})},
		{"service_tier", "standard"},
		{"iterations", list},
	}
}

// betaWant bills every iteration on its own model. Compaction and advisors are
// not in the top level; thinking and server tools are told only there.
func betaWant(m *anthropic.BetaMessage) (want, []usage.Part) {
	w := want{
		shape: usage.AnthropicMessages, id: m.ID, model: string(m.Model),
		tier: string(m.Usage.ServiceTier), speed: string(m.Usage.Speed), region: m.Usage.InferenceGeo,
	}
	var parts []usage.Part
	for _, it := range m.Usage.Iterations {
		u := usage.Usage{
			Input: it.InputTokens, CacheRead: it.CacheReadInputTokens, Output: it.OutputTokens,
			CacheWrite5m: it.CacheCreationInputTokens - it.CacheCreation.Ephemeral1hInputTokens,
			CacheWrite1h: it.CacheCreation.Ephemeral1hInputTokens,
		}
		model := string(it.Model)
		if model == "" {
			model = string(m.Model)
		}
		parts = append(parts, usage.Part{Kind: it.Type, Model: model, Usage: u})
		w.usage, _ = w.usage.Add(u)
	}
	thinking := m.Usage.OutputTokensDetails.ThinkingTokens
	w.usage.Output -= thinking
	w.usage.Reasoning = thinking
	w.usage.WebSearches, w.usage.WebFetches = m.Usage.ServerToolUse.WebSearchRequests, m.Usage.ServerToolUse.WebFetchRequests
	return w, parts
}

func TestAnthropicIterations(t *testing.T) {
	forEach(t, 3, func(t *testing.T, g *gen, _ int) {
		m := g.anthropicMessage(nil)
		m[len(m)-1].val = g.iterated(m[3].val.(string))
		body := g.json(m)
		var sdk anthropic.BetaMessage
		if err := json.Unmarshal(body, &sdk); err != nil {
			t.Fatalf("SDK: %v\n%s", err, body)
		}
		w, parts := betaWant(&sdk)
		got, err := usage.FromJSON(usage.Auto, body)
		check(t, body, got, err, w)
		if len(parts) > 1 {
			checkParts(t, body, got.Parts, parts)
		}
	})
}

// checkParts compares the kind, the model and the sums of every part. Which
// part holds the thinking tokens and the server tools, the body does not say.
func checkParts(t *testing.T, body []byte, got, want []usage.Part) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d parts, SDK %d\n%s", len(got), len(want), body)
		return
	}
	for i := range got {
		a, b := got[i], want[i]
		a.Usage.Output, a.Usage.Reasoning = a.Usage.Generated(), 0
		a.Usage.WebSearches, a.Usage.WebFetches = 0, 0
		if a != b {
			t.Errorf("part %d: usage %+v\nSDK %+v\n%s", i, a, b, body)
		}
	}
}
