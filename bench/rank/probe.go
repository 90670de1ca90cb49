package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// sample is the cost of one operation, in nanoseconds.
type sample struct {
	cpu  float64 // of the process that did the work
	wall float64
}

// probe measures one kind of work on one structure.
type probe struct {
	work, who string
	before    func()        // not measured; may be nil
	run       func() int    // the work; returns how many operations it was
	read      func() sample // if not nil, it runs and measures by itself
}

func (p *probe) sample() sample {
	if p.before != nil {
		p.before()
	}
	if p.read != nil {
		return p.read()
	}
	runtime.GC() // so that nobody pays for the garbage of another
	cpu, wall := cpuTime(), time.Now()
	n := float64(p.run())
	return sample{float64(cpuTime()-cpu) / n, float64(time.Since(wall)) / n}
}

// figures are the least of all rounds, by work and structure: what a machine shared
// with strangers does when they leave it alone.
type figures map[[2]string]sample

// measure runs all probes in turn, round by round, so that a disturbance of the
// machine meets all of them alike.
func (f figures) measure(rounds int, probes []probe) {
	cpu, wall := make([][]float64, len(probes)), make([][]float64, len(probes))
	for range rounds {
		for i := range probes {
			s := probes[i].sample()
			cpu[i], wall[i] = append(cpu[i], s.cpu), append(wall[i], s.wall)
		}
	}
	for i, p := range probes {
		f[[2]string{p.work, p.who}] = sample{slices.Min(cpu[i]), slices.Min(wall[i])}
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// nanos formats a time in nanoseconds.
func nanos(ns float64) string {
	switch {
	case ns == 0:
		return "–"
	case ns < 1e3:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	}
	return fmt.Sprintf("%.3g ms", ns/1e6)
}
