package gemini

import (
	"cmp"
	"path"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// session is what one file says.
type session struct {
	file, id string
	workflow string
	model    string // of the latest message that names one
	messages []message
	byID     map[string]int // places in messages
}

// message is the latest state of a message of a model.
type message struct {
	id, model string
	at        time.Time // the earliest of its states
	usage     usage.Usage

	unkeyed, nulls, clamped, mismatch, unknown, approximate bool
}

// add takes a state of a message: the last one counts.
func (r *reader) add(m *message) {
	s := r.session
	i, known := s.byID[m.id]
	if !known {
		s.byID[m.id] = len(s.messages)
		s.messages = append(s.messages, *m)
		return
	}
	r.Count(ingest.Reappended)
	if old := s.messages[i].at; old.Before(m.at) {
		m.at = old
	}
	s.messages[i] = *m
}

// flush makes events of the session that was read.
func (r *reader) flush() {
	s := r.session
	if s.id == "" && len(s.messages) > 0 {
		base := path.Base(s.file)
		s.id = strings.TrimSuffix(base, path.Ext(base))
		r.WarnFile(s.file, ingest.KindNoSession, "has no sessionId: the file's name stands for it")
	}
	if s.workflow == "" {
		s.workflow = projectFolder(s.file)
	}
	for i := range s.messages {
		m := &s.messages[i]
		e := r.event(s, m)
		place, known := r.byID[e.ID]
		if known {
			r.Count(ingest.ResumedCopies)
			r.events[place] = run.MergeCopies(r.events[place], e)
			continue
		}
		r.byID[e.ID] = len(r.events)
		r.events = append(r.events, e)
		for _, n := range [...]struct {
			is bool
			c  ingest.Counter
		}{
			{m.unkeyed, ingest.Unkeyed}, {m.nulls, ingest.NullCounts}, {m.clamped, ingest.ClampedCounts},
			{m.mismatch, ingest.TotalMismatch}, {m.unknown, ingest.UnknownCounts}, {m.approximate, ingest.ApproximateModel},
		} {
			if n.is {
				r.Count(n.c)
			}
		}
	}
}

func (r *reader) event(s *session, m *message) store.Event {
	return store.Event{
		Source: source, ID: run.FitID(s.id + "/" + m.id), Revision: m.usage.Generated(),
		Subject: r.Options.Subject, Team: r.Options.Team,
		Call: pricing.Call{
			Provider: source, Model: cmp.Or(m.model, ingest.UnknownModel), At: m.at, Usage: m.usage,
		},
		Session: s.id, Workflow: s.workflow, Trust: r.Options.Trust,
	}
}

// projectFolder returns the name of the folder that holds chats/, unless it is
// a hash of the project's path, or the name of the tool's own folder.
func projectFolder(file string) string {
	before, _, ok := strings.Cut("/"+file, "/chats/")
	if !ok {
		return ""
	}
	name := path.Base(before)
	if len(name) >= 32 && strings.Trim(name, "0123456789abcdef") == "" || name == "/" || name == "tmp" || len(name) > store.MaxText {
		return ""
	}
	return name
}
