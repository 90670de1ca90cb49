// Price prices raw responses: JSON lines in, one priced answer a line out.
//
//	echo '{"body":{"type":"message","model":"claude-opus-4-8","usage":{"input_tokens":200,"cache_read_input_tokens":6000,"output_tokens":30}}}' |
//		go run ./examples/price
//	go run ./examples/price < examples/price/sample.jsonl
//	go run ./examples/price -h
//
// The input line holds the raw body of a response of any known provider, or
// the object in it that holds its usage:
//
//	{"provider":"bedrock","model":"…","at":"2026-04-07T09:00:00Z","body":{…},"request":{…}}
//
// Everything but the body may be left out. The answer names the usage in
// disjoint meters and every line of the bill; see -h.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/pricing"
)

const help = `Usage: price < responses.jsonl

Reads one JSON object a line and answers each with its price:

  {"provider"?, "model"?, "at"?, "body", "request"?}

  body      the raw response, or the object that holds its usage
  provider  a short name (anthropic openai google vertex bedrock azure xai …) or
            OpenTelemetry's; without it, the shape of the body and its model say who
  model     for bodies that name none, such as Bedrock Converse; it helps to tell
            the shape and the provider as one in the body would
  at        when the call was made, RFC 3339 with a zone; without it, now
  request   the request, for what the body does not say was served:
            model, service_tier, speed, inference_geo

Answers:

  {"line", "provider", "model", "usd", "status", "matched", "usage", "lines", "missing"?,
   "reported_usd"?, "notes"?}
  {"line", "error": {"code", "message"}}

  lines are the bill: {"model"?, "meter", "quantity", "unit_price", "factors": [{"name",
  "by"}], "amount", "sheet"}; model is there where a reply is billed on several models

  status is priced, partial (a meter in use has no rate: usd is the rest, and
  missing names it) or unpriced (nothing in use has a rate, as of a model in no
  sheet or a tier nobody prices: usd is absent). usd is the sum of the amounts
  of the lines; unit_price is that of a single unit, before the factors.

Error codes: bad_json not_an_object unknown_key duplicate_key missing_key
wrong_type bad_time line_too_long; unknown_shape (no usage in the body),
ambiguous_shape and ambiguous_provider (name the provider), missing_model,
bad_usage (counts that cannot be true), overflow.

Exit status: 1 if any answer is an error, 2 for bad flags, else 0.
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, time.Now))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer, now func() time.Time) int {
	fs := flag.NewFlagSet("price", flag.ContinueOnError)
	fs.Usage = func() { fmt.Fprint(fs.Output(), help) }
	if status, done := pipe.ParseFlags(fs, args, false, stdout, stderr); done {
		return status
	}
	p := &pricer{book: pricing.Builtin(), now: now}
	out := pipe.NewWriter(stdout)
	for line, err := range pipe.Lines(pipe.Tie(stdin, out), pipe.MaxLine) {
		if err != nil {
			out.Close(stderr)
			fmt.Fprintln(stderr, "price: reading responses:", err)
			return pipe.ExitErrors
		}
		a, bad := answer{}, line.Err
		if bad == nil {
			a, bad = p.answer(line.Text)
		}
		if bad != nil {
			out.Fail(line.N, bad)
			continue
		}
		a.Line = line.N
		out.Put(a)
	}
	return out.Close(stderr)
}
