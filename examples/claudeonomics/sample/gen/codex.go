package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// codexUsage is one set of counts of a rollout. Cached is part of Input,
// Reasoning part of Output.
type codexUsage struct {
	Input     int64 `json:"input_tokens"`
	Cached    int64 `json:"cached_input_tokens"`
	Output    int64 `json:"output_tokens"`
	Reasoning int64 `json:"reasoning_output_tokens"`
	Total     int64 `json:"total_tokens"`
}

func counts(input, cached, output, reasoning int64) codexUsage {
	return codexUsage{input, cached, output, reasoning, input + output}
}

func (u codexUsage) plus(v codexUsage) codexUsage {
	return codexUsage{u.Input + v.Input, u.Cached + v.Cached, u.Output + v.Output, u.Reasoning + v.Reasoning, u.Total + v.Total}
}

func (u codexUsage) minus(v codexUsage) codexUsage {
	return codexUsage{u.Input - v.Input, u.Cached - v.Cached, u.Output - v.Output, u.Reasoning - v.Reasoning, u.Total - v.Total}
}

type codexInfo struct {
	Total  codexUsage  `json:"total_token_usage"`
	Last   *codexUsage `json:"last_token_usage,omitempty"`
	Window int64       `json:"model_context_window"`
}

type codexLine struct {
	Timestamp string `json:"timestamp"`
	Type      string `json:"type"`
	Payload   any    `json:"payload"`
}

type tokenCount struct {
	Type  string         `json:"type"`
	Info  *codexInfo     `json:"info"`
	Rates map[string]any `json:"rate_limits,omitempty"`
}

// codex writes one rollout of one person.
type codex struct {
	f             *file
	path, id, cwd string
	total         codexUsage
	who           string
}

// newCodex opens the rollout that label names, begun at start. forkedFrom is
// the id of the rollout it continues, or empty.
func (p *person) newCodex(t *tree, project, label string, start time.Time, forkedFrom string) *codex {
	id := uuid(p.handle + label)
	c := &codex{who: p.handle, id: id, cwd: "/home/" + p.short() + "/" + project}
	c.path = fmt.Sprintf("%s/.codex/sessions/%s/rollout-%s-%s.jsonl", p.root(),
		start.UTC().Format("2006/01/02"), start.UTC().Format("2006-01-02T15-04-05"), id)
	c.f = t.file(c.path)
	c.meta(start, id, forkedFrom)
	return c
}

func (c *codex) put(at time.Time, kind string, payload any) int {
	c.f.lines = append(c.f.lines, mustLine(codexLine{clock(at), kind, payload}))
	return len(c.f.lines)
}

func (c *codex) meta(at time.Time, id, forkedFrom string) int {
	var from *string
	if forkedFrom != "" {
		from = &forkedFrom
	}
	return c.put(at, "session_meta", struct {
		ID         string            `json:"id"`
		Timestamp  string            `json:"timestamp"`
		Cwd        string            `json:"cwd"`
		Originator string            `json:"originator"`
		Version    string            `json:"cli_version"`
		Provider   string            `json:"model_provider"`
		Git        map[string]string `json:"git"`
		From       *string           `json:"forked_from_id"`
	}{id, clock(at), c.cwd, "codex_cli_rs", "0.142.5", "openai", map[string]string{"branch": "main"}, from})
}

func (c *codex) turn(at time.Time, model string) int {
	return c.put(at, "turn_context", struct {
		Cwd    string `json:"cwd"`
		Policy string `json:"approval_policy"`
		Model  string `json:"model"`
		Effort string `json:"effort"`
	}{c.cwd, "on-request", model, "medium"})
}

func (c *codex) message(at time.Time, role, text string) int {
	kind := "output_text"
	if role == "user" {
		kind = "input_text"
	}
	return c.put(at, "response_item", map[string]any{
		"type": "message", "role": role, "content": []block{{"type": kind, "text": text}},
	})
}

// count appends what the last call used, and the sum so far.
func (c *codex) count(at time.Time, last codexUsage) int {
	c.total = c.total.plus(last)
	return c.put(at, "event_msg", tokenCount{Type: "token_count", Info: &codexInfo{c.total, &last, 400_000}})
}

// limits appends a token_count that says nothing of tokens.
func (c *codex) limits(at time.Time) int {
	return c.put(at, "event_msg", tokenCount{Type: "token_count", Rates: map[string]any{
		"primary": map[string]any{"used_percent": 12.5, "window_minutes": 300},
	}})
}

// talk writes a whole rollout, as claude.talk does.
func (c *codex) talk(r *rand.Rand, pl *plan, start time.Time, replies int, until time.Time) {
	at := start.Add(time.Second)
	c.turn(at, pl.at(pl.model(r), at))
	c.message(at, "user", pick(r, asks))
	c.limits(at.Add(time.Second))
	context := 0
	for range replies {
		at = at.Add(time.Duration(between(r, pl.gap[0], pl.gap[1]))*time.Second + time.Duration(r.IntN(1000))*time.Millisecond)
		if !at.Before(until) {
			return
		}
		grow := between(r, pl.grow[0], pl.grow[1])
		if context == 0 || context+grow > pl.limit {
			context, grow = 0, between(r, pl.start[0], pl.start[1])
		}
		if r.Float64() < pl.chat {
			c.message(at.Add(-time.Second), "assistant", pick(r, says))
		}
		out := int64(between(r, pl.out[0], pl.out[1]))
		last := counts(int64(context+grow), int64(context)/128*128, out, int64(float64(out)*pl.think*r.Float64()))
		c.count(at, last)
		if r.Float64() < pl.snapshots { // the tool says it again when limits change
			c.total = c.total.minus(last)
			c.count(at.Add(700*time.Millisecond), last)
		}
		context += grow
	}
}
