package rank

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Move is how the place of a subject changed since a past step. A rank of 0 is
// unranked.
type Move struct {
	Subject   string
	Rank, Was int
	Score     int64
	ScoreWas  int64
}

// Climbed returns how many ranks the subject rose, negative if it fell; 0 if it
// came or left.
func (m Move) Climbed() int {
	if m.Rank == 0 || m.Was == 0 {
		return 0
	}
	return m.Was - m.Rank
}

// Movement returns how a subject's place changed since a past step that
// [Board.AsOf] can show. A subject unranked then and now has both ranks 0. The
// errors are those of AsOf; for many subjects call AsOf once and then
// [Board.MovementSince].
func (b *Board) Movement(subject string, past time.Time) (Move, error) {
	v, err := b.AsOf(past)
	if err != nil {
		return Move{}, err
	}
	return b.MovementSince(v, subject), nil
}

// MovementSince is Movement since a view of this board.
func (b *Board) MovementSince(v *View, subject string) Move {
	is, _ := b.Standing(subject)
	was, _ := v.Standing(subject)
	return Move{Subject: subject, Rank: is.Rank, Was: was.Rank, Score: is.Score, ScoreWas: was.Score}
}

// Movers returns the n subjects that climbed most ranks since a past step, and
// the n that fell most; equal moves are listed by rank, then subject. Subjects
// that were or are unranked are in neither. The errors are those of
// [Board.AsOf].
func (b *Board) Movers(past time.Time, n int) (up, down []Move, err error) {
	v, err := b.AsOf(past)
	if err != nil {
		return nil, nil, err
	}
	up, down = b.MoversSince(v, n)
	return up, down, nil
}

// MoversSince is Movers since a view of this board.
func (b *Board) MoversSince(v *View, n int) (up, down []Move) {
	was := make(map[string]Standing, v.Len())
	for s := range v.All() {
		was[s.Subject] = s
	}
	for s := range b.All() {
		w, ok := was[s.Subject]
		m := Move{s.Subject, s.Rank, w.Rank, s.Score, w.Score}
		switch {
		case !ok || m.Climbed() == 0:
		case m.Climbed() > 0:
			up = append(up, m)
		default:
			down = append(down, m)
		}
	}
	sortMoves := func(moves []Move, sign int) []Move {
		slices.SortFunc(moves, func(a, b Move) int {
			return cmp.Or(sign*cmp.Compare(a.Climbed(), b.Climbed()), cmp.Compare(a.Rank, b.Rank), strings.Compare(a.Subject, b.Subject))
		})
		return moves[:max(0, min(n, len(moves)))]
	}
	return sortMoves(up, -1), sortMoves(down, 1)
}
