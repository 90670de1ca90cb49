package memstore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/internal/ghost"
)

// Restore implements [store.Snapshotter]. A snapshot of more keys than
// MaxEvents is refused with [store.ErrFull].
func (s *Store) Restore(ctx context.Context, r io.Reader) error {
	fresh := New(&s.opts)
	in := &snapshotReader{ctx: ctx, r: bufio.NewReaderSize(r, frameTarget), to: fresh, texts: []string{""}}
	if err := in.read(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index.n > 0 || len(s.activations) > 0 || len(s.aliases) > 0 || s.ghosts != nil {
		return fmt.Errorf("memstore: cannot restore into a store that holds %d keys, %d activations and %d aliases, or has forgotten a subject: want an empty one", s.index.n, len(s.activations), len(s.aliases))
	}
	s.seed, s.arena, s.index, s.texts, s.subjects = fresh.seed, fresh.arena, fresh.index, fresh.texts, fresh.subjects
	s.heads, s.recents, s.activations = fresh.heads, fresh.recents, fresh.activations
	s.ghosts, s.aliases = fresh.ghosts, fresh.aliases
	return nil
}

type snapshotReader struct {
	ctx   context.Context
	r     *bufio.Reader
	to    *Store
	sum   uint32
	at    int64 // bytes read so far, for messages
	texts []string

	// activations enter the store last: its prices may be of older ones, which
	// Put would refuse.
	activations []store.Activation

	last  int64
	batch []store.Entry
	n     uint64
	ended bool
	wrong string // what a text's number is
}

func (in *snapshotReader) corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: snapshot, before byte %d: %s", store.ErrCorrupt, in.at, fmt.Sprintf(format, args...))
}

// fill reads len(b) bytes. That there are fewer is damage, anything else is the
// reader's own fault.
func (in *snapshotReader) fill(b []byte) error {
	n, err := io.ReadFull(in.r, b)
	in.at += int64(n)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return in.corrupt("it ends too early")
	case err != nil:
		return fmt.Errorf("memstore: reading a snapshot: %w", err)
	}
	return nil
}

func (in *snapshotReader) read() error {
	var header [headerLen]byte
	if err := in.fill(header[:]); err != nil {
		return err
	}
	if string(header[:len(magic)]) != magic {
		return in.corrupt("it does not begin as a snapshot of memstore")
	}
	switch v := header[len(magic)]; {
	case v > version:
		return fmt.Errorf("%w: snapshot of format %d, this is %d", store.ErrNewerFormat, v, version)
	case v < oldest:
		return in.corrupt("there is no format %d", v)
	}
	var payload []byte
	for {
		if err := in.ctx.Err(); err != nil {
			return err
		}
		var word [lengthLen]byte
		if err := in.fill(word[:]); err != nil {
			return err
		}
		n := binary.LittleEndian.Uint32(word[:])
		if n == 0 {
			break
		}
		if n > maxFrame {
			return in.corrupt("a frame of %d bytes, at most %d are possible", n, maxFrame)
		}
		payload = append(payload[:0], make([]byte, n)...)
		if err := in.fill(payload); err != nil {
			return err
		}
		if err := in.fill(word[:]); err != nil {
			return err
		}
		if in.sum = crc32.Update(in.sum, castagnoli, payload); in.sum != binary.LittleEndian.Uint32(word[:]) {
			return in.corrupt("wrong checksum")
		}
		if err := in.items(payload); err != nil {
			return err
		}
	}
	if !in.ended {
		return in.corrupt("the last frame comes before the end")
	}
	if _, err := in.r.ReadByte(); !errors.Is(err, io.EOF) {
		return in.corrupt("something follows the end")
	}
	return nil
}

// items reads the items of one payload. Each is whole in its frame.
func (in *snapshotReader) items(payload []byte) error {
	r := reader{b: payload}
	for len(r.b) > 0 {
		if in.ended {
			return in.corrupt("something follows the end")
		}
		var err error
		switch item := r.byte(); item {
		case itemText:
			in.texts = append(in.texts, string(r.bytes(r.uvarint())))
		case itemActivate:
			err = in.activation(&r)
		case itemSheets:
			err = in.sheets(r.bytes(r.uvarint()))
		case itemSecret:
			in.to.ghosts = &ghost.Ghosts{Secret: bytes.Clone(r.bytes(r.uvarint())), Tokens: map[string]string{}}
		case itemForgotten:
			err = in.forgotten(string(r.bytes(r.uvarint())), string(r.bytes(r.uvarint())))
		case itemAlias:
			err = in.alias(store.Alias{Subject: string(r.bytes(r.uvarint())), As: string(r.bytes(r.uvarint())), Revision: int64(r.uvarint())})
		case itemEvent:
			err = in.event(&r)
		case itemEnd:
			err = in.end(&r)
		default:
			err = in.corrupt("there is no item %d", item)
		}
		if err != nil {
			return err
		}
		if r.bad {
			return in.corrupt("an item is cut short")
		}
	}
	return nil
}

