package rank

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// The workload of the figures: subjects picked by Zipf (s = 1.05) over scattered
// handles, log-normal deltas with a mean of about 3,000, on a board that already
// holds 30 days of the same: about 165 calls a subject, so totals are as
// heavy-tailed as the activity.
type load struct {
	ids    []ID
	deltas []int64
}

const (
	loadSize    = 1 << 20
	zipfS       = 1.05
	callsPerDay = 5.5 // of an average subject
)

func scatter(subjects int) []int {
	return rand.New(rand.NewPCG(5, uint64(subjects))).Perm(subjects)
}

func newLoad(subjects int, zipf bool) load {
	rng := rand.New(rand.NewPCG(7, uint64(subjects)))
	place := scatter(subjects)
	z := rand.NewZipf(rng, zipfS, 1, uint64(subjects-1))
	l := load{make([]ID, loadSize), make([]int64, loadSize)}
	for i := range l.ids {
		if zipf {
			l.ids[i] = ID(place[z.Uint64()] + 1)
		} else {
			l.ids[i] = ID(rng.IntN(subjects) + 1)
		}
		l.deltas[i] = 1 + int64(math.Exp(7+rng.NormFloat64()*1.4))
	}
	return l
}

var benchNow = time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)

func subjectName(i int) string { return "user-" + strconv.Itoa(i*7919+1000000) }

// newLoaded returns a board of 30 days of that activity.
func newLoaded(tb testing.TB, subjects int) *Board {
	tb.Helper()
	b, err := New(Config{Window: Rolling30d})
	if err != nil {
		tb.Fatal(err)
	}
	calls := make([]float64, subjects) // a day, by subject
	norm := 0.0
	for i := range calls {
		norm += math.Pow(float64(1+i), -zipfS)
	}
	for i, at := range scatter(subjects) {
		calls[at] = callsPerDay * float64(subjects) * math.Pow(float64(1+i), -zipfS) / norm
		b.Names().ID(subjectName(i))
	}
	rng := rand.New(rand.NewPCG(3, 3))
	for day := 29; day >= 0; day-- {
		at := benchNow.AddDate(0, 0, -day)
		if err := b.Advance(at); err != nil {
			tb.Fatal(err)
		}
		for i, mean := range calls {
			n := poisson(rng, mean)
			if n == 0 && day == 29 {
				n = 1
			}
			if n > 0 {
				if err := b.AddID(ID(i+1), at, int64(float64(n)*3000*(0.5+rng.Float64()))); err != nil {
					tb.Fatal(err)
				}
			}
		}
	}
	return b
}

func poisson(rng *rand.Rand, mean float64) int {
	if mean > 50 {
		return max(0, int(mean+math.Sqrt(mean)*rng.NormFloat64()+0.5))
	}
	n, p := -1, 1.0
	for limit := math.Exp(-mean); p > limit; n++ {
		p *= rng.Float64()
	}
	return n
}

// sizes are those of the table; the greatest needs RANK_BENCH_HUGE=1 and 6 GB.
func sizes() []int {
	s := []int{1_000, 10_000, 85_000}
	if !testing.Short() {
		s = append(s, 1_000_000)
	}
	if os.Getenv("RANK_BENCH_HUGE") != "" {
		s = append(s, 10_000_000)
	}
	return s
}

func perSize(b *testing.B, f func(b *testing.B, board *Board, n int)) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("subjects=%d", n), func(b *testing.B) {
			board := newLoaded(b, n)
			b.ReportAllocs()
			f(b, board, n)
		})
	}
}

func BenchmarkAddID(b *testing.B) {
	for _, zipf := range []bool{true, false} {
		b.Run(fmt.Sprintf("zipf=%v", zipf), func(b *testing.B) {
			perSize(b, func(b *testing.B, board *Board, n int) {
				l := newLoad(n, zipf)
				i := 0
				for b.Loop() {
					at := i & (loadSize - 1)
					if board.AddID(l.ids[at], benchNow, l.deltas[at]) != nil {
						b.Fatal("refused")
					}
					i++
				}
			})
		})
	}
}

