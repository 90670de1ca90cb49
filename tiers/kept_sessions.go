package tiers

// matters marks a stretch that must be kept.
const matters = "kept"

// mark finds out which stretches of a UTC day can be, or be part of, the longest
// session of some window of whole days. Those are, for each idle gap, the
// longest run of the day, and whatever may join a run of the day before or
// after. Of the stretches in k.runs those that must be kept are marked.
func (k *Keeper) mark(start int64) {
	idles := k.needs.idles
	widest := int64(idles[len(idles)-1])
	end := start + secondsPerDay*1e9 - 1
	for g, idle := range idles {
		best, bestTo := -1, -1
		for i := 0; i < len(k.runs); {
			to := i + 1
			for to < len(k.runs) && k.runs[to].hash == k.runs[i].hash && k.runs[to].from-k.runs[to-1].to <= int64(idle) {
				to++
			}
			if edge := k.runs[i].from-start <= widest || end-k.runs[to-1].to <= widest; edge && g == len(idles)-1 {
				k.keepRuns(i, to)
			}
			if best < 0 || k.longer(i, to, best, bestTo) {
				best, bestTo = i, to
			}
			i = to
		}
		if best >= 0 {
			k.keepRuns(best, bestTo)
		}
	}
}

// longer reports whether the run of stretches [i, to) comes before [j, jto).
func (k *Keeper) longer(i, to, j, jto int) bool {
	a, b := k.runs[to-1].to-k.runs[i].from, k.runs[jto-1].to-k.runs[j].from
	if a != b {
		return a > b
	}
	if k.runs[i].from != k.runs[j].from {
		return k.runs[i].from < k.runs[j].from
	}
	return k.runs[i].hash < k.runs[j].hash
}

func (k *Keeper) keepRuns(from, to int) {
	for i := from; i < to; i++ {
		k.runs[i].name = matters
	}
}

// appendRuns lists all stretches of a cell, none marked.
func (x *cell) appendRuns(dst []stretch) []stretch {
	for i := range x.sessions {
		for _, sp := range x.sessions[i].spans {
			dst = append(dst, stretch{hash: x.sessions[i].hash, span: sp})
		}
	}
	return dst
}
