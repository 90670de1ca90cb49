package tokenomics

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// Within names the segment of a board that [Board.Per] keeps: the board of one
// team, one model, one workflow. Every read takes such a name:
//
//	eng.Top(tokenomics.Within("tokens-30d", tokenomics.ByTeam, "infra"), 250)
//
// The name is the board's, a slash, the dimension, an equals sign and the key,
// as in "tokens-30d/team=infra", and may be written so.
func Within(board string, by Dimension, key string) string {
	return board + "/" + string(by) + "=" + key
}

// Segment is one of the segments of a board.
type Segment struct {
	Key    string // such as the name of the team
	Ranked int    // how many have a rank on its board
}

// Segments returns the segments of a board by one of the dimensions it is kept
// per, sorted by the bytes of their keys. Those without anybody ranked are left
// out. If there were more than [Board.MaxSegments] the error matches
// [ErrTooManySegments], and those that are kept are returned all the same.
func (e *Engine) Segments(boardName string, by Dimension) ([]Segment, error) {
	return read(e, boardName, func(b *board) ([]Segment, error) {
		s := b.segmentsBy(by)
		if s == nil {
			return nil, fmt.Errorf("%w: board %q is not kept per %q; see Board.Per", ErrUnknownBoard, boardName, string(by))
		}
		var out []Segment
		for _, key := range slices.Sorted(maps.Keys(s.boards)) {
			if n := s.boards[key].ranks.Len(); n > 0 {
				out = append(out, Segment{key, n})
			}
		}
		if s.full {
			return out, s.errFull(b)
		}
		return out, nil
	})
}

// segments are the boards that a board keeps for each key of one dimension. A
// segment is a board like any other, over the names of the whole.
type segments struct {
	by     Dimension
	max    int
	boards map[string]*board

	// Once there are more than max, no more are made until the boards are
	// rebuilt: what is kept is exact, what is not says so. Which ones are kept
	// depends on the order of arrival; unsettled says that it may differ from
	// what a rebuild would keep.
	full, unsettled bool
}

// family is what a board and its segments share.
type family struct {
	ahead  int       // events kept ahead by all of them
	missed time.Time // earliest event there was no room for; zero: none
}

// defaultMaxSegments bounds the segments of a board by one dimension.
const defaultMaxSegments = 10_000

func (s *segments) errFull(b *board) error {
	return fmt.Errorf("%w: board %q has events of more than %d by %s", ErrTooManySegments, b.spec.Name, s.max, s.by)
}

func (b *board) segmentsBy(by Dimension) *segments {
	for i := range b.segments {
		if b.segments[i].by == by {
			return &b.segments[i]
		}
	}
	return nil
}

// namesOf returns the names that a board of the configuration is over.
func namesOf(spec *Board, subjects *rank.Names) *rank.Names {
	if spec.Of == "" || spec.Of == BySubject {
		return subjects
	}
	return rank.NewNames()
}

// configureSegments makes room for what the board ranks and is kept per.
func (b *board) configureSegments() error {
	if b.spec.Of == "" {
		b.spec.Of = BySubject
	}
	if !b.spec.Of.ranks() {
		return fmt.Errorf("cannot rank %q; want subject, team, workflow, model, provider or a label", string(b.spec.Of))
	}
	switch {
	case b.spec.MaxSegments < 0:
		return fmt.Errorf("has MaxSegments %d, want 0 (for %d) or more", b.spec.MaxSegments, defaultMaxSegments)
	case b.spec.MaxSegments == 0:
		b.spec.MaxSegments = defaultMaxSegments
	}
	for i, by := range b.spec.Per {
		switch {
		case !by.ranks():
			return fmt.Errorf("cannot be kept per %q; want subject, team, workflow, model, provider or a label", string(by))
		case by == b.spec.Of:
			return fmt.Errorf("is of %s and kept per %s: each would hold one row", by, by)
		case slices.Contains(b.spec.Per[:i], by):
			return fmt.Errorf("is kept per %s twice", by)
		}
		b.segments = append(b.segments, segments{by: by, max: b.spec.MaxSegments, boards: map[string]*board{}})
	}
	b.spec.Per = slices.Clone(b.spec.Per)
	return nil
}

// ownKey returns an event and the handle of what it is ranked as; none if it has
// no such thing.
func (b *board) ownKey(e *store.Entry) (*store.Entry, rank.ID) {
	if e == nil {
		return nil, rank.NoID
	}
	key, _ := b.spec.Of.of(e)
	return e, b.names.ID(key)
}

// called returns the name under which a board ranks what a reader calls so.
func (b *board) called(name string) string {
	if b.spec.Of == BySubject {
		return b.who.resolve(name)
	}
	return name
}

