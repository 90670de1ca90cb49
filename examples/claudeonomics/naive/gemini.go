package naive

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// geminiMessage is one message of a chat. Cached is part of Input; Thoughts
// are beside Output and Tool beside Input.
type geminiMessage struct {
	ID        string
	Timestamp time.Time
	Type      string
	Model     string
	Tokens    *struct {
		Input, Output, Cached, Thoughts, Tool, Total int64
	}
	Rewind string `json:"$rewindTo"`
}

// gemini reads a person's .gemini folder.
func gemini(files map[string]string, n *Counts) ([]bill, error) {
	var bills []bill
	for _, path := range sorted(files, func(p string) bool {
		return strings.HasPrefix(p, ".gemini/tmp/") && strings.Contains(p, "/chats/session-")
	}) {
		var messages []geminiMessage
		if strings.HasSuffix(path, ".json") {
			var chat struct{ Messages []geminiMessage }
			if err := json.Unmarshal([]byte(files[path]), &chat); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			messages = chat.Messages
		} else {
			all, _ := lines(files[path])
			for _, text := range all {
				n.Lines++
				var m geminiMessage
				if err := json.Unmarshal([]byte(text), &m); err != nil {
					return nil, fmt.Errorf("%s: %w", path, err)
				}
				messages = append(messages, m)
			}
		}
		counting := map[string]geminiMessage{} // the last of each id
		for _, m := range messages {
			if m.Rewind != "" {
				n.GeminiRewinds++ // takes back nothing that was spent
			}
			if m.Type != "gemini" || m.Tokens == nil {
				continue
			}
			n.GeminiLines++
			t := m.Tokens
			if badCounts(t.Input, t.Output, t.Cached, t.Thoughts, t.Tool) {
				n.InvalidCounts++
				continue
			}
			if badTime(m.Timestamp) {
				n.InvalidTimes++
				continue
			}
			if t.Total != t.Input+t.Output+t.Thoughts+t.Tool {
				return nil, fmt.Errorf("%s: message %s: total %d is not the sum of its parts", path, m.ID, t.Total)
			}
			counting[m.ID] = m
		}
		for _, m := range counting {
			t := m.Tokens
			cached := min(t.Cached, t.Input)
			bills = append(bills, bill{at: m.Timestamp, model: m.Model, meters: map[string]int64{
				"input": t.Input - cached + t.Tool, "cache_read": cached, "output": t.Output, "reasoning": t.Thoughts,
			}})
			n.GeminiBills++
		}
	}
	return bills, nil
}