func BenchmarkAddBatch256(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		l := newLoad(n, true)
		batch := make([]Delta, 256)
		i := 0
		for b.Loop() {
			at := i & (loadSize - 1)
			if i++; at&255 == 0 {
				for j := range batch {
					batch[j] = Delta{ID: l.ids[at+j], At: benchNow, Delta: l.deltas[at+j]}
				}
				if err := board.AddBatch(batch); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkAddNewest256(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		l := newLoad(n, true)
		batch := make([]Increment, 256)
		i := 0
		for b.Loop() {
			at := i & (loadSize - 1)
			if i++; at&255 == 0 {
				for j := range batch {
					batch[j] = Increment{l.ids[at+j], l.deltas[at+j]}
				}
				if err := board.AddNewest(batch); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkAddByName(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		l := newLoad(n, true)
		subjects := make([]string, n)
		for i := range subjects {
			subjects[i] = subjectName(i)
		}
		i := 0
		for b.Loop() {
			at := i & (loadSize - 1)
			if board.Add(subjects[l.ids[at]-1], benchNow, l.deltas[at]) != nil {
				b.Fatal("refused")
			}
			i++
		}
	})
}

func BenchmarkRank(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		rng := rand.New(rand.NewPCG(9, 9))
		ids := make([]ID, 1<<14)
		for i := range ids {
			ids[i] = ID(rng.IntN(n) + 1)
		}
		i := 0
		for b.Loop() {
			if _, ok := board.StandingID(ids[i&(1<<14-1)]); !ok {
				b.Fatal("unranked")
			}
			i++
		}
	})
}

func BenchmarkTop250(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		var rows []Standing
		for b.Loop() {
			rows = board.AppendTop(rows[:0], 250)
		}
		if len(rows) != 250 {
			b.Fatal(len(rows))
		}
	})
}

func BenchmarkAround10(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		rng := rand.New(rand.NewPCG(9, 9))
		for b.Loop() {
			if len(board.Around(subjectName(rng.IntN(n)), 10)) != 21 {
				b.Fatal("short")
			}
		}
	})
}

// BenchmarkSlide moves a board on by a day in which everybody was active, so that
// a whole day leaves.
func BenchmarkSlide(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		now := benchNow
		for b.Loop() {
			now = now.AddDate(0, 0, 1)
			if err := board.Advance(now); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			for i := range n {
				if err := board.AddID(ID(i+1), now, int64(i%1000*(i%7)+1)); err != nil {
					b.Fatal(err)
				}
			}
			b.StartTimer()
		}
	})
}

func BenchmarkSnapshot(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		var buf []byte
		for b.Loop() {
			buf = board.AppendSnapshot(buf[:0])
		}
		b.ReportMetric(float64(len(buf))/float64(n), "B/subject")
	})
}

func BenchmarkRestore(b *testing.B) {
	perSize(b, func(b *testing.B, board *Board, n int) {
		buf := board.Snapshot()
		for b.Loop() {
			fresh, err := New(Config{Window: Rolling30d})
			if err == nil {
				err = fresh.Restore(buf)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCrowd is the worst that totals can do: all within 10⁵ of 10¹², all
// equal, or one subject that takes every call.
func BenchmarkCrowd(b *testing.B) {
	const n = 85_000
	for name, score := range map[string]func(i int) int64{
		"close": func(i int) int64 { return 1e12 + int64(i*7919%100_000) },
		"equal": func(int) int64 { return 1e12 },
	} {
		board := mustBoard(b, Config{})
		for i := range n {
			mustAdd(b, board, subjectName(i), epoch, score(i))
		}
		rng := rand.New(rand.NewPCG(9, 9))
		b.Run(name+"/rank", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				board.StandingID(ID(rng.IntN(n) + 1))
			}
		})
		b.Run(name+"/top250", func(b *testing.B) {
			var rows []Standing
			for b.Loop() {
				rows = board.AppendTop(rows[:0], 250)
			}
		})
		b.Run(name+"/add", func(b *testing.B) { // up and down, so the crowd stays one
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if i++; board.AddID(ID(i/2%n+1), epoch, int64(i%2*2-1)*50) != nil {
					b.Fatal("refused")
				}
			}
		})
	}
	board := newLoaded(b, n)
	b.Run("hot/add", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if board.AddID(77, benchNow, 3000) != nil {
				b.Fatal("refused")
			}
		}
	})
}

// BenchmarkShards adds on as many cores as there are, each with a board of its own
// for its subjects; Merge reads them as one.
func BenchmarkShards(b *testing.B) {
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			boards := make([]*Board, cores)
			for i := range boards {
				boards[i] = newLoaded(b, 85_000/cores)
			}
			l := newLoad(85_000/cores, true)
			b.SetParallelism(1)
			old := runtime.GOMAXPROCS(cores)
			defer runtime.GOMAXPROCS(old)
			var next atomic.Int32
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				board := boards[int(next.Add(1)-1)%cores]
				for i := 0; pb.Next(); i++ {
					at := i & (loadSize - 1)
					if board.AddID(l.ids[at], benchNow, l.deltas[at]) != nil {
						b.Error("refused")
						return
					}
				}
			})
		})
	}
}
