// Command ownstore shows a store of one's own: a durable one over a plain file,
// in one file. It records a call, and the next time it is run it still
// knows the calls of before.
//
//	go run ./examples/ownstore -file calls.journal -subject ada -tokens 1200
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/tokenomics-go/tokenomics"
)

func main() {
	file := flag.String("file", "calls.journal", "the journal; begun if it is not there")
	subject := flag.String("subject", "ada", "who made the call")
	model := flag.String("model", "claude-opus-5-5", "which model served it")
	tokens := flag.Int64("tokens", 1200, "how many tokens the prompt had")
	flag.Parse()
	if err := run(context.Background(), *file, *subject, *model, *tokens, time.Now().UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "ownstore:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, file, subject, model string, tokens int64, now time.Time) error {
	journal, err := Open(file)
	if err != nil {
		return err
	}
	eng, err := tokenomics.New(ctx, &tokenomics.Config{Store: journal})
	if err != nil {
		return err
	}
	receipts, err := eng.Record(ctx, tokenomics.Event{
		Source: "ownstore", ID: now.Format(time.RFC3339Nano), Subject: subject,
		Call: tokenomics.Call{Model: model, At: now, Usage: tokenomics.Usage{Input: tokens}},
	})
	if err != nil {
		return err
	}
	if err := receipts[0].Err; err != nil {
		return err
	}
	top, err := eng.Top("tokens-30d", 10)
	if err != nil {
		return err
	}
	for _, s := range top {
		fmt.Printf("%3d  %-20s %12d tokens\n", s.Rank, s.Subject, s.Score)
	}
	return journal.Close()
}
