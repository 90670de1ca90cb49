package gemini

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/ingest/internal/run"
)

// whole reads a session that is one JSON value, message by message, holding
// one of them at a time.
func (r *reader) whole(file string) error {
	return r.Open(file, func(src io.Reader) error {
		r.At(1)
		var id, directories jsonscan.Value
		s := newSplitter(src, r.Options.MaxLine)
		err := s.split(func(key string, text []byte, tooLong bool) error {
			var member *jsonscan.Value
			switch key {
			case messagesKey:
			case "sessionId":
				member = &id
			case "directories":
				member = &directories
			default:
				return nil
			}
			if member != nil {
				if member.Kind != jsonscan.Missing {
					return run.Faultf(ingest.KindDuplicateKey, "%q is there twice", key)
				}
				if !tooLong {
					*member = jsonscan.ValueOf(bytes.Clone(text))
				}
				return nil
			}
			if err := r.Err(); err != nil {
				return err
			}
			r.At(s.startLine)
			if tooLong {
				r.Fault(run.Faultf(ingest.KindLongLine, "a message is over %d bytes long", r.Options.MaxLine))
				return nil
			}
			r.CheckUTF8(text)
			r.element(text)
			return nil
		})
		r.Report.Bytes += s.bytes
		if ctxErr := r.Err(); ctxErr != nil {
			r.Count(ingest.Metadata)
			return ctxErr
		}
		if err == nil {
			err = r.about(id, directories)
		}
		if err != nil {
			r.SetLine(s.line)
			if s.failed != nil && !errors.Is(s.failed, io.EOF) {
				err = run.Faultf(ingest.KindUnreadable, "reading stopped: %v", s.failed)
			}
			r.Fault(err)
			return nil
		}
		r.Count(ingest.Metadata)
		return nil
	})
}

// messagesKey is the member whose elements are split.
const messagesKey = "messages"

// splitter takes an object apart as it is read: it hands out its members, and
// of the member "messages" the elements. It holds one of them at a time.
type splitter struct {
	src       io.Reader
	max       int
	buf       []byte
	pos, end  int
	failed    error // of src
	bytes     int64
	line      int // of buf[pos], from 1
	startLine int // of what is handed out
	value     []byte
	tooLong   bool
}

func newSplitter(src io.Reader, limit int) *splitter {
	return &splitter{src: src, max: limit, buf: make([]byte, 64<<10), line: 1}
}

// split hands out members and messages until the end, or until emit fails.
func (s *splitter) split(emit func(key string, text []byte, tooLong bool) error) error {
	if c := s.space(); c == 0xef { // a byte order mark
		s.pos++
		s.next()
		s.next()
	}
	if err := s.expect('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		done, err := s.item('}', first)
		if err != nil {
			return err
		}
		if done {
			break
		}
		key, err := s.key()
		if err != nil {
			return err
		}
		if key == messagesKey && s.space() == '[' {
			err = s.elements(emit)
		} else if err = s.capture(); err == nil {
			err = emit(key, s.value, s.tooLong)
		}
		if err != nil {
			return err
		}
	}
	if c := s.space(); c != 0 || s.failed == nil {
		return s.syntax("more text after the value")
	}
	return nil
}

func (s *splitter) elements(emit func(key string, text []byte, tooLong bool) error) error {
	s.pos++
	for first := true; ; first = false {
		done, err := s.item(']', first)
		if err != nil || done {
			return err
		}
		if err := s.capture(); err != nil {
			return err
		}
		if err := emit(messagesKey, s.value, s.tooLong); err != nil {
			return err
		}
	}
}

// item steps over the comma before an item, or over the closing bracket.
func (s *splitter) item(closing byte, first bool) (done bool, err error) {
	c := s.space()
	switch {
	case c == closing:
		s.pos++
		return true, nil
	case first:
		return false, nil
	}
	return false, s.expect(',')
}

func (s *splitter) key() (string, error) {
	if s.space() != '"' {
		return "", s.syntax("want a quoted key")
	}
	if err := s.capture(); err != nil {
		return "", err
	}
	key := string(bytes.Trim(s.value, `"`))
	return key, s.expect(':')
}

