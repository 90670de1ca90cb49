package tokenomics

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
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
const snapshotMagic = "tokenomics state 2\n"

// Snapshot writes a picture of the state as of the clock: the activated price
// books, the aliases of subjects, the number of counting versions with the SHA-256 of all of them and
// their costs, and every board in full. Two engines with the same state write
// the same bytes, however they came to it: so instances can be compared, and
// law 5 tested. The last four bytes are a CRC-32C of the others. Recording
// waits while the picture is taken, not while it is written.
func (e *Engine) Snapshot(ctx context.Context, w io.Writer) error {
	var s snapshotWriter
	for done, tries := false, 0; !done; tries++ {
		if tries == maxPictures {
			return fmt.Errorf("tokenomics: other instances wrote to the ledger each of %d times a snapshot was begun; take it when less is written", tries)
		}
		err := e.advance(ctx, e.now)
		if err == nil {
			s.b.Reset()
			done, err = e.picture(ctx, &s)
		}
		if err != nil {
			return err
		}
	}
	sum := crc32.Checksum(s.b.Bytes(), castagnoli())
	s.b.Write(binary.BigEndian.AppendUint32(nil, sum))
	if _, err := w.Write(s.b.Bytes()); err != nil {
		return fmt.Errorf("tokenomics: writing a snapshot: %w", err)
	}
	return nil
}

// maxPictures bounds the attempts to meet the boards and the ledger at one
// position of the feed.
const maxPictures = 100

// picture encodes the ledger and the boards of one moment. It reports false if
// the boards came into doubt before it, or others wrote meanwhile.
func (e *Engine) picture(ctx context.Context, s *snapshotWriter) (done bool, err error) {
	if err := e.lanes.enterAll(ctx); err != nil {
		return false, fmt.Errorf("tokenomics: waiting to take a snapshot: %w", err)
	}
	defer e.lanes.leaveAll()
	if e.feed.of != nil {
		if err := e.follow(ctx); err != nil {
			return false, err
		}
	}
	if e.doubts.any() {
		return false, nil
	}
	if slices.ContainsFunc(e.boards, func(b *board) bool { return !b.settled() }) {
		e.doubts.raise()
		return false, nil
	}
	s.b.WriteString(snapshotMagic)
	acts, err := e.store.Activations(ctx)
	if err != nil {
		return false, fmt.Errorf("tokenomics: reading the ledger's price books: %w", err)
	}
	s.number(int64(len(acts)))
	for i := range acts {
		s.number(acts[i].Seq, stamp(acts[i].From), stamp(acts[i].Until))
		s.text(acts[i].Book)
	}
	who, err := e.readAliases(ctx)
	if err != nil {
		return false, err
	}
	s.number(int64(len(who.facts)))
	for _, a := range who.facts {
		s.text(a.Subject)
		s.text(a.As)
		s.number(a.Revision)
	}
	ledger := sha256.New()
	versions := int64(0)
	var line snapshotWriter
	pos := e.feed.pos.Load()
	head := pos
	for entry, err := range e.scanAt(ctx, store.Query{Voids: true}, &head) {
		if err != nil {
			return false, fmt.Errorf("tokenomics: reading the ledger: %w", err)
		}
		if head != pos {
			break
		}
		line.b.Reset()
		line.text(string(store.AppendCanonical(nil, &entry.Event)))
		line.text(entry.Cost.String())
		line.text(entry.High.String())
		line.number(int64(entry.Status), entry.Activation)
		ledger.Write(line.b.Bytes())
		versions++
	}
	if head != pos {
		return false, nil
	}
	s.number(versions)
	s.b.Write(ledger.Sum(nil))
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, b := range e.boards {
		if err := b.trusted(); err != nil {
			return false, err
		}
		s.board(b)
		if err := s.segments(b); err != nil {
			return false, err
		}
	}
	return true, nil
}

// snapshotWriter encodes into memory.
type snapshotWriter struct{ b bytes.Buffer }

func (s *snapshotWriter) number(ns ...int64) {
	for _, n := range ns {
		s.b.Write(binary.AppendVarint(nil, n))
	}
}

func (s *snapshotWriter) text(t string) {
	s.number(int64(len(t)))
	s.b.WriteString(t)
}

func (s *snapshotWriter) board(b *board) {
	s.text(b.spec.Name)
	s.text(string(b.ranks.Snapshot()))
	if !b.byCost() {
		return
	}
	s.text(string(b.unpriced.Snapshot()))
	type cell struct {
		step int64
		name string
		rest uint16
	}
	var cells []cell
	for step, c := range b.rests.cells {
		c.each(func(id rank.ID, rest uint16) { cells = append(cells, cell{step, b.names.Name(id), rest}) })
	}
	slices.SortFunc(cells, func(x, y cell) int { return cmp.Or(cmp.Compare(x.step, y.step), cmp.Compare(x.name, y.name)) })
	s.number(int64(len(cells)))
	for _, c := range cells {
		s.number(c.step, int64(c.rest))
		s.text(c.name)
	}
}

func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
