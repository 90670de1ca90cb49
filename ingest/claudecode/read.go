package claudecode

import (
	"context"
	"io/fs"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/store"
)

// source is the namespace of the ids.
const source = "anthropic"

// Read reads all transcripts of fsys: the *.jsonl files under projects/, or
// anywhere if there is no such folder. It returns one event for each reply,
// sorted by (At, Source, ID), and what became of every line. A nil opts means
// defaults.
//
// Only a folder that cannot be read and the context are errors. On the
// context's error events and report tell of what was read until then.
func Read(ctx context.Context, fsys fs.FS, opts *ingest.Options) ([]store.Event, ingest.Report, error) {
	r := &reader{Run: run.New(ctx, fsys, opts), replies: make(map[string]*reply), links: make(map[linkKey]ingest.Link)}
	r.ofLine, r.ofMessage, r.ofUsage = r.member, r.messageMember, r.usageFacts.member
	files, err := r.Files([]string{"projects"}, run.JSONLines)
	if err != nil {
		return nil, r.Report, err
	}
	for _, file := range files {
		r.file, r.subagent = file, isSubagent(file)
		if err = r.Lines(file, r.line); err != nil {
			break
		}
	}
	return r.finish(), r.Report, err
}

// reader is one reading.
type reader struct {
	*run.Run
	replies map[string]*reply // by message.id, NUL, requestId
	links   map[linkKey]ingest.Link

	file     string // the one being read
	subagent bool   // it is a subagent's
	key      []byte // scratch
	lineFacts
	usageFacts usageFacts
	counts     counts

	ofLine, ofMessage, ofUsage func(key []byte) *jsonscan.Value // bound once
}

type linkKey struct {
	repo   string
	number int64
}

// finish joins what belongs together and returns the events.
func (r *reader) finish() []store.Event {
	events := r.events()
	run.SortEvents(events)
	r.Report.Events = int64(len(events))
	for _, l := range r.links {
		r.Report.Links = append(r.Report.Links, l)
	}
	r.Report.Links = ingest.DedupLinks(r.Report.Links)
	return events
}
