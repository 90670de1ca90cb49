package pipe

import "fmt"

// Exit statuses.
const (
	ExitOK     = 0
	ExitErrors = 1 // an answer had an error, or input or output failed
	ExitUsage  = 2 // bad flags
)

// Codes of the errors that this package finds in a line.
const (
	CodeTooLong      = "line_too_long" // over the cap
	CodeNotJSON      = "bad_json"      // not JSON, or not UTF-8
	CodeNotObject    = "not_an_object" // JSON, but no object
	CodeUnknownKey   = "unknown_key"
	CodeDuplicateKey = "duplicate_key"
	CodeMissingKey   = "missing_key"
	CodeWrongType    = "wrong_type" // or a number out of range
	CodeBadTime      = "bad_time"   // not RFC 3339 with a zone, or out of range
)

// Error is the answer to a line that cannot be answered otherwise. Code is
// for programs and does not change; Message is for people.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf makes an Error.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
