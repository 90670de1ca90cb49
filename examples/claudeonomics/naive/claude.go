package naive

import (
	"encoding/json"
	"strings"
	"time"
)

// claudeRow is one assistant line that has counts.
type claudeRow struct {
	id, request, uuid   string
	at                  time.Time
	model               string
	side                bool // in a sidechain, or in a subagent's file
	input, read, m5, h1 int64
	parts               int64 // m5 and h1 as the line itself gives them
	output, thinking    int64
	searches, fetches   int64
	speed, tier, geo    string
}

// vector is what two lines of one prompt have in common.
type vector struct{ input, read, write int64 }

func (r claudeRow) vector() vector { return vector{r.input, r.read, r.m5 + r.h1} }
func (r claudeRow) total() int64   { return r.input + r.read + r.m5 + r.h1 + r.output }

// beats says whether r, not s, is what counts of the two.
func (r claudeRow) beats(s claudeRow) bool {
	switch {
	case r.output != s.output:
		return r.output > s.output
	case r.total() != s.total():
		return r.total() > s.total()
	case r.parts != s.parts:
		return r.parts > s.parts
	}
	return !r.side && s.side
}

// claude reads a person's .claude folder.
func claude(files map[string]string, n *Counts) ([]bill, error) {
	var rows []claudeRow
	prs := map[string]bool{}
	for _, path := range sorted(files, func(p string) bool {
		return strings.HasPrefix(p, ".claude/projects/") && strings.HasSuffix(p, ".jsonl")
	}) {
		all, ended := lines(files[path])
		for i, text := range all {
			n.Lines++
			if !json.Valid([]byte(text)) {
				if i == len(all)-1 && !ended {
					n.Partial++
				} else {
					n.Malformed++
				}
				continue
			}
			r, ok, err := claudeLine(text, prs, n)
			if err != nil {
				return nil, err
			}
			if ok {
				r.side = r.side || strings.Contains(path, "/subagents/")
				rows = append(rows, r)
			}
		}
	}
	n.PullRequests += len(prs)
	n.ClaudeLines += len(rows)

	byMessage := map[string][]claudeRow{}
	for _, r := range rows {
		key := "id " + r.id
		if r.id == "" {
			key = "uuid " + r.uuid
		}
		byMessage[key] = append(byMessage[key], r)
	}
	var bills []bill
	for key, rows := range byMessage {
		for _, group := range claudeGroups(rows) {
			bills = append(bills, claudeBill(group))
			n.ClaudeBills++
			if strings.HasPrefix(key, "uuid ") {
				n.Unkeyed++
			}
		}
	}
	return bills, nil
}

// claudeLine reads one line; false if it is no reply that counts.
func claudeLine(text string, prs map[string]bool, n *Counts) (r claudeRow, ok bool, err error) {
	var l struct {
		Type, UUID, RequestID string
		Timestamp             time.Time
		IsSidechain           bool
		IsAPIErrorMessage     bool `json:"isApiErrorMessage"`
		PRNumber              int
		PRRepository          string
		Message               json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return r, false, err
	}
	if l.Type == "pr-link" {
		n.PRLines++
		number, err := json.Marshal(l.PRNumber)
		prs[l.PRRepository+" "+string(number)] = true
		return r, false, err
	}
	if l.Type != "assistant" {
		return r, false, nil
	}
	var m struct {
		ID, Model string
		Usage     *struct {
			Input    *int64 `json:"input_tokens"`
			Output   *int64 `json:"output_tokens"`
			Read     *int64 `json:"cache_read_input_tokens"`
			Write    *int64 `json:"cache_creation_input_tokens"`
			Creation *struct {
				M5 *int64 `json:"ephemeral_5m_input_tokens"`
				H1 *int64 `json:"ephemeral_1h_input_tokens"`
			} `json:"cache_creation"`
			Details *struct {
				Thinking *int64 `json:"thinking_tokens"`
			} `json:"output_tokens_details"`
			Server *struct {
				Searches *int64 `json:"web_search_requests"`
				Fetches  *int64 `json:"web_fetch_requests"`
			} `json:"server_tool_use"`
			Tier  string `json:"service_tier"`
			Speed string `json:"speed"`
			Geo   string `json:"inference_geo"`
		}
	}
	if err := json.Unmarshal(l.Message, &m); err != nil {
		return r, false, err
	}
	switch {
	case l.IsAPIErrorMessage:
		n.APIErrors++
		return r, false, nil
	case m.Model == "<synthetic>":
		n.Synthetic++
		return r, false, nil
	case m.Usage == nil:
		return r, false, nil
	}
	u := m.Usage
	r = claudeRow{
		id: m.ID, request: l.RequestID, uuid: l.UUID, at: l.Timestamp, model: m.Model, side: l.IsSidechain,
		input: zero(u.Input), read: zero(u.Read), output: zero(u.Output),
		speed: u.Speed, tier: u.Tier, geo: u.Geo,
	}
	if u.Creation != nil {
		r.m5, r.h1 = zero(u.Creation.M5), zero(u.Creation.H1)
	}
	if u.Details != nil {
		r.thinking = zero(u.Details.Thinking)
	}
	if u.Server != nil {
		r.searches, r.fetches = zero(u.Server.Searches), zero(u.Server.Fetches)
	}
	flat := zero(u.Write)
	if badCounts(r.input, r.read, r.output, r.m5, r.h1, flat, r.thinking, r.searches, r.fetches) {
		n.InvalidCounts++
		return r, false, nil
	}
	if badTime(r.at) {
		n.InvalidTimes++
		return r, false, nil
	}
	r.parts = r.m5 + r.h1
	r.m5 += max(0, flat-r.parts)
	r.thinking = min(r.thinking, r.output)
	return r, true, nil
}

