// Claudeonomics shows who used how many tokens, what they cost to the last
// digit and why, and what they earned: from the log files that coding agents
// leave on disk, or of a simulated company of any size.
//
//	go run ./examples/claudeonomics                    # an embedded sample company
//	go run ./examples/claudeonomics -logs auto         # your own Claude Code, Codex and Gemini logs
//	go run ./examples/claudeonomics -logs DIR -subject NAME
//	go run ./examples/claudeonomics -simulate 85000
//	go run ./examples/claudeonomics -json              # any of them, for programs
//
// The exit status is 1 if anything that was read could not be used, 2 for bad
// flags. The sample has its faults on purpose; they do not count.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], screen.Of(os.Stdout), screen.Of(os.Stderr))
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, errs screen.Screen) int {
	o, status, done := parse(args, out.W, errs.W)
	if done {
		return status
	}
	var err error
	faulty := false
	if o.simulate > 0 {
		err = simulate(ctx, o, out)
	} else {
		faulty, err = show(ctx, o, out, errs)
	}
	if err != nil {
		errs.Printf("claudeonomics: %v\n", err)
		return pipe.ExitErrors
	}
	if faulty {
		return pipe.ExitErrors
	}
	return pipe.ExitOK
}
