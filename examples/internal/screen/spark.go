package screen

import "strings"

// SparkCells is how wide a sparkline gets at most.
const SparkCells = 60

// Bars returns values, oldest first, as at most SparkCells bars, each the sum
// of the same number of neighbors. What does not fill a bar at the old end is
// left out, so that no bar looks low for being short: it shows the last
// each·len(bars) values.
func Bars(values []int64) (bars []int64, each int) {
	each = max((len(values)+SparkCells-1)/SparkCells, 1)
	if each == 1 {
		return values, 1
	}
	bars = make([]int64, len(values)/each)
	values = values[len(values)%each:]
	for i, v := range values {
		bars[i/each] += v
	}
	return bars, each
}

// Spark draws one bar a value, the highest full; a dot for nothing.
func Spark(values []int64) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	var top int64
	for _, v := range values {
		top = max(top, v)
	}
	shift := 0 // so that 8·top fits an int64
	for top>>shift > 1<<59 {
		shift++
	}
	var b strings.Builder
	for _, v := range values {
		if v <= 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(bars[max((v>>shift*8+(top>>shift)/2)/(top>>shift)-1, 0)])
	}
	return b.String()
}
