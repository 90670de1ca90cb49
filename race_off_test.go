//go:build !race

package tokenomics_test

const raceEnabled = false
