package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// geminiTokens is the usage of one message. Cached is part of Input; Thoughts
// and Tool are beside Output and Input.
type geminiTokens struct {
	Input    int64 `json:"input"`
	Output   int64 `json:"output"`
	Cached   int64 `json:"cached"`
	Thoughts int64 `json:"thoughts"`
	Tool     int64 `json:"tool"`
	Total    int64 `json:"total"`
}

func tokens(input, cached, output, thoughts, tool int64) *geminiTokens {
	return &geminiTokens{input, output, cached, thoughts, tool, input + output + thoughts + tool}
}

type geminiMessage struct {
	ID        string        `json:"id"`
	Timestamp string        `json:"timestamp"`
	Type      string        `json:"type"`
	Content   any           `json:"content"`
	Thoughts  []string      `json:"thoughts,omitempty"`
	Tokens    *geminiTokens `json:"tokens,omitempty"`
	Model     string        `json:"model,omitempty"`
}

// gemini writes one chat of one person.
type gemini struct {
	f                     *file
	path, id, hash, label string
	n                     int
}

type geminiHeader struct {
	SessionID   string `json:"sessionId"`
	ProjectHash string `json:"projectHash"`
	StartTime   string `json:"startTime"`
	LastUpdated string `json:"lastUpdated"`
	Kind        string `json:"kind,omitempty"`
}

// newGemini opens the chat that label names, ending in ext: ".jsonl", or
// ".json" for the form that is one JSON value.
func (p *person) newGemini(t *tree, project, label string, start time.Time, ext string) *gemini {
	g := &gemini{id: uuid(p.handle + label), hash: digest(p.handle + project)[:40], label: p.handle + label}
	g.path = fmt.Sprintf("%s/.gemini/tmp/%s/chats/session-%s-%s%s", p.root(), g.hash,
		start.UTC().Format("2006-01-02T15-04"), g.id[:8], ext)
	g.f = t.file(g.path)
	if ext == ".jsonl" {
		g.raw(geminiHeader{g.id, g.hash, clock(start), clock(start), "main"})
	}
	return g
}

func (g *gemini) raw(v any) int {
	g.f.lines = append(g.f.lines, mustLine(v))
	return len(g.f.lines)
}

// message makes a message with an id of its own.
func (g *gemini) message(at time.Time, kind, text string) geminiMessage {
	g.n++
	return geminiMessage{ID: uuid(fmt.Sprint(g.label, g.n)), Timestamp: clock(at), Type: kind, Content: text}
}

// talk writes a whole chat, as claude.talk does. Most answers stand in the
// file twice: once as they begin, once with their tokens.
func (g *gemini) talk(r *rand.Rand, pl *plan, start time.Time, replies int, until time.Time) {
	at := start
	model := pl.model(r)
	g.raw(g.message(at, "user", pick(r, asks)))
	context := 0
	for range replies {
		at = at.Add(time.Duration(between(r, pl.gap[0], pl.gap[1]))*time.Second + time.Duration(r.IntN(1000))*time.Millisecond)
		if !at.Before(until) {
			return
		}
		grow := between(r, pl.grow[0], pl.grow[1])
		if context == 0 || context+grow > pl.limit {
			grow = between(r, pl.start[0], pl.start[1])
			context = int(float64(grow) * pl.warm)
			grow -= context
		}
		m := g.message(at, "gemini", "")
		m.Model = pl.at(model, at)
		if !pl.quiet {
			m.Content = pick(r, says)
		}
		if r.Float64() < pl.snapshots {
			g.raw(m)
		}
		out := int64(between(r, pl.out[0], pl.out[1]))
		tool := int64(0)
		if r.IntN(6) == 0 {
			tool = int64(between(r, 40, 900))
		}
		cached := int64(context) * 9 / 10
		if pl.warm > 0 {
			cached = int64(context)
		}
		m.Tokens = tokens(int64(context+grow), cached, out, int64(float64(out)*pl.think*r.Float64()), tool)
		g.raw(m)
		if r.Float64() < pl.chat {
			g.raw(map[string]any{"$set": map[string]string{"lastUpdated": clock(at)}})
		}
		context += grow
	}
}
