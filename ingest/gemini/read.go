package gemini

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
	"github.com/tokenomics-go/tokenomics/store"
)

// source is the namespace of the ids.
const source = "google"

// Read reads all sessions of fsys: the *.json and *.jsonl files in folders
// named chats, and session-*.json and .jsonl anywhere, under tmp/ if there is
// such a folder. It returns one event for each message of a model, sorted by
// (At, Source, ID), and what became of every line. A nil opts means defaults.
//
// Only a folder that cannot be read and the context are errors. On the
// context's error events and report tell of what was read until then.
func Read(ctx context.Context, fsys fs.FS, opts *ingest.Options) ([]store.Event, ingest.Report, error) {
	r := &reader{Run: run.New(ctx, fsys, opts), byID: make(map[string]int)}
	r.ofRecord, r.ofTokens = r.facts.member, r.tokenFacts.member
	files, err := r.Files([]string{"tmp"}, accept)
	if err != nil {
		return nil, r.Report, err
	}
	for _, file := range files {
		r.session = &session{file: file, byID: make(map[string]int)}
		if strings.HasSuffix(file, ".json") {
			err = r.whole(file)
		} else {
			err = r.Lines(file, r.line)
		}
		r.flush()
		if err != nil {
			break
		}
	}
	run.SortEvents(r.events)
	r.Report.Events = int64(len(r.events))
	r.Add(ingest.Replies, r.Report.Events)
	return r.events, r.Report, err
}

// reader is one reading.
type reader struct {
	*run.Run
	events  []store.Event
	byID    map[string]int // places in events
	session *session       // of the file being read
	facts
	tokenFacts

	ofRecord, ofTokens func(key []byte) *jsonscan.Value // bound once
}

// accept takes sessions, and nothing else of the tool's home: settings and
// credentials stand there too.
func accept(file string) run.Verdict {
	dir, base := path.Split(file)
	if !strings.HasPrefix(base, "session-") && !strings.Contains("/"+dir, "/chats/") {
		return run.Ignore
	}
	if strings.HasSuffix(base, ".json") {
		return run.Read
	}
	return run.JSONLines(file)
}
