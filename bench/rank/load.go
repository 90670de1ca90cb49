package main

import (
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
)

// load is the workload that all structures get: subjects picked by Zipf over
// scattered handles, log-normal deltas with a mean of about 3,000, and 30 days of
// the same before, about 165 calls a subject.
type load struct {
	n      int
	names  []string
	mean   []float64 // calls a day, by subject
	ids    []rank.ID // of the stream of additions; subject i has ID i+1
	deltas []int64
	asked  []rank.ID // subjects to ask ranks of, uniformly
}

const (
	zipfS       = 1.05
	callsPerDay = 5.5 // of an average subject
	days        = 30
	streamSize  = 1 << 20
)

var now = time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)

func newLoad(n int) *load {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	l := &load{
		n:      n,
		names:  make([]string, n),
		mean:   make([]float64, n),
		ids:    make([]rank.ID, streamSize),
		deltas: make([]int64, streamSize),
		asked:  make([]rank.ID, 1<<14),
	}
	norm := 0.0
	for i := range n {
		norm += math.Pow(float64(1+i), -zipfS)
		l.names[i] = "user-" + strconv.Itoa(1_000_000+7919*i)
	}
	place := rng.Perm(n)
	for i, at := range place {
		l.mean[at] = callsPerDay * float64(n) * math.Pow(float64(1+i), -zipfS) / norm
	}
	z := rand.NewZipf(rng, zipfS, 1, uint64(n-1))
	for i := range l.ids {
		l.ids[i] = rank.ID(place[z.Uint64()] + 1)
		l.deltas[i] = 1 + int64(math.Exp(7+rng.NormFloat64()*1.4))
	}
	for i := range l.asked {
		l.asked[i] = rank.ID(rng.IntN(n) + 1)
	}
	return l
}

// day yields the sums of one of the days before, 0 for today, by subject; the same
// for every caller. Nobody was idle on the oldest day.
func (l *load) day(ago int, yield func(i int, sum int64)) {
	rng := rand.New(rand.NewPCG(uint64(ago), 3))
	for i, mean := range l.mean {
		calls := math.Floor(mean + rng.Float64())
		if ago == days-1 {
			calls = max(1, calls)
		}
		if calls > 0 {
			yield(i, int64(calls*3000*(0.5+rng.Float64())))
		}
	}
}

// totals returns the sums of all days.
func (l *load) totals() []int64 {
	sums := make([]int64, l.n)
	for ago := range days {
		l.day(ago, func(i int, sum int64) { sums[i] += sum })
	}
	return sums
}

// intern returns names whose IDs are those of the load.
func (l *load) intern() *rank.Names {
	names := rank.NewNames()
	for _, s := range l.names {
		names.ID(s)
	}
	return names
}

// board returns a board that has seen all days.
func (l *load) board(names *rank.Names) *rank.Board {
	b := newBoard(names)
	for ago := days - 1; ago >= 0; ago-- {
		at := now.AddDate(0, 0, -ago)
		must(b.Advance(at))
		l.day(ago, func(i int, sum int64) { must(b.AddID(rank.ID(i+1), at, sum)) })
	}
	return b
}

func newBoard(names *rank.Names) *rank.Board {
	b, err := rank.New(rank.Config{Window: rank.Rolling30d, Names: names})
	must(err)
	return b
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// heap returns the bytes that are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
