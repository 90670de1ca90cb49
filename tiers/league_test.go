package tiers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestLeagueGroups(t *testing.T) {
	l := League{Divisions: []string{"stone", "iron"}, Size: 30, Promote: 5, Demote: 5, Seed: 7}
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	var members []Member
	for i := range 100 {
		members = append(members, Member{fmt.Sprint("u", i), i % 2})
	}
	groups := l.Groups("2026-W15", members)
	seen := map[string]bool{}
	for _, g := range groups {
		if len(g.Subjects) != 25 {
			t.Errorf("a group of %d, want 50 in two groups of 25", len(g.Subjects))
		}
		for _, s := range g.Subjects {
			if seen[s] {
				t.Errorf("%s is in two groups", s)
			}
			seen[s] = true
		}
	}
	if len(groups) != 4 || len(seen) != 100 {
		t.Errorf("%d groups of %d subjects", len(groups), len(seen))
	}
	rng := rand.New(rand.NewPCG(1, 1))
	rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	if !reflect.DeepEqual(groups, l.Groups("2026-W15", members)) {
		t.Error("groups depend on the order of members")
	}
	if reflect.DeepEqual(groups, l.Groups("2026-W16", members)) {
		t.Error("two seasons have the same groups")
	}
	l.Seed++
	if reflect.DeepEqual(groups, l.Groups("2026-W15", members)) {
		t.Error("two seeds have the same groups")
	}
	far := l.Groups("s", []Member{{"a", -3}, {"b", 99}})
	if len(far) != 2 || far[0].Division != 0 || far[1].Division != 1 {
		t.Errorf("divisions that do not exist: %+v", far)
	}
}

func TestLeagueFinish(t *testing.T) {
	l := League{Divisions: []string{"stone", "iron", "gold"}, Size: 10, Promote: 2, Demote: 3}
	subjects := func(n int) (out []string) {
		for i := range n {
			out = append(out, string(rune('a'+i)))
		}
		return out
	}
	for _, c := range []struct {
		name     string
		division int
		scores   []int64
		dropIdle bool
		next     []int // in order of rank
	}{
		{"two up, three down", 1, []int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, false, []int{2, 2, 1, 1, 1, 1, 1, 0, 0, 0}},
		{"nobody above the top", 2, []int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, false, []int{2, 2, 2, 2, 2, 2, 2, 1, 1, 1}},
		{"nobody below the bottom", 0, []int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, false, []int{1, 1, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"a tie at the edge goes up", 1, []int64{10, 9, 9, 9, 6, 5, 4, 3, 2, 1}, false, []int{2, 2, 2, 2, 1, 1, 1, 0, 0, 0}},
		{"a tie at the edge stays", 1, []int64{10, 9, 8, 7, 6, 5, 3, 3, 2, 1}, false, []int{2, 2, 1, 1, 1, 1, 1, 1, 0, 0}},
		{"half a group moves half as many", 1, []int64{5, 4, 3, 2, 1}, false, []int{2, 1, 1, 1, 0}},
		{"nobody did anything", 1, make([]int64, 10), false, []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"idle ones drop", 1, []int64{9, 0, 0, 0, 0, 0, 0, 0, 0, 0}, true, []int{2, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"alone", 1, []int64{4}, false, []int{1}},
	} {
		l.DropIdle = c.dropIdle
		g := Group{Division: c.division, Subjects: subjects(len(c.scores))}
		scores := map[string]int64{}
		for i, s := range g.Subjects {
			if c.scores[i] != 0 {
				scores[s] = c.scores[i]
			}
		}
		slices.Reverse(g.Subjects) // the order of the group does not matter
		var next []int
		for _, r := range l.Finish(g, scores) {
			next = append(next, r.Next)
		}
		if !slices.Equal(next, c.next) {
			t.Errorf("%s: %v, want %v", c.name, next, c.next)
		}
	}
	r := l.Finish(Group{Division: 1, Subjects: subjects(4)}, map[string]int64{"a": 5, "b": 7, "c": 5, "d": 1})
	if r[0].Subject != "b" || r[1] != (Result{"a", 2, 5, 1, 1}) || r[2].Rank != 2 || r[3].Rank != 4 {
		t.Errorf("%+v", r)
	}
}

func TestLeagueRefuses(t *testing.T) {
	for _, l := range []League{
		{},
		{Divisions: []string{"a"}, Size: 1},
		{Divisions: []string{"a", "a"}, Size: 5},
		{Divisions: []string{""}, Size: 5},
		{Divisions: []string{"a"}, Size: 5, Promote: 3, Demote: 3},
		{Divisions: []string{"a"}, Size: 5, Promote: -1},
	} {
		if err := l.Validate(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", l, err)
		}
	}
}
