package tokenomics

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// A checkpoint is the boards at a position of the feed:
//
//	magic with the version of the format
//	fingerprint of the boards' configuration
//	position, instant of the last slide
//	for every board: see checkpointWriter.board
//	CRC-32C of all that
//
// It is kept in the ledger under a name made of the fingerprint, so that hosts
// with other boards over the same ledger keep their own.
const checkpointMagic = "tokenomics checkpoint 1\n"

// Checkpoint saves the boards in the ledger, so that the next engine with the
// same boards opens from there and follows what came after, without reading the
// ledger. [Engine.Run] does so now and then, and when it ends.
//
// It needs a store with a feed and checkpoints (store.Follower and
// store.Checkpointer), and boards without a Score, since nobody can tell whether
// a function of the host is the same the next time: else the error matches
// errors.ErrUnsupported.
func (e *Engine) Checkpoint(ctx context.Context) error {
	cp, err := e.checkpointer()
	if err != nil {
		return err
	}
	if e.readOnly {
		return fmt.Errorf("tokenomics: Config.ReadOnly is set: %w", store.ErrReadOnly)
	}
	if err := e.Follow(ctx); err != nil {
		return err
	}
	head, data, err := e.encode(ctx)
	if err != nil {
		return err
	}
	if err := cp.SaveCheckpoint(ctx, checkpointName(e.fingerprint()), head, data); err != nil {
		return fmt.Errorf("tokenomics: saving the boards: %w", err)
	}
	return nil
}

func (e *Engine) checkpointer() (store.Checkpointer, error) {
	cp, ok := store.As[store.Checkpointer](e.store)
	switch {
	case !ok || e.feed.of == nil:
		return nil, fmt.Errorf("tokenomics: this store keeps no checkpoints, see store.Checkpointer and store.Follower: %w", errors.ErrUnsupported)
	case slices.ContainsFunc(e.specs, func(b Board) bool { return b.Score != nil }):
		return nil, fmt.Errorf("tokenomics: boards with a Score are made anew each time: %w", errors.ErrUnsupported)
	}
	return cp, nil
}

// fingerprint tells configurations apart whose boards would differ.
func (e *Engine) fingerprint() string {
	var w snapshotWriter
	for i := range e.specs {
		b := &e.specs[i]
		w.text(b.Name)
		w.number(int64(b.Window.Period), int64(b.Window.Length), int64(b.Window.Step))
		w.zone(b.Window.Zone)
		w.number(int64(b.By), int64(b.Ties), int64(b.History), int64(b.MaxSegments))
		w.text(string(b.Of))
		w.number(int64(len(b.Per)))
		for _, d := range b.Per {
			w.text(string(d))
		}
	}
	return w.b.String()
}

// zone writes when the days of a zone begin: its name is that of others, too.
func (s *snapshotWriter) zone(z *time.Location) {
	if z == nil {
		s.text("")
		return
	}
	s.text(z.String())
	for t := store.Earliest().In(z); ; {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		s.number(int64(offset), stamp(end))
		if end.IsZero() || !end.Before(store.Latest()) {
			return
		}
		t = end
	}
}

func checkpointName(fingerprint string) string {
	sum := sha256.Sum256([]byte(fingerprint))
	return "boards-" + hex.EncodeToString(sum[:8])
}

