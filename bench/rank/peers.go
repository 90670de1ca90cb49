package main

import (
	"strconv"

	"github.com/tidwall/btree"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/wangjia184/sortedset"
)

// The works that are compared.
const (
	addHandle = "add by handle, batches of 256"
	addName   = "add by name"
	addNames  = "add by name, batches of 256"
	oneRank   = "rank of any subject"
	top       = "top 250"
	slide     = "slide of a day, everybody active"
)

// tree is a B-tree that counts, beside an array of totals: what a Go program would
// build first. It has no window.
type tree struct {
	totals []int64
	order  *btree.BTreeG[place]
}

type place struct {
	total int64
	id    rank.ID
}

func newTree(l *load) *tree {
	t := &tree{totals: l.totals()}
	t.order = btree.NewBTreeGOptions(func(a, b place) bool {
		if a.total != b.total {
			return a.total > b.total
		}
		return a.id < b.id
	}, btree.Options{NoLocks: true})
	for i, total := range t.totals {
		t.order.Set(place{total, rank.ID(i + 1)})
	}
	return t
}

func (t *tree) add(id rank.ID, delta int64) {
	total := &t.totals[id-1]
	t.order.Delete(place{*total, id})
	*total += delta
	t.order.Set(place{*total, id})
}

// rank bisects, for the tree finds by place but not the place: members with a
// greater total, and one.
func (t *tree) rank(id rank.ID) int {
	total := t.totals[id-1]
	low, high := 0, t.order.Len()
	for low < high {
		mid := int(uint(low+high) >> 1)
		if p, _ := t.order.GetAt(mid); p.total > total {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low + 1
}

func (t *tree) top(dst []place, n int) []place {
	t.order.Scan(func(p place) bool {
		dst = append(dst, p)
		return len(dst) < n
	})
	return dst
}

func (t *tree) probes(l *load, who string) []probe {
	var rows []place
	return []probe{
		{work: addHandle, who: who, run: func() int {
			const n = 200_000
			for i, id := range l.ids[:n] {
				t.add(id, l.deltas[i])
			}
			return n
		}},
		{work: oneRank, who: who, run: func() int {
			for _, id := range l.asked {
				t.rank(id)
			}
			return len(l.asked)
		}},
		{work: top, who: who, run: func() int {
			for range 200 {
				rows = t.top(rows[:0], 250)
			}
			return 200
		}},
	}
}

// newSet returns a sorted set of the totals: a skip list after that of Redis, in
// process, by name. It has no window either.
func newSet(l *load) *sortedset.SortedSet {
	s := sortedset.New()
	for i, total := range l.totals() {
		s.AddOrUpdate(l.names[i], sortedset.SCORE(total), nil)
	}
	return s
}

// setRank is the ordinal rank: equal scores by name, backwards.
func setRank(s *sortedset.SortedSet, name string) int {
	return s.GetCount() - s.FindRank(name) + 1
}

func setProbes(s *sortedset.SortedSet, l *load, who string) []probe {
	return []probe{
		{work: addName, who: who, run: func() int {
			const n = 100_000
			for i, id := range l.ids[:n] {
				name := l.names[id-1]
				s.AddOrUpdate(name, s.GetByKey(name).Score()+sortedset.SCORE(l.deltas[i]), nil)
			}
			return n
		}},
		{work: oneRank, who: who, run: func() int {
			for _, id := range l.asked {
				setRank(s, l.names[id-1])
			}
			return len(l.asked)
		}},
		{work: top, who: who, run: func() int {
			for range 200 {
				s.GetByRankRange(-1, -250, false)
			}
			return 200
		}},
	}
}

func (r *redis) probes(l *load, who string) []probe {
	return []probe{
		{work: addName, who: who, read: func() sample {
			return r.timed("zincrby", 100_000, func(i int) []string {
				return []string{"ZINCRBY", "board", strconv.FormatInt(l.deltas[i], 10), l.names[l.ids[i]-1]}
			})
		}},
		{work: addWindow, who: who, read: func() sample {
			s := r.timed("zincrby", 100_000, func(i int) []string {
				key := "board"
				if i&1 == 0 {
					key = dayKey(0)
				}
				return []string{"ZINCRBY", key, strconv.FormatInt(l.deltas[i/2], 10), l.names[l.ids[i/2]-1]}
			})
			return sample{2 * s.cpu, 2 * s.wall} // two commands an event
		}},
		{work: oneRank, who: who, read: func() sample {
			return r.timed("zrevrank", len(l.asked), func(i int) []string {
				return []string{"ZREVRANK", "board", l.names[l.asked[i]-1]}
			})
		}},
		{work: top, who: who, read: func() sample {
			return r.timed("zrevrange", 500, func(int) []string {
				return []string{"ZREVRANGE", "board", "0", "249", "WITHSCORES"}
			})
		}},
		{work: slide, who: who, read: func() sample {
			return r.timed("zunionstore", 1, func(int) []string { return union("window") })
		}},
	}
}
