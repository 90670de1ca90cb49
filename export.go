package tokenomics

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/tokenomics-go/tokenomics/store"
)

// An export is lines of JSON:
//
//	{"type":"tokenomics.ledger","version":1}
//	{"type":"alias","subject":…,"as":…,"revision":…}      by subject
//	{"source":…,"id":…,…}                                 every counting version, by time and key
//	{"type":"end","aliases":…,"events":…,"sha256":…}      of all bytes before this line
//
// The lines of events are store.Line, which examples/record reads and dumps too.
const (
	exportType    = "tokenomics.ledger"
	exportVersion = 1
	exportMaxLine = 1 << 16 // far more than the longest valid event takes
)

// Exported says what [Engine.Export] wrote.
type Exported struct {
	Events  int64 // counting versions, voids included
	Aliases int64 // facts of [Engine.Rename], those taken back included
}

// Imported says what [Engine.Import] read, and what became of the events.
type Imported struct {
	Events   int64
	ByStatus [store.NumStatuses]int64 // sums to Events
	Aliases  int64

	// AliasesRefused are those that cannot hold here: of somebody who was forgotten,
	// or in a circle with what the ledger says.
	AliasesRefused int64

	Err error // why the first event that is Invalid or Refused, or the first alias refused, is so; nil if none is
}

// Of returns how many events got a status.
func (i Imported) Of(s Status) int64 { return i.ByStatus[s] }

