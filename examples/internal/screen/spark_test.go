package screen

import (
	"math"
	"slices"
	"testing"
)

func TestSpark(t *testing.T) {
	if got := Spark([]int64{0, 1, 4, 8, -3}); got != "·▁▄█·" {
		t.Errorf("Spark = %q", got)
	}
	if got := Spark([]int64{math.MaxInt64, 1 << 62, 1}); got != "█▄▁" {
		t.Errorf("Spark of large values = %q", got)
	}
}

// TestBars: never more bars than cells, every bar of the same number of
// values, the newest ones.
func TestBars(t *testing.T) {
	for n := range 2000 {
		values := make([]int64, n)
		for i := range values {
			values[i] = int64(i)
		}
		bars, each := Bars(values)
		if len(bars) > SparkCells || len(bars) != n/each || each > 1 && n <= SparkCells*(each-1) {
			t.Fatalf("%d values make %d bars of %d", n, len(bars), each)
		}
		rest := values[n-len(bars)*each:]
		if n-len(rest) >= each {
			t.Fatalf("%d values: %d left out, a bar has %d", n, n-len(rest), each)
		}
		for i, bar := range bars {
			var want int64
			for _, v := range rest[i*each : (i+1)*each] {
				want += v
			}
			if bar != want {
				t.Fatalf("%d values: bar %d is %d, want %d", n, i, bar, want)
			}
		}
	}
	if bars, each := Bars([]int64{3, 1}); each != 1 || !slices.Equal(bars, []int64{3, 1}) {
		t.Errorf("few values: %v of %d", bars, each)
	}
}
