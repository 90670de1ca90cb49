// Dashboard serves the board as a web page, on this machine only: of the
// embedded sample company, or of a simulated one of any size.
//
//	go run ./examples/dashboard                       # eighteen people, 40 days
//	go run ./examples/dashboard -simulate 85000       # as many as in the news
//	go run ./examples/dashboard -as mara.lindqvist    # as somebody who is on the board
//	go run ./examples/dashboard -names pseudonyms     # or opt-in
//	go run ./examples/dashboard -exact                # as whoever runs the board
//
// The viewer is whoever -as says: a real host asks its session instead.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/dashboard"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
)

type options struct {
	addr     string
	simulate int
	as       string
	exact    bool
	naming   dashboard.Naming
	every    time.Duration
	group    int
	least    int64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o, status, done := parse(args, out, errs)
	if done {
		return status
	}
	if err := serve(ctx, o, out); err != nil {
		fmt.Fprintln(errs, "dashboard:", err)
		return pipe.ExitErrors
	}
	return pipe.ExitOK
}

func parse(args []string, out, errs io.Writer) (o options, status int, done bool) {
	f := flag.NewFlagSet("dashboard", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprint(out, "The board as a web page, on this machine only.\n\nusage: dashboard [flags]\n\n")
		f.PrintDefaults()
	}
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "where to listen: a loopback `address`; port 0 picks one")
	f.IntVar(&o.simulate, "simulate", 0, "make up a company of this many `people` instead of showing the sample")
	f.StringVar(&o.as, "as", "", "look at the board as this `person`")
	f.BoolVar(&o.exact, "exact", false, "see exact figures, small groups and everybody's page")
	names := f.String("names", "named", "how rows of others are called: named, pseudonyms or opt-in")
	f.DurationVar(&o.every, "every", time.Minute, "time between editions")
	f.Int64Var(&o.least, "least", 0, "least `tokens` that are told of others (default 1 million, of the sample 100,000)")
	f.IntVar(&o.group, "group", 0, "least `people` of a team, model or workflow that is shown (default 10, of the sample 4)")
	if status, done = pipe.ParseFlags(f, args, true, out, errs); done {
		return o, status, done
	}
	var err error
	if o.naming, err = namingOf(*names); err == nil {
		err = loopback(o.addr)
	}
	if err == nil && (o.simulate < 0 || o.simulate > 2_000_000) {
		err = errors.New("-simulate: want 1 to 2000000 people")
	}
	if err != nil {
		fmt.Fprintln(errs, "dashboard:", err)
		return o, pipe.ExitUsage, true
	}
	return o, pipe.ExitOK, false
}

func namingOf(s string) (dashboard.Naming, error) {
	switch s {
	case "named":
		return dashboard.Named, nil
	case "pseudonyms":
		return dashboard.Pseudonyms, nil
	case "opt-in":
		return dashboard.OptIn, nil
	}
	return 0, fmt.Errorf("-names %q: want named, pseudonyms or opt-in", s)
}

// loopback refuses to show the page to anybody but this machine: there is no
// sign-in here.
func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("-addr %s: want a loopback address, since anybody who can reach it is let in", addr)
	}
	return nil
}

func serve(ctx context.Context, o options, out io.Writer) error {
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // the server closes it too
	eng, err := engine(ctx, &o, out)
	if err != nil {
		return err
	}
	h, err := handler(ctx, eng, o)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/board/", h)
	mux.Handle("/{$}", http.RedirectHandler("/board/", http.StatusFound))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	fmt.Fprintf(out, "http://%s/board/\n", l.Addr())
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// handler mounts the dashboard: what a host writes.
func handler(ctx context.Context, eng *tokenomics.Engine, o options) (http.Handler, error) {
	key := make([]byte, dashboard.MinKey) // a host keeps its own, the same on every instance
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	h := dashboard.New(eng, dashboard.Options{
		Authorize: func(*http.Request) (dashboard.Viewer, error) {
			return dashboard.Viewer{Subject: o.as, Exact: o.exact}, nil
		},
		Privacy: dashboard.Privacy{Naming: o.naming, Key: key, Consent: &dashboard.MemoryConsent{}, MinGroup: o.group, Least: o.least},
		Every:   o.every,
		Live:    true,
		Log:     slog.Default(),
	})
	if err := h.Err(); err != nil {
		return nil, err
	}
	return h, h.Refresh(ctx)
}
