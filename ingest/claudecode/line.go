package claudecode

import (
	"bytes"
	"path"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
)

// lineFacts are the members of a line, and of its message, that matter here.
type lineFacts struct {
	kind, timestamp, session, request, uuid   jsonscan.Value
	sidechain, apiError, cwd, branch, message jsonscan.Value
	prNumber, prURL, prRepository             jsonscan.Value

	id, model, stopReason, usage jsonscan.Value
}

func (l *lineFacts) member(key []byte) *jsonscan.Value {
	switch string(key) {
	case "type":
		return &l.kind
	case "timestamp":
		return &l.timestamp
	case "sessionId":
		return &l.session
	case "requestId":
		return &l.request
	case "uuid":
		return &l.uuid
	case "isSidechain":
		return &l.sidechain
	case "isApiErrorMessage":
		return &l.apiError
	case "cwd":
		return &l.cwd
	case "gitBranch":
		return &l.branch
	case "message":
		return &l.message
	case "prNumber":
		return &l.prNumber
	case "prUrl":
		return &l.prURL
	case "prRepository":
		return &l.prRepository
	}
	return nil
}

func (l *lineFacts) messageMember(key []byte) *jsonscan.Value {
	switch string(key) {
	case "id":
		return &l.id
	case "model":
		return &l.model
	case "stop_reason":
		return &l.stopReason
	case "usage":
		return &l.usage
	}
	return nil
}

// otherTypes are the types of lines that carry no bill.
var otherTypes = map[string]bool{
	"user": true, "system": true, "summary": true, "progress": true, "attachment": true,
	"file-history-snapshot": true, "queue-operation": true, "last-prompt": true,
	"custom-title": true, "ai-title": true, "agent-name": true, "agent-color": true, "agent-setting": true,
	"permission-mode": true, "mode": true, "tag": true, "worktree-state": true, "content-replacement": true,
}

var nestedUsage = []byte(`"usage":{`)

// line gives one line its outcome.
func (r *reader) line(text []byte) {
	r.lineFacts = lineFacts{}
	if err := run.Fields(text, r.ofLine); err != nil {
		r.Fault(err)
		return
	}
	if r.kind.Is("assistant") {
		r.assistant()
		return
	}
	kind, err := r.kind.Text()
	if err != nil {
		r.Fault(run.FaultAt("type", err))
		return
	}
	if bytes.Contains(text, nestedUsage) {
		r.Count(ingest.NestedUsage)
	}
	switch {
	case string(kind) == "pr-link":
		r.link()
	case otherTypes[string(kind)]:
		r.Count(ingest.OtherLines)
	default:
		r.Count(ingest.UnknownTypes)
	}
}

// assistant reads a line about a reply.
func (r *reader) assistant() {
	if err := run.Object("message", r.message, r.ofMessage); err != nil {
		r.Fault(err)
		return
	}
	isError, err := r.apiError.Bool()
	switch {
	case err != nil:
		r.Fault(run.FaultAt("isApiErrorMessage", err))
	case isError:
		r.Count(ingest.APIErrors)
	case r.model.Is("<synthetic>"):
		r.Count(ingest.Synthetic)
	case r.usage.Kind == jsonscan.Missing || r.usage.Kind == jsonscan.Null:
		r.Count(ingest.NoUsage)
	default:
		if err := r.reply(); err != nil {
			r.Fault(err)
		}
	}
}

// reply adds one state of a reply to what is known of it.
func (r *reader) reply() error {
	at, err := r.Time("timestamp", r.timestamp)
	if err != nil {
		return err
	}
	side, err := r.sidechain.Bool()
	if err != nil {
		return run.FaultAt("isSidechain", err)
	}
	s := state{side: side || r.subagent}
	if err := r.readUsage(&s); err != nil {
		return err
	}
	model, err := r.Required("message.model", r.model)
	if err != nil {
		return err
	}
	s.model = r.Intern(model)
	id, err := r.Required("message.id", r.id)
	if err != nil {
		return err
	}
	request, err := r.Required("requestId", r.request)
	if err != nil {
		return err
	}
	unkeyed := false
	if len(id) == 0 {
		id, request = request, nil
		if unkeyed = len(id) == 0; unkeyed {
			if id, err = r.substituteID(at, &s); err != nil {
				return err
			}
		}
	}
	from := origin{at: at.UnixNano(), side: s.side, session: r.Optional(r.session), workflow: r.Project(r.cwd), branch: r.Optional(r.branch)}
	known := r.find(id, request)
	known.unkeyed = unkeyed
	known.finished = known.finished || r.stopReason.Kind == jsonscan.String
	known.add(&s, &from, r.file)
	return nil
}

// substituteID names a reply that has no id of the provider's.
func (r *reader) substituteID(at time.Time, s *state) ([]byte, error) {
	uuid, err := r.Required("uuid", r.uuid)
	if err != nil {
		return nil, err
	}
	if len(uuid) > 0 {
		return []byte(run.FitID("uuid:" + string(uuid))), nil
	}
	return []byte("line:" + run.Digest(at.Format(time.RFC3339Nano), s.model, string(r.usage.Raw))), nil
}

// find returns the reply of two ids, a new one if need be.
func (r *reader) find(id, request []byte) *reply {
	r.key = append(append(append(r.key[:0], id...), 0), request...)
	known, ok := r.replies[string(r.key)]
	if !ok {
		key := string(r.key)
		known = &reply{id: key[:len(id)], request: key[len(id)+1:]}
		r.replies[key] = known
	}
	return known
}

// link reads a line about a pull request.
func (r *reader) link() {
	number, _, err := run.Count("pr-link", "prNumber", r.prNumber)
	if err != nil {
		r.Fault(err)
		return
	}
	repo, err := r.Required("prRepository", r.prRepository)
	if err != nil {
		r.Fault(err)
		return
	}
	if number == 0 || len(repo) == 0 {
		r.Fault(run.Faultf(ingest.KindWrongType, "prNumber or prRepository is missing"))
		return
	}
	l := ingest.Link{Repo: r.Intern(repo), Number: number, Session: r.Optional(r.session)}
	if url, err := r.prURL.Text(); err == nil {
		l.URL = string(url)
	}
	if r.timestamp.Kind != jsonscan.Missing {
		if l.At, err = r.Time("timestamp", r.timestamp); err != nil {
			r.Fault(err)
			return
		}
	}
	r.Count(ingest.PRLinks)
	key := linkKey{l.Repo, l.Number}
	if old, ok := r.links[key]; ok {
		l = ingest.DedupLinks([]ingest.Link{old, l})[0]
	}
	r.links[key] = l
}

// isSubagent reports whether a transcript is a subagent's by its path.
func isSubagent(file string) bool {
	dir, base := path.Split(file)
	return strings.HasPrefix(base, "agent-") || strings.Contains("/"+dir, "/subagents/")
}