// capture reads one value into s.value, as far as the limit allows.
func (s *splitter) capture() error {
	c := s.space()
	s.value, s.tooLong, s.startLine = s.value[:0], false, s.line
	switch c {
	case '"':
		return s.str()
	case '{', '[':
		return s.nested()
	}
	for {
		c, ok := s.peek()
		if !ok {
			return s.early()
		}
		if bytes.IndexByte([]byte(" \t\r\n,]}"), c) >= 0 {
			break
		}
		if bytes.IndexByte([]byte(`"{[:`), c) >= 0 {
			return s.syntax("want a value")
		}
		s.keep(c)
		s.pos++
	}
	if len(s.value) == 0 {
		return s.syntax("want a value")
	}
	return nil
}

func (s *splitter) nested() error {
	var open []byte
	for {
		c, ok := s.peek()
		if !ok {
			return s.early()
		}
		switch c {
		case '"':
			if err := s.str(); err != nil {
				return err
			}
			continue
		case '{', '[':
			if len(open) >= maxDepth {
				return s.syntax("nested too deeply")
			}
			open = append(open, c+2)
		case '}', ']':
			if open[len(open)-1] != c {
				return s.syntax("a bracket closes the wrong one")
			}
			open = open[:len(open)-1]
		case '\n':
			s.line++
		}
		s.keep(c)
		s.pos++
		if len(open) == 0 {
			return nil
		}
	}
}

const maxDepth = 1000

// str reads a string. A quote ends it exactly if an even number of backslashes
// stands before it, so only quotes need a look.
func (s *splitter) str() error {
	s.next()
	s.keep('"')
	slashes := 0 // at the end of what was read
	for {
		if _, ok := s.peek(); !ok {
			return s.early()
		}
		part := s.buf[s.pos:s.end]
		quote := bytes.IndexByte(part, '"')
		if quote >= 0 {
			part = part[:quote]
		}
		rest := bytes.TrimRight(part, `\`)
		if len(rest) > 0 {
			slashes = 0
		}
		slashes += len(part) - len(rest)
		s.keepAll(part)
		s.pos += len(part)
		if quote < 0 {
			continue
		}
		s.pos++
		s.keep('"')
		if slashes%2 == 0 {
			return nil
		}
		slashes = 0
	}
}

func (s *splitter) keep(c byte) {
	if len(s.value) < s.max {
		s.value = append(s.value, c)
		return
	}
	s.tooLong = true
}

func (s *splitter) keepAll(b []byte) {
	if len(s.value)+len(b) <= s.max {
		s.value = append(s.value, b...)
		return
	}
	s.tooLong = true
}

// space steps over white space and returns the next byte, 0 at the end.
func (s *splitter) space() byte {
	for {
		c, ok := s.peek()
		switch {
		case !ok:
			return 0
		case c == '\n':
			s.line++
		case c != ' ' && c != '\t' && c != '\r':
			return c
		}
		s.pos++
	}
}

func (s *splitter) expect(c byte) error {
	switch s.space() {
	case c:
		s.pos++
		return nil
	case 0:
		if s.failed != nil {
			return s.early()
		}
	}
	return s.syntax(fmt.Sprintf("want %q", c))
}

func (s *splitter) next() (byte, bool) {
	c, ok := s.peek()
	if ok {
		s.pos++
	}
	return c, ok
}

func (s *splitter) peek() (byte, bool) {
	if s.pos == s.end && !s.fill() {
		return 0, false
	}
	return s.buf[s.pos], true
}

func (s *splitter) fill() bool {
	for range 100 { // a reader that returns nothing without an error for ever is broken
		if s.failed != nil {
			return false
		}
		n, err := s.src.Read(s.buf)
		if n < 0 || n > len(s.buf) {
			n, err = 0, io.ErrNoProgress
		}
		s.pos, s.end, s.failed = 0, n, err
		s.bytes += int64(n)
		if n > 0 {
			return true
		}
	}
	s.failed = errors.Join(s.failed, io.ErrNoProgress)
	return false
}

func (s *splitter) early() error { return jsonscan.ErrTruncated }

func (s *splitter) syntax(why string) error {
	return fmt.Errorf("%w: %s in line %d", jsonscan.ErrSyntax, why, s.line)
}
