package sdk

import (
	"bytes"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/packages/ssestream"
	"github.com/tokenomics-go/tokenomics/usage"
)

// running are cumulative counts of a stream, which only rise.
type running struct{ input, read, written, output, thinking, searches, fetches int64 }

func (g *gen) rise(v *int64) {
	if g.chance(60) {
		*v += g.part(g.count())
	}
}

// anthropicStart makes the message of message_start and what it counts.
func (g *gen) anthropicStart() (doc, running) {
	g.max = 100_000_000_000 // counts rise later
	var n running
	n.input, n.read, n.written, n.output = g.count(), g.count(), g.count(), g.Int64N(10)
	h1 := g.part(n.written)
	u := doc{
		{"input_tokens", n.input}, {"output_tokens", n.output},
		{"cache_read_input_tokens", n.read}, {"cache_creation_input_tokens", n.written},
		{"cache_creation", g.maybe(doc{{"ephemeral_5m_input_tokens", n.written - h1}, {"ephemeral_1h_input_tokens", h1}})},
		{"service_tier", g.maybe(one(g, "standard", "priority"))},
		{"inference_geo", g.maybe(one(g, "us", "global"))},
		{"speed", g.maybe(one(g, "standard", "fast"))},
		{"server_tool_use", nil},
	}
	m := g.anthropicMessage(u)
	m[4].val = []any{}
	return m, n
}

// anthropicDelta makes a message_delta. Counts other than the output may be
// left out.
func (g *gen) anthropicDelta(n *running) doc {
	before := n.input
	g.rise(&n.input)
	g.rise(&n.read)
	g.rise(&n.written)
	g.rise(&n.output)
	n.thinking += g.part(n.output - n.thinking)
	n.searches, n.fetches = n.searches+g.Int64N(3), n.fetches+g.Int64N(3)
	if cached := n.read + n.written; cached > 0 && n.input == before+cached {
		n.input++ // a growth by just the cached tokens is taken for a proxy's fault
	}
	u := doc{
		{"output_tokens", n.output},
		{"output_tokens_details", g.maybe(doc{{"thinking_tokens", n.thinking}})},
		{"server_tool_use", g.maybe(doc{{"web_search_requests", n.searches}, {"web_fetch_requests", n.fetches}})},
	}
	whole := g.chance(50)
	for _, m := range []member{{"input_tokens", n.input}, {"cache_read_input_tokens", n.read}, {"cache_creation_input_tokens", n.written}} {
		if !whole {
			m.val = g.maybe(m.val)
		}
		u = append(u, m)
	}
	return doc{
		{"type", "message_delta"},
		{"delta", doc{{"stop_reason", one[any](g, nil, "end_turn", "pause_turn")}, {"stop_sequence", nil}}},
		{"usage", u},
	}
}

// anthropicBlock makes the events of one content block.
func (g *gen) anthropicBlock(index int64) []event {
	all := []event{g.event("content_block_start", doc{
		{"type", "content_block_start"}, {"index", index}, {"content_block", doc{{"type", "text"}, {"text", ""}, {"citations", nil}}},
	})}
	for range g.IntN(4) {
		all = append(all, g.event("content_block_delta", doc{
			{"type", "content_block_delta"}, {"index", index}, {"delta", doc{{"type", "text_delta"}, {"text", g.text()}}},
		}))
		if g.chance(20) {
			all = append(all, g.event("ping", doc{{"type", "ping"}}))
		}
	}
	return append(all, g.event("content_block_stop", doc{{"type", "content_block_stop"}, {"index", index}}))
}

func (g *gen) event(name string, d doc) event { return event{name, g.json(d)} }

func (g *gen) anthropicStream() []event {
	m, n := g.anthropicStart()
	events := []event{g.event("message_start", doc{{"type", "message_start"}, {"message", m}})}
	for i := range g.Int64N(3) {
		events = append(events, g.anthropicBlock(i)...)
	}
	for range 1 + g.IntN(3) {
		events = append(events, g.event("message_delta", g.anthropicDelta(&n)))
	}
	return append(events, g.event("message_stop", doc{{"type", "message_stop"}}))
}

// TestAnthropicStream cuts some of the streams between two events: what was
// said until then must be the same.
func TestAnthropicStream(t *testing.T) {
	forEach(t, 4, func(t *testing.T, g *gen, _ int) {
		frames := g.frames(g.anthropicStream())
		whole := true
		if g.chance(30) {
			n := 1 + g.IntN(len(frames))
			frames, whole = frames[:n], n == len(frames)
		}
		text := bytes.Join(frames, nil)
		var m anthropic.Message
		events := ssestream.NewStream[anthropic.MessageStreamEventUnion](
			ssestream.NewDecoder(reply("text/event-stream", bytes.NewReader(text))), nil)
		for events.Next() {
			if err := m.Accumulate(events.Current()); err != nil {
				t.Fatalf("SDK: %v\n%s", err, text)
			}
		}
		if err := events.Err(); err != nil {
			t.Fatalf("SDK: %v\n%s", err, text)
		}
		got, err := stream(g, one(g, usage.Auto, usage.Anthropic), frames)
		check(t, text, got, err, anthropicWant(&m))
		if got.Partial == whole {
			t.Errorf("partial %v, but the stream is whole %v\n%s", got.Partial, whole, text)
		}
	})
}

// TestAnthropicBetaStream ends streams with iterations.
func TestAnthropicBetaStream(t *testing.T) {
	forEach(t, 5, func(t *testing.T, g *gen, _ int) {
		start, _ := g.anthropicStart()
		first, last := doc{{"output_tokens", int64(0)}}, doc{}
		for _, m := range g.iterated(start[3].val.(string)) {
			switch m.key {
			case "input_tokens", "cache_creation", "cache_creation_input_tokens", "service_tier":
				first = append(first, m)
			default:
				last = append(last, m)
			}
		}
		start[len(start)-1].val = first
		frames := g.frames([]event{
			g.event("message_start", doc{{"type", "message_start"}, {"message", start}}),
			g.event("message_delta", doc{{"type", "message_delta"}, {"delta", doc{{"stop_reason", "end_turn"}}}, {"usage", last}}),
			g.event("message_stop", doc{{"type", "message_stop"}}),
		})
		m, text := accumulateBeta(t, frames)
		w, parts := betaWant(m)
		got, err := stream(g, usage.Auto, frames)
		check(t, text, got, err, w)
		if len(parts) > 1 {
			checkParts(t, text, got.Parts, parts)
		}
	})
}

func accumulateBeta(t *testing.T, frames [][]byte) (*anthropic.BetaMessage, []byte) {
	t.Helper()
	text := bytes.Join(frames, nil)
	var m anthropic.BetaMessage
	events := ssestream.NewStream[anthropic.BetaRawMessageStreamEventUnion](
		ssestream.NewDecoder(reply("text/event-stream", bytes.NewReader(text))), nil)
	for events.Next() {
		if err := m.Accumulate(events.Current()); err != nil {
			t.Fatalf("SDK: %v\n%s", err, text)
		}
	}
	if err := events.Err(); err != nil {
		t.Fatalf("SDK: %v\n%s", err, text)
	}
	return &m, text
}
