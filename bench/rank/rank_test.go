package main

import (
	"os"
	"strconv"
	"testing"

	"github.com/tokenomics-go/tokenomics/rank"
)

// All structures are asked the same of the same, or the figures say nothing.
func TestPeersAgree(t *testing.T) {
	l := newLoad(2000)
	b := l.board(l.intern())
	tree, set := newTree(l), newSet(l)
	server, err := startRedis("redis-server")
	if err != nil {
		t.Logf("without Redis: %v", err)
	} else {
		defer func() {
			if err := server.stop(); err != nil {
				t.Error(err)
			}
		}()
		server.fill(l)
		server.do(union("window")...)
	}
	equals := map[int64]int{}
	for s := range b.All() {
		equals[s.Score]++
	}
	for i, name := range l.names {
		want, ok := b.Standing(name)
		if !ok {
			t.Fatalf("%s is unranked", name)
		}
		last := want.Rank + equals[want.Score] - 1 // of its equals; some peers tell them apart
		if got := tree.rank(rank.ID(i + 1)); got != want.Rank {
			t.Errorf("btree has %s at %d, want %d", name, got, want.Rank)
		}
		if got := setRank(set, name); got < want.Rank || got > last {
			t.Errorf("sortedset has %s at %d, want %d to %d", name, got, want.Rank, last)
		}
		if server == nil {
			continue
		}
		for _, key := range []string{"board", "window"} {
			got, err := strconv.Atoi(server.do("ZREVRANK", key, name)[0])
			if got++; err != nil || got < want.Rank || got > last {
				t.Errorf("Redis has %s at %d in %s, want %d to %d", name, got, key, want.Rank, last)
			}
		}
	}
	rows, nodes, top := tree.top(nil, 250), set.GetByRankRange(-1, -250, false), b.Top(250)
	for i, want := range top {
		if rows[i].total != want.Score || int64(nodes[i].Score()) != want.Score {
			t.Errorf("place %d: btree has %d, sortedset %d, want %d", i, rows[i].total, nodes[i].Score(), want.Score)
		}
	}
}

// BenchmarkTable is the short form of the program: it prints its table, once.
func BenchmarkTable(b *testing.B) {
	if b.N > 1 {
		b.Skip("once is enough")
	}
	report(os.Stdout, options{subjects: 85_000, rounds: 3, short: true, server: "redis-server"})
}
