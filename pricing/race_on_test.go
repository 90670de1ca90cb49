//go:build race

package pricing

// raceEnabled: the race detector allocates where the code does not.
const raceEnabled = true
