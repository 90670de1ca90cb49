package naive

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var at = time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)

const (
	session = "t/ann/.claude/projects/-p/s.jsonl"
	agent   = "t/ann/.claude/projects/-p/s/subagents/agent-1.jsonl"
	roll    = "t/ann/.codex/sessions/2026/11/01/rollout-a.jsonl"
	chat    = "t/ann/.gemini/tmp/h/chats/session-a.jsonl"
)

// company is a file system from pairs of path and text.
func company(pairs ...string) fs.FS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

// line is an assistant line of 1 November, at the minute given.
func line(id, request, minute, model, usage string, more ...string) string {
	return `{"type":"assistant","timestamp":"2026-11-01T09:` + minute + `:00Z","requestId":"` + request + `","uuid":"u` + id + request + minute + `"` +
		strings.Join(more, "") + `,"message":{"id":"` + id + `","model":"` + model + `","usage":{` + usage + `}}}` + "\n"
}

const side = `,"isSidechain":true`

// TestClaude has one rule a case; sums are worked out in the comments.
func TestClaude(t *testing.T) {
	const opus = "claude-opus-5-5" // 4, 5, 8, 0.2, 20
	const base = `"input_tokens":10,"cache_read_input_tokens":1000,"cache_creation_input_tokens":100,`
	for _, c := range []struct {
		name, text string
		bills      int
		tokens     int64
		cost       string
	}{
		// 40 + 200 + 500 + 20×50 = 1740
		{"growing output: the last", line("a", "r", "00", opus, base+`"output_tokens":1`) + line("a", "r", "01", opus, base+`"output_tokens":50`), 1, 1160, "0.00174"},
		{"order does not matter", line("a", "r", "01", opus, base+`"output_tokens":50`) + line("a", "r", "00", opus, base+`"output_tokens":1`), 1, 1160, "0.00174"},
		{"thinking is part of output", line("a", "r", "00", opus, base+`"output_tokens":50,"output_tokens_details":{"thinking_tokens":30}`), 1, 1160, "0.00174"},
		{"two replies", line("a", "r", "00", opus, base+`"output_tokens":50`) + line("b", "q", "00", opus, base+`"output_tokens":50`), 2, 2320, "0.00348"},
		// the writes are 60 and 40: 40 + 200 + 300 + 320 + 1000 = 1860
		{"a tie goes to the parts", line("a", "r", "00", opus, base+`"output_tokens":50`, side) +
			line("a", "q", "01", opus, base+`"cache_creation":{"ephemeral_5m_input_tokens":60,"ephemeral_1h_input_tokens":40},"output_tokens":50`), 1, 1160, "0.00186"},
		// parts of 60 and 20, so 20 more for five minutes: 80×5 + 20×8 = 560, with 40 + 200 + 1000 = 1800
		{"a remainder", line("a", "r", "00", opus, base+`"cache_creation":{"ephemeral_5m_input_tokens":60,"ephemeral_1h_input_tokens":20},"output_tokens":50`), 1, 1160, "0.0018"},
		// 5×8 + 20 = 60
		{"parts only", line("a", "r", "00", opus, `"cache_creation":{"ephemeral_1h_input_tokens":5},"output_tokens":1`), 1, 6, "0.00006"},
		{"nulls", line("a", "r", "00", opus, `"input_tokens":null,"cache_read_input_tokens":null,"output_tokens":1`), 1, 1, "0.00002"},
		{"equal prompts under two requests", line("a", "r", "00", opus, base+`"output_tokens":50`) + line("a", "q", "01", opus, base+`"output_tokens":50`), 1, 1160, "0.00174"},
		{"unequal prompts under two requests", line("a", "r", "00", opus, base+`"output_tokens":50`) + line("a", "q", "01", opus, `"output_tokens":1`), 2, 1161, "0.00176"},
		{"an unequal sidechain joins the earliest", line("a", "r", "00", opus, base+`"output_tokens":50`) + line("a", "q", "01", opus, `"output_tokens":1`, side), 1, 1160, "0.00174"},
		// "z" is earlier than "b": 1160 tokens and 2, the replay of 7 with the first of them
		{"… by time, not by request", line("a", "b", "05", opus, `"input_tokens":1,"output_tokens":1`) + line("a", "z", "00", opus, base+`"output_tokens":50`) +
			line("a", "q", "09", opus, `"output_tokens":7`, side), 2, 1162, "0.001764"},
		{"equal output: the larger total", line("a", "r", "00", opus, `"input_tokens":9,"output_tokens":50`) + line("a", "r", "01", opus, base+`"output_tokens":50`) +
			line("a", "r", "02", opus, `"input_tokens":8,"output_tokens":50`), 1, 1160, "0.00174"},
		{"a full tie goes to the main chain", line("a", "r", "00", "no-such-model", base+`"output_tokens":50`, side) + line("a", "r", "01", opus, base+`"output_tokens":50`), 1, 1160, "0.00174"},
		{"synthetic and errors", line("a", "r", "00", "<synthetic>", base+`"output_tokens":50`) + line("b", "r", "00", opus, base+`"output_tokens":50`, `,"isApiErrorMessage":true`), 0, 0, "0"},
		{"negative, beyond belief", line("a", "r", "00", opus, `"output_tokens":-1`) + line("b", "r", "00", opus, `"output_tokens":1000000000001`), 0, 0, "0"},
		{"cut short", strings.TrimSuffix(line("a", "r", "00", opus, base+`"output_tokens":50`), "}}}\n"), 0, 0, "0"},
		{"whole without newline", strings.TrimSuffix(line("a", "r", "00", opus, base+`"output_tokens":50`), "\n"), 1, 1160, "0.00174"},
		// 8, 10, 16, 0.4, 40
		{"fast", line("a", "r", "00", opus, base+`"output_tokens":50,"speed":"fast"`), 1, 1160, "0.00348"},
		{"fast in the US", line("a", "r", "00", opus, base+`"output_tokens":50,"speed":"fast","inference_geo":"us"`), 1, 1160, "0.003828"},
		{"batch in the US", line("a", "r", "00", opus, base+`"output_tokens":50,"service_tier":"batch","inference_geo":"us"`), 1, 1160, "0.000957"},
		{"searches take no factor", line("a", "r", "00", opus, base+`"output_tokens":50,"service_tier":"batch","server_tool_use":{"web_search_requests":2,"web_fetch_requests":9}`), 1, 1160, "0.02087"},
		{"at the step", line("a", "r", "00", "claude-haiku-5-5", `"cache_read_input_tokens":100000,"output_tokens":1000`), 1, 101000, "0.0015"},
		{"over the step", line("a", "r", "00", "claude-haiku-5-5", `"cache_read_input_tokens":100000,"input_tokens":1,"output_tokens":1000`), 1, 101001, "0.0075005"},
		{"unknown model", line("a", "r", "00", "no-such-model", base+`"output_tokens":50`), 1, 1160, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Recompute(company(session, c.text), at, 30)
			if err != nil {
				t.Fatal(err)
			}
			got := r.Window.Total
			if got.Bills != c.bills || got.Tokens != c.tokens || got.Cost != c.cost {
				t.Errorf("%d bills, %d tokens, %s USD; want %d, %d, %s", got.Bills, got.Tokens, got.Cost, c.bills, c.tokens, c.cost)
			}
		})
	}
}

