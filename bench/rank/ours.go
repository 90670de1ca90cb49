package main

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
)

const (
	addWindow = "add by name, day and window"
	floor     = "floor: total[id] += d; day[id] += d"
	chanceDay = "slide of a day, active by chance"
	snapshot  = "snapshot and restore"
	twoCores  = "two cores, faster than one"
	bytesPer  = "memory of a subject without its name, bytes"
	bytesCell = "memory of an active cell of 720 hourly steps, bytes"

	ours = "rank"
)

// crowdWorks are the works of crowds, which are the worst that totals can do.
var crowdWorks = []string{
	closeCrowd + ": add", closeCrowd + ": rank", equalCrowd + ": add", equalCrowd + ": rank", "one subject hot: add",
}

const (
	closeCrowd = "totals within 10⁵ of 10¹²"
	equalCrowd = "totals all equal"
)

// base are the probes of what any board of a load does.
func base(b *rank.Board, l *load, prefix string) []probe {
	batch := make([]rank.Delta, 256)
	totals, today := make([]int64, l.n), make([]int64, l.n)
	return []probe{
		{work: prefix + floor, who: ours, run: func() int {
			for i, id := range l.ids {
				totals[id-1] += l.deltas[i]
				today[id-1] += l.deltas[i]
			}
			return len(l.ids)
		}},
		{work: prefix + addHandle, who: ours, run: func() int {
			for from := 0; from < len(l.ids); from += len(batch) {
				for j := range batch {
					d := &batch[j] // field by field: copying the whole costs 8 ns
					d.ID, d.At, d.Delta = l.ids[from+j], now, l.deltas[from+j]
				}
				must(b.AddBatch(batch))
			}
			return len(l.ids)
		}},
		{work: prefix + oneRank, who: ours, run: func() int {
			for _, id := range l.asked {
				if _, ok := b.StandingID(id); !ok {
					panic("unranked")
				}
			}
			return len(l.asked)
		}},
	}
}

// more are the probes of what matters up to a million.
func more(b *rank.Board, l *load, prefix string) []probe {
	var rows []rank.Standing
	batch := make([]rank.Delta, 256)
	return []probe{
		{work: prefix + addNames, who: ours, run: func() int {
			for from := 0; from < streamSize/2; from += len(batch) {
				for j := range batch {
					d := &batch[j]
					d.Subject, d.At, d.Delta = l.names[l.ids[from+j]-1], now, l.deltas[from+j]
				}
				must(b.AddBatch(batch))
			}
			return streamSize / 2
		}},
		{work: prefix + addName, who: ours, run: func() int {
			for i, id := range l.ids[:streamSize/2] {
				must(b.Add(l.names[id-1], now, l.deltas[i]))
			}
			return streamSize / 2
		}},
		{work: prefix + top, who: ours, run: func() int {
			for range 1000 {
				rows = b.AppendTop(rows[:0], 250)
			}
			return 1000
		}},
	}
}

// slides advance boards of their own day by day, after a month of the same: one on
// which everybody is active every day, as much as befits a Zipf, and one that leaves
// to chance who is.
func slides(l *load, names *rank.Names, prefix string) []probe {
	one := func(work string, chance bool) probe {
		b, at := newBoard(names), now
		rng := rand.New(rand.NewPCG(4, 4))
		must(b.Advance(at))
		fill := func() {
			for i, mean := range l.mean {
				calls := mean
				if chance {
					calls = math.Floor(mean + rng.Float64())
				}
				if calls > 0 {
					must(b.AddID(rank.ID(i+1), at, int64(calls*3000*(0.5+rng.Float64()))))
				}
			}
		}
		step := func() int {
			at = at.AddDate(0, 0, 1)
			must(b.Advance(at))
			return 1
		}
		for range days + 1 {
			fill()
			step()
		}
		return probe{work: prefix + work, who: ours, before: fill, run: step}
	}
	return []probe{one(slide, false), one(chanceDay, true)}
}

// restores take a snapshot and restore it into an empty board with empty names.
func restores(b *rank.Board) probe {
	return probe{work: snapshot, who: ours, run: func() int {
		must(newBoard(nil).Restore(b.Snapshot()))
		return 1
	}}
}

