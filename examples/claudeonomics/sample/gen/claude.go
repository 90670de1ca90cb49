package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// claudeLine is one user or assistant line of a Claude Code transcript, with
// the fields in the order the tool writes them.
type claudeLine struct {
	ParentUUID  *string `json:"parentUuid"`
	IsSidechain bool    `json:"isSidechain"`
	UserType    string  `json:"userType,omitempty"`
	Cwd         string  `json:"cwd,omitempty"`
	SessionID   string  `json:"sessionId,omitempty"`
	Version     string  `json:"version,omitempty"`
	GitBranch   string  `json:"gitBranch,omitempty"`
	AgentID     string  `json:"agentId,omitempty"`
	Type        string  `json:"type"`
	Message     any     `json:"message"`
	RequestID   string  `json:"requestId,omitempty"`
	APIError    bool    `json:"isApiErrorMessage,omitempty"`
	ToolResult  any     `json:"toolUseResult,omitempty"`
	UUID        string  `json:"uuid"`
	Timestamp   string  `json:"timestamp"`
}

type claudeMessage struct {
	ID         string  `json:"id,omitempty"`
	Type       string  `json:"type,omitempty"`
	Role       string  `json:"role"`
	Model      string  `json:"model,omitempty"`
	Content    any     `json:"content"`
	StopReason *string `json:"stop_reason"`
	Usage      any     `json:"usage,omitempty"`
}

type userMessage struct {
	Role    string `json:"role"`
	Content any    `json:"content"`
}

type block map[string]any

// claudeUsage is the usage object; nil leaves a field out.
type claudeUsage struct {
	Input   int64          `json:"input_tokens"`
	Write   *int64         `json:"cache_creation_input_tokens,omitempty"`
	Read    int64          `json:"cache_read_input_tokens"`
	Split   *claudeSplit   `json:"cache_creation,omitempty"`
	Output  int64          `json:"output_tokens"`
	Details *claudeDetails `json:"output_tokens_details,omitempty"`
	Server  *claudeServer  `json:"server_tool_use,omitempty"`
	Tier    string         `json:"service_tier,omitempty"`
	Speed   string         `json:"speed,omitempty"`
	Geo     string         `json:"inference_geo,omitempty"`
}

type claudeSplit struct {
	M5 int64 `json:"ephemeral_5m_input_tokens"`
	H1 int64 `json:"ephemeral_1h_input_tokens"`
}

type claudeDetails struct {
	Thinking int64 `json:"thinking_tokens"`
}

type claudeServer struct {
	Searches int64 `json:"web_search_requests"`
	Fetches  int64 `json:"web_fetch_requests"`
}

// split writes a cache write as the total and its parts, which is what the
// tool does today.
func (u claudeUsage) split(m5, h1 int64) claudeUsage {
	total := m5 + h1
	u.Write, u.Split = &total, &claudeSplit{m5, h1}
	return u
}

// flat writes a cache write as the total alone, as older versions did.
func (u claudeUsage) flat(total int64) claudeUsage {
	u.Write, u.Split = &total, nil
	return u
}

// thinking says how many of the output tokens were thinking.
func (u claudeUsage) thinking(n int64) claudeUsage {
	u.Details = &claudeDetails{n}
	return u
}

// claude writes one session of one person.
type claude struct {
	f                    *file
	path                 string
	who, label, id       string
	cwd, branch, version string
	agent                string // set in the file of a subagent
	parent               string
	lines                int
	sidechain            bool
}

// newClaude opens the transcript of the session named by label.
func (p *person) newClaude(t *tree, project, label string) *claude {
	id := uuid(p.handle + label)
	c := &claude{
		who: p.handle, label: label, id: id,
		cwd:    "/home/" + p.short() + "/" + project,
		path:   fmt.Sprintf("%s/.claude/projects/-home-%s-%s/%s.jsonl", p.root(), p.short(), project, id),
		branch: "main", version: "2.1.278",
	}
	c.f = t.file(c.path)
	return c
}

// subagent opens the transcript of an agent that the session started.
func (c *claude) subagent(t *tree, label string) *claude {
	agent := digest(c.id + label)[:8]
	s := *c
	s.agent, s.label, s.parent, s.lines, s.sidechain = agent, c.label+label, "", 0, true
	s.path = c.path[:len(c.path)-len(".jsonl")] + "/subagents/agent-" + agent + ".jsonl"
	s.f = t.file(s.path)
	return &s
}

// raw appends a line as it is and returns its number.
func (c *claude) raw(text string) int {
	c.f.lines = append(c.f.lines, text)
	return len(c.f.lines)
}

// base fills what every line of the session has in common.
func (c *claude) base(kind string, at time.Time) claudeLine {
	c.lines++
	l := claudeLine{
		IsSidechain: c.sidechain, UserType: "external", Cwd: c.cwd, SessionID: c.id, Version: c.version,
		GitBranch: c.branch, AgentID: c.agent, Type: kind, Timestamp: clock(at),
		UUID: uuid(fmt.Sprint(c.who, c.label, c.lines)),
	}
	if c.parent != "" {
		parent := c.parent
		l.ParentUUID = &parent
	}
	c.parent = l.UUID
	return l
}

