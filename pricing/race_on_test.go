//go:build race

package pricing

// raceEnabled: the race detector allocates where the code does not.
const raceEnabled = true

// trials is how often a random test tries; fewer under the race detector.
func trials(n int) int { return n / 20 }