// crowds are the probes of crowdWorks. Adds go up and down, so that a crowd
// stays one, to subjects in random order.
func crowds(l *load, names *rank.Names) []probe {
	var probes []probe
	for _, c := range []struct {
		what  string
		score func(i int) int64
	}{
		{closeCrowd, func(i int) int64 { return 1e12 + int64(i*7919%100_000) }},
		{equalCrowd, func(int) int64 { return 1e12 }},
	} {
		b := newBoard(names)
		must(b.Advance(now))
		for i := range l.n {
			must(b.AddID(rank.ID(i+1), now, c.score(i)))
		}
		probes = append(probes, probe{work: c.what + ": add", who: ours, run: func() int {
			for range 8 {
				for _, id := range l.asked {
					must(b.AddID(id, now, 50))
					must(b.AddID(id, now, -50))
				}
			}
			return 8 * 2 * len(l.asked)
		}}, probe{work: c.what + ": rank", who: ours, run: func() int {
			for _, id := range l.asked {
				b.StandingID(id)
			}
			return len(l.asked)
		}})
	}
	b := l.board(names)
	return append(probes, probe{work: "one subject hot: add", who: ours, run: func() int {
		for i := range streamSize {
			must(b.AddID(77, now, l.deltas[i]))
		}
		return streamSize
	}})
}

// cores returns how many times faster two cores are than one at the same work: each
// core owns the board of every other subject. Wall time, median of the rounds.
func cores(l *load, rounds int) float64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	half := newLoad(l.n / 2)
	boards := []*rank.Board{half.board(half.intern()), half.board(half.intern())}
	work := func(b *rank.Board) {
		for range 4 {
			for i, id := range half.ids {
				must(b.AddID(id, now, half.deltas[i]))
			}
		}
	}
	var ratios []float64
	for range rounds {
		start := time.Now()
		work(boards[0])
		work(boards[1])
		one := time.Since(start)
		start = time.Now()
		var wg sync.WaitGroup
		for _, b := range boards {
			wg.Go(func() { work(b) })
		}
		wg.Wait()
		ratios = append(ratios, float64(one)/float64(time.Since(start)))
	}
	return median(ratios)
}

// memory returns the bytes a subject that an own board of the load takes, its names
// aside.
func memory(l *load, names *rank.Names) float64 {
	before := heap()
	b := l.board(names)
	bytes := heap() - before
	runtime.KeepAlive(b)
	return float64(bytes) / float64(l.n)
}

// fullMemory is memory if everybody was active on every day.
func fullMemory(l *load, names *rank.Names) float64 {
	before := heap()
	b := newBoard(names)
	rng := rand.New(rand.NewPCG(4, 4))
	for ago := days - 1; ago >= 0; ago-- {
		at := now.AddDate(0, 0, -ago)
		must(b.Advance(at))
		for i, mean := range l.mean {
			must(b.AddID(rank.ID(i+1), at, int64(mean*3000*(0.5+rng.Float64()))))
		}
	}
	bytes := heap() - before
	runtime.KeepAlive(b)
	return float64(bytes) / float64(l.n)
}

// hourlyMemory returns the bytes an active cell of 720 hourly steps, of a fifth of
// the subjects an hour. What a board takes with a few hours is not counted.
func hourlyMemory(l *load, names *rank.Names) float64 {
	b, err := rank.New(rank.Config{Window: rank.Window{Length: 720 * time.Hour, Step: time.Hour}, Names: names})
	must(err)
	rng := rand.New(rand.NewPCG(6, 6))
	cells, fixed := 0, int64(0)
	for h := range 720 {
		at := now.Add(time.Duration(h) * time.Hour)
		must(b.Advance(at))
		for i := range l.n {
			if rng.IntN(5) == 0 {
				must(b.AddID(rank.ID(i+1), at, 1+int64(math.Exp(7+rng.NormFloat64()*1.4))))
				if h > 4 {
					cells++
				}
			}
		}
		if h == 4 {
			fixed = heap()
		}
	}
	bytes := heap() - fixed
	runtime.KeepAlive(b)
	return float64(bytes) / float64(cells)
}
