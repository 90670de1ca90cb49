//go:build race

package rank

// raceEnabled says that the race detector slows everything down and allocates.
const raceEnabled = true
