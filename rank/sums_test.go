package rank

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Sums are read as they were written, at once or one by one, wherever the bytes end;
// and no bytes but those are read as the same.
func TestSumsAreReadAsWritten(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	gaps := []uint32{0, 1, farGap - 1, farGap, farGap + 1, 200, 1 << 20, math.MaxUint32 - 70_000_000}
	edges := []int64{1, -1, 127, 128, -128, -129, 1<<15 - 1, 1 << 15, 1<<55 - 1, 1 << 55, math.MaxInt64, math.MinInt64}
	for round := range 4000 {
		run := make([]entry, 1+rng.IntN(sumRun))
		first := uint32(rng.IntN(1000))
		next := first
		for j := range run {
			v := max(1, int64(rng.Uint64()>>(1+rng.IntN(63)))) * int64(1-2*rng.IntN(2))
			if rng.IntN(4) == 0 {
				v = edges[rng.IntN(len(edges))]
			}
			gap := gaps[rng.IntN(len(gaps)-1)]
			if j == 0 && round%8 == 0 {
				gap = gaps[len(gaps)-1]
			}
			run[j] = entry{v, next + gap}
			next = run[j].i + 1
		}
		before := round % 3
		w := sumWriter{data: make([]byte, before), next: first}
		w.put(run)
		buf, end := w.data, len(w.data)
		for _, spare := range []int{0, 1, 12} { // bytes behind the run
			data := append(buf[:end:end], make([]byte, spare)...)
			got := make([]entry, len(run))
			if at, behind := readSums(data, before, uint64(first), got); at != end || behind != uint64(next) || !slices.Equal(got, run) {
				t.Fatalf("%v of %d bytes is read as %v, %d bytes, up to %d", run, end-before, got, at, behind)
			}
			for _, e := range run {
				if v := findSum(data, before, first, len(run), e.i); v != e.score {
					t.Fatalf("%v has %d for member %d", run, v, e.i)
				}
			}
			for _, e := range run[:len(run)-1] {
				if v := findSum(data, before, first, len(run), e.i+1); v != 0 && !slices.Contains(run, entry{v, e.i + 1}) {
					t.Fatalf("%v has %d for member %d", run, v, e.i+1)
				}
			}
		}
		size := 0
		for cut := range end - before {
			if at, _ := readSums(buf[:before+cut], before, uint64(first), make([]entry, len(run))); at >= 0 {
				t.Fatalf("%v is read of %d bytes of %d", run, cut, end-before)
			}
		}
		for _, e := range run {
			size += sumSize(e.score)
		}
		if size > end-before || size+5*len(run) < end-before {
			t.Fatalf("%v takes %d bytes, sumSize says %d", run, end-before, size)
		}
		// Another byte says something else, or nothing.
		bad := slices.Clone(buf[:end])
		bad[before+rng.IntN(end-before)] ^= byte(1 + rng.IntN(255))
		got := make([]entry, len(run))
		if at, _ := readSums(bad, before, uint64(first), got); at == end && slices.Equal(got, run) {
			t.Fatalf("% x and % x are both %v", bad[before:], buf[before:end], run)
		}
	}
	if sumSize(0) != 0 {
		t.Error("a sum of zero takes bytes")
	}
}

// A sum that is not in its shortest form, or zero, is no sum.
func TestSumsHaveOneForm(t *testing.T) {
	for _, bad := range [][]byte{
		{0, 0}, {1, 5, 0}, {7, 1, 2, 3, 4, 5, 6, 7, 0},
		{farGap << 3, 0x80, 0, 5}, {farGap << 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 5},
	} {
		var run [1]entry
		if end, _ := readSums(append(bad, make([]byte, 20)...), 0, 0, run[:]); end >= 0 {
			t.Errorf("% x is read as %v", bad, run)
		}
	}
}
