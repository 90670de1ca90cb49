package codex

import (
	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/usage"
)

// lineFacts are the members of a line, and of its payload, that matter here.
type lineFacts struct {
	kind, timestamp, payload jsonscan.Value

	payloadType, info                        jsonscan.Value // of an event_msg
	id, cwd, git, provider, forkedFrom, from jsonscan.Value // of a session_meta
	model                                    jsonscan.Value // of a turn_context
}

func (l *lineFacts) member(key []byte) *jsonscan.Value {
	switch string(key) {
	case "type":
		return &l.kind
	case "timestamp":
		return &l.timestamp
	case "payload":
		return &l.payload
	}
	return nil
}

func (l *lineFacts) payloadMember(key []byte) *jsonscan.Value {
	switch string(key) {
	case "type":
		return &l.payloadType
	case "info":
		return &l.info
	case "id":
		return &l.id
	case "cwd":
		return &l.cwd
	case "git":
		return &l.git
	case "model_provider":
		return &l.provider
	case "forked_from_id":
		return &l.forkedFrom
	case "source":
		return &l.from
	case "model":
		return &l.model
	}
	return nil
}

// line gives one line its outcome; that of a token_count is left to
// [reader.events] if it needs the whole file, or the parent's.
func (r *reader) line(text []byte) {
	r.lineFacts = lineFacts{}
	if err := run.Fields(text, r.ofLine); err != nil {
		r.Fault(err)
		return
	}
	kind, err := r.kind.Text()
	if err != nil {
		r.Fault(run.FaultAt("type", err))
		return
	}
	switch string(kind) {
	case "event_msg", "session_meta", "turn_context":
		if err := run.Object("payload", r.payload, r.ofPayload); err != nil {
			r.Fault(err)
			return
		}
	}
	switch string(kind) {
	case "event_msg":
		if !r.payloadType.Is("token_count") {
			r.Count(ingest.OtherLines)
		} else if err := r.tokenCount(); err != nil {
			r.Fault(err)
		}
	case "session_meta":
		r.outcome(ingest.Metadata, r.sessionMeta())
	case "turn_context":
		r.outcome(ingest.Metadata, r.turnContext())
	case "response_item", "compacted", "ghost_snapshot", "world_state":
		r.Count(ingest.OtherLines)
	default:
		r.Count(ingest.UnknownTypes)
	}
}

func (r *reader) outcome(c ingest.Counter, err error) {
	if err != nil {
		r.Fault(err)
		return
	}
	r.Count(c)
}

// sessionMeta reads who the file is about. In a fork the parent's header
// follows its own: only the first one counts.
func (r *reader) sessionMeta() error {
	f := r.rollout
	if f.headed {
		return nil
	}
	id, err := r.Required("payload.id", r.id)
	if err != nil {
		return err
	}
	parent, err := r.Required("payload.forked_from_id", r.forkedFrom)
	if err != nil {
		return err
	}
	if len(parent) == 0 {
		if parent, err = r.spawnedBy(); err != nil {
			return err
		}
	}
	f.headed = true
	f.id, f.parent = string(id), string(parent)
	f.provider = r.Optional(r.provider)
	if short, ok := usage.CanonicalProvider(f.provider); ok {
		f.provider = short
	}
	f.workflow = r.Project(r.cwd)
	if r.git.Kind == jsonscan.Object {
		var branch jsonscan.Value
		if err := member(r.git.Raw, "branch", &branch); err != nil {
			return err
		}
		f.branch = r.Optional(branch)
	}
	return nil
}

// spawnedBy returns the thread that spawned this one as a subagent:
// payload.source.subagent.thread_spawn.parent_thread_id.
func (r *reader) spawnedBy() ([]byte, error) {
	v := r.from
	for _, name := range [...]string{"subagent", "thread_spawn", "parent_thread_id"} {
		if v.Kind != jsonscan.Object { // "cli", or another sort of source
			return nil, nil
		}
		var inner jsonscan.Value
		if err := member(v.Raw, name, &inner); err != nil {
			return nil, err
		}
		v = inner
	}
	return r.Required("payload.source.subagent.thread_spawn.parent_thread_id", v)
}

// member reads one member of an object.
func member(object []byte, name string, v *jsonscan.Value) error {
	return run.Fields(object, func(key []byte) *jsonscan.Value {
		if string(key) == name {
			return v
		}
		return nil
	})
}

// turnContext reads which model the next calls are made with.
func (r *reader) turnContext() error {
	model, err := r.Required("payload.model", r.model)
	if err != nil {
		return err
	}
	if f := r.rollout; len(model) > 0 {
		f.model = r.Intern(model)
		if f.firstModel == "" {
			f.firstModel = f.model
		}
	}
	if r.cwd.Kind == jsonscan.String {
		r.rollout.workflow = r.Project(r.cwd)
	}
	return nil
}

// tokenCount reads the counts of a call.
func (r *reader) tokenCount() error {
	if r.info.Kind == jsonscan.Null || r.info.Kind == jsonscan.Missing {
		r.Count(ingest.RateLimits)
		return nil
	}
	r.infoFacts = infoFacts{}
	if err := run.Object("payload.info", r.info, r.ofInfo); err != nil {
		return err
	}
	at, err := r.Time("timestamp", r.timestamp)
	if err != nil {
		return err
	}
	c := count{at: at.UnixNano(), model: r.rollout.model, workflow: r.rollout.workflow}
	for _, v := range [...]jsonscan.Value{r.infoModel, r.model} { // some versions name it here
		if name, err := v.Text(); err == nil && len(name) > 0 {
			if name, err = r.Required("model", v); err != nil {
				return err
			}
			c.model = r.Intern(name)
			break
		}
	}
	if c.hasTotal, err = r.readVector(&c, "payload.info.total_token_usage", r.total, &c.total); err != nil {
		return err
	}
	if c.hasLast, err = r.readVector(&c, "payload.info.last_token_usage", r.last, &c.last); err != nil {
		return err
	}
	if !c.hasTotal && !c.hasLast {
		r.Count(ingest.NoUsage)
		return nil
	}
	r.rollout.add(r, &c)
	return nil
}

// infoFacts are the members of payload.info, and of a set of counts in it.
type infoFacts struct {
	total, last, infoModel jsonscan.Value

	counts  [len(vectorNames)]jsonscan.Value
	unknown bool // there is a count of another name
}

func (f *infoFacts) member(key []byte) *jsonscan.Value {
	switch string(key) {
	case "total_token_usage":
		return &f.total
	case "last_token_usage":
		return &f.last
	case "model":
		return &f.infoModel
	}
	return nil
}

func (f *infoFacts) count(key []byte) *jsonscan.Value {
	for i, name := range vectorNames {
		if string(key) == name {
			return &f.counts[i]
		}
	}
	f.unknown = true
	return nil
}

// readVector reads one set of counts; false if it is missing or null.
func (r *reader) readVector(c *count, field string, v jsonscan.Value, to *vector) (bool, error) {
	if v.Kind == jsonscan.Missing || v.Kind == jsonscan.Null {
		return false, nil
	}
	r.counts = [len(vectorNames)]jsonscan.Value{}
	if err := run.Object(field, v, r.ofCounts); err != nil {
		return false, err
	}
	for i, name := range vectorNames {
		n, null, err := run.Count(field, name, r.counts[i])
		if err != nil {
			return false, err
		}
		to[i] = n
		c.nulls = c.nulls || null
	}
	c.unknown = c.unknown || r.unknown
	return true, nil
}