func zero(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}

// claudeGroups splits the lines of one message id into bills. Lines of one
// request are one bill. Bills of the main chain with equal prompts are one.
// What is only in sidechains joins the main bill of equal prompt, or else the
// earliest; without a main bill it is one bill of its own.
func claudeGroups(rows []claudeRow) [][]claudeRow {
	byRequest := map[string][]claudeRow{}
	for _, r := range rows {
		byRequest[r.request] = append(byRequest[r.request], r)
	}
	var main [][]claudeRow
	var aside [][]claudeRow
	for _, request := range sorted(keysOf(byRequest), func(string) bool { return true }) {
		group := byRequest[request]
		inMain := false
		for _, r := range group {
			inMain = inMain || !r.side
		}
		if !inMain {
			aside = append(aside, group)
			continue
		}
		if i := samePrompt(main, group); i >= 0 {
			main[i] = append(main[i], group...)
		} else {
			main = append(main, group)
		}
	}
	if len(main) == 0 {
		var one []claudeRow
		for _, group := range aside {
			one = append(one, group...)
		}
		return [][]claudeRow{one}
	}
	first := 0
	for i := range main {
		if began(main[i]).Before(began(main[first])) {
			first = i
		}
	}
	for _, group := range aside {
		i := samePrompt(main, group)
		if i < 0 {
			i = first
		}
		main[i] = append(main[i], group...)
	}
	return main
}

func keysOf(m map[string][]claudeRow) map[string]string {
	keys := map[string]string{}
	for k := range m {
		keys[k] = ""
	}
	return keys
}

// samePrompt returns the first of groups whose winner has the prompt of
// group's, or -1.
func samePrompt(groups [][]claudeRow, group []claudeRow) int {
	for i := range groups {
		if winner(groups[i]).vector() == winner(group).vector() {
			return i
		}
	}
	return -1
}

func winner(rows []claudeRow) claudeRow {
	best := rows[0]
	for _, r := range rows[1:] {
		if r.beats(best) {
			best = r
		}
	}
	return best
}

func began(rows []claudeRow) time.Time {
	at := rows[0].at
	for _, r := range rows {
		if r.at.Before(at) {
			at = r.at
		}
	}
	return at
}

// claudeBill is the winner's whole record, at the time of the earliest line.
func claudeBill(rows []claudeRow) bill {
	r := winner(rows)
	return bill{
		at: began(rows), model: r.model,
		meters: map[string]int64{
			"input": r.input, "cache_read": r.read, "cache_write_5m": r.m5, "cache_write_1h": r.h1,
			"output": r.output - r.thinking, "reasoning": r.thinking,
			"web_searches": r.searches, "web_fetches": r.fetches,
		},
		fast: r.speed == "fast", batch: r.tier == "batch", us: r.geo == "us",
	}
}
