// Claudeonomics shows who used how many tokens, what they cost to the last
// digit and why, and what they earned: from the log files that coding agents
// leave on disk, or of a simulated company of any size.
//
//	go run ./examples/claudeonomics                    # an embedded sample company
//	go run ./examples/claudeonomics -logs auto         # your own Claude Code, Codex and Gemini logs
//	go run ./examples/claudeonomics -logs DIR -subject NAME
//	go run ./examples/claudeonomics -simulate 85000
//
// The exit status is 1 if anything that was read could not be used, 2 for bad
// flags. The sample has its faults on purpose; they do not count.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/rank"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], screen.Of(os.Stdout), screen.Of(os.Stderr))
	stop()
	os.Exit(code)
}

// options are the flags.
type options struct {
	logs     []string
	n        int
	metric   tokenomics.Metric
	window   time.Duration
	at       time.Time
	subject  string
	json     bool
	simulate int
}

func run(ctx context.Context, args []string, out, errs screen.Screen) int {
	o, err := parse(args, errs.W)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		errs.Printf("claudeonomics: %v\n", err)
		return 2
	}
	faulty := false
	if o.simulate > 0 {
		err = simulate(ctx, out, o)
	} else {
		faulty, err = show(ctx, o, out, errs)
	}
	if err != nil {
		errs.Printf("claudeonomics: %v\n", err)
		return 1
	}
	if faulty {
		return 1
	}
	return 0
}

func parse(args []string, errs io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("claudeonomics", flag.ContinueOnError)
	f.SetOutput(errs)
	f.Usage = func() {
		fmt.Fprint(errs, "Who used how many tokens, what they cost and why, and what they earned.\n\nusage: claudeonomics [flags]\n\n")
		f.PrintDefaults()
	}
	f.Func("logs", "read the logs under this `folder`, or auto for the usual folders of this account (repeatable; default: the embedded sample)", func(s string) error {
		o.logs = append(o.logs, s)
		return nil
	})
	f.IntVar(&o.n, "n", 250, "how many places to list")
	board := f.String("board", "tokens", "what to rank by: tokens, cost, output or fresh (tokens less cache reads)")
	f.DurationVar(&o.window, "window", 720*time.Hour, "length of the trailing window, in whole hours, or whole days from 48h on")
	at := f.String("at", "", "show the board as of this `time`, RFC 3339 (default: the last day of the sample; now for logs)")
	f.StringVar(&o.subject, "subject", "", "show this `person`'s profile: progress, neighbors and why")
	f.BoolVar(&o.json, "json", false, "print JSON lines")
	f.IntVar(&o.simulate, "simulate", 0, "simulate a company of this many `people` instead of reading logs")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q: folders go after -logs", f.Arg(0))
	}
	var err error
	if o.metric, err = tokenomics.ParseMetric(*board); err != nil || o.metric == tokenomics.ByCalls {
		return o, fmt.Errorf("-board %q: want tokens, cost, output or fresh", *board)
	}
	if *at != "" {
		if o.at, err = time.Parse(time.RFC3339, *at); err != nil {
			return o, fmt.Errorf("-at %q: want a time such as 2026-11-15T23:59:59Z", *at)
		}
	}
	if o.n < 0 {
		return o, fmt.Errorf("-n %d: want 0 or more", o.n)
	}
	if o.simulate < 0 || o.simulate > maxSimulated {
		return o, fmt.Errorf("-simulate %d: want 1 to %d people", o.simulate, maxSimulated)
	}
	if o.simulate > 0 && (len(o.logs) > 0 || o.json) {
		return o, errors.New("-simulate goes with neither -logs nor -json")
	}
	if err := o.rankWindow().Validate(); err != nil {
		return o, fmt.Errorf("-window %s: %w", o.window, err)
	}
	return o, nil
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
