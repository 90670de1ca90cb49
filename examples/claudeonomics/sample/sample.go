// Package sample holds the transcripts of a small invented company: what
// Claude Code, Codex CLI and Gemini CLI would have left in the home folders of
// its people. It is what claudeonomics shows when it is given no folder, and
// what its figures are checked on.
//
// Nobody in it exists, nothing in it was ever said to a model, and every count
// was drawn by the program in ./gen, which writes the same files each time it
// runs. The README lists the traps that were laid on purpose, with the file
// and what a reader should make of each.
package sample

import (
	"embed"
	"io/fs"
	"time"
)

//go:generate go run ./gen

// LastDay is the last day, in UTC, on which anything happens in the sample.
const LastDay = "2026-11-15"

// Days is how many days the sample spans, LastDay included. One session is
// older: it begins on the evening before and runs past midnight, over the
// change of a price.
const Days = 40

//go:embed all:company
var files embed.FS

// FS returns the sample as <team>/<person>/<the person's home folder>, the
// home folder holding .claude, .codex and .gemini as the tools lay them out.
// The file system is read-only and safe for concurrent use.
func FS() fs.FS {
	sub, err := fs.Sub(files, "company")
	if err != nil {
		return files // cannot be: "company" is a valid path
	}
	return sub
}

// At is the last second of LastDay: the moment as of which the sample is shown.
func At() time.Time {
	return time.Date(2026, time.November, 15, 23, 59, 59, 0, time.UTC)
}
