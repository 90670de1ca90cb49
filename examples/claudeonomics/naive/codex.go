package naive

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// codexCounts is one set of counts; cached is part of input, reasoning of output.
type codexCounts struct {
	Input     int64 `json:"input_tokens"`
	Cached    int64 `json:"cached_input_tokens"`
	Output    int64 `json:"output_tokens"`
	Reasoning int64 `json:"reasoning_output_tokens"`
	Total     int64 `json:"total_tokens"`
}

// less is u − v, no count below zero.
func (u codexCounts) less(v codexCounts) codexCounts {
	return codexCounts{
		max(0, u.Input-v.Input), max(0, u.Cached-v.Cached), max(0, u.Output-v.Output),
		max(0, u.Reasoning-v.Reasoning), max(0, u.Total-v.Total),
	}
}

// codexCall is one token_count that is no repeat.
type codexCall struct {
	at      time.Time
	model   string
	counts  codexCounts
	derived bool
}

// rollout is one file.
type rollout struct {
	path, id, parent string
	calls            []codexCall
	largest          int64 // greatest cumulative total the file states
}

// codex reads a person's .codex folder.
func codex(files map[string]string, n *Counts) ([]bill, error) {
	const active, archive = ".codex/sessions/", ".codex/archived_sessions/"
	byID := map[string]rollout{}
	var all []rollout
	for _, path := range sorted(files, func(p string) bool {
		return strings.HasSuffix(p, ".jsonl") && (strings.HasPrefix(p, active) || strings.HasPrefix(p, archive))
	}) {
		if rest, ok := strings.CutPrefix(path, archive); ok {
			if _, both := files[active+rest]; both {
				n.CodexArchived++
				continue
			}
		}
		r, err := readRollout(path, files[path], n)
		if err != nil {
			return nil, err
		}
		if _, twice := byID[r.id]; twice {
			return nil, fmt.Errorf("%s: a second rollout with id %s", path, r.id)
		}
		byID[r.id] = r
		all = append(all, r)
	}
	var bills []bill
	for _, r := range all {
		skip := 0
		if r.parent != "" {
			if parent, ok := byID[r.parent]; ok {
				for skip < len(r.calls) && skip < len(parent.calls) && r.calls[skip].counts == parent.calls[skip].counts {
					skip++
				}
			} else {
				for skip < len(r.calls) && r.calls[skip].at.Truncate(time.Second).Equal(r.calls[0].at.Truncate(time.Second)) {
					skip++
				}
			}
		}
		n.CodexReplayed += skip
		billed := int64(0)
		for _, c := range r.calls[skip:] {
			u := c.counts
			billed += u.Input + u.Output
			cached, reasoning := min(u.Cached, u.Input), min(u.Reasoning, u.Output)
			bills = append(bills, bill{at: c.at, model: c.model, meters: map[string]int64{
				"input": u.Input - cached, "cache_read": cached, "output": u.Output - reasoning, "reasoning": reasoning,
			}})
			n.CodexBills++
			if c.derived {
				n.CodexDerived++
			}
		}
		if billed > r.largest {
			return nil, fmt.Errorf("%s: bills of %d tokens, where the file states %d at most", r.path, billed, r.largest)
		}
	}
	return bills, nil
}

func readRollout(path, data string, n *Counts) (rollout, error) {
	r := rollout{path: path}
	model := ""
	var total, previousLast *codexCounts // of the token_count before
	all, _ := lines(data)
	for _, text := range all {
		n.Lines++
		var l struct {
			Timestamp time.Time
			Type      string
			Payload   struct {
				ID     string
				Parent *string `json:"forked_from_id"`
				Model  string
				Type   string
				Info   *struct {
					Total codexCounts  `json:"total_token_usage"`
					Last  *codexCounts `json:"last_token_usage"`
				}
			}
		}
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return r, fmt.Errorf("%s: %w", path, err)
		}
		p := l.Payload
		switch {
		case l.Type == "session_meta" && r.id == "":
			r.id = p.ID
			if p.Parent != nil {
				r.parent = *p.Parent
			}
		case l.Type == "turn_context":
			model = p.Model
		case l.Type == "event_msg" && p.Type == "token_count" && p.Info == nil:
			n.CodexNoInfo++
		case l.Type == "event_msg" && p.Type == "token_count":
			n.CodexCounts++
			if total != nil && *total == p.Info.Total && same(previousLast, p.Info.Last) {
				n.CodexRepeats++
				continue
			}
			c := codexCall{at: l.Timestamp, model: model}
			if p.Info.Last != nil {
				c.counts = *p.Info.Last
			} else {
				before := codexCounts{}
				if total != nil {
					before = *total
				}
				c.counts, c.derived = p.Info.Total.less(before), true
			}
			t := p.Info.Total
			total, previousLast = &t, p.Info.Last
			r.largest = max(r.largest, t.Input+t.Output)
			if u := c.counts; badCounts(u.Input, u.Cached, u.Output, u.Reasoning) {
				n.InvalidCounts++
				continue
			}
			if badTime(c.at) {
				n.InvalidTimes++
				continue
			}
			r.calls = append(r.calls, c)
		}
	}
	return r, nil
}

func same(a, b *codexCounts) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
