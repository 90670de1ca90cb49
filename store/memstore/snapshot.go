package memstore

import (
	"bufio"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/internal/ghost"
)

// A snapshot is a header of 16 bytes, the magic and a version, and then frames:
// length, payload, checksum. A frame's checksum covers all payloads so far, so
// that no frame can be lost, doubled or moved. A frame of length 0 is the last
// one; nothing follows it. The payloads together are a run of items, each a
// byte that says what it is and its content:
//
//	itemActivation  seq, from and until (see appendTime), book, note
//	itemSheets      more of the sheets of the activation before
//	itemSecret      the key of the hashes of what was forgotten
//	itemForgotten   the hash of a subject that was forgotten, and its token
//	itemAlias       subject, as whom it is counted, revision
//	itemText        a text, which gets the next number: 1, 2, 3, …
//	itemEvent       kind, at as the difference to the event before, and a body
//	itemEnd         the number of activations and of events
//
// All numbers are varints, texts have their length before them. Activations
// come by Seq, hashes by their bytes, aliases by subject, events by At, Source and ID, texts right before the event that
// first mentions them: equal states give equal bytes.
const (
	magic        = "tokenomics.mem\n"
	version      = 2
	oldest       = 1 // the oldest version that can be read
	headerLen    = len(magic) + 1
	maxFrame     = 1 << 20
	frameTarget  = 64 << 10
	lengthLen    = 4
	checksumLen  = 4
	itemEnd      = 0
	itemActivate = 1
	itemText     = 2
	itemEvent    = 3

	itemSheets    = 4 // these since version 2
	itemSecret    = 5
	itemForgotten = 6
	itemAlias     = 7
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Snapshot implements [store.Snapshotter]. Writers go on meanwhile.
func (s *Store) Snapshot(ctx context.Context, w io.Writer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	all := s.wholeView()
	all.sort()
	out := &snapshotWriter{w: bufio.NewWriterSize(w, frameTarget), numbers: make(map[string]uint32)}
	out.write(append([]byte(magic), version))
	for _, a := range all.activations {
		out.activation(&a)
	}
	out.subjects(all)
	var e store.Entry
	for i, h := range all.hits {
		if i%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		e = store.Entry{}
		decode(all.record(h.loc), &e, "", all.view)
		out.event(&e)
	}
	out.payload = append(out.payload, itemEnd)
	out.payload = binary.AppendUvarint(out.payload, uint64(len(all.activations)))
	out.payload = binary.AppendUvarint(out.payload, uint64(len(all.hits)))
	out.frame()
	out.write([]byte{0, 0, 0, 0})
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// whole is a view of everything, voids included, and what there is beside the
// events, of one moment.
type whole struct {
	*view
	activations []store.Activation
	aliases     []store.Alias
	ghosts      *ghost.Ghosts // a copy; nil: nothing was ever forgotten
}

func (s *Store) wholeView() *whole {
	s.mu.RLock()
	w := &whole{activations: slices.Clone(s.activations), aliases: slices.Clone(s.aliases)}
	if s.ghosts != nil {
		w.ghosts = &ghost.Ghosts{Secret: s.ghosts.Secret, Tokens: maps.Clone(s.ghosts.Tokens)}
	}
	v, spans := s.spans(math.MinInt64, math.MaxInt64)
	s.mu.RUnlock()
	v.collect(spans, math.MinInt64, math.MaxInt64, true)
	w.view = v
	return w
}

type snapshotWriter struct {
	w       *bufio.Writer
	err     error
	payload []byte
	body    []byte
	sum     uint32
	numbers map[string]uint32
	last    int64
}

func (o *snapshotWriter) write(b []byte) {
	if o.err == nil {
		_, o.err = o.w.Write(b)
	}
}

// frame ends the payload.
func (o *snapshotWriter) frame() {
	if len(o.payload) == 0 {
		return
	}
	o.sum = crc32.Update(o.sum, castagnoli, o.payload)
	o.write(binary.LittleEndian.AppendUint32(nil, uint32(len(o.payload))))
	o.write(o.payload)
	o.write(binary.LittleEndian.AppendUint32(nil, o.sum))
	o.payload = o.payload[:0]
}

func (o *snapshotWriter) activation(a *store.Activation) {
	b := append(o.payload, itemActivate)
	b = binary.AppendUvarint(b, uint64(a.Seq))
	b = appendTime(appendTime(b, a.From), a.Until)
	b = appendText(appendText(b, a.Book), a.Note)
	o.payload = b
	o.full()
	for part := range slices.Chunk(a.Sheets, frameTarget) {
		o.payload = append(o.payload, itemSheets)
		o.payload = append(binary.AppendUvarint(o.payload, uint64(len(part))), part...)
		o.full()
	}
}

// subjects writes what was forgotten and who is counted as whom.
func (o *snapshotWriter) subjects(w *whole) {
	if w.ghosts != nil {
		o.payload = appendText(append(o.payload, itemSecret), string(w.ghosts.Secret))
		for _, hash := range slices.Sorted(maps.Keys(w.ghosts.Tokens)) {
			o.payload = appendText(appendText(append(o.payload, itemForgotten), hash), w.ghosts.Tokens[hash])
			o.full()
		}
	}
	for _, a := range w.aliases {
		o.payload = appendText(appendText(append(o.payload, itemAlias), a.Subject), a.As)
		o.payload = binary.AppendUvarint(o.payload, uint64(a.Revision))
		o.full()
	}
}

// event writes the texts it mentions first, as far as they are new, and then
// itself.
func (o *snapshotWriter) event(e *store.Entry) {
	at := unixNano(e.At)
	o.body = append(o.body[:0], itemEvent, kind(&e.Event))
	o.body = binary.AppendVarint(o.body, at-o.last)
	o.body = appendBody(o.body, e, o)
	o.last = at
	o.payload = append(o.payload, o.body...)
	o.full()
}

func (o *snapshotWriter) full() {
	if len(o.payload) >= frameTarget {
		o.frame()
	}
}

// number makes the writer the numberer of its bodies.
func (o *snapshotWriter) number(_ int, text string) uint32 {
	if text == "" {
		return 0
	}
	n, ok := o.numbers[text]
	if !ok {
		n = uint32(len(o.numbers)) + 1
		o.numbers[text] = n
		o.payload = appendText(append(o.payload, itemText), text)
	}
	return n
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
