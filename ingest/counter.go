package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
)

// Counter names a number in a [Report]. There are two sorts: outcomes, of
// which every line has exactly one, and notes on the quality of what was
// read, of which a line may have any number.
type Counter uint8

// The outcomes of lines.
const (
	// Lines that stand for a reply: one line of each event is here.
	Replies Counter = iota

	// Lines that tell once more of a reply that another line stands for.
	SnapshotsJoined  // an earlier or later state of the same reply, in the same file
	SidechainReplays // a side conversation (subagent, aside) repeating the reply
	ResumedCopies    // a resumed, forked or copied log repeating the reply
	RekeyedCopies    // the reply repeated under another request id
	ForkedReplays    // the history of the parent that a forked or spawned thread opens with
	RepeatedCounters // a counter written again, unchanged
	Reappended       // an earlier state of a message that was written again

	// Lines about replies that were not billed, or not by this line.
	Synthetic      // written by the tool itself, no model was called
	APIErrors      // error messages in place of a reply
	NoUsage        // replies without counts, or with none above zero in a cumulative log
	RateLimits     // limit notices without counts
	FullyContained // counts that the file's own running total had no room for
	Rewinds        // chat taken back; what it cost stays

	// Other lines.
	PRLinks      // links from a session to a pull request; see [Report.Links]
	Metadata     // about the session: headers, settings, turn contexts
	OtherLines   // of a known type that carries no bill: prompts, tool results, …
	UnknownTypes // of a type this version does not know
	Blank        // nothing but white space
	Faulty       // could not be read; each one is a [Problem]

	numOutcomes
)

// The notes.
const (
	NullCounts       = numOutcomes + iota // replies with null for a count, read as zero
	Unkeyed                               // replies without an id of the provider's, keyed by what else they say
	ReplyParts                            // events beyond the first of replies that were billed as several calls
	Unfinished                            // replies of which no line has a stop reason; billed all the same
	WriteRemainders                       // replies with cache writes of unstated lifetime, counted as 5 minutes
	ApproximateModel                      // replies whose model was taken from another line, or is unknown
	ForeignModels                         // replies by a model that is not of the tool's own vendor
	ClampedCounts                         // replies with a part larger than its whole, cut down to it
	TotalMismatch                         // replies whose stated total is not the sum of its parts
	UnknownCounts                         // replies with a count this version does not know, not billed
	PartlyContained                       // replies cut down to what the file's own running total had room for
	NestedUsage                           // lines that quote usage in a place that is no bill, such as a subagent's summary
	TextsDropped                          // sessions, projects and branches left out because a store cannot hold them
	InvalidUTF8                           // lines with bytes that are not UTF-8; read if their facts are sound
	UnterminatedLast                      // files whose last line has no newline; read if it is whole
	ByteOrderMarks                        // files that begin with a byte order mark
	MissingParents                        // forked or spawned threads whose parent's log was not found
	FilesIgnored                          // files that are no logs of this kind
	FilesShadowed                         // archived copies of a log that is still active, not read

	// NumCounters is the number of counters.
	NumCounters = int(FilesShadowed) + 1
)

var counterNames = [NumCounters]string{
	"replies",
	"snapshots_joined", "sidechain_replays", "resumed_copies", "rekeyed_copies", "forked_replays", "repeated_counters", "reappended",
	"synthetic", "api_errors", "no_usage", "rate_limits", "contained", "rewinds",
	"pr_links", "metadata", "other_lines", "unknown_type", "blank", "faulty",
	"null_counts", "unkeyed", "reply_parts", "unfinished", "write_remainders", "approximate_model", "foreign_models",
	"clamped_counts", "total_mismatch", "unknown_counts", "partly_contained", "nested_usage",
	"texts_dropped", "invalid_utf8", "unterminated_last_line", "byte_order_marks", "missing_parents",
	"files_ignored", "files_shadowed",
}

// String returns the counter's name in snake case, such as "snapshots_joined".
func (c Counter) String() string {
	if int(c) < NumCounters {
		return counterNames[c]
	}
	return fmt.Sprintf("counter(%d)", uint8(c))
}

// IsOutcome reports whether the counter is one of those that every line ends
// in exactly one of.
func (c Counter) IsOutcome() bool { return c < numOutcomes }

// Counts holds one number a counter.
type Counts [NumCounters]int64

// All yields the counters that are not zero, outcomes first.
func (c *Counts) All() iter.Seq2[Counter, int64] {
	return func(yield func(Counter, int64) bool) {
		for i, n := range c {
			if n != 0 && !yield(Counter(i), n) {
				return
			}
		}
	}
}

// MarshalJSON writes the counters that are not zero as an object, by name, in
// the order of the counters.
func (c Counts) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for k, n := range c.All() {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(b, k.String()), ':')
		b = strconv.AppendInt(b, n, 10)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON is the inverse of MarshalJSON. An unknown name is an error.
func (c *Counts) UnmarshalJSON(b []byte) error {
	var byName map[string]int64
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&byName); err != nil {
		return fmt.Errorf("ingest: counters: %w", err)
	}
	*c = Counts{}
	for i, name := range counterNames {
		c[i] = byName[name]
		delete(byName, name)
	}
	for name := range byName {
		return fmt.Errorf("ingest: unknown counter %q", name)
	}
	return nil
}