// encode writes the boards of one moment.
func (e *Engine) encode(ctx context.Context) (head int64, data []byte, err error) {
	if err := e.lock(ctx); err != nil {
		return 0, nil, err
	}
	defer e.mu.RUnlock()
	w := checkpointWriter{}
	w.b.WriteString(checkpointMagic)
	w.text(e.fingerprint())
	head = e.feed.pos.Load()
	w.number(head)
	for _, b := range e.boards {
		if err := b.trusted(); err != nil {
			return 0, nil, err
		}
		w.number(stamp(b.now), stamp(b.family.missed))
		w.board(b)
		for i := range b.segments {
			s := &b.segments[i]
			w.number(flag(s.full), flag(s.unsettled), int64(len(s.boards)))
			for _, key := range slices.Sorted(maps.Keys(s.boards)) {
				if err := s.boards[key].trusted(); err != nil {
					return 0, nil, err
				}
				w.text(key)
				w.board(s.boards[key])
			}
		}
	}
	w.b.Write(binary.BigEndian.AppendUint32(nil, crc32.Checksum(w.b.Bytes(), castagnoli())))
	return head, w.b.Bytes(), nil
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

type checkpointWriter struct{ snapshotWriter }

// board writes the sums of a board, its rests, and what it keeps ahead.
func (w *checkpointWriter) board(b *board) {
	w.snapshotWriter.board(b)
	w.number(b.newest, int64(len(b.ahead)))
	for _, a := range b.ahead {
		hi, lo := a.value.money.Pico()
		w.text(b.names.Name(a.id))
		w.number(a.at.UnixNano(), a.value.score, hi, int64(lo), a.value.unpriced, flag(a.value.overflow))
	}
}

// restore puts the boards of a checkpoint in place, if there is one that fits and
// is whole. It reports why not, or nil.
func (e *Engine) restore(ctx context.Context, now time.Time) error {
	cp, err := e.checkpointer()
	if err != nil {
		return err
	}
	mine := e.fingerprint()
	head, data, err := cp.LoadCheckpoint(ctx, checkpointName(mine))
	if err != nil {
		return err
	}
	// Who was renamed since shows in the feed, and then the boards are made anew.
	who, err := e.readAliases(ctx)
	if err != nil {
		return err
	}
	names := rank.NewNames()
	fresh, err := e.decode(data, mine, head, who, names)
	if err != nil {
		return err
	}
	e.install(who, fresh, names, e.doubts.raised.Load(), e.feed.unsure.Load(), head)
	if err := e.follow(ctx); err != nil {
		return err
	}
	if done, err := e.slide(now); err != nil || !done {
		return errors.Join(err, errors.New("the boards it holds must be made anew"))
	}
	return nil
}

// decode reads a checkpoint. Nothing of it is used if anything in it is wrong.
func (e *Engine) decode(data []byte, fingerprint string, head int64, who *aliases, names *rank.Names) ([]*board, error) {
	damaged := func(reason string) error { return fmt.Errorf("%w: checkpoint: %s", store.ErrCorrupt, reason) }
	body, ok := bytes.CutPrefix(data, []byte(checkpointMagic))
	if !ok {
		if bytes.HasPrefix(data, []byte("tokenomics checkpoint ")) {
			return nil, fmt.Errorf("checkpoint: %w", store.ErrNewerFormat)
		}
		return nil, damaged("it does not begin like one")
	}
	end := len(data) - 4
	if len(body) < 4 || binary.BigEndian.Uint32(data[end:]) != crc32.Checksum(data[:end], castagnoli()) {
		return nil, damaged("its checksum does not fit")
	}
	r := checkpointReader{b: body[:len(body)-4]}
	if r.text() != fingerprint {
		return nil, damaged("it is of other boards")
	}
	if at := r.number(); at != head {
		return nil, damaged(fmt.Sprintf("it is of position %d, but is kept for %d", at, head))
	}
	var fresh []*board
	for _, spec := range e.specs {
		b, err := newBoard(spec, namesOf(&spec, names))
		if err != nil {
			return nil, err
		}
		b.who = who
		at, missed := r.time(), r.time()
		b.stand(at)
		b.family.missed = missed
		r.board(b)
		for i := range b.segments {
			r.segments(b, &b.segments[i])
		}
		fresh = append(fresh, b)
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("there is more after its end")
	}
	if r.err != nil {
		return nil, damaged(r.err.Error())
	}
	return fresh, nil
}

// checkpointReader takes a checkpoint apart; after the first fault it reads
// zeros.
type checkpointReader struct {
	b   []byte
	err error
}

func (r *checkpointReader) fail(reason string) {
	if r.err == nil {
		r.err = errors.New(reason)
	}
	r.b = nil
}

func (r *checkpointReader) number() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail("a number is broken")
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads how many things follow, of which each takes a byte at least.
func (r *checkpointReader) count() int {
	n := r.number()
	if n < 0 || n > int64(len(r.b)) {
		r.fail("a count is broken")
		return 0
	}
	return int(n)
}

func (r *checkpointReader) text() string {
	n := r.count()
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *checkpointReader) time() time.Time {
	n := r.number()
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// ranks reads what a rank.Board wrote, which must be of the step the board is at.
func (r *checkpointReader) ranks(b *board, into *rank.Board) {
	if err := into.Restore([]byte(r.text())); err != nil {
		r.fail(err.Error())
		return
	}
	if _, until := into.Window(); !until.IsZero() && !until.Equal(b.spec.Window.StepStart(b.current+1)) {
		r.fail("a board is of another step than it says")
	}
}

// board reads into a board that is empty and stands where the one written stood.
func (r *checkpointReader) board(b *board) {
	if r.text() != b.spec.Name {
		r.fail("a board has another name")
		return
	}
	r.ranks(b, b.ranks)
	if b.byCost() && r.err == nil {
		r.ranks(b, b.unpriced)
		for range r.count() {
			step, rest := r.number(), r.number()
			id := b.names.ID(r.text())
			if rest < 1 || rest > 999 || id == rank.NoID || step < b.oldest || step > b.current+1 {
				r.fail("an amount's rest is broken")
				return
			}
			b.rests.set(step, id, uint16(rest))
		}
		b.rests.slide(b.oldest, b.first, b.current)
	}
	b.newest = r.number()
	for range r.count() {
		a := ahead{id: b.names.ID(r.text()), at: r.time()}
		a.value.score = r.number()
		hi, lo := r.number(), r.number()
		a.value.money = pricing.FromPico(hi, uint64(lo))
		a.value.unpriced, a.value.overflow = r.number(), r.number() != 0
		if a.id == rank.NoID || b.family.ahead >= maxAhead {
			r.fail("what is kept ahead is broken")
			return
		}
		b.ahead = append(b.ahead, a)
		b.family.ahead++
	}
}

func (r *checkpointReader) segments(b *board, s *segments) {
	s.full, s.unsettled = r.number() != 0, r.number() != 0
	for range r.count() {
		key := r.text()
		if r.err != nil || len(s.boards) >= s.max {
			r.fail("a segment is broken")
			return
		}
		seg, err := b.newSegment(s.by, key)
		if err != nil {
			r.fail(err.Error())
			return
		}
		r.board(seg)
		s.boards[key] = seg
	}
}

// stand notes at which instant a board was that is read from somewhere.
func (b *board) stand(now time.Time) {
	b.begin, b.end = 0, 0
	b.now, b.current = now, b.stepOf(now)
	b.measure()
}
