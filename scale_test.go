package tokenomics_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
)

// shardOf is the stable hash of docs/scale.md: the same on every machine, in
// every version.
func shardOf(subject string, shards int) int {
	h := fnv.New64a()
	h.Write([]byte(subject))
	return int(h.Sum64() % uint64(shards))
}

// shardedBoards fills boards of the trailing 30 days, each with its part of the
// subjects, every one of which was active on some days.
func shardedBoards(t testing.TB, shards, subjects, days int) []*rank.Board {
	boards := make([]*rank.Board, shards)
	for i := range boards {
		b, err := rank.New(rank.Config{Window: rank.Rolling30d})
		if err == nil {
			err = b.Advance(testNow)
		}
		if err != nil {
			t.Fatal(err)
		}
		boards[i] = b
	}
	r := rand.New(rand.NewPCG(8, 8))
	for i := range subjects {
		name := fmt.Sprintf("person-%09d", i)
		b := boards[shardOf(name, shards)]
		id := b.Names().ID(name)
		for range days {
			if err := b.AddID(id, testNow.Add(-time.Duration(r.IntN(30))*24*time.Hour), 1+r.Int64N(1<<uint(r.IntN(40)))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return boards
}

// TestShardsAreOneBoard: 64 shards by a stable hash, read as one, are to the row
// the one board that has all subjects.
func TestShardsAreOneBoard(t *testing.T) {
	const subjects = 20_000
	whole := shardedBoards(t, 1, subjects, 3)[0]
	m, err := rank.Merge(shardedBoards(t, 64, subjects, 3)...)
	if err != nil {
		t.Fatal(err)
	}
	if m.Len() != whole.Len() || m.Total() != whole.Total() {
		t.Errorf("%d subjects with %v, want %d with %v", m.Len(), m.Total(), whole.Len(), whole.Total())
	}
	top, want := m.Top(subjects), whole.Top(subjects)
	for i := range want {
		if top[i] != want[i] {
			t.Fatalf("row %d is %+v, want %+v", i, top[i], want[i])
		}
	}
	for i := 0; i < subjects; i += 97 {
		name := fmt.Sprintf("person-%09d", i)
		a, _ := m.Standing(name)
		b, _ := whole.Standing(name)
		p, _ := m.Percentile(name)
		q, _ := whole.Percentile(name)
		if a != b || p != q {
			t.Fatalf("%s: %+v at %v, want %+v at %v", name, a, p, b, q)
		}
	}
}

// BenchmarkShard measures what docs/scale.md multiplies: what a subject takes in
// one shard, and what reading 64 shards as one costs.
//
//	go test -run xxx -bench Shard .
func BenchmarkShard(b *testing.B) {
	b.Run("memory", func(b *testing.B) {
		const subjects = 200_000
		for b.Loop() {
			before := heap()
			boards := shardedBoards(b, 1, subjects, 30)
			b.ReportMetric(float64(heap()-before)/subjects, "B/subject")
			runtime.KeepAlive(boards)
		}
	})
	const subjects = 640_000
	boards := shardedBoards(b, 64, subjects, 2)
	m, err := rank.Merge(boards...)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(9, 9))
	name := func() string { return fmt.Sprintf("person-%09d", r.IntN(subjects)) }
	b.Run("top 250 of 64", func(b *testing.B) {
		for b.Loop() {
			m.Top(250)
		}
	})
	b.Run("rank of 64", func(b *testing.B) {
		for b.Loop() {
			m.Standing(name())
		}
	})
	b.Run("percentile of 64", func(b *testing.B) {
		for b.Loop() {
			m.Percentile(name())
		}
	})
	b.Run("top 250 of 1", func(b *testing.B) {
		for b.Loop() {
			boards[0].Top(250)
		}
	})
}