// Export writes the ledger as lines of JSON, of one state of the store: the
// counting version of every call, voids included, and who is counted as whom. It
// holds no prices: they are opinion, and those of the ledger it is imported into
// hold there. Equal ledgers give equal bytes. The last line has the SHA-256 of
// all before it, so that Import notices a copy that was cut short. Where subjects are
// renamed or forgotten while it writes, it fails.
func (e *Engine) Export(ctx context.Context, w io.Writer) (Exported, error) {
	var done Exported
	who, err := e.readAliases(ctx)
	if err != nil {
		return done, err
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(io.MultiWriter(out, sum))
	enc.SetEscapeHTML(false)
	fail := func(err error) (Exported, error) {
		return done, fmt.Errorf("tokenomics: exporting the ledger: %w", err)
	}
	if err := enc.Encode(exportHeader{exportType, exportVersion}); err != nil {
		return fail(err)
	}
	for _, a := range who.facts {
		done.Aliases++
		if err := enc.Encode(exportAlias{"alias", a.Subject, a.As, a.Revision}); err != nil {
			return fail(err)
		}
	}
	for entry, err := range e.store.Scan(ctx, store.Query{Voids: true}) {
		if err == nil {
			done.Events++
			line := store.LineOf(&entry.Event)
			err = enc.Encode(&line)
		}
		if err != nil {
			return fail(err)
		}
	}
	if now, err := e.readAliases(ctx); err != nil || !slices.Equal(now.facts, who.facts) {
		return fail(cmp.Or(err, errMovedOnTheWay))
	}
	end := exportEnd{"end", done.Aliases, done.Events, hex.EncodeToString(sum.Sum(nil))}
	if err := enc.Encode(end); err != nil {
		return fail(err)
	}
	if err := out.Flush(); err != nil {
		return fail(err)
	}
	return done, nil
}

var errMovedOnTheWay = errors.New("subjects were renamed or forgotten meanwhile; discard the copy, which has no end, and export again")

// Import reads what Export wrote into the ledger. Every event goes through the
// law of revisions, so that importing twice changes nothing, and importing what
// two ledgers exported merges them; none is too old or too early, since they were
// accepted once.
//
// Damaged data match store.ErrCorrupt, those of a later format
// store.ErrNewerFormat. From an [io.Seeker] they are checked before anything is
// recorded; from any other reader, what came before the damage is in the ledger
// then. Aliases need a store that can rename.
func (e *Engine) Import(ctx context.Context, r io.Reader) (Imported, error) {
	if e.readOnly {
		return Imported{}, fmt.Errorf("tokenomics: Config.ReadOnly is set: %w", store.ErrReadOnly)
	}
	if s, ok := r.(io.Seeker); ok {
		start, err := s.Seek(0, io.SeekCurrent)
		if err == nil {
			if err := readExport(r, func(exportLine) error { return ctx.Err() }); err != nil {
				return Imported{}, fmt.Errorf("tokenomics: nothing was imported: %w", err)
			}
			if _, err := s.Seek(start, io.SeekStart); err != nil {
				return Imported{}, fmt.Errorf("tokenomics: nothing was imported: %w", err)
			}
		}
	}
	var done Imported
	var events []Event
	var aliases []store.Alias
	renamer, _ := store.As[store.Renamer](e.store)
	flush := func() error {
		err := e.importAliases(ctx, renamer, aliases, &done)
		if err == nil {
			err = e.importEvents(ctx, events, &done)
		}
		aliases, events = aliases[:0], events[:0]
		return err
	}
	err := readExport(r, func(line exportLine) error {
		if line.alias != nil {
			if renamer == nil {
				return fmt.Errorf("this store cannot rename subjects, see store.Renamer: %w", errors.ErrUnsupported)
			}
			aliases = append(aliases, *line.alias)
			return nil
		}
		if events = append(events, *line.event); len(events) < 1000 {
			return nil
		}
		return flush()
	})
	if err == nil || errors.Is(err, store.ErrCorrupt) {
		err = errors.Join(err, flush()) // what was read is as good as what came before it
	}
	e.log.Info("tokenomics: a ledger was imported", "events", done.Events, "accepted", done.Of(Accepted), "aliases", done.Aliases, "complete", err == nil)
	if err != nil {
		return done, fmt.Errorf("tokenomics: after importing %d events, import again to complete it: %w", done.Events, err)
	}
	return done, nil
}

// importAliases offers aliases: those that cannot hold again, as long as that lets some
// of them.
func (e *Engine) importAliases(ctx context.Context, renamer store.Renamer, aliases []store.Alias, done *Imported) error {
	if len(aliases) == 0 {
		return nil
	}
	done.Aliases += int64(len(aliases))
	return e.changeSubjects(ctx, func() error {
		for {
			var why error // the first does not hold
			left := aliases[:0]
			for _, a := range aliases {
				err := renamer.Rename(ctx, a)
				if err != nil && !cannotHold(err) {
					return err
				}
				if err != nil {
					if left = append(left, a); why == nil {
						why = err
					}
				}
			}
			if len(left) == len(aliases) {
				if done.AliasesRefused += int64(len(left)); done.Err == nil {
					done.Err = why
				}
				return nil
			}
			aliases = left
		}
	})
}

// cannotHold reports whether a ledger refuses an alias for what else it knows.
func cannotHold(err error) bool {
	return errors.Is(err, store.ErrForgotten) || errors.Is(err, store.ErrAliasCycle)
}

func (e *Engine) importEvents(ctx context.Context, events []Event, done *Imported) error {
	if len(events) == 0 {
		return nil
	}
	receipts := make([]Receipt, len(events))
	if err := e.record(ctx, &batch{anyTime: true}, events, receipts); err != nil {
		e.counters.unknown.Add(int64(len(events)))
		return err
	}
	e.counters.count(receipts)
	for i := range receipts {
		done.Events++
		done.ByStatus[receipts[i].Status]++
		if r := &receipts[i]; (r.Status == Invalid || r.Status == Refused) && done.Err == nil {
			done.Err = r.Err
		}
	}
	return nil
}

type exportHeader struct {
	Type    string `json:"type"`
	Version int    `json:"version"`
}

type exportAlias struct {
	Type     string `json:"type"`
	Subject  string `json:"subject"`
	As       string `json:"as"`
	Revision int64  `json:"revision"`
}

type exportEnd struct {
	Type    string `json:"type"`
	Aliases int64  `json:"aliases"`
	Events  int64  `json:"events"`
	SHA256  string `json:"sha256"`
}

// exportLine is a line between the first and the last.
type exportLine struct {
	event *Event
	alias *store.Alias
}

// readExport yields the lines of an export and checks it. It reads nothing behind
// the last line but white space.
func readExport(r io.Reader, yield func(exportLine) error) error {
	in := exportReader{in: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
	text, err := in.line()
	if err != nil {
		return err
	}
	var head exportHeader
	if err := strict(text, &head); err != nil || head.Type != exportType {
		return in.corrupt("it is no export of a ledger")
	}
	if head.Version > exportVersion {
		return fmt.Errorf("version %d of exports, this build reads up to %d: %w", head.Version, exportVersion, store.ErrNewerFormat)
	}
	var aliases, events int64
	for {
		sum := in.sum.Sum(nil)
		text, err := in.line()
		if err != nil {
			return err
		}
		var kind struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(text, &kind); err != nil {
			return in.corrupt(err.Error())
		}
		switch kind.Type {
		case "end":
			var end exportEnd
			if err := strict(text, &end); err != nil {
				return in.corrupt(err.Error())
			}
			if end != (exportEnd{"end", aliases, events, hex.EncodeToString(sum)}) {
				return in.corrupt("the lines are not those that were exported")
			}
			return in.atEnd()
		case "alias":
			var a exportAlias
			if err := strict(text, &a); err != nil {
				return in.corrupt(err.Error())
			}
			aliases++
			err = yield(exportLine{alias: &store.Alias{Subject: a.Subject, As: a.As, Revision: a.Revision}})
		default:
			var l store.Line
			if err := strict(text, &l); err != nil {
				return in.corrupt(err.Error())
			}
			events++
			var ev Event
			if ev, err = l.Event(); err != nil {
				return in.corrupt(err.Error())
			}
			err = yield(exportLine{event: &ev})
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", in.n, err)
		}
	}
}

// exportReader reads lines and sums them up.
type exportReader struct {
	in  *bufio.Reader
	sum hash.Hash
	n   int
	buf []byte
}

func (x *exportReader) corrupt(why string) error {
	return fmt.Errorf("%w: line %d: %s", store.ErrCorrupt, x.n, why)
}

// line returns the next line, good until the next call.
func (x *exportReader) line() ([]byte, error) {
	x.n++
	x.buf = x.buf[:0]
	for {
		part, err := x.in.ReadSlice('\n')
		x.buf = append(x.buf, part...)
		switch {
		case err == nil:
			x.sum.Write(x.buf)
			return x.buf, nil
		case len(x.buf) > exportMaxLine:
			return nil, x.corrupt("it is too long")
		case errors.Is(err, io.EOF):
			return nil, x.corrupt("the export was cut short")
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("reading line %d: %w", x.n, err)
		}
	}
}

func (x *exportReader) atEnd() error {
	for {
		c, err := x.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading behind line %d: %w", x.n, err)
		case c != '\n' && c != '\r' && c != ' ' && c != '\t':
			return x.corrupt("there is more behind the last line")
		}
	}
}

// strict decodes one JSON value without unknown keys, and nothing behind it.
func strict(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the object")
	}
	return nil
}
