package tiers

import "fmt"

// RankAtMost is met by the subjects at or above a place on a board, once the
// board has a minimum population.
type RankAtMost struct {
	Board         string
	Rank          int // 1: only the first
	MinPopulation int // 0: any
}

func (g RankAtMost) check(v *view) verdict {
	rank, population, known := v.f.ranked(g.Board)
	if !known {
		return v.lacks("the facts have no rank on board " + g.Board)
	}
	return verdictOf(rank >= 1 && rank <= g.Rank && population >= g.MinPopulation)
}

func (g RankAtMost) explain(v *view) Progress {
	rank, population, known := v.f.ranked(g.Board)
	p := Progress{
		Label: fmt.Sprintf("rank on %s at most %d", g.Board, g.Rank),
		Op:    LE, Have: Count(int64(rank)), Want: Count(int64(g.Rank)), Sized: rank > 0,
	}.judged(g.check(v))
	if !p.Met {
		p.Done = Fraction{0, 1}
	}
	switch {
	case !known:
		p.Note = "the board was not looked at"
	case rank < 1:
		p.Note = "not ranked"
	case rank > g.Rank:
		p.Done = Fraction{int64(g.Rank), int64(rank)}
	}
	if known && population < g.MinPopulation {
		p.Note = fmt.Sprintf("needs %d ranked, has %d", g.MinPopulation, population)
	}
	return p
}

func (g RankAtMost) validate(c *checker, path string) {
	path += ".rank"
	if g.Board == "" {
		c.fail(path+".board", "is empty, want the name of a board")
	}
	if g.Rank < 1 {
		c.fail(path+".at_most", "is %d, want 1 or more", g.Rank)
	}
	if g.MinPopulation < 0 {
		c.fail(path+".min_population", "is %d, want 0 or more", g.MinPopulation)
	}
}

func (g RankAtMost) need(n *Needs) { n.addBoard(g.Board) }

// TopShare is met by the best share of a board: with a share of 10 % of 85
// ranked subjects, by ranks 1 to 8. Ties at the edge are all in.
type TopShare struct {
	Board         string
	Share         Fraction
	MinPopulation int // want 1 or more: a quantile of nobody says nothing
}

func (g TopShare) check(v *view) verdict {
	rank, population, known := v.f.ranked(g.Board)
	if !known {
		return v.lacks("the facts have no rank on board " + g.Board)
	}
	return verdictOf(rank >= 1 && population >= g.MinPopulation && cmpRatio(int64(rank), int64(population), g.Share) <= 0)
}

func (g TopShare) explain(v *view) Progress {
	rank, population, known := v.f.ranked(g.Board)
	p := Progress{
		Label: fmt.Sprintf("in the top %s of %s", g.Share, g.Board),
		Op:    LE, Want: Share(g.Share),
	}
	if population > 0 && rank > 0 {
		p.Have, p.Sized = Share(Fraction{int64(rank), int64(population)}), true
	}
	p = p.judged(g.check(v))
	switch {
	case !known:
		p.Note = "the board was not looked at"
	case rank < 1:
		p.Note = "not ranked"
	case population < g.MinPopulation:
		p.Note = fmt.Sprintf("needs %d ranked, has %d", g.MinPopulation, population)
	}
	return p
}

func (g TopShare) validate(c *checker, path string) {
	path += ".top"
	if g.Board == "" {
		c.fail(path+".board", "is empty, want the name of a board")
	}
	if !g.Share.isShare() || g.Share.Num == 0 {
		c.fail(path+".share", "is %d/%d, want more than 0 and at most 1", g.Share.Num, g.Share.Den)
	}
	if g.MinPopulation < 1 {
		c.fail(path+".min_population", "is %d, want 1 or more", g.MinPopulation)
	}
}

func (g TopShare) need(n *Needs) { n.addBoard(g.Board) }
