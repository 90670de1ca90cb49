package ingest

import (
	"time"

	"github.com/tokenomics-go/tokenomics/store"
)

// Defaults of [Options].
const (
	DefaultMaxLine     = 16 << 20
	DefaultMaxProblems = 100
)

// UnknownModel is the model of a reply whose log names none. No price sheet
// lists it, so its tokens count and its cost is unknown.
const UnknownModel = "unknown"

// Options say how to read logs. The zero Options and nil are the defaults.
type Options struct {
	// Subject and Team are set on every event. Readers never guess who
	// worked: an empty Subject stays empty, and a store refuses it.
	Subject string
	Team    string

	// Trust is set on every event. The zero value means store.ClientLog,
	// since a log on the user's machine is what readers read.
	Trust store.Trust

	// MaxLine is the longest line that is read, in bytes; 0 means
	// [DefaultMaxLine]. A longer one is a problem and is never held in memory.
	MaxLine int

	// MaxProblems is how many problems a report keeps; 0 means
	// [DefaultMaxProblems], less than 0 none. All are counted.
	MaxProblems int

	// Now is the time of reading: a reply more than 24 hours later is a
	// problem and no event. Zero: no such check.
	Now time.Time

	// Files, if not nil, names the files to read, in this order, instead of
	// those the reader would look for.
	Files []string

	// Progress, if not nil, is called from the reading goroutine after each
	// file and about every 8 MiB within one.
	Progress func(Progress)
}

// Progress says how far a reader has come.
type Progress struct {
	Files, FilesTotal int
	Lines, Bytes      int64
}
