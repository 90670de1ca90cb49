package sqlstore

import "strings"

// sortable is a total with the first of its keys that tells it from others, so
// that most comparisons need not look further.
type sortable struct {
	lead string
	*total
}

// sort sorts by keys.
func (t *totals) sort(all []sortable) {
	lead, oneDay := 0, len(t.by) > 1 && t.byDay()
	for i := range all {
		oneDay = oneDay && all[i].key[0] == all[0].key[0]
	}
	if oneDay {
		lead = 1
	}
	for i := range all {
		all[i].lead = all[i].key[lead]
	}
	sortRuns(all, func(a, b sortable) int {
		c := strings.Compare(a.lead, b.lead)
		for i := lead + 1; c == 0 && i < len(t.by); i++ {
			c = strings.Compare(a.key[i], b.key[i])
		}
		return c
	})
}

// sortRuns sorts what consists of some runs that are in order, as what several
// blobs hold, one after the other: it merges them by twos until one is left.
func sortRuns[T any](all []T, compare func(a, b T) int) {
	var ends []int
	for i := range all {
		if i+1 == len(all) || compare(all[i], all[i+1]) > 0 {
			ends = append(ends, i+1)
		}
	}
	from, to := all, make([]T, len(all))
	for len(ends) > 1 {
		begin, merged := 0, ends[:0]
		for i := 0; i < len(ends); i += 2 {
			middle, end := ends[i], ends[min(i+1, len(ends)-1)]
			mergeRuns(to[begin:end], from[begin:middle], from[middle:end], compare)
			merged, begin = append(merged, end), end
		}
		ends, from, to = merged, to, from
	}
	copy(all, from)
}

// mergeRuns merges two runs.
func mergeRuns[T any](to, a, b []T, compare func(a, b T) int) {
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) <= 0 {
			to[0], a = a[0], a[1:]
		} else {
			to[0], b = b[0], b[1:]
		}
		to = to[1:]
	}
	copy(to[copy(to, a):], b)
}
