package pipe

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
)

// Writer writes answers, one compact JSON object a line. The first failure of
// the output sticks. A Writer is not safe for concurrent use.
type Writer struct {
	out    *bufio.Writer
	enc    *json.Encoder
	failed bool
	err    error
}

// NewWriter returns a Writer to w. Answers are buffered until Flush, Close or
// a read from a tied input.
func NewWriter(w io.Writer) *Writer {
	out := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return &Writer{out: out, enc: enc}
}

// Put writes one answer.
func (w *Writer) Put(answer any) {
	if w.err == nil {
		w.err = w.enc.Encode(answer)
	}
}

// Fail answers a line with an error.
func (w *Writer) Fail(line int, e *Error) {
	w.failed = true
	w.Put(struct {
		Line  int    `json:"line"`
		Error *Error `json:"error"`
	}{line, e})
}

// MarkFailed makes the exit status ExitErrors, for answers that carry their
// error in another form.
func (w *Writer) MarkFailed() { w.failed = true }

// Flush writes out what is buffered.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	return w.err
}

// Close flushes, reports a failed output on stderr and returns the exit
// status.
func (w *Writer) Close(stderr io.Writer) int {
	if err := w.Flush(); err != nil {
		fmt.Fprintln(stderr, "writing answers:", err)
		return ExitErrors
	}
	if w.failed {
		return ExitErrors
	}
	return ExitOK
}

// Tie returns a reader of r that flushes w before every read, so that nobody
// waits for an answer while the program waits for input.
func Tie(r io.Reader, w *Writer) io.Reader { return &tied{r, w} }

type tied struct {
	r io.Reader
	w *Writer
}

func (t *tied) Read(p []byte) (int, error) {
	if err := t.w.Flush(); err != nil {
		return 0, fmt.Errorf("writing answers: %w", err)
	}
	return t.r.Read(p)
}

// ParseFlags parses the arguments of a pipe. If done, the program is to end
// with this exit status: -h prints the help to stdout and is no error; a bad
// flag is told on stderr. Arguments that are no flags are bad unless the
// program takes some.
func ParseFlags(fs *flag.FlagSet, args []string, takesArgs bool, stdout, stderr io.Writer) (status int, done bool) {
	fs.Init(fs.Name(), flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	usage := fs.Usage
	fs.Usage = func() {}
	err := fs.Parse(args)
	if err == nil && !takesArgs && fs.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	switch {
	case err == nil:
		return ExitOK, false
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(stdout)
		if usage != nil {
			usage()
		} else {
			fs.PrintDefaults()
		}
		return ExitOK, true
	}
	fmt.Fprintf(stderr, "%s: %v (-h for help)\n", fs.Name(), err)
	return ExitUsage, true
}
