// Board ranks scores over a rolling window: JSON lines in, standings out.
//
//	go run ./examples/board < scores.jsonl
//	go run ./examples/board -window 168h -step 1h -at 2026-04-07T09:00:00Z -n 10 < scores.jsonl
//	go run ./examples/board -subject ann -around 3 < scores.jsonl
//	go run ./examples/board -h
//
// A line is {"subject":"ann","at":"2026-04-07T09:00:00Z","score":12}. A score is a
// whole number that fits in an int64, read by its digits and never as a float; JSON
// has but one kind of number, so 1e3 is 1000, and 1.5 is refused. All lines are
// read before the first standing, {"rank":1,"subject":"ann","score":12}, is written.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/rank"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, time.Now()))
}

// options are the flags.
type options struct {
	window  rank.Window
	at      time.Time
	n       int
	ties    rank.Ties
	subject string
	around  int // −1: the row of subject alone
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer, now time.Time) int {
	o, status, done := parse(args, stdout, stderr, now)
	if done {
		return status
	}
	board, err := rank.New(rank.Config{Window: o.window, Ties: o.ties})
	if err == nil {
		err = board.Advance(o.at)
	}
	if err != nil {
		fmt.Fprintln(stderr, "board:", err)
		return pipe.ExitUsage
	}
	out := pipe.NewWriter(stdout)
	in := &input{board: board, stderr: stderr}
	if err := in.read(stdin); err != nil {
		fmt.Fprintln(stderr, "board: reading scores:", err)
		return pipe.ExitErrors
	}
	if in.outside > 0 {
		fmt.Fprintf(stderr, "board: %d lines outside the window\n", in.outside)
	}
	if in.bad {
		out.MarkFailed()
	}
	for s := range o.rows(board) {
		out.Put(struct {
			Rank    int    `json:"rank"`
			Subject string `json:"subject"`
			Score   int64  `json:"score"`
		}{s.Rank, s.Subject, s.Score})
	}
	return out.Close(stderr)
}

// rows yields the standings that were asked for.
func (o *options) rows(board *rank.Board) func(func(rank.Standing) bool) {
	return func(yield func(rank.Standing) bool) {
		switch s, ok := board.Standing(o.subject); {
		case o.subject == "":
			for _, s := range board.Top(o.n) {
				if !yield(s) {
					return
				}
			}
		case !ok:
		case o.around < 0:
			yield(s)
		default:
			for _, s := range board.Around(o.subject, o.around) {
				if !yield(s) {
					return
				}
			}
		}
	}
}

func parse(args []string, stdout, stderr io.Writer, now time.Time) (o options, status int, done bool) {
	fs := flag.NewFlagSet("board", flag.ContinueOnError)
	fs.DurationVar(&o.window.Length, "window", 720*time.Hour, "length of the window")
	fs.DurationVar(&o.window.Step, "step", 24*time.Hour, "step of the window; divides its length")
	at := fs.String("at", "", "instant whose step is the newest of the window, in RFC 3339 (default now)")
	fs.IntVar(&o.n, "n", 250, "standings to write")
	ties := fs.String("ties", "competition", "ranks of equal scores: competition (1,2,2,4), dense (1,2,2,3) or ordinal (1,2,3,4)")
	fs.StringVar(&o.subject, "subject", "", "write the standing of this subject alone")
	fs.IntVar(&o.around, "around", -1, "with -subject: write this many standings on each side of it, too")
	fs.Usage = func() { usage(fs) }
	if status, done = pipe.ParseFlags(fs, args, false, stdout, stderr); done {
		return o, status, done
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var bad error
	var known bool
	switch o.ties, known = tieRule(*ties); {
	case !known:
		bad = fmt.Errorf("-ties %q, want competition, dense or ordinal", *ties)
	case o.n < 0:
		bad = fmt.Errorf("-n %d, want 0 or more", o.n)
	case given["around"] && o.around < 0:
		bad = fmt.Errorf("-around %d, want 0 or more", o.around)
	case given["around"] && !given["subject"]:
		bad = errors.New("-around needs -subject")
	case given["subject"] && o.subject == "":
		bad = errors.New("-subject is empty")
	default:
		bad = o.window.Validate()
	}
	if o.at = now; bad == nil && *at != "" {
		t, e := pipe.ParseTime(*at)
		if o.at = t; e != nil {
			bad = fmt.Errorf("-at: %s", e.Message)
		}
	}
	if bad != nil {
		fmt.Fprintln(stderr, "board:", bad, "(-h for help)")
		return o, pipe.ExitUsage, true
	}
	o.around = min(o.around, math.MaxInt32)
	return o, pipe.ExitOK, false
}

func tieRule(name string) (rank.Ties, bool) {
	for _, t := range []rank.Ties{rank.Competition, rank.Dense, rank.Ordinal} {
		if t.String() == name {
			return t, true
		}
	}
	return 0, false
}

func usage(fs *flag.FlagSet) {
	fmt.Fprint(fs.Output(), `board ranks scores over a rolling window.

It reads all lines {"subject":"ann","at":"2026-04-07T09:00:00Z","score":12} from
stdin and then writes lines {"rank":1,"subject":"ann","score":12} to stdout. The
window is the step that holds -at and the window/step - 1 before it, in UTC. A
subject with a total of zero is unranked; equal totals are listed by the bytes of
the subject. A score is a whole number of 64 bits, read exactly (1e3 is 1000, 1.5 is
refused). Bad lines are told on stderr and make the exit status 1; lines
outside the window are counted there and are no errors.

`)
	fs.PrintDefaults()
}
