package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Error codes beside those of package pipe.
const (
	codeUnknownShape      = "unknown_shape"
	codeAmbiguousShape    = "ambiguous_shape"
	codeAmbiguousProvider = "ambiguous_provider"
	codeMissingModel      = "missing_model"
	codeBadUsage          = "bad_usage"
	codeOverflow          = "overflow"
)

// input is one line: a response, and what is known beside it.
type input struct {
	provider, model string
	at              time.Time
	body            []byte
	request         served
}

// served is what a request asked for.
type served struct{ model, tier, speed, region string }

func (p *pricer) input(text []byte) (in input, bad *pipe.Error) {
	bad = pipe.Decode(text,
		pipe.String("provider", &in.provider),
		pipe.String("model", &in.model),
		pipe.Time("at", &in.at),
		pipe.Object("body", &in.body).Required(),
		pipe.Each("request", in.request.member))
	if bad != nil {
		return in, bad
	}
	in.provider, _ = usage.CanonicalProvider(in.provider)
	if in.at.IsZero() {
		in.at = p.now()
	}
	return in, nil
}

// member takes what matters of a request, which may be the whole of a raw one.
func (s *served) member(key, path string, value []byte) *pipe.Error {
	switch key {
	case "model":
		return pipe.Value(path, value, pipe.String("", &s.model))
	case "service_tier", "serviceTier":
		if value[0] == '{' { // Bedrock's {"type":"flex"}
			return pipe.Value(path, value, pipe.Each("", func(key, path string, value []byte) *pipe.Error {
				if key != "type" {
					return nil
				}
				return pipe.Value(path, value, pipe.String("", &s.tier))
			}))
		}
		return pipe.Value(path, value, pipe.String("", &s.tier))
	case "speed":
		return pipe.Value(path, value, pipe.String("", &s.speed))
	case "inference_geo":
		return pipe.Value(path, value, pipe.String("", &s.region))
	}
	return nil
}

// named returns the body with the model that is named beside it, which tells
// shapes apart as one of its own would; nil if it has one, or none is named.
func (in *input) named() []byte {
	var members map[string]json.RawMessage
	model := cmp.Or(in.model, in.request.model)
	if model == "" || json.Unmarshal(in.body, &members) != nil || len(members) == 0 || members["model"] != nil {
		return nil
	}
	name, err := json.Marshal(model)
	if err != nil {
		return nil
	}
	_, rest, _ := bytes.Cut(in.body, []byte("{"))
	return slices.Concat([]byte(`{"model":`), name, []byte(","), rest)
}

// response reads the body, and fills from beside it what it does not say.
func (in *input) response() (usage.Response, *pipe.Error) {
	r, err := usage.FromJSON(in.provider, in.body)
	if errors.Is(err, usage.ErrAmbiguousShape) {
		if named := in.named(); named != nil {
			r, err = usage.FromJSON(in.provider, named)
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, usage.ErrUnknownShape):
		return r, pipe.Errorf(codeUnknownShape, "body: %v", err)
	case errors.Is(err, usage.ErrAmbiguousShape):
		return r, pipe.Errorf(codeAmbiguousShape, "body: %v", err)
	default:
		return r, pipe.Errorf(codeBadUsage, "body: %v", err)
	}
	for _, fallback := range [...]string{in.model, in.request.model} {
		if r.Model == "" {
			r.Model = fallback
		}
	}
	if r.Model == "" {
		return r, pipe.Errorf(codeMissingModel, "the body names no model: give one beside it")
	}
	if r.Tier == "" {
		r.Tier = usage.CanonicalTier(in.request.tier)
	}
	if r.Speed == "" {
		r.Speed = in.request.speed
	}
	if r.Region == "" && in.request.region != "not_available" {
		r.Region = in.request.region
	}
	return r, nil
}
