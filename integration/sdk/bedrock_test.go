package sdk

import (
	"bytes"
	"math"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/schemas"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/transport/http/protocol/restjson1"

	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/tokenomics-go/tokenomics/usage"
)

// converse is what a Converse response says of usage, read with the SDK's own
// schemas and types. The operation's output type itself lies in the package of
// the client, which would have to be built with all it needs.
type converse struct {
	usage *types.TokenUsage
	tier  *types.ServiceTier
}

// Deserialize implements smithy.Deserializable.
func (c *converse) Deserialize(d smithy.ShapeDeserializer) error {
	return smithy.ReadStruct(d, schemas.ConverseResponse, func(s *smithy.Schema) error {
		switch s {
		case schemas.ConverseResponse_usage:
			c.usage = &types.TokenUsage{}
			return c.usage.Deserialize(d)
		case schemas.ConverseResponse_serviceTier:
			c.tier = &types.ServiceTier{}
			return c.tier.Deserialize(d)
		}
		var rest document.Value // of a member that says nothing of usage
		return d.ReadDocument(s, &rest)
	})
}

// deserialize reads a body as the SDK's REST protocol does.
func deserialize(t *testing.T, body []byte, output *smithy.Schema, out smithy.Deserializable) {
	t.Helper()
	p := restjson1.New(nil)
	resp := &smithyhttp.Response{Response: reply("application/json", bytes.NewReader(body))}
	if err := p.DeserializeResponse(t.Context(), &smithy.OperationSchema{Output: output}, nil, resp, out); err != nil {
		t.Fatalf("SDK: %v\n%s", err, body)
	}
}

// converseUsage makes the usage of Converse, whose counts are disjoint.
func (g *gen) converseUsage() doc {
	g.max = math.MaxInt32 / 4
	input, read, written, output := g.count(), g.count(), g.count(), g.count()
	u := doc{{"inputTokens", input}, {"outputTokens", output}, {"totalTokens", input + read + written + output}}
	if g.chance(70) {
		u = append(u, member{"cacheReadInputTokens", read}, member{"cacheWriteInputTokens", written})
		if g.chance(60) {
			parts := g.split(written, 3)
			list := []any{}
			if g.chance(70) {
				list = append(list, doc{{"ttl", "1h"}, {"inputTokens", parts[0]}})
			}
			if g.chance(70) {
				list = append(list, doc{{"ttl", "5m"}, {"inputTokens", parts[1]}})
			}
			u = append(u, member{"cacheDetails", list})
		}
	}
	return u
}

func int32Of(p *int32) int64 {
	if p == nil {
		return 0
	}
	return int64(*p)
}

// converseWant maps the SDK's structs. The service tier default is standard.
func converseWant(u *types.TokenUsage, tier *types.ServiceTier) want {
	w := want{shape: usage.BedrockConverse}
	if tier != nil {
		w.tier = openAITier(string(tier.Type))
	}
	if u == nil {
		w.none = true
		return w
	}
	w.usage = usage.Usage{
		Input: int32Of(u.InputTokens), CacheRead: int32Of(u.CacheReadInputTokens), Output: int32Of(u.OutputTokens),
		CacheWrite5m: int32Of(u.CacheWriteInputTokens),
	}
	for _, c := range u.CacheDetails {
		if c.Ttl == types.CacheTTLOneHour {
			w.usage.CacheWrite1h += int32Of(c.InputTokens)
			w.usage.CacheWrite5m -= int32Of(c.InputTokens)
		}
	}
	return w
}

func (g *gen) converseTier() any {
	return one[any](g, absent{}, nil, doc{{"type", one(g, "priority", "default", "flex", "reserved")}})
}

func TestBedrockConverse(t *testing.T) {
	forEach(t, 41, func(t *testing.T, g *gen, _ int) {
		var u any = g.converseUsage()
		if g.chance(2) {
			u = one[any](g, nil, absent{})
		}
		body := g.json(doc{
			{"output", doc{{"message", doc{{"role", "assistant"}, {"content", []any{doc{{"text", g.text()}}}}}}}},
			{"stopReason", "end_turn"}, {"metrics", doc{{"latencyMs", g.Int64N(10_000)}}},
			{"usage", u}, {"serviceTier", g.converseTier()},
		})
		var c converse
		deserialize(t, body, schemas.ConverseResponse, &c)
		got, err := usage.FromJSON(one(g, usage.Auto, usage.Bedrock), body)
		check(t, body, got, err, converseWant(c.usage, c.tier))
	})
}

// TestBedrockConverseStream reads the event that ends a stream, both alone and
// after the events before it, each a line of JSON.
func TestBedrockConverseStream(t *testing.T) {
	forEach(t, 42, func(t *testing.T, g *gen, _ int) {
		g.compact = true
		body := g.json(doc{{"metrics", doc{{"latencyMs", g.Int64N(10_000)}}}, {"usage", g.converseUsage()}, {"serviceTier", g.converseTier()}})
		var e types.ConverseStreamMetadataEvent
		deserialize(t, body, schemas.ConverseStreamMetadataEvent, &e)
		w := converseWant(e.Usage, e.ServiceTier)
		got, err := usage.FromJSON(usage.Bedrock, body)
		check(t, body, got, err, w)

		var lines [][]byte
		for _, d := range []doc{
			{{"role", "assistant"}},
			{{"contentBlockIndex", int64(0)}, {"delta", doc{{"text", g.text()}}}},
			{{"stopReason", "end_turn"}},
		} {
			lines = append(lines, append(g.json(d), '\n'))
		}
		got, err = stream(g, usage.Bedrock, append(lines, body))
		check(t, body, got, err, w)
		if got.Partial {
			t.Errorf("partial, but the stream is whole\n%s", body)
		}
	})
}