// TestSidechainAndTwoBills is rule 12: a replay joins the bill of its own
// prompt and makes one of two bills of nothing.
func TestSidechainAndTwoBills(t *testing.T) {
	const opus = "claude-opus-5-5"
	r, err := Recompute(company(
		session, line("a", "r", "00", opus, `"input_tokens":100,"output_tokens":5`)+line("a", "q", "01", opus, `"input_tokens":200,"output_tokens":6`),
		agent, line("a", "s", "02", opus, `"input_tokens":200,"output_tokens":9`)+line("own", "x", "03", opus, `"input_tokens":1,"output_tokens":1`),
	), at, 30)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.All.Total; got.Bills != 3 || got.Meters["input"] != 301 || got.Meters["output"] != 15 {
		t.Errorf("%d bills, %v; want 3, 301 in, 15 out", got.Bills, got.Meters)
	}
	// The folder alone makes a sidechain: another prompt joins what it replays.
	r, err = Recompute(company(
		session, line("a", "r", "00", opus, `"input_tokens":100,"output_tokens":5`),
		agent, line("a", "s", "02", opus, `"input_tokens":90,"output_tokens":4`),
	), at, 30)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.All.Total; got.Bills != 1 || got.Tokens != 105 {
		t.Errorf("%d bills, %d tokens; want 1, 105", got.Bills, got.Tokens)
	}
}

