//go:build unix

package tokenomics_test

import (
	"syscall"
	"time"
)

// cpuTime returns what the process has used of its cores, which other programs
// on the machine disturb less than the wall's time.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
