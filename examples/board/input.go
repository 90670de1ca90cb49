package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/rank"
)

// input reads lines into a board.
type input struct {
	board   *rank.Board
	stderr  io.Writer
	outside int  // lines outside the window
	bad     bool // there was a bad line
	late    []score
}

// score is one line.
type score struct {
	line    int
	subject string
	at      time.Time
	delta   int64
}

// read reads all lines. Only a failure of stdin is an error.
func (in *input) read(stdin io.Reader) error {
	from, until := in.board.Window()
	for line, err := range pipe.Lines(stdin, pipe.MaxLine) {
		if err != nil {
			return err
		}
		s, bad := decode(line)
		if bad != nil {
			in.refuse(line.N, bad)
			continue
		}
		// The board would take what is one step ahead, for later.
		if s.at.Before(from) || !s.at.Before(until) {
			in.outside++
			continue
		}
		in.add(s)
	}
	in.retry()
	return nil
}

func decode(line pipe.Line) (score, *pipe.Error) {
	s := score{line: line.N}
	if line.Err != nil {
		return s, line.Err
	}
	bad := pipe.Decode(line.Text,
		pipe.String("subject", &s.subject).Required(),
		pipe.Time("at", &s.at).Required(),
		pipe.Int64("score", &s.delta).Required())
	if bad == nil && s.subject == "" {
		bad = pipe.Errorf("bad_subject", "subject: it is empty")
	}
	return s, bad
}

// add adds a line. One that overflows waits: what follows may balance it, and the
// order of lines is no reason for an error.
func (in *input) add(s score) {
	switch err := in.board.Add(s.subject, s.at, s.delta); {
	case errors.Is(err, rank.ErrOverflow):
		s.subject = strings.Clone(s.subject)
		in.late = append(in.late, s)
	case err != nil:
		in.refuse(s.line, pipe.Errorf("bad_subject", "subject: %v", err))
	}
}

// retry adds the lines that overflowed, as long as that gets any further.
func (in *input) retry() {
	for before := -1; len(in.late) != before; {
		before = len(in.late)
		late := in.late
		in.late = nil
		for _, s := range late {
			in.add(s)
		}
	}
	for _, s := range in.late {
		in.refuse(s.line, pipe.Errorf("overflow", "score: the total of %q leaves int64", s.subject))
	}
}

func (in *input) refuse(line int, e *pipe.Error) {
	in.bad = true
	fmt.Fprintf(in.stderr, "line %d: %s\n", line, e)
}