// TestWindow proves the edges: the bill's time is its earliest line's, and the
// window is whole days.
func TestWindow(t *testing.T) {
	on := func(id, when, out string) string {
		return `{"type":"assistant","timestamp":"` + when + `","uuid":"` + id + when + `","requestId":"r` + id + `","message":{"id":"` + id +
			`","model":"claude-opus-5-5","usage":{"output_tokens":` + out + `}}}` + "\n"
	}
	r, err := Recompute(company(session,
		on("before", "2026-10-16T23:59:59.999Z", "1")+on("before", "2026-10-17T00:00:01Z", "2")+
			on("first", "2026-10-17T00:00:00Z", "10")+
			on("last", "2026-11-15T23:59:59.999Z", "100")+
			on("after", "2026-11-16T00:00:00Z", "1000")+
			on("old", "1999-12-31T23:59:59Z", "1")+on("far", "2100-01-01T00:00:00Z", "1")), at, 30)
	if err != nil {
		t.Fatal(err)
	}
	if r.Window.Total.Tokens != 110 || r.All.Total.Tokens != 1112 || r.Read.InvalidTimes != 2 {
		t.Errorf("%d in the window, %d in all, %d invalid; want 110, 1112, 2", r.Window.Total.Tokens, r.All.Total.Tokens, r.Read.InvalidTimes)
	}
}

// TestPriceHistory proves that each bill takes the price of its own instant.
func TestPriceHistory(t *testing.T) {
	for when, want := range map[string]string{"2026-10-06T23:59:59Z": "0.2", "2026-10-07T00:00:00Z": "0.1", "2026-09-27T00:00:00Z": "0"} {
		r, err := Recompute(company(session, `{"type":"assistant","timestamp":"`+when+`","uuid":"u","message":{"id":"a","model":"claude-sonnet-5-5","usage":{"cache_read_input_tokens":1000000}}}`), at, 30)
		if err != nil {
			t.Fatal(err)
		}
		if r.All.Total.Cost != want {
			t.Errorf("%s: %s, want %s", when, r.All.Total.Cost, want)
		}
	}
}

// counted is a token_count line; total counts input and output only.
func counted(when, total, last string) string {
	info := `"total_token_usage":` + total
	if last != "" {
		info += `,"last_token_usage":` + last
	}
	return `{"timestamp":"2026-11-01T` + when + `Z","type":"event_msg","payload":{"type":"token_count","info":{` + info + `}}}` + "\n"
}

func use(in, cached, out, reasoning string) string {
	return `{"input_tokens":` + in + `,"cached_input_tokens":` + cached + `,"output_tokens":` + out + `,"reasoning_output_tokens":` + reasoning + `}`
}

func meta(id, parent string) string {
	return `{"type":"session_meta","payload":{"id":"` + id + `","forked_from_id":` + parent + `}}` + "\n" +
		`{"type":"turn_context","payload":{"model":"gpt-6-sol"}}` + "\n"
}

// TestCodex: gpt-6-sol is 2 in, 0.2 cached, 10 out.
func TestCodex(t *testing.T) {
	one, two := use("1000", "0", "100", "40"), use("1500", "1000", "50", "0")
	both, three := use("2500", "1000", "150", "40"), use("4100", "2400", "180", "50")
	trunk := counted("09:00:00", one, one) + counted("09:01:00", both, two)
	for _, c := range []struct {
		name   string
		fsys   fs.FS
		bills  int
		tokens int64
		cost   string
	}{
		// (1000×2 + 100×10) + (500×2 + 1000×0.2 + 50×10) = 3000 + 1700
		{"plain", company(roll, meta("a", "null")+trunk), 2, 2650, "0.0047"},
		{"repeats and nulls", company(roll, meta("a", "null")+counted("09:00:00", one, one)+
			`{"type":"event_msg","payload":{"type":"token_count","info":null}}`+"\n"+counted("09:00:01", one, one)+counted("09:01:00", both, two)), 2, 2650, "0.0047"},
		{"without last", company(roll, meta("a", "null")+counted("09:00:00", one, one)+counted("09:01:00", both, "")), 2, 2650, "0.0047"},
		{"archived too", company(roll, meta("a", "null")+trunk, strings.Replace(roll, "sessions", "archived_sessions", 1), meta("a", "null")+trunk), 2, 2650, "0.0047"},
		{"archived only", company(strings.Replace(roll, "sessions", "archived_sessions", 1), meta("a", "null")+trunk), 2, 2650, "0.0047"},
		// … and 200×2 + 1400×0.2 + 30×10 = 980 for what is new
		{"forked", company(roll, meta("a", "null")+trunk, strings.Replace(roll, "-a", "-b", 1), meta("b", `"a"`)+
			counted("10:00:00", one, one)+counted("10:00:00", both, two)+counted("10:05:00", three, use("1600", "1400", "30", "10"))), 3, 4280, "0.00568"},
		{"forked, parent gone", company(roll, meta("b", `"a"`)+
			counted("10:00:00.1", one, one)+counted("10:00:00.9", both, two)+counted("10:05:00", three, use("1600", "1400", "30", "10"))), 1, 1630, "0.00098"},
		{"more cached than sent", company(roll, meta("a", "null")+counted("09:00:00", use("10", "15", "1", "2"), use("10", "15", "1", "2"))), 1, 11, "0.000012"},
		{"at the step", company(roll, meta("a", "null")+counted("09:00:00", use("272000", "0", "0", "0"), use("272000", "0", "0", "0"))), 1, 272000, "0.544"},
		{"over the step", company(roll, meta("a", "null")+counted("09:00:00", use("272001", "0", "0", "0"), use("272001", "0", "0", "0"))), 1, 272001, "1.088004"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Recompute(c.fsys, at, 30)
			if err != nil {
				t.Fatal(err)
			}
			got := r.Window.Total
			if got.Bills != c.bills || got.Tokens != c.tokens || got.Cost != c.cost {
				t.Errorf("%d bills, %d tokens, %s USD; want %d, %d, %s", got.Bills, got.Tokens, got.Cost, c.bills, c.tokens, c.cost)
			}
			for meter, n := range got.Meters {
				if n < 0 {
					t.Errorf("%s is %d", meter, n)
				}
			}
		})
	}
}

