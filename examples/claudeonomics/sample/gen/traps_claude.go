package main

import (
	"fmt"
	"strings"
	"time"
)

const (
	opus   = "claude-opus-5-5"
	opus48 = "claude-opus-4-8"
	sonnet = "claude-sonnet-5-5"
	haiku  = "claude-haiku-5-5"
	fable  = "claude-fable-5-1"
)

// one is a reply with ids of its own.
func (c *claude) one(label, model string, u any) reply {
	return reply{
		id: messageID(c.who + c.label + label), request: requestID(c.who + c.label + label),
		model: model, stop: "end_turn", content: text("Done."), usage: u,
	}
}

func used(input, read, output int64) claudeUsage {
	return claudeUsage{Input: input, Read: read, Output: output, Tier: "standard"}
}

// claudeByHand is what zofia.mbeki did in Claude Code: few replies, added up in
// the README.
func claudeByHand(t *tree) {
	p := who("zofia.mbeki")
	c := p.newClaude(t, p.project, "writes")
	at := on(11, 3, "09:00:00")
	c.ask(at, asks[1])

	// One reply, three lines: the output grows, the rest stands.
	u := used(6, 40_000, 1).split(2000, 8000)
	a := c.one("a", opus, u)
	a.stop = ""
	n := c.say(at.Add(seconds(4)), a)
	u.Output = 210
	a.usage, a.content = u, text(says[0])
	c.say(at.Add(seconds(7)), a)
	u.Output = 742
	a.usage, a.stop, a.content = u.thinking(300), "tool_use", toolUse("toolu_01a", "Read", paths[1])
	c.say(at.Add(seconds(11)), a)
	t.trap("three lines for one reply, output 1, 210, 742", c.path, n,
		"one reply, the line with the most output: 742, at the time of the first line")
	t.trap("thinking tokens", c.path, n+2, "300 of the 742 output tokens are reasoning, not on top of them")

	n = c.say(at.Add(seconds(60)), c.one("b", opus, used(4, 50_000, 120).flat(5000)))
	t.trap("cache write as a flat count only", c.path, n, "5,000 written for 5 minutes")
	split := used(5, 55_000, 80).split(700, 300)
	split.Write = nil
	n = c.say(at.Add(seconds(120)), c.one("c", opus, split))
	t.trap("cache write as parts only", c.path, n, "700 for 5 minutes and 300 for an hour")
	rest := used(5, 56_000, 95).split(500, 400)
	total := int64(1200)
	rest.Write = &total
	n = c.say(at.Add(seconds(180)), c.one("d", opus, rest))
	t.trap("cache write whose parts do not reach the total", c.path, n, "the 300 left over are written for 5 minutes: 800 and 400")
	n = c.say(at.Add(seconds(240)), c.one("e", opus, map[string]any{
		"input_tokens": 900, "output_tokens": 64, "cache_creation_input_tokens": nil, "cache_read_input_tokens": nil,
	}))
	t.trap("counts that are null", c.path, n, "0")

	synthetic := reply{id: uuid("synthetic"), model: "<synthetic>", stop: "stop_sequence",
		content: text("No response requested."), usage: used(0, 0, 0)}
	n = c.say(at.Add(seconds(300)), synthetic)
	t.trap("a line of model `<synthetic>`", c.path, n, "dropped, counted as synthetic")
	l := c.base("assistant", at.Add(seconds(320)))
	l.Message, l.APIError = claudeMessage{ID: uuid("overloaded"), Type: "message", Role: "assistant", Model: "<synthetic>",
		Content: text("API Error: 529"), Usage: used(0, 0, 0)}, true
	n = c.raw(mustLine(l))
	t.trap("a line with isApiErrorMessage", c.path, n, "dropped, counted as an error of the API")

	// A side question replays the first reply: the same message, a request of
	// its own, and the cache writes without their parts.
	side := *c
	side.sidechain = true
	a.request, a.usage = requestID("side"), used(6, 40_000, 742).flat(10_000).thinking(300)
	n = side.say(at.Add(seconds(400)), a)
	t.trap("a sidechain replays a reply with a new requestId, its writes flat", c.path, n,
		"no second bill; on equal output and total the line with the larger parts (2,000 and 8,000) wins")

	h := p.newClaude(t, p.project, "haiku")
	at = on(11, 4, "10:00:00")
	h.ask(at, asks[5])
	n = h.say(at.Add(seconds(3)), h.one("at", haiku, used(10, 99_000, 100).split(990, 0)))
	t.trap("Haiku 5.5 with a prompt of exactly 100,000", h.path, n, "the base rates")
	n = h.say(at.Add(seconds(40)), h.one("over", haiku, used(10, 99_990, 100).split(1000, 0)))
	t.trap("Haiku 5.5 with a prompt of 101,000", h.path, n, "five times the rates, on the whole reply")
}

