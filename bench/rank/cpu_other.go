//go:build !unix

package main

import "time"

var started = time.Now()

// cpuTime is wall time where the system has no getrusage.
func cpuTime() time.Duration { return time.Since(started) }
