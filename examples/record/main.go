// Record keeps a ledger of calls from JSON lines: it answers each line once
// its event is durable, can be killed at any moment and fed the same lines
// again. At the end it can rank and sum what the ledger holds, or write all of
// it as lines that it accepts.
//
//	go run ./examples/record < events.jsonl
//	go run ./examples/record -store sqlite:ledger.db < events.jsonl
//	go run ./examples/record -store sqlite:ledger.db -report -top 10 -by cost -totals model
//	go run ./examples/record -h
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are the flags.
type options struct {
	store   place
	now     time.Time // zero: the wall's clock
	maxLate time.Duration
	batch   int
	report  bool
	dump    bool

	at     time.Time // zero: now
	top    int
	by     tokenomics.Metric
	totals tokenomics.Dimension
	window rank.Window
}

func (o *options) clock() time.Time {
	if o.now.IsZero() {
		return time.Now()
	}
	return o.now
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, status, done := parse(args, stdout, stderr)
	if done {
		return status
	}
	st, closeStore, err := o.store.open(ctx, o.report)
	if err != nil {
		complain(stderr, err)
		return pipe.ExitErrors
	}
	out := pipe.NewWriter(stdout)
	if !o.report {
		err = record(ctx, st, o, stdin, out)
	}
	if err == nil {
		err = answer(ctx, st, o, out)
	}
	if err = errors.Join(err, closeStore()); err != nil {
		complain(stderr, err)
		out.MarkFailed()
	}
	return out.Close(stderr)
}

// complain tells of an error, and of what to do about it where that is known.
func complain(stderr io.Writer, err error) {
	fmt.Fprintln(stderr, "record:", err)
	switch {
	case errors.Is(err, sqlstore.ErrNotMigrated):
		fmt.Fprintln(stderr, "record: -report changes nothing; run record once without it to make the tables")
	case errors.Is(err, tokenomics.ErrBookMissing):
		fmt.Fprintln(stderr, "record: this program does not have a price book of that ledger; -report -dump writes its events out, to be priced anew in another store")
	}
}

// badWindow says what is wrong with -window and -step in their words.
func badWindow(w rank.Window) error {
	var fault *rank.Error
	if err := w.Validate(); errors.As(err, &fault) {
		return fmt.Errorf("-window %s -step %s: %s", w.Length, w.Step, fault.Reason)
	} else if err != nil {
		return err
	}
	return nil
}

func parse(args []string, stdout, stderr io.Writer) (o options, status int, done bool) {
	fs := flag.NewFlagSet("record", flag.ContinueOnError)
	where := fs.String("store", "memory", "where the ledger is kept: "+storeKinds)
	moment := func(p *time.Time) func(string) error {
		return func(s string) error {
			t, bad := pipe.ParseTime(s)
			if bad != nil {
				return errors.New(bad.Message)
			}
			if y := t.UTC().Year(); y < 2000 || y > 2199 {
				return errors.New("want a time in the years 2000 to 2199")
			}
			*p = t
			return nil
		}
	}
	fs.Func("now", "the `time` by which events are accepted (default: the wall's clock)", moment(&o.now))
	fs.DurationVar(&o.maxLate, "max-late", tokenomics.DefaultMaxLate, "how old a new event may be; 0: as old as it likes")
	fs.IntVar(&o.batch, "batch", 1000, "how many lines are written at once")
	fs.BoolVar(&o.report, "report", false, "read no input and change nothing")
	fs.BoolVar(&o.dump, "dump", false, "at the end, write the ledger as lines that record accepts")
	fs.Func("at", "the `time` of the step that -top and -totals look back from (default: that of -now)", moment(&o.at))
	fs.IntVar(&o.top, "top", 0, "at the end, list this many places")
	by := fs.String("by", "tokens", "what -top ranks by: tokens, cost, output, fresh or calls")
	totals := fs.String("totals", "", "at the end, sum by subject, team, workflow, session, model, provider or day")
	fs.DurationVar(&o.window.Length, "window", 720*time.Hour, "length of the window of -top and -totals")
	fs.DurationVar(&o.window.Step, "step", 24*time.Hour, "step of the window")
	fs.Usage = func() {
		fmt.Fprint(stdout, help)
		fs.PrintDefaults()
	}
	if status, done = pipe.ParseFlags(fs, args, false, stdout, stderr); done {
		return o, status, done
	}
	var err error
	o.totals = tokenomics.Dimension(*totals)
	switch o.by, err = tokenomics.ParseMetric(*by); {
	case err != nil:
		err = fmt.Errorf("-by %q: want tokens, cost, output, fresh or calls", *by)
	case o.batch < 1 || o.batch > 100_000:
		err = fmt.Errorf("-batch %d: want 1 to 100000", o.batch)
	case o.top < 0:
		err = fmt.Errorf("-top %d: want 0 or more", o.top)
	case o.maxLate < 0:
		err = fmt.Errorf("-max-late %s: want 0 or more", o.maxLate)
	case o.totals != "" && !o.totals.Valid():
		err = fmt.Errorf("-totals %q: want subject, team, workflow, session, model, provider or day", *totals)
	default:
		if o.store, err = parsePlace(*where); err == nil {
			err = badWindow(o.window)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "record:", err)
		return o, pipe.ExitUsage, true
	}
	if o.maxLate == 0 {
		o.maxLate = tokenomics.NoLimit
	}
	return o, 0, false
}
