// Command headline recomputes the sums of money that were printed about an
// internal token leaderboard in April 2026, and says what the same tokens cost
// under stated assumptions.
//
//	go run ./examples/headline
//	go run ./examples/headline -svg headline.svg
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/tokenomics-go/tokenomics/estimate"
	"github.com/tokenomics-go/tokenomics/estimate/headline"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/usage"
)

func main() { os.Exit(run(os.Args[1:], screen.Of(os.Stdout), os.Stderr)) }

// run is main with its surroundings as arguments; it returns the exit code.
func run(args []string, s screen.Screen, stderr io.Writer) int {
	flags := flag.NewFlagSet("headline", flag.ContinueOnError)
	svg := flags.String("svg", "", "write a plot to this `file`")
	if status, done := pipe.ParseFlags(flags, args, false, s.W, stderr); done {
		return status
	}
	r, err := compute(pricing.Builtin())
	if err == nil {
		r.print(s)
		if *svg != "" {
			err = os.WriteFile(*svg, r.plot(), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "headline:", err)
		return 1
	}
	return 0
}

// report is everything that is shown.
type report struct {
	claims, user []claim
	spending     estimate.Spending // of all 60 trillion
	topUser      estimate.Spending // of the top user's 281 billion
	assumptions  estimate.Assumptions
	tenPoints    pricing.Money // what ten points less cache reads cost more
	cache        int64         // the likely share of cache reads, in parts per million
}

// claim is a printed sum with its multiplication done.
type claim struct {
	headline.Claim
	amount pricing.Money
}

// tenPoints is ten percentage points in parts per million.
const tenPoints = estimate.Million / 10

func compute(book *pricing.Book) (*report, error) {
	r := &report{assumptions: headline.Assumptions()}
	for _, list := range []struct {
		from []headline.Claim
		to   *[]claim
	}{{headline.Claims(), &r.claims}, {headline.TopUser(), &r.user}} {
		for _, c := range list.from {
			amount, err := c.Amount()
			if err != nil {
				return nil, err
			}
			*list.to = append(*list.to, claim{c, amount})
		}
	}
	var err error
	if r.spending, err = estimate.Spend(book, headline.TotalTokens, r.assumptions); err != nil {
		return nil, err
	}
	if r.topUser, err = estimate.Spend(book, headline.TopUserTokens, r.assumptions); err != nil {
		return nil, err
	}
	for _, m := range r.assumptions.Meters {
		if m.Meter == usage.CacheRead {
			r.cache = m.Share.Likely
		}
	}
	less, err := estimate.Spend(book, headline.TotalTokens, r.assumptions.Moved(usage.CacheRead, r.cache-tenPoints))
	if err != nil {
		return nil, err
	}
	r.tenPoints, err = less.Likely.Sub(r.spending.Likely)
	return r, err
}
