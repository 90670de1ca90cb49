package tiers

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"
)

// League is divisions of small groups that compete for one season each: the
// best of a group move up a division, the last move down. A group of thirty
// can be won by anybody; a board of 85,000 cannot.
type League struct {
	Divisions []string // lowest first
	Size      int      // how many make a group; 2 or more
	Promote   int      // how many of a full group move up
	Demote    int      // how many of a full group move down
	DropIdle  bool     // who scored nothing moves down whatever the place
	Seed      uint64   // mixes the groups
}

// Member is a subject in a division, counted from 0.
type Member struct {
	Subject  string
	Division int
}

// Group is the members that compete with each other in one season.
type Group struct {
	Division int
	Subjects []string // by bytes
}

// Validate reports the first fault of a league as a [*RuleError].
func (l *League) Validate() error {
	c := &checker{rule: "league"}
	if len(l.Divisions) == 0 {
		c.fail("divisions", "are missing, want at least one")
	}
	for i, d := range l.Divisions {
		if d == "" || slices.Contains(l.Divisions[:i], d) {
			c.fail("divisions", "have %q empty or twice", d)
		}
	}
	if l.Size < 2 {
		c.fail("size", "is %d, want 2 or more", l.Size)
	}
	if l.Promote < 0 || l.Demote < 0 || l.Promote+l.Demote > l.Size {
		c.fail("promote", "and demote are %d and %d, want no more than the size %d together", l.Promote, l.Demote, l.Size)
	}
	return c.err
}

// Groups draws the groups of a season: a function of the members, the season's
// name and the seed, whatever the order of members. The groups of a division
// differ in size by at most one and are no larger than Size. Members of a
// division that does not exist are put in the nearest one.
func (l *League) Groups(season string, members []Member) []Group {
	byDivision := make([][]string, len(l.Divisions))
	for _, m := range members {
		d := max(0, min(m.Division, len(l.Divisions)-1))
		byDivision[d] = append(byDivision[d], m.Subject)
	}
	var out []Group
	for d, subjects := range byDivision {
		slices.SortFunc(subjects, func(a, b string) int {
			return cmp.Or(cmp.Compare(l.lot(season, a), l.lot(season, b)), strings.Compare(a, b))
		})
		groups := (len(subjects) + l.Size - 1) / l.Size
		for g := range groups {
			from, to := g*len(subjects)/groups, (g+1)*len(subjects)/groups
			group := slices.Clone(subjects[from:to])
			slices.Sort(group)
			out = append(out, Group{Division: d, Subjects: group})
		}
	}
	return out
}

// lot is the number a subject draws in a season.
func (l *League) lot(season, subject string) uint64 {
	h := fnv.New64a()
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], l.Seed)
	// Writes to a hash cannot fail; a zero byte keeps the texts apart.
	_, _ = h.Write(seed[:])
	_, _ = h.Write(append([]byte(season), 0))
	_, _ = h.Write([]byte(subject))
	// FNV mixes its last bytes weakly; finish with a multiply and shift.
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	return x ^ x>>33
}

// Result is where a member ended a season: a frozen fact of that season.
type Result struct {
	Subject  string
	Rank     int // equal scores share a rank: 1, 2, 2, 4
	Score    int64
	Division int // in which the season was played
	Next     int // in which the next one will be
}

// Finish closes a season for one group. Scores are looked up by subject; one
// that is missing is 0. The best Promote of a group move up and the last Demote
// down, in a group that is not full proportionally fewer, rounded down. Members
// with the score of the last one to move up move up as well; nobody moves down
// who has the score of one that stays. Who scored nothing does not move up.
func (l *League) Finish(g Group, scores map[string]int64) []Result {
	out := make([]Result, len(g.Subjects))
	for i, s := range g.Subjects {
		out[i] = Result{Subject: s, Score: scores[s], Division: g.Division, Next: g.Division}
	}
	slices.SortStableFunc(out, func(a, b Result) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Subject, b.Subject))
	})
	n := len(out)
	up, down := n*l.Promote/max(l.Size, 1), n*l.Demote/max(l.Size, 1)
	for i := range out {
		r := &out[i]
		r.Rank = i + 1
		if i > 0 && out[i-1].Score == r.Score {
			r.Rank = out[i-1].Rank
		}
		promoted := r.Rank <= up && r.Score > 0
		// The last to stay is at n-down-1: equals of it stay too.
		demoted := down > 0 && i >= n-down && (n == down || r.Score < out[n-down-1].Score)
		switch {
		case promoted && g.Division < len(l.Divisions)-1:
			r.Next++
		case !promoted && (demoted || (l.DropIdle && r.Score == 0)) && g.Division > 0:
			r.Next--
		}
	}
	return out
}
