//go:build !unix

package tokenomics_test

import "time"

func cpuTime() time.Duration { return 0 }
