// Package run is what the readers of line-based logs have in common: it finds
// files, hands out their lines one by one, and keeps the report.
package run

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/lines"
	"github.com/tokenomics-go/tokenomics/store"
)

// futureSlack is how far beyond Options.Now a reply may be: clocks differ, and
// so do the time zones of tools that write local time as if it were UTC.
const futureSlack = 24 * time.Hour

// Run is one reading of one file system. It is not safe for concurrent use.
type Run struct {
	Options ingest.Options // with defaults filled in
	Report  ingest.Report

	ctx        context.Context
	fsys       fs.FS
	reader     *lines.Reader
	texts      map[string]string
	latest     time.Time // replies after it are a problem; zero: no check
	filesTotal int
	reported   int64 // Report.Bytes at the last call of Progress

	file string // the one being read
	line int
}

// New begins a run. Opts may be nil.
func New(ctx context.Context, fsys fs.FS, opts *ingest.Options) *Run {
	r := &Run{ctx: ctx, fsys: fsys, texts: make(map[string]string)}
	if opts != nil {
		r.Options = *opts
	}
	r.Options.Trust = cmp.Or(r.Options.Trust, store.ClientLog)
	if r.Options.MaxLine <= 0 {
		r.Options.MaxLine = ingest.DefaultMaxLine
	}
	r.Options.MaxProblems = cmp.Or(r.Options.MaxProblems, ingest.DefaultMaxProblems)
	if now := r.Options.Now; !now.IsZero() {
		r.latest = now.Add(futureSlack)
	}
	r.reader = lines.NewReader(r.Options.MaxLine)
	return r
}

// Count adds one to a counter.
func (r *Run) Count(c ingest.Counter) { r.Report.Counts[c]++ }

// Add adds n to a counter.
func (r *Run) Add(c ingest.Counter, n int64) { r.Report.Counts[c] += n }

// Warn records a problem with the current line that does not cost the line.
func (r *Run) Warn(kind, detail string) {
	r.Report.AddProblem(ingest.Problem{File: r.file, Line: r.line, Kind: kind, Detail: detail}, r.Options.MaxProblems)
}

// WarnFile records a problem with a file or folder.
func (r *Run) WarnFile(file, kind, detail string) {
	r.Report.AddProblem(ingest.Problem{File: file, Kind: kind, Detail: detail}, r.Options.MaxProblems)
}

// Fault records a problem with the current line and gives it the outcome
// Faulty.
func (r *Run) Fault(err error) {
	r.Count(ingest.Faulty)
	var f *FaultError
	if errors.As(err, &f) {
		r.Warn(f.Kind, f.Detail)
		return
	}
	r.Warn(kindOf(err), err.Error())
}

// FaultError is why a line cannot be read.
type FaultError struct{ Kind, Detail string }

// Error implements error.
func (f *FaultError) Error() string { return f.Kind + ": " + f.Detail }

// Faultf returns a [FaultError].
func Faultf(kind, format string, args ...any) error {
	return &FaultError{kind, fmt.Sprintf(format, args...)}
}

// FaultAt returns a fault of the fact named field.
func FaultAt(field string, err error) error {
	return &FaultError{kindOf(err), field + " " + err.Error()}
}

func kindOf(err error) string {
	switch {
	case errors.Is(err, jsonscan.ErrTruncated):
		return ingest.KindTruncated
	case errors.Is(err, jsonscan.ErrKind):
		return ingest.KindWrongType
	case errors.Is(err, jsonscan.ErrRange):
		return ingest.KindBadCount
	case errors.Is(err, jsonscan.ErrUTF8):
		return ingest.KindBadText
	}
	return ingest.KindNotJSON
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// Lines calls line with each line of a file that is not blank, too long or
// the like; those it counts itself. The text is valid until line returns.
// It returns an error only if the context is done.
func (r *Run) Lines(file string, line func(text []byte)) error {
	return r.Open(file, func(src io.Reader) error {
		r.reader.Reset(src)
		before := r.Report.Bytes
		unterminated := false
		for {
			if r.line&0x3ff == 0 {
				if err := r.ctx.Err(); err != nil {
					return err
				}
			}
			l, err := r.reader.Next()
			r.Report.Bytes = before + r.reader.Bytes()
			if err != nil {
				if unterminated {
					r.Count(ingest.UnterminatedLast)
				}
				if !errors.Is(err, io.EOF) {
					r.WarnFile(file, ingest.KindUnreadable, fmt.Sprintf("reading stopped after line %d: %v", r.line, err))
				}
				return nil
			}
			r.line++
			r.Report.Lines++
			r.progress(8 << 20)
			if l.TooLong {
				r.Fault(Faultf(ingest.KindLongLine, "is %d bytes long, want at most %d", l.Size, r.Options.MaxLine))
				continue
			}
			text := l.Text
			if r.line == 1 && bytes.HasPrefix(text, byteOrderMark) {
				text = text[len(byteOrderMark):]
				r.Count(ingest.ByteOrderMarks)
			}
			if text = bytes.Trim(text, " \t\r"); len(text) == 0 {
				r.Count(ingest.Blank)
				continue
			}
			unterminated = !l.Terminated
			r.CheckUTF8(text)
			line(text)
		}
	})
}

// Open calls read with the contents of a file, and progress afterwards. A
// file that cannot be opened, or is a folder, is a problem. It returns what
// read returns.
func (r *Run) Open(file string, read func(io.Reader) error) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	r.file, r.line = file, 0
	f, err := r.fsys.Open(file)
	if err != nil {
		r.WarnFile(file, ingest.KindUnreadable, reason(err))
		return nil
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	r.Report.Files++
	err = read(f)
	r.progress(0)
	return err
}

// At sets the line that problems are reported for, for readers that split
// files themselves, and counts it.
func (r *Run) At(line int) {
	r.line = line
	r.Report.Lines++
}

// SetLine sets the line that problems are reported for.
func (r *Run) SetLine(line int) { r.line = line }

// Extra counts one more line where one carries several messages.
func (r *Run) Extra() { r.Report.Lines++ }

// CheckUTF8 records a line that is not UTF-8.
func (r *Run) CheckUTF8(text []byte) {
	if !utf8.Valid(text) {
		r.Count(ingest.InvalidUTF8)
		r.Warn(ingest.KindInvalidUTF8, "has bytes that are not UTF-8")
	}
}

// Err returns the context's error.
func (r *Run) Err() error { return r.ctx.Err() }

func (r *Run) progress(every int64) {
	if r.Options.Progress == nil || r.Report.Bytes-r.reported < every {
		return
	}
	r.reported = r.Report.Bytes
	defer func() { // the host's code must not take the reading down with it
		if v := recover(); v != nil {
			r.Options.Progress = nil
			r.WarnFile(r.file, ingest.KindCallback, fmt.Sprintf("Options.Progress panicked and is not called again: %v", v))
		}
	}()
	r.Options.Progress(ingest.Progress{Files: int(r.Report.Files), FilesTotal: r.filesTotal, Lines: r.Report.Lines, Bytes: r.Report.Bytes})
}

// reason is an error without the path that the problem names already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// SortEvents sorts events by (At, Source, ID), as readers return them.
func SortEvents(events []store.Event) {
	slices.SortFunc(events, func(a, b store.Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
	})
}

// MergeCopies makes one event of two that copies of one call gave: the greater
// by the law of revisions, at the earlier time.
func MergeCopies(a, b store.Event) store.Event {
	at := a.At
	if b.At.Before(at) {
		at = b.At
	}
	a.At, b.At = at, at
	if store.Compare(&b, &a) > 0 {
		return b
	}
	return a
}
