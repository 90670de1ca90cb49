package gemini

import (
	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/usage"
)

// facts are the members of a record that matter here.
type facts struct {
	id, kind, timestamp, model, tokens jsonscan.Value // of a message
	sessionID, directories, messages   jsonscan.Value // of a header
	set, rewind                        jsonscan.Value
}

func (f *facts) member(key []byte) *jsonscan.Value {
	switch string(key) {
	case "id":
		return &f.id
	case "type":
		return &f.kind
	case "timestamp":
		return &f.timestamp
	case "model":
		return &f.model
	case "tokens":
		return &f.tokens
	case "sessionId":
		return &f.sessionID
	case "directories":
		return &f.directories
	case "messages":
		return &f.messages
	case "$set":
		return &f.set
	case "$rewindTo":
		return &f.rewind
	}
	return nil
}

// line gives one line of a log its outcome.
func (r *reader) line(text []byte) {
	r.facts = facts{}
	if err := run.Fields(text, r.ofRecord); err != nil {
		r.Fault(err)
		return
	}
	switch {
	case r.rewind.Kind != jsonscan.Missing:
		r.Count(ingest.Rewinds)
	case r.set.Kind != jsonscan.Missing:
		set := r.set
		r.facts = facts{}
		if err := run.Object("$set", set, r.ofRecord); err != nil {
			r.Fault(err)
			return
		}
		r.header()
	case r.sessionID.Kind != jsonscan.Missing && r.id.Kind == jsonscan.Missing:
		r.header()
	default:
		r.message()
	}
}

// header reads what a line says of the session, and the messages it carries.
func (r *reader) header() {
	if err := r.about(r.sessionID, r.directories); err != nil {
		r.Fault(err)
		return
	}
	switch r.messages.Kind {
	case jsonscan.Missing, jsonscan.Null, jsonscan.Array:
	default:
		r.Fault(run.Faultf(ingest.KindWrongType, "messages is %s, want an array", r.messages.Kind))
		return
	}
	if r.messages.Kind == jsonscan.Array {
		c := jsonscan.Elements(r.messages.Raw)
		for _, v, ok := c.Next(); ok; _, v, ok = c.Next() {
			r.Extra()
			r.element(v.Raw)
		}
		if err := c.Err(); err != nil {
			r.Fault(err)
			return
		}
	}
	r.Count(ingest.Metadata)
}

// about takes a session's id and folder, each the first time it is told.
func (r *reader) about(id, directories jsonscan.Value) error {
	if r.session.id == "" {
		b, err := r.Required("sessionId", id)
		if err != nil {
			return err
		}
		r.session.id = string(b)
	}
	if r.session.workflow == "" && directories.Kind == jsonscan.Array {
		c := jsonscan.Elements(directories.Raw)
		if _, v, ok := c.Next(); ok {
			r.session.workflow = r.Project(v)
		}
	}
	return nil
}

// element gives one message within a larger value its outcome.
func (r *reader) element(text []byte) {
	r.facts = facts{}
	if err := run.Fields(text, r.ofRecord); err != nil {
		r.Fault(err)
		return
	}
	r.message()
}

// message gives one message its outcome.
func (r *reader) message() {
	kind, err := r.kind.Text()
	if err != nil {
		r.Fault(run.FaultAt("type", err))
		return
	}
	switch string(kind) {
	case "gemini":
		if r.tokens.Kind == jsonscan.Missing || r.tokens.Kind == jsonscan.Null {
			r.Count(ingest.NoUsage)
		} else if err := r.reply(); err != nil {
			r.Fault(err)
		}
	case "user", "info", "error", "warning":
		r.Count(ingest.OtherLines)
	default:
		r.Count(ingest.UnknownTypes)
	}
}

// reply reads a message of a model.
func (r *reader) reply() error {
	var m message
	var err error
	if m.at, err = r.Time("timestamp", r.timestamp); err != nil {
		return err
	}
	id, err := r.Required("id", r.id)
	if err != nil {
		return err
	}
	model, err := r.Required("model", r.model)
	if err != nil {
		return err
	}
	if err := r.readTokens(&m); err != nil {
		return err
	}
	if m.approximate = len(model) == 0; m.approximate {
		m.model = r.session.model
	} else {
		m.model = r.Intern(model)
		r.session.model = m.model
	}
	m.id = string(id)
	if m.unkeyed = m.id == ""; m.unkeyed {
		m.id = "line:" + run.Digest(string(r.timestamp.Raw), string(model), string(r.tokens.Raw))
	}
	r.add(&m)
	return nil
}

// tokenNames are the names of a message's counts.
var tokenNames = [...]string{"input", "cached", "output", "thoughts", "tool", "total"}

// tokenFacts are the members of a message's tokens.
type tokenFacts struct {
	counts  [len(tokenNames)]jsonscan.Value
	unknown bool // there is a count of another name
}

func (f *tokenFacts) member(key []byte) *jsonscan.Value {
	for i, name := range tokenNames {
		if string(key) == name {
			return &f.counts[i]
		}
	}
	f.unknown = true
	return nil
}

// readTokens reads a message's counts into disjoint meters.
func (r *reader) readTokens(m *message) error {
	r.tokenFacts = tokenFacts{}
	if err := run.Object("tokens", r.tokens, r.ofTokens); err != nil {
		return err
	}
	var n [len(tokenNames)]int64
	for i, name := range tokenNames {
		count, null, err := run.Count("tokens", name, r.counts[i])
		if err != nil {
			return err
		}
		n[i] = count
		m.nulls = m.nulls || null
	}
	m.unknown = r.unknown
	input, cached, output, thoughts, tool, total := n[0], n[1], n[2], n[3], n[4], n[5]
	m.mismatch = total != 0 && total != input+output+thoughts+tool
	if m.clamped = cached > input; m.clamped {
		cached = input
	}
	m.usage = usage.Usage{Input: input - cached + tool, CacheRead: cached, Output: output, Reasoning: thoughts}
	return nil
}
