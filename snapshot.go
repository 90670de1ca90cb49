package tokenomics

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// snapshotMagic names the format and its version.
const snapshotMagic = "tokenomics state 1\n"

// Snapshot writes the whole state as of the clock: the activated price books,
// every counting version with its cost, and every board. Two engines with the
// same state write the same bytes, however they came to it: so instances can be
// compared, and law 5 tested. The last four bytes are a CRC-32C of the others.
func (e *Engine) Snapshot(ctx context.Context, w io.Writer) error {
	if err := e.Advance(ctx, e.now()); err != nil {
		return err
	}
	e.applying.Lock() // the ledger and the boards of one moment
	defer e.applying.Unlock()
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	buf := bufio.NewWriter(io.MultiWriter(w, sum))
	s := &snapshotWriter{w: buf}
	s.text(snapshotMagic)
	acts, err := e.store.Activations(ctx)
	if err != nil {
		return fmt.Errorf("tokenomics: reading the ledger's price books: %w", err)
	}
	s.number(int64(len(acts)))
	for i := range acts {
		s.number(acts[i].Seq, stamp(acts[i].From), stamp(acts[i].Until))
		s.text(acts[i].Book)
	}
	var canonical []byte
	for entry, err := range e.store.Scan(ctx, store.Query{}) {
		if err != nil {
			return fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		canonical = store.AppendCanonical(canonical[:0], &entry.Event)
		s.text(string(canonical))
		s.text(entry.Cost.String())
		s.text(entry.High.String())
		s.number(int64(entry.Status), entry.Activation)
	}
	s.text("boards")
	e.mu.RLock()
	for _, b := range e.boards {
		s.board(b, e.names)
	}
	e.mu.RUnlock()
	if s.err == nil {
		s.err = buf.Flush()
	}
	if s.err == nil {
		_, s.err = w.Write(binary.BigEndian.AppendUint32(nil, sum.Sum32()))
	}
	if s.err != nil {
		return fmt.Errorf("tokenomics: writing a snapshot: %w", s.err)
	}
	return nil
}

// snapshotWriter keeps the first error.
type snapshotWriter struct {
	w   *bufio.Writer
	err error
}

func (s *snapshotWriter) bytes(b []byte) {
	if s.err == nil {
		_, s.err = s.w.Write(b)
	}
}

func (s *snapshotWriter) number(ns ...int64) {
	for _, n := range ns {
		s.bytes(binary.AppendVarint(nil, n))
	}
}

func (s *snapshotWriter) text(t string) {
	s.number(int64(len(t)))
	s.bytes([]byte(t))
}

func (s *snapshotWriter) board(b *board, names *rank.Names) {
	s.text(b.Name)
	s.ranks(b.ranks)
	if !b.byCost() {
		return
	}
	s.ranks(b.unpriced)
	type cell struct {
		step int64
		name string
		rest uint16
	}
	var cells []cell
	for step, of := range b.rests {
		for id, rest := range of {
			cells = append(cells, cell{step, names.Name(id), rest})
		}
	}
	slices.SortFunc(cells, func(x, y cell) int { return cmp.Or(cmp.Compare(x.step, y.step), cmp.Compare(x.name, y.name)) })
	s.number(int64(len(cells)))
	for _, c := range cells {
		s.number(c.step, int64(c.rest))
		s.text(c.name)
	}
}

func (s *snapshotWriter) ranks(b *rank.Board) { s.text(string(b.Snapshot())) }

func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