// claudeCopies is what happens to sessions that are resumed, forked, or
// handed to agents.
func claudeCopies(t *tree) {
	p := who("gustav.nwosu")
	a := p.newClaude(t, p.project, "long-talk")
	r := p.random("long-talk")
	pl := p.plans[0]
	a.talk(r, &pl, on(11, 4, "08:00:00"), 9, last)

	resumed := copySession(t, p, a, "long-talk-resumed", len(a.f.lines))
	pl.start = pl.resumed()
	resumed.talk(r, &pl, on(11, 4, "13:00:00"), 4, last)
	t.trap("a resumed session: the whole history again in a new file, under a new sessionId", resumed.path, 0,
		"the copied replies count once; only what follows is new")
	forked := copySession(t, p, a, "long-talk-forked", len(a.f.lines)/2)
	forked.talk(r, &pl, on(11, 5, "09:00:00"), 3, last)
	t.trap("a forked session: half the history copied", forked.path, 0, "the copied replies count once, here too")

	// An agent's own file begins with the lines of the one that called it.
	p = who("leila.itoh")
	c := p.newClaude(t, p.project, "agents")
	at := on(11, 10, "02:00:00")
	c.ask(at, asks[7])
	parent := c.one("parent", opus48, used(12, 61_000, 410).split(4000, 0))
	parent.stop, parent.content = "tool_use", toolUse("toolu_01task", "Task", "docs")
	c.say(at.Add(seconds(5)), parent)
	s := c.subagent(t, "searcher")
	replayed := parent
	n := s.say(at.Add(seconds(5)), replayed)
	t.trap("a subagent's file repeats its parent's line", s.path, n, "counted once, with the parent")
	replayed.request = requestID("replayed by the agent")
	n = s.say(at.Add(seconds(6)), replayed)
	t.trap("… and again with a new requestId", s.path, n, "still the parent's reply")
	for i := range int64(4) {
		s.say(at.Add(seconds(20+10*int(i))), s.one(fmt.Sprint("agent", i), haiku, used(7, 21_000+i*900, 300+i).split(900, 0)))
	}
	t.trap("a subagent's own replies", s.path, n+1, "bills like any other: four replies of Haiku 5.5")
	n = c.result(at.Add(seconds(70)), "toolu_01task", "Found it.", map[string]any{
		"status": "completed", "totalTokens": 24_910, "totalToolUseCount": 4, "agentId": s.agent,
		"usage": map[string]any{"input_tokens": 7, "cache_read_input_tokens": 23_700, "cache_creation_input_tokens": 900, "output_tokens": 303},
	})
	t.trap("toolUseResult with usage and totalTokens", c.path, n, "not a bill: the agent's own file has them")
	c.say(at.Add(seconds(80)), c.one("after", opus48, used(9, 65_000, 520).split(1300, 0)))

	claudeJoins(t)
}

// resumed is the range in which the first prompt of a resumed session falls.
func (pl *plan) resumed() [2]int { return [2]int{pl.limit * 2 / 3, pl.limit * 3 / 4} }

