package pipe

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
)

// MaxLine is the longest line that the pipes read, without its line end:
// 16 MiB.
const MaxLine = 16 << 20

// Line is one line that is not blank.
type Line struct {
	N    int    // 1-based; blank lines count
	Text []byte // without the line end; valid until the next line is asked for
	Err  *Error // set instead of Text if the line is longer than the cap
}

// Lines yields the lines of r that are not blank. A line longer than limit
// bytes is yielded with Err and costs no memory beyond the cap; reading goes
// on after it. A failure of r is yielded once, as the last pair. The last line
// needs no line end. A byte order mark before the first line is skipped.
func Lines(r io.Reader, limit int) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		var long []byte // a line that did not fit the reader's buffer
		for n := 1; ; n++ {
			text, tooLong, err := readLine(in, &long, limit)
			if n == 1 {
				text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
			}
			line := Line{N: n, Text: text}
			if tooLong {
				line.Text, line.Err = nil, Errorf(CodeTooLong, "line longer than %d bytes", limit)
			}
			if (tooLong || len(bytes.TrimSpace(text)) > 0) && !yield(line, nil) {
				return
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					yield(Line{N: n}, err)
				}
				return
			}
		}
	}
}

// readLine reads to the next line end. The error, io.EOF included, comes with
// the text before it.
func readLine(in *bufio.Reader, long *[]byte, limit int) (text []byte, tooLong bool, err error) {
	text, err = in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		text = trimEnd(text)
		return text, len(text) > limit, err
	}
	*long = append((*long)[:0], text...)
	for errors.Is(err, bufio.ErrBufferFull) {
		text, err = in.ReadSlice('\n')
		if len(*long) <= limit+2 { // room for the line end
			*long = append(*long, text...)
		}
	}
	text = trimEnd(*long)
	if cap(*long) > 1<<20 {
		*long = nil // do not hold on to the memory of one long line
	}
	return text, len(text) > limit, err
}

func trimEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}