func (in *snapshotReader) activation(r *reader) error {
	a := store.Activation{Seq: int64(r.uvarint())}
	a.From, a.Until = readTime(r), readTime(r)
	a.Book, a.Note = string(r.bytes(r.uvarint())), string(r.bytes(r.uvarint()))
	if a.Seq != int64(len(in.activations))+1 {
		return in.corrupt("activation %d follows number %d", a.Seq, len(in.activations))
	}
	in.activations = append(in.activations, a)
	return nil
}

// sheets adds to those of the last activation. Once there are events there is
// nothing to add to.
func (in *snapshotReader) sheets(part []byte) error {
	if len(in.activations) == 0 || len(part) == 0 {
		return in.corrupt("sheets of no activation, or none")
	}
	a := &in.activations[len(in.activations)-1]
	a.Sheets = append(a.Sheets, part...)
	return nil
}

func (in *snapshotReader) forgotten(hash, token string) error {
	if in.to.ghosts == nil || token == "" {
		return in.corrupt("a forgotten subject without a secret or a token")
	}
	in.to.ghosts.Tokens[hash] = token
	return nil
}

func (in *snapshotReader) alias(a store.Alias) error {
	if n := len(in.to.aliases); n > 0 && in.to.aliases[n-1].Subject >= a.Subject {
		return in.corrupt("the alias of %q is out of order", a.Subject)
	}
	in.to.aliases = append(in.to.aliases, a)
	return nil
}

func (in *snapshotReader) event(r *reader) error {
	var e store.Entry
	setKind(&e.Event, r.byte())
	step, n := binary.Varint(r.b)
	r.bytes(uint64(n))
	in.last += step
	e.At = timeOf(in.last)
	r.entry(&e, "", in)
	if r.bad || n == 0 {
		return in.corrupt("an event is cut short")
	}
	if in.wrong != "" {
		return in.corrupt("%s", in.wrong)
	}
	if in.batch = append(in.batch, e); len(in.batch) == chunk {
		return in.flush()
	}
	return nil
}

// flush puts the events read so far. Each key must be new.
func (in *snapshotReader) flush() error {
	in.to.mu.Lock()
	changes := in.to.putAll(in.batch) // whatever activation priced them
	in.to.mu.Unlock()
	for i, c := range changes {
		if c.Err != nil && !errors.Is(c.Err, store.ErrInvalid) {
			return c.Err
		}
		if c.Status != store.Accepted {
			return in.corrupt("event %d, %v, is %s", in.n+uint64(i)+1, in.batch[i].Key(), c.Status)
		}
	}
	in.n += uint64(len(in.batch))
	in.batch = in.batch[:0]
	return nil
}

func (in *snapshotReader) end(r *reader) error {
	activations, events := r.uvarint(), r.uvarint()
	if err := in.flush(); err != nil {
		return err
	}
	if activations != uint64(len(in.activations)) || events != in.n {
		return in.corrupt("it says it has %d activations and %d events, and has %d and %d", activations, events, len(in.activations), in.n)
	}
	in.to.activations = in.activations
	in.ended = true
	return nil
}

// text makes the reader the texter of its bodies.
func (in *snapshotReader) text(_ int, number uint32) string {
	if int64(number) >= int64(len(in.texts)) {
		in.wrong = fmt.Sprintf("there is no text %d", number)
		return ""
	}
	return in.texts[number]
}

// appendTime writes a time of an activation, which may be of any year: a byte
// for whether there is one, seconds since 1970, and nanoseconds.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	b = binary.AppendVarint(append(b, 1), t.Unix())
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

func readTime(r *reader) time.Time {
	if r.byte() == 0 {
		return time.Time{}
	}
	sec, n := binary.Varint(r.b)
	r.bytes(uint64(n))
	r.bad = r.bad || n == 0
	return time.Unix(sec, int64(r.uvarint()%1e9)).UTC()
}
