package claudecode

import (
	"errors"
	"fmt"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/usage"
)

// usageFacts are the members of message.usage.
type usageFacts struct {
	input, output, write, read, parts, details jsonscan.Value
	tier, speed, geo, tools, iterations        jsonscan.Value

	write5m, write1h, thinking  jsonscan.Value
	searches, fetches, codeRuns jsonscan.Value
}

func (u *usageFacts) member(key []byte) *jsonscan.Value {
	switch string(key) {
	case "input_tokens":
		return &u.input
	case "output_tokens":
		return &u.output
	case "cache_creation_input_tokens":
		return &u.write
	case "cache_read_input_tokens":
		return &u.read
	case "cache_creation":
		return &u.parts
	case "output_tokens_details":
		return &u.details
	case "service_tier":
		return &u.tier
	case "speed":
		return &u.speed
	case "inference_geo":
		return &u.geo
	case "server_tool_use":
		return &u.tools
	case "iterations":
		return &u.iterations
	case "ephemeral_5m_input_tokens":
		return &u.write5m
	case "ephemeral_1h_input_tokens":
		return &u.write1h
	case "thinking_tokens":
		return &u.thinking
	case "web_search_requests":
		return &u.searches
	case "web_fetch_requests":
		return &u.fetches
	case "code_execution_requests":
		return &u.codeRuns
	}
	return nil
}

// The objects that hold counts.
const (
	inUsage   = "message.usage"
	inWrites  = "message.usage.cache_creation"
	inDetails = "message.usage.output_tokens_details"
	inTools   = "message.usage.server_tool_use"
)

// counts are what message.usage says of tokens, before normalization.
type counts struct{ input, output, write, read, write5m, write1h, thinking, searches, fetches, codeRuns int64 }

// readUsage reads message.usage. What it means is known to package usage; here
// are only judged what a log adds: null counts, facts stated twice, and which
// of two lines says more.
func (r *reader) readUsage(s *state) error {
	r.usageFacts = usageFacts{}
	u := &r.usageFacts
	if err := run.Object(inUsage, r.usage, r.ofUsage); err != nil {
		return err
	}
	for _, nested := range [...]struct {
		name string
		v    jsonscan.Value
	}{
		{inWrites, u.parts}, {inDetails, u.details}, {inTools, u.tools},
	} {
		if err := run.Object(nested.name, nested.v, r.ofUsage); err != nil {
			return err
		}
	}
	r.counts = counts{}
	n := &r.counts
	for _, c := range [...]struct {
		object, name string
		v            *jsonscan.Value
		n            *int64
	}{
		{inUsage, "input_tokens", &u.input, &n.input},
		{inUsage, "output_tokens", &u.output, &n.output},
		{inUsage, "cache_creation_input_tokens", &u.write, &n.write},
		{inUsage, "cache_read_input_tokens", &u.read, &n.read},
		{inWrites, "ephemeral_5m_input_tokens", &u.write5m, &n.write5m},
		{inWrites, "ephemeral_1h_input_tokens", &u.write1h, &n.write1h},
		{inDetails, "thinking_tokens", &u.thinking, &n.thinking},
		{inTools, "web_search_requests", &u.searches, &n.searches},
		{inTools, "web_fetch_requests", &u.fetches, &n.fetches},
		{inTools, "code_execution_requests", &u.codeRuns, &n.codeRuns},
	} {
		var null bool
		var err error
		if *c.n, null, err = run.Count(c.object, c.name, *c.v); err != nil {
			return err
		}
		s.nulls = s.nulls || null
	}
	s.lifetimes = n.write5m + n.write1h
	s.remainder = n.write > s.lifetimes
	return r.normalize(s)
}

// normalize turns the counts into disjoint meters.
func (r *reader) normalize(s *state) error {
	u, n := &r.usageFacts, &r.counts
	body := r.usage.Raw
	if u.iterations.Kind == jsonscan.Array && r.model.Kind == jsonscan.String { // whose models are told apart from the reply's
		body = fmt.Appendf(nil, `{"model":%s,"usage":%s}`, r.model.Raw, body)
	}
	response, err := usage.FromJSON(usage.Anthropic, body)
	if s.clamped = errors.Is(err, usage.ErrInconsistent); s.clamped || errors.Is(err, usage.ErrUnknownShape) {
		response, err = usage.FromJSON(usage.Anthropic, consistent(u, n))
	}
	switch {
	case errors.Is(err, usage.ErrRange):
		return run.Faultf(ingest.KindBadCount, "message.%v", err)
	case err != nil:
		return run.Faultf(ingest.KindWrongType, "message.%v", err)
	}
	s.usage, s.split = response.Usage, response.Parts
	s.tier, s.speed, s.region = response.Tier, response.Speed, response.Region
	for _, t := range [...]string{s.tier, s.speed, s.region} {
		if !run.Storable(t) {
			return run.Faultf(ingest.KindBadText, "message.usage: service_tier, speed or inference_geo is too long or has control characters")
		}
	}
	return nil
}

// consistent writes the counts again in full and without contradiction:
// thinking is at most all output, and cache writes are at least those of known
// lifetime.
func consistent(u *usageFacts, n *counts) []byte {
	b := fmt.Appendf(nil, `{"input_tokens":%d,"output_tokens":%d,"cache_read_input_tokens":%d,"cache_creation_input_tokens":%d`,
		n.input, n.output, n.read, max(n.write, n.write5m+n.write1h))
	b = fmt.Appendf(b, `,"cache_creation":{"ephemeral_5m_input_tokens":%d,"ephemeral_1h_input_tokens":%d}`, n.write5m, n.write1h)
	b = fmt.Appendf(b, `,"output_tokens_details":{"thinking_tokens":%d}`, min(n.thinking, n.output))
	b = fmt.Appendf(b, `,"server_tool_use":{"web_search_requests":%d,"web_fetch_requests":%d,"code_execution_requests":%d}`,
		n.searches, n.fetches, n.codeRuns)
	for _, t := range [...]struct {
		name string
		v    jsonscan.Value
	}{{"service_tier", u.tier}, {"speed", u.speed}, {"inference_geo", u.geo}} {
		if t.v.Kind == jsonscan.String {
			b = fmt.Appendf(b, `,%q:%s`, t.name, t.v.Raw)
		}
	}
	return append(b, '}')
}

// note counts what is remarkable about the state that counts.
func (r *reader) note(s *state) {
	for _, n := range [...]struct {
		is bool
		c  ingest.Counter
	}{
		{s.nulls, ingest.NullCounts}, {s.remainder, ingest.WriteRemainders}, {s.clamped, ingest.ClampedCounts},
		{s.model == "", ingest.ApproximateModel},
	} {
		if n.is {
			r.Count(n.c)
		}
	}
}
