package ingest

import "fmt"

// The kinds of problems.
const (
	KindNotJSON      = "not_json"         // a line that is not one JSON object
	KindTruncated    = "truncated"        // a line that ends inside its JSON
	KindLongLine     = "long_line"        // a line over Options.MaxLine
	KindDuplicateKey = "duplicate_key"    // a fact stated twice in one object
	KindWrongType    = "wrong_type"       // a fact of the wrong JSON type
	KindBadCount     = "bad_count"        // a count below zero or above usage.MaxCount
	KindBadTime      = "bad_time"         // no time, not RFC 3339 with a zone, or before 2000
	KindFutureTime   = "future_time"      // more than 24 hours after Options.Now
	KindBadText      = "bad_text"         // an id or model that a store cannot hold
	KindInvalidUTF8  = "invalid_utf8"     // a line with bytes that are not UTF-8; the only kind whose line may count
	KindUnreadable   = "unreadable"       // a file or folder that cannot be opened, listed or read to its end
	KindUnsupported  = "unsupported_file" // a log in a form that is not read, such as compressed
	KindNoSession    = "no_session"       // a session file that says nothing of its session
	KindCallback     = "callback"         // a function of the host panicked
	KindNotFollowed  = "not_followed"     // a symbolic link to a folder
)

// Problem is a fault in what was read: a line, or a whole file (Line 0). It
// quotes at most a few bytes of a fact, never what was said in a session.
type Problem struct {
	File   string `json:"file"`           // path in the file system that was read
	Line   int    `json:"line,omitempty"` // from 1; 0: the file or folder itself
	Kind   string `json:"kind"`           // one of the Kind constants
	Detail string `json:"detail"`
}

// String returns the problem in one line, such as
// "a/b.jsonl:7: bad_count: message.usage.output_tokens is -1".
func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return where + ": " + p.Kind + ": " + p.Detail
}