// summary and snapshot are the lines that carry no usage at all.
func (c *claude) summary(text string) {
	c.raw(mustLine(struct {
		Type    string `json:"type"`
		Summary string `json:"summary"`
		Leaf    string `json:"leafUuid"`
	}{"summary", text, uuid(c.label + "leaf")}))
}

func (c *claude) snapshot(at time.Time) {
	id := uuid(c.label + "snapshot")
	c.raw(mustLine(map[string]any{
		"type": "file-history-snapshot", "messageId": id, "isSnapshotUpdate": false,
		"snapshot": map[string]any{"messageId": id, "timestamp": clock(at), "trackedFileBackups": map[string]any{}},
	}))
}

// ask appends what the person said.
func (c *claude) ask(at time.Time, text string) int {
	l := c.base("user", at)
	l.Message = userMessage{"user", text}
	return c.raw(mustLine(l))
}

// result appends a tool's answer; extra is the tool's own record of it.
func (c *claude) result(at time.Time, tool, text string, extra any) int {
	l := c.base("user", at)
	l.Message = userMessage{"user", []block{{"type": "tool_result", "tool_use_id": tool, "content": text}}}
	l.ToolResult = extra
	return c.raw(mustLine(l))
}

// reply is one line of a model's answer.
type reply struct {
	id, request, model string
	stop               string // "" is null: the turn was not over
	content            any
	usage              any
}

func text(s string) []block { return []block{{"type": "text", "text": s}} }

func toolUse(id, name, path string) []block {
	return []block{{"type": "tool_use", "id": id, "name": name, "input": map[string]string{"file_path": path}}}
}

// say appends one line of an answer and returns its number.
func (c *claude) say(at time.Time, r reply) int {
	l := c.base("assistant", at)
	m := claudeMessage{ID: r.id, Type: "message", Role: "assistant", Model: r.model, Content: r.content, Usage: r.usage}
	if r.stop != "" {
		m.StopReason = &r.stop
	}
	l.Message, l.RequestID = m, r.request
	return c.raw(mustLine(l))
}

// talk writes one whole session: a plan's worth of replies from start on, each
// reading what the one before left in the cache.
func (c *claude) talk(r *rand.Rand, pl *plan, start time.Time, replies int, until time.Time) {
	if r.IntN(6) == 0 {
		c.summary(pick(r, asks))
	}
	at := start
	c.ask(at, pick(r, asks))
	if r.IntN(8) == 0 {
		c.snapshot(at)
	}
	model := pl.model(r)
	context := 0
	for n := range replies {
		at = at.Add(time.Duration(between(r, pl.gap[0], pl.gap[1]))*time.Second + time.Duration(r.IntN(1000))*time.Millisecond)
		if !at.Before(until) {
			return
		}
		write := between(r, pl.grow[0], pl.grow[1])
		if context == 0 || context+write > pl.limit {
			write = between(r, pl.start[0], pl.start[1])
			context = int(float64(write) * pl.warm)
			write -= context
		}
		c.answer(r, pl, at, fmt.Sprint(c.label, n), pl.at(model, at), context, write)
		context += write
		if n < replies-1 && r.Float64() < pl.chat {
			c.result(at.Add(900*time.Millisecond), "toolu_01"+digest(fmt.Sprint(c.label, n))[:10], pick(r, says), nil)
		}
	}
}

// answer writes one reply, as one line or as several snapshots of it.
func (c *claude) answer(r *rand.Rand, pl *plan, at time.Time, label, model string, read, write int) {
	out := int64(between(r, pl.out[0], pl.out[1]))
	u := claudeUsage{Input: int64(between(r, 2, 9)), Read: int64(read), Output: out, Tier: "standard"}
	switch {
	case pl.ttl == "flat":
		u = u.flat(int64(write))
	case pl.ttl == "1h":
		u = u.split(0, int64(write))
	case pl.ttl == "mix" && r.IntN(2) == 0:
		u = u.split(int64(write)/3, int64(write)-int64(write)/3)
	default:
		u = u.split(int64(write), 0)
	}
	if think := int64(float64(out) * pl.think * r.Float64()); think > 0 {
		u = u.thinking(think)
	}
	u.Geo = pl.geo
	rep := reply{id: messageID(c.who + label), request: requestID(c.who + label), model: model}
	tool := "toolu_01" + digest(label)[:10]
	if r.Float64() < pl.snapshots {
		early := u
		early.Output, early.Details = int64(between(r, 1, 8)), nil
		rep.usage, rep.content = early, text(pick(r, says))
		c.say(at, rep)
		at = at.Add(time.Duration(between(r, 1200, 4000)) * time.Millisecond)
	}
	rep.usage, rep.stop = u, "tool_use"
	if rep.content = toolUse(tool, pick(r, tools), pick(r, paths)); r.IntN(3) == 0 {
		rep.stop, rep.content = "end_turn", text(pick(r, says))
	}
	c.say(at, rep)
}