// TestGemini: the last line of an id counts, a rewind takes nothing back.
// gemini-3.8-flash is 0.75 in, 0.075 cached, 3.75 out.
func TestGemini(t *testing.T) {
	message := func(id, tokens string) string {
		return `{"id":"` + id + `","timestamp":"2026-11-01T09:00:00Z","type":"gemini","model":"gemini-3.8-flash","tokens":` + tokens + `}`
	}
	first, second := message("m", `{"input":1000,"output":1,"cached":800,"thoughts":0,"tool":0,"total":1001}`), message("m", `{"input":1000,"output":40,"cached":800,"thoughts":20,"tool":100,"total":1160}`)
	for name, fsys := range map[string]fs.FS{
		"lines": company(chat, `{"sessionId":"s"}`+"\n"+first+"\n"+second+"\n"+`{"$set":{"x":1}}`+"\n"+`{"$rewindTo":"m"}`+"\n"),
		"whole": company(strings.TrimSuffix(chat, "l"), `{"sessionId":"s","messages":[`+first+`,`+second+`]}`),
	} {
		r, err := Recompute(fsys, at, 30)
		if err != nil {
			t.Fatal(err)
		}
		// 300×0.75 + 800×0.075 + 60×3.75 = 225 + 60 + 225
		if got := r.Window.Total; got.Bills != 1 || got.Tokens != 1160 || got.Output != 60 || got.Fresh != 360 || got.Cost != "0.00051" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestBoards: competition ranks, ties by name, zero unranked.
func TestBoards(t *testing.T) {
	of := func(person, out string) []string {
		return []string{"t/" + person + "/.claude/projects/-p/s.jsonl", line(person, "r", "00", "claude-opus-5-5", `"output_tokens":`+out)}
	}
	var pairs []string
	for person, out := range map[string]string{"dan": "5", "bob": "9", "cyd": "9", "fay": "9", "ann": "20", "eve": "0"} {
		pairs = append(pairs, of(person, out)...)
	}
	r, err := Recompute(company(pairs...), at, 30)
	if err != nil {
		t.Fatal(err)
	}
	want := []Standing{{1, "ann", "20"}, {2, "bob", "9"}, {2, "cyd", "9"}, {2, "fay", "9"}, {5, "dan", "5"}}
	got := r.Window.Boards["tokens"]
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d: %v, want %v", i, got[i], want[i])
		}
	}
}

// TestRefuses: what the oracle does not understand is an error, not a guess.
func TestRefuses(t *testing.T) {
	for name, fsys := range map[string]fs.FS{
		"no person":         company("stray.jsonl", ""),
		"bills above total": company(roll, meta("a", "null")+counted("09:00:00", use("10", "0", "0", "0"), use("900", "0", "0", "0"))),
		"total that is no sum": company(chat,
			`{"id":"m","timestamp":"2026-11-01T09:00:00Z","type":"gemini","model":"gemini-3.8-flash","tokens":{"input":1,"output":1,"total":9}}`),
		"batch and fast": company(session, line("a", "r", "00", "claude-opus-5-5", `"output_tokens":1,"speed":"fast","service_tier":"batch"`)),
		"no fast rates":  company(session, line("a", "r", "00", "claude-sonnet-5-5", `"output_tokens":1,"speed":"fast"`)),
	} {
		if _, err := Recompute(fsys, at, 30); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
