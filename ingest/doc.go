// Package ingest holds what the readers of log files share: options, the
// report on what was read, and where logs lie on disk.
//
// The readers are in its subpackages: claudecode, codex and gemini each read
// one tool's logs from an [io/fs.FS], and logs finds and reads all three.
// They keep three promises.
//
//   - Nothing is dropped in silence: every line ends in exactly one of the
//     counters that [Counter.IsOutcome] marks, see [Report.Balance], and every
//     fault is a [Problem] with file and line.
//   - Nothing depends on the order in which files are read: a reply that
//     several lines or files tell of becomes one event, the same one.
//   - Memory is bounded by the number of distinct replies (about 1 KiB each,
//     the returned event included), of files and of different texts among
//     sessions, projects and models, plus one line; never by bytes read. The
//     Codex reader also holds every count until the end, about 200 bytes each,
//     those that copies repeat included, since a copy shows only beside its
//     parent.
//
// Readers log nothing, write nothing and never read a file that they do not
// take for a log. They do not keep what people and models said to each other.
package ingest
