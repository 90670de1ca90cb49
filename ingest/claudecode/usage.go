package claudecode

import (
	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
)

// usageFacts are the members of message.usage.
type usageFacts struct {
	input, output, write, read, parts, details jsonscan.Value
	tier, speed, geo, tools                    jsonscan.Value

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

// readUsage reads message.usage into disjoint meters.
func (r *reader) readUsage(s *state) error {
	var u usageFacts
	if err := run.Object("message.usage", r.usage, u.member); err != nil {
		return err
	}
	for _, nested := range [...]struct {
		name string
		v    jsonscan.Value
	}{{"cache_creation", u.parts}, {"output_tokens_details", u.details}, {"server_tool_use", u.tools}} {
		if err := run.Object("message.usage."+nested.name, nested.v, u.member); err != nil {
			return err
		}
	}
	var write, write5m, write1h, output, thinking int64
	for _, c := range [...]struct {
		name string
		v    *jsonscan.Value
		n    *int64
	}{
		{"input_tokens", &u.input, &s.usage.Input},
		{"output_tokens", &u.output, &output},
		{"cache_creation_input_tokens", &u.write, &write},
		{"cache_read_input_tokens", &u.read, &s.usage.CacheRead},
		{"ephemeral_5m_input_tokens", &u.write5m, &write5m},
		{"ephemeral_1h_input_tokens", &u.write1h, &write1h},
		{"thinking_tokens", &u.thinking, &thinking},
		{"web_search_requests", &u.searches, &s.usage.WebSearches},
		{"web_fetch_requests", &u.fetches, &s.usage.WebFetches},
		{"code_execution_requests", &u.codeRuns, &s.usage.CodeExecutions},
	} {
		n, null, err := run.Count("message.usage."+c.name, *c.v)
		if err != nil {
			return err
		}
		*c.n = n
		s.nulls = s.nulls || null
	}
	s.parts = write5m + write1h
	s.usage.CacheWrite5m, s.usage.CacheWrite1h = write5m, write1h
	if rest := write - s.parts; rest > 0 {
		s.usage.CacheWrite5m += rest
		s.remainder = true
	}
	if s.clamped = thinking > output; s.clamped {
		thinking = output
	}
	s.usage.Output, s.usage.Reasoning = output-thinking, thinking
	for _, t := range [...]struct {
		name string
		v    jsonscan.Value
		s    *string
	}{{"service_tier", u.tier, &s.tier}, {"speed", u.speed, &s.speed}, {"inference_geo", u.geo, &s.region}} {
		b, err := r.Required("message.usage."+t.name, t.v)
		if err != nil {
			return err
		}
		*t.s = r.Intern(b)
	}
	return nil
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
