package rank

// Steps returns the scores of a subject by step of the window, oldest first: a
// sparkline. It is nil before the first Advance, and all zero for a subject
// without scores or hidden.
func (b *Board) Steps(subject string) []int64 { return b.steps(subject, b.cfg.Scorer) }

// RawSteps is Steps before the [Scorer].
func (b *Board) RawSteps(subject string) []int64 { return b.steps(subject, nil) }

func (b *Board) steps(subject string, scorer Scorer) []int64 {
	if !b.ring.started {
		return nil
	}
	steps := make([]int64, b.ring.now-b.first+1)
	i, ok := b.member(subject)
	if !ok || b.hidden.has(i) {
		return steps
	}
	for s := range steps {
		steps[s] = scorer.Score(b.ring.column(b.first + int64(s)).get(i))
	}
	return steps
}

// Raw returns the sum of what was added for a subject in the window, before the
// [Scorer].
func (b *Board) Raw(subject string) Sum {
	var sum Sum
	for _, v := range b.RawSteps(subject) {
		sum = sum.plus(v)
	}
	return sum
}