// claudeJoins is one message under several requests, which may be one bill or two.
func claudeJoins(t *tree) {
	p := who("ines.haugland")
	c := p.newClaude(t, p.project, "joins")
	at := on(11, 6, "11:00:00")
	c.ask(at, asks[3])

	retry := c.one("retry", sonnet, used(5, 80_000, 640).split(3000, 0))
	c.say(at.Add(seconds(10)), retry)
	retry.request = requestID("retry")
	n := c.say(at.Add(seconds(30)), retry)
	t.trap("one message under two requestIds, equal input and cache counts", c.path, n, "one bill")

	two := c.one("two", sonnet, used(5, 83_000, 500).split(2000, 0))
	c.say(at.Add(seconds(60)), two)
	two.request, two.usage = requestID("two"), used(5, 85_000, 300).split(1000, 0)
	n = c.say(at.Add(seconds(90)), two)
	t.trap("one message id under two requestIds, other counts, both in the main chain", c.path, n, "two bills")
	side := *c
	side.sidechain = true
	two.request, two.usage = requestID("two, aside"), used(5, 85_000, 450).split(1000, 0)
	n = side.say(at.Add(seconds(120)), two)
	t.trap("a sidechain replay where two bills share the message id", c.path, n,
		"joins the bill with equal input and cache counts (85,000 read), whose output is then 450; the two bills stay two")
}

// copySession begins a new file with the first n lines of another session, as
// resuming does: same uuids, messages and times, the new sessionId.
func copySession(t *tree, p *person, from *claude, label string, n int) *claude {
	c := p.newClaude(t, p.project, label)
	for _, l := range from.f.lines[:n] {
		c.raw(strings.ReplaceAll(l, from.id, c.id))
	}
	c.parent = from.parent
	return c
}

// claudeDamage is what noor.delacroix did in Claude Code: little work, and most
// of what can be wrong with a line.
func claudeDamage(t *tree) {
	p := who("noor.delacroix")
	c := p.newClaude(t, p.project, "odd-lines")
	at := on(11, 11, "14:00:00")
	c.ask(at, asks[6])
	c.say(at.Add(seconds(5)), c.one("plain", sonnet, used(8, 30_000, 250).split(1500, 0)))

	nobody := c.one("", sonnet, used(700, 0, 90))
	nobody.id, nobody.request = "", ""
	n := c.say(at.Add(seconds(30)), nobody)
	c.raw(c.f.lines[n-1])
	t.trap("a reply without message.id and requestId, written twice", c.path, n, "unkeyed; the uuid tells that both lines are one")

	n = c.raw("tide table: 04:12 10:31 16:40 22:58")
	t.trap("a line that is not JSON", c.path, n, "counted as malformed, the rest is read")
	bad := used(10, 5000, -7).split(100, 0)
	n = c.say(at.Add(seconds(60)), c.one("negative", sonnet, bad))
	t.trap("a negative count", c.path, n, "the line is invalid; nothing of it counts")
	n = c.say(at.Add(seconds(65)), c.one("beyond", sonnet, used(10, 2_000_000_000_000, 5)))
	t.trap("a count beyond 10^12", c.path, n, "the line is invalid")
	n = c.say(time.Unix(0, 0), c.one("epoch", sonnet, used(11, 4000, 20)))
	t.trap("a line of 1970", c.path, n, "a time before 2000 is invalid")
	n = c.say(time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), c.one("future", sonnet, used(11, 4000, 20)))
	t.trap("a line of 2999", c.path, n, "a time in the future is invalid")
	c.say(at.Add(seconds(90)), c.one("good", sonnet, used(4, 31_500, 180).split(600, 0)))
	cut := c.say(at.Add(seconds(120)), c.one("cut", sonnet, used(4, 32_100, 210).split(500, 0)))
	c.f.lines[cut-1] = c.f.lines[cut-1][:260]
	c.f.bare = true
	t.trap("a last line cut short, without newline", c.path, cut, "not yet written: ignored, counted as a partial line")

	x := p.newClaude(t, p.project, "unknown-model")
	at = on(11, 12, "09:30:00")
	x.ask(at, asks[8])
	n = x.say(at.Add(seconds(6)), x.one("a", "orchid-large-preview", used(1200, 18_000, 400).split(2000, 0)))
	x.say(at.Add(seconds(50)), x.one("b", "orchid-large-preview", used(90, 20_000, 350).split(500, 0)))
	t.trap("a model in no price list", x.path, n, "its tokens count; its cost is unpriced, not zero")
}
