// Package lines splits a stream into lines in bounded memory: a line over the
// limit is counted and stepped over, never held.
package lines

import (
	"bytes"
	"errors"
	"io"
)

// chunk is how much is read at a time and the buffer a Reader starts with.
const chunk = 256 << 10

// Line is one line. Text excludes the line's end and is valid until the next
// call only.
type Line struct {
	Text       []byte
	Terminated bool  // a newline ended it
	TooLong    bool  // over the limit: Text holds none of it
	Size       int64 // its length in bytes, line's end excluded
}

// Reader reads lines. Its buffer grows to the limit at most and may be used
// for one stream after another.
type Reader struct {
	src        io.Reader
	max        int
	buf        []byte
	start, end int   // the bytes of buf not yet given out
	scanned    int   // of those, how many are known to hold no newline
	err        error // of src, io.EOF included
	bytes      int64
}

// NewReader returns a Reader for lines of at most limit bytes.
func NewReader(limit int) *Reader { return &Reader{max: limit} }

// Reset begins another stream.
func (r *Reader) Reset(src io.Reader) {
	r.src, r.start, r.end, r.scanned, r.err, r.bytes = src, 0, 0, 0, nil, 0
}

// Bytes returns how many bytes of the stream were read since Reset.
func (r *Reader) Bytes() int64 { return r.bytes }

// Next returns the next line, or io.EOF after the last one. On another error
// the line that was being read is lost; it was not whole.
func (r *Reader) Next() (Line, error) {
	for {
		if i := bytes.IndexByte(r.buf[r.start+r.scanned:r.end], '\n'); i >= 0 {
			n := r.scanned + i
			text := r.buf[r.start : r.start+n]
			r.start, r.scanned = r.start+n+1, 0
			if n > r.max {
				return Line{TooLong: true, Terminated: true, Size: int64(n)}, nil
			}
			return Line{Text: text, Terminated: true, Size: int64(n)}, nil
		}
		r.scanned = r.end - r.start
		if r.scanned > r.max {
			return r.skip()
		}
		if r.err != nil {
			return r.last()
		}
		r.fill()
	}
}

// last gives out what the stream ended with, if it ended properly.
func (r *Reader) last() (Line, error) {
	if !errors.Is(r.err, io.EOF) || r.start == r.end {
		return Line{}, r.err
	}
	text := r.buf[r.start:r.end]
	r.start, r.scanned = r.end, 0
	return Line{Text: text, Size: int64(len(text))}, nil
}

// skip steps over the rest of a line that is too long.
func (r *Reader) skip() (Line, error) {
	size := int64(r.end - r.start)
	for {
		r.start, r.end, r.scanned = 0, 0, 0
		if errors.Is(r.err, io.EOF) {
			return Line{TooLong: true, Size: size}, nil
		}
		if r.err != nil {
			return Line{}, r.err
		}
		r.fill()
		if i := bytes.IndexByte(r.buf[:r.end], '\n'); i >= 0 {
			r.start = i + 1
			return Line{TooLong: true, Terminated: true, Size: size + int64(i)}, nil
		}
		size += int64(r.end)
	}
}

// fill reads more, making room first.
func (r *Reader) fill() {
	if r.start > 0 {
		copy(r.buf, r.buf[r.start:r.end])
		r.start, r.end = 0, r.end-r.start
	}
	if len(r.buf)-r.end < chunk/2 {
		bigger := make([]byte, max(chunk, min(2*len(r.buf), r.max+chunk)))
		if len(bigger) > len(r.buf) {
			copy(bigger, r.buf[:r.end])
			r.buf = bigger
		}
	}
	// A reader that returns nothing without an error for ever is broken.
	for range 100 {
		n, err := r.src.Read(r.buf[r.end:])
		if n < 0 || n > len(r.buf)-r.end {
			n, err = 0, io.ErrNoProgress
		}
		r.end += n
		r.bytes += int64(n)
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}
