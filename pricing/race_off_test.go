//go:build !race

package pricing

const raceEnabled = false

// trials is how often a random test tries; fewer under the race detector.
func trials(n int) int { return n }
