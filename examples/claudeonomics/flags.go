package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/rank"
)

// options are the flags.
type options struct {
	logs     []string
	n        int
	metric   tokenomics.Metric
	window   time.Duration
	at       time.Time // zero: the last day of the sample, now for logs
	subject  string
	json     bool
	simulate int // people; 0: read logs instead
}

// parse reads the flags. If done, the program is to end with this status.
func parse(args []string, stdout, stderr io.Writer) (o options, status int, done bool) {
	f := flag.NewFlagSet("claudeonomics", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprint(stdout, "Who used how many tokens, what they cost and why, and what they earned.\n\nusage: claudeonomics [flags]\n\n")
		f.PrintDefaults()
	}
	f.Func("logs", "read the logs under this `folder`, or auto for the usual folders of this account (repeatable; default: the embedded sample)", func(s string) error {
		if s == "" {
			return errors.New("want a folder, or auto")
		}
		o.logs = append(o.logs, s)
		return nil
	})
	f.IntVar(&o.n, "n", 250, "how many places to list")
	board := f.String("board", "tokens", "what to rank by: tokens, cost, output or fresh (tokens less cache reads)")
	f.DurationVar(&o.window, "window", 720*time.Hour, "length of the trailing window, in whole hours, or whole days from 48h on")
	f.Func("at", "show the board as of this `time`, RFC 3339 (default: the last day of the sample; now for logs)", o.setAt)
	f.StringVar(&o.subject, "subject", "", "show this `person`'s profile: progress, neighbors and why")
	f.BoolVar(&o.json, "json", false, "print JSON lines")
	f.Func("simulate", "simulate a company of this many `people` instead of reading logs", o.setSimulate)
	if status, done = pipe.ParseFlags(f, args, true, stdout, stderr); done {
		return o, status, done
	}
	if err := o.check(*board, f.Args()); err != nil {
		fmt.Fprintln(stderr, "claudeonomics:", err)
		return o, pipe.ExitUsage, true
	}
	return o, pipe.ExitOK, false
}

func (o *options) setAt(s string) error {
	t, bad := pipe.ParseTime(s)
	if bad != nil {
		return errors.New(bad.Message)
	}
	if y := t.UTC().Year(); y < 2000 || y > 2199 {
		return errors.New("want a time in the years 2000 to 2199")
	}
	o.at = t.UTC()
	return nil
}

// setSimulate is called only where -simulate is there: then 0 is a mistake.
func (o *options) setSimulate(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxSimulated {
		return fmt.Errorf("want 1 to %d people", maxSimulated)
	}
	o.simulate = n
	return nil
}

// check judges the flags together.
func (o *options) check(board string, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q: folders go after -logs", args[0])
	}
	var err error
	if o.metric, err = tokenomics.ParseMetric(board); err != nil || o.metric == tokenomics.ByCalls {
		return fmt.Errorf("-board %q: want tokens, cost, output or fresh", board)
	}
	if o.n < 0 {
		return fmt.Errorf("-n %d: want 0 or more", o.n)
	}
	if o.simulate > 0 && (len(o.logs) > 0 || !o.at.IsZero()) {
		return errors.New("-simulate goes with neither -logs nor -at: its month is its own")
	}
	if err := o.rankWindow().Validate(); err != nil {
		return fmt.Errorf("-window %s: %w", o.window, err)
	}
	return nil
}

// rankWindow is the window asked for: by day from two days on, else by hour.
func (o *options) rankWindow() rank.Window {
	step := 24 * time.Hour
	if o.window < 48*time.Hour {
		step = time.Hour
	}
	return rank.Window{Length: o.window, Step: step}
}

// boards are the default ones, which tiers and titles look at, and those of
// another window if one was asked for.
func (o *options) boards() []tokenomics.Board {
	bs := tokenomics.DefaultBoards()
	if w := o.rankWindow(); w != rank.Rolling30d {
		bs = append(bs, tokenomics.BoardsOver(w, o.suffix())...)
	}
	return bs
}

func (o *options) board(m tokenomics.Metric) string { return m.String() + "-" + o.suffix() }

// suffix names the window as the boards do: 30d, 7d, 36h.
func (o *options) suffix() string {
	if o.window%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", o.window/(24*time.Hour))
	}
	return strings.TrimSuffix(o.window.String(), "0m0s")
}
