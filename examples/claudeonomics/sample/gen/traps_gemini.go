package main

import (
	"bytes"
	"encoding/json"
	"strings"
)

const (
	flash = "gemini-3.8-flash"
	pro   = "gemini-3.1-pro-preview"
)

// geminiTraps are those of Gemini's chats.
func geminiTraps(t *tree) {
	p := who("zofia.mbeki")
	start := on(11, 6, "13:00:00")
	g := p.newGemini(t, p.project, "rewound", start, ".jsonl")
	g.raw(g.message(start, "user", asks[5]))
	m := g.message(start.Add(seconds(4)), "gemini", says[5])
	m.Model = flash
	g.raw(m)
	m.Tokens = tokens(9000, 0, 20, 5, 0)
	g.raw(m)
	m.Tokens, m.Content = tokens(9000, 0, 350, 120, 0), says[4]
	n := g.raw(m)
	t.trap("one message id three times", g.path, n, "the last line counts: 350 out and 120 thoughts on top")
	n = g.raw(map[string]any{"$set": map[string]string{"lastUpdated": clock(start.Add(seconds(5))), "summary": "Legend"}})
	t.trap("`$set`", g.path, n, "of the chat, not of the bill")
	ask := g.message(start.Add(seconds(60)), "user", asks[7])
	g.raw(ask)
	m = g.message(start.Add(seconds(66)), "gemini", says[2])
	m.Model, m.Tokens = flash, tokens(9600, 8900, 410, 200, 0)
	g.raw(m)
	n = g.raw(map[string]string{"$rewindTo": ask.ID})
	t.trap("`$rewindTo`", g.path, n, "takes back the talk, not the spend: the reply before it still counts")
	m = g.message(start.Add(seconds(120)), "gemini", says[8])
	m.Model, m.Tokens = flash, tokens(9700, 8900, 260, 80, 640)
	n = g.raw(m)
	t.trap("thoughts and tool tokens", g.path, n, "80 thoughts are reasoning beside 260 out; 640 tool tokens are prompt beside the 9,700")

	wholeFile(t, who("freya.tanaka"))

	p = who("bodhi.kowalczyk")
	start = on(11, 8, "06:00:00")
	l := p.newGemini(t, p.project, "long-prompt", start, ".jsonl")
	l.raw(l.message(start, "user", asks[3]))
	m = l.message(start.Add(seconds(30)), "gemini", says[9])
	m.Model, m.Tokens = pro, tokens(412_000, 300_000, 2600, 1900, 0)
	n = l.raw(m)
	t.trap("gemini-3.1-pro-preview with a prompt of 412,000", l.path, n, "the rates above 200,000, on the whole reply")
}

// wholeFile is a chat of the older form: one JSON value, indented.
func wholeFile(t *tree, p *person) {
	start := on(10, 29, "14:10:00")
	g := p.newGemini(t, p.project, "whole", start, ".json")
	reply := g.message(start.Add(seconds(20)), "gemini", says[3])
	reply.Model, reply.Tokens = flash, tokens(15_500, 4000, 520, 210, 0)
	again := g.message(start.Add(seconds(80)), "gemini", says[2])
	again.Model, again.Tokens = flash, tokens(16_800, 15_000, 300, 90, 120)
	whole := struct {
		geminiHeader
		Messages []geminiMessage `json:"messages"`
	}{geminiHeader{g.id, g.hash, clock(start), clock(start.Add(seconds(80))), "main"},
		[]geminiMessage{g.message(start, "user", asks[0]), reply, g.message(start.Add(seconds(60)), "user", asks[4]), again}}
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(mustLine(whole)), "", "  "); err != nil {
		panic(err) // it was encoded a line ago
	}
	g.f.lines, g.f.bare = strings.Split(b.String(), "\n"), true
	t.trap("a chat as one JSON value", g.path, 0, "two replies")
}
