package tokenomics

import (
	"iter"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
)

// View is a board of one moment: a copy that nothing changes. All that is read
// from it agrees, as the parts of one page should; a reader who holds it while
// paging sees no row twice and misses none. It is safe for concurrent use.
type View struct {
	ranks    *rank.View
	unpriced *rank.View // nil unless by cost
	rests    restSums
	names    *rank.Names
	who      *aliases
	people   bool // what is ranked are subjects, which who resolves
}

// View returns a board as it stands, as a copy. Recording waits for some 10 ns a
// row; the rest, which is to sort them, is done by whoever reads the view first.
func (e *Engine) View(boardName string) (*View, error) {
	return read(e, boardName, func(b *board) (*View, error) { return b.view(), nil })
}

// AsOf returns a board as it would have been at a past instant, within the
// board's History, computed from the events that count now: a correction reaches
// yesterday's ranks too.
func (e *Engine) AsOf(boardName string, past time.Time) (*View, error) {
	return read(e, boardName, func(b *board) (*View, error) { return b.asOf(past) })
}

func (b *board) view() *View {
	v := &View{ranks: b.ranks.View(), names: b.names, who: b.who, people: b.spec.Of == BySubject}
	if b.byCost() {
		v.unpriced, v.rests = b.unpriced.View(), b.rests.sums.clone()
	}
	return v
}

func (b *board) asOf(past time.Time) (*View, error) {
	v := &View{names: b.names, who: b.who, people: b.spec.Of == BySubject}
	var err error
	if v.ranks, err = b.ranks.AsOf(past); err != nil {
		return nil, err
	}
	if b.byCost() {
		if v.unpriced, err = b.unpriced.AsOf(past); err != nil {
			return nil, err
		}
		v.rests = b.rests.sumsOf(b.span(past))
	}
	return v, nil
}

// At returns the beginning of the newest step of the view; zero for a board of
// all time.
func (v *View) At() time.Time { return v.ranks.At() }

// Len returns how many subjects have a rank.
func (v *View) Len() int { return v.ranks.Len() }

// Top returns the first n rows.
func (v *View) Top(n int) []Standing { return v.rows(v.ranks.Top(n)) }

// Rows returns up to n rows from a place on, 0 for the first row of the board.
func (v *View) Rows(from, n int) []Standing { return v.rows(v.ranks.Rows(from, n)) }

// All yields every row in order.
func (v *View) All() iter.Seq[Standing] {
	return func(yield func(Standing) bool) {
		for s := range v.ranks.All() {
			if !yield(v.row(s)) {
				return
			}
		}
	}
}

// Around is [Engine.Around] of that moment.
func (v *View) Around(subject string, k int) []Standing {
	return v.rows(v.ranks.Around(v.called(subject), k))
}

// Standing returns one subject's row; false if it was unranked.
func (v *View) Standing(subject string) (Standing, bool) {
	s, ok := v.ranks.Standing(v.called(subject))
	if !ok {
		return Standing{Subject: subject}, false
	}
	return v.row(s), true
}

// Standings is [Engine.Standings] of that moment.
func (v *View) Standings(subjects ...string) []Standing {
	return v.rows(v.ranks.Standings(allCalled(subjects, v.called)...))
}

// Percentile is [Engine.Percentile] of that moment.
func (v *View) Percentile(subject string) (share float64, ok bool) {
	return v.ranks.Percentile(v.called(subject))
}

// ScoreAt is [Engine.ScoreAt] of that moment.
func (v *View) ScoreAt(p float64) (score int64, ok bool) { return v.ranks.ScoreAt(p) }

// Next is [Engine.Next] of that moment.
func (v *View) Next(subject string) (Gap, bool) {
	name := v.called(subject)
	g, ok := v.ranks.Next(name)
	if !ok {
		return Gap{}, false
	}
	me, _ := v.ranks.Standing(name)
	return gapOf(g, v.row(g.Above), v.row(me)), true
}

// called returns the name under which the view ranks what a reader calls so.
func (v *View) called(name string) string {
	if v.people {
		return v.who.resolve(name)
	}
	return name
}

func allCalled(names []string, called func(string) string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = called(name)
	}
	return all
}

func (v *View) rows(ranked []rank.Standing) []Standing {
	out := make([]Standing, len(ranked))
	for i, s := range ranked {
		out[i] = v.row(s)
	}
	return out
}

func (v *View) row(s rank.Standing) Standing {
	row := Standing{Rank: s.Rank, Subject: s.Subject, Score: s.Score}
	if v.unpriced != nil {
		id, _ := v.names.Lookup(s.Subject)
		row.Cost = exact(s.Score, v.rests.of(id))
		row.Unpriced = v.unpriced.Score(s.Subject)
	}
	return row
}