// changeSegments is [board.swap] for the segments the two versions belong to.
func (b *board) changeSegments(before, after *store.Entry, beforeID, afterID rank.ID, h hostScore) {
	for i := range b.segments {
		s := &b.segments[i]
		var from, to string
		if before != nil {
			from, _ = s.by.of(before)
		}
		if after != nil {
			to, _ = s.by.of(after)
		}
		if from == to {
			if to != "" {
				s.swap(b, to, before, after, beforeID, afterID, h)
			}
			continue
		}
		if from != "" {
			s.swap(b, from, before, nil, beforeID, rank.NoID, h)
		}
		if to != "" {
			s.swap(b, to, nil, after, rank.NoID, afterID, h)
		}
	}
}

func (s *segments) swap(whole *board, key string, before, after *store.Entry, beforeID, afterID rank.ID, h hostScore) {
	b := s.boards[key]
	if b == nil {
		if s.full || len(s.boards) >= s.max {
			s.full, s.unsettled = true, true
			return
		}
		var err error
		if b, err = whole.newSegment(s.by, key); err != nil {
			whole.fail(err, whole.current, afterID)
			return
		}
		s.boards[strings.Clone(key)] = b
	}
	b.swap(before, after, beforeID, afterID, h)
}

// settle notes that the segments kept are those of a rebuild.
func (b *board) settle() {
	for i := range b.segments {
		b.segments[i].unsettled = false
	}
}

// newSegment makes an empty segment that shows what the whole board does.
func (b *board) newSegment(by Dimension, key string) (*board, error) {
	spec := b.spec
	spec.Name, spec.Per = Within(b.spec.Name, by, key), nil
	s, err := newBoard(spec, b.names)
	if err != nil {
		return nil, err
	}
	s.who, s.family, s.rests.few = b.who, b.family, true
	s.version = b.version // which is past that of any segment there was under this name
	if b.now.IsZero() {
		return s, nil
	}
	return s, s.advance(b.now)
}

// slideSegments slides the segments and forgets those that hold nothing.
func (b *board) slideSegments(now time.Time) error {
	for i := range b.segments {
		for key, s := range b.segments[i].boards {
			if err := s.advance(now); err != nil {
				return err
			}
			if s.newest < s.oldest && s.err == nil {
				delete(b.segments[i].boards, key)
			}
		}
	}
	return nil
}

// hasRoomAgain reports whether segments that were turned away would be kept by a
// rebuild as of now.
func (b *board) hasRoomAgain(now time.Time) bool {
	oldest := b.spec.Window.FirstStep(b.stepOf(now) - int64(b.spec.History))
	for i := range b.segments {
		if !b.segments[i].full {
			continue
		}
		left := 0
		for _, s := range b.segments[i].boards {
			if s.newest >= oldest {
				left++
			}
		}
		if left <= b.segments[i].max/2 {
			return true
		}
	}
	return false
}

// settled reports whether the segments kept are those that a rebuild would keep.
func (b *board) settled() bool {
	return !slices.ContainsFunc(b.segments, func(s segments) bool { return s.unsettled })
}

// mayHeal reports whether taking a version off the board may take away what
// broke it or one of its segments.
func (b *board) mayHeal(before *store.Entry, id rank.ID) bool {
	if before == nil {
		return false
	}
	if b.spec.Of != BySubject {
		_, id = b.ownKey(before)
	}
	if b.err != nil && id == b.culprit {
		return true
	}
	for i := range b.segments {
		key, _ := b.segments[i].by.of(before)
		if s := b.segments[i].boards[key]; s != nil && s.err != nil && id == s.culprit {
			return true
		}
	}
	return false
}

// board returns a board or a segment by its name. A segment nothing is known of
// is empty.
func (e *Engine) board(name string) (*board, error) {
	if b := e.byName[name]; b != nil {
		return b, nil
	}
	base, segment, ok := strings.Cut(name, "/")
	b := e.byName[base]
	if b == nil || !ok {
		return nil, fmt.Errorf("%w: %q; there are %s", ErrUnknownBoard, base, e.boardNames())
	}
	for i := range b.segments {
		s := &b.segments[i]
		key, ok := strings.CutPrefix(segment, string(s.by)+"=")
		if s.by == BySubject {
			key = b.who.resolve(key)
		}
		switch {
		case !ok:
			continue
		case s.boards[key] != nil:
			return s.boards[key], nil
		case s.full:
			return nil, s.errFull(b)
		}
		return b.newSegment(s.by, key)
	}
	return nil, fmt.Errorf("%w: %q is not kept per what is before the equals sign of %q; see Board.Per", ErrUnknownBoard, base, segment)
}

// segments encodes the segments that hold anything.
func (s *snapshotWriter) segments(b *board) error {
	for i := range b.segments {
		of := &b.segments[i]
		var held []string
		for _, key := range slices.Sorted(maps.Keys(of.boards)) {
			blank, err := b.newSegment(of.by, key)
			if err != nil {
				return err
			}
			if !of.boards[key].same(blank) {
				held = append(held, key)
			}
		}
		s.text(string(of.by))
		s.number(int64(len(held)))
		for _, key := range held {
			seg := of.boards[key]
			if err := seg.trusted(); err != nil {
				return err
			}
			s.board(seg)
		}
	}
	return nil
}
