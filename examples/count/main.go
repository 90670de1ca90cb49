// Count counts the tokens of text for a model, offline.
//
//	go run ./examples/count -model gpt-5 README.md
//	echo -n 'Hello, world!' | go run ./examples/count -encoding o200k_base
//	echo '{"text":"你好"}' | go run ./examples/count -model claude-opus-4-7 -jsonl
//	go run ./examples/count -h
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/tokenomics-go/tokenomics/estimate"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/cl100k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/o200k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/p50k"
	"github.com/tokenomics-go/tokenomics/estimate/vocab/r50k"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
)

const help = `Usage: count (-model NAME | -encoding NAME) [FILE…]
       count (-model NAME | -encoding NAME) -jsonl < texts.jsonl

Counts each file, or all of the standard input as one text, a line end at its
end included. With -jsonl, counts the text of each line {"text":"…"}. The file
"-" is the standard input.

  -model     a model as its provider names it
  -encoding  o200k_base, o200k_harmony, cl100k_base, p50k_base or r50k_base

Answers, one JSON object a line:

  {"n", "low", "high", "basis", "encoding"}, and "file" or "line"
  {"error": {"code", "message"}}, and "file" or "line"

  basis is exact (low = n = high) or estimate. encoding is the vocabulary that
  was counted with. The text of special tokens, such as <|endoftext|>, counts
  as plain text; a byte that is no UTF-8 counts as U+FFFD.

Error codes: bad_json not_an_object unknown_key duplicate_key missing_key
wrong_type line_too_long; unreadable (a file).

Exit status: 1 if any answer is an error, 2 for bad flags, else 0.
`

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("count", flag.ContinueOnError)
	fs.Usage = func() { fmt.Fprint(fs.Output(), help) }
	model := fs.String("model", "", "")
	encoding := fs.String("encoding", "", "")
	jsonl := fs.Bool("jsonl", false, "")
	if status, done := pipe.ParseFlags(fs, args, true, stdout, stderr); done {
		return status
	}
	counter, err := choose(*model, *encoding)
	if err == nil && *jsonl && fs.NArg() > 0 {
		err = fmt.Errorf("-jsonl reads the standard input and takes no files")
	}
	if err != nil {
		fmt.Fprintf(stderr, "count: %v; see count -h\n", err)
		return pipe.ExitUsage
	}
	out := pipe.NewWriter(stdout)
	switch {
	case *jsonl:
		if err := countLines(counter, stdin, out); err != nil {
			out.Close(stderr)
			fmt.Fprintln(stderr, "count: reading texts:", err)
			return pipe.ExitErrors
		}
	case fs.NArg() == 0:
		countFile(counter, "", stdin, out)
	}
	for _, name := range fs.Args() {
		countFile(counter, name, stdin, out)
	}
	return out.Close(stderr)
}

// choose returns the counter that the flags name.
func choose(model, encoding string) (estimate.Counter, error) {
	switch {
	case (model == "") == (encoding == ""):
		return nil, fmt.Errorf("want either -model or -encoding")
	case model != "":
		return forModel(model), nil
	}
	switch encoding {
	case "o200k_base":
		return estimate.With(o200k.Base()), nil
	case "o200k_harmony":
		return estimate.With(o200k.Harmony()), nil
	case "cl100k_base":
		return estimate.With(cl100k.Base()), nil
	case "p50k_base":
		return estimate.With(p50k.Base()), nil
	case "r50k_base", "gpt2":
		return estimate.With(r50k.Base()), nil
	}
	return nil, fmt.Errorf("unknown encoding %q; have o200k_base, o200k_harmony, cl100k_base, p50k_base and r50k_base", encoding)
}

// forModel returns the model's counter. No vocabulary is built that it does not
// need.
func forModel(model string) estimate.Counter {
	switch estimate.EncodingOf(model) {
	case "cl100k_base":
		return estimate.For(model, cl100k.Base())
	case "p50k_base":
		return estimate.For(model, p50k.Base())
	case "r50k_base":
		return estimate.For(model, r50k.Base())
	}
	return estimate.For(model, o200k.Base())
}

// answer is what one text is answered with.
type answer struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	*count
	Error *pipe.Error `json:"error,omitempty"`
}

type count struct {
	N        int64  `json:"n"`
	Low      int64  `json:"low"`
	High     int64  `json:"high"`
	Basis    string `json:"basis"`
	Encoding string `json:"encoding"`
}

func counted(c estimate.Count) *count {
	return &count{c.N, c.Low, c.High, c.Kind.String(), c.Encoding}
}

// countLines answers every line of a text.
func countLines(counter estimate.Counter, in io.Reader, out *pipe.Writer) error {
	for line, err := range pipe.Lines(pipe.Tie(in, out), pipe.MaxLine) {
		if err != nil {
			return err
		}
		text, bad := "", line.Err
		if bad == nil {
			bad = pipe.Decode(line.Text, pipe.String("text", &text).Required())
		}
		if bad != nil {
			out.Fail(line.N, bad)
			continue
		}
		out.Put(answer{Line: line.N, count: counted(counter.Count(text))})
	}
	return nil
}

// countFile answers a file; "" and "-" are the standard input.
func countFile(counter estimate.Counter, name string, stdin io.Reader, out *pipe.Writer) {
	c, err := countReader(counter, name, stdin)
	if err != nil {
		out.MarkFailed()
		out.Put(answer{File: name, Error: pipe.Errorf("unreadable", "%v", err)})
		return
	}
	out.Put(answer{File: name, count: counted(c)})
}

// countReader counts a file as it is read, in little memory.
func countReader(counter estimate.Counter, name string, stdin io.Reader) (estimate.Count, error) {
	in := stdin
	if name != "" && name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return estimate.Count{}, err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	m := counter.NewMeter()
	if _, err := io.Copy(m, in); err != nil {
		return estimate.Count{}, err
	}
	if err := m.Close(); err != nil {
		return estimate.Count{}, err
	}
	return m.Count(), nil
}
