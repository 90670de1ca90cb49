package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"time"
)

// What people and models say here: short, neutral, about nothing real.
var (
	asks = []string{
		"Add a test for the empty tide table.", "Why is the berth list sorted twice?",
		"Rename the crate label helper.", "The lamp schedule is off by one hour.",
		"Please split the parser file.", "Make the map legend readable.",
		"Check the orchard counter for overflow.", "Write a short note on the retry rule.",
		"The nightly report repeats a row.", "Tidy the imports.",
	}
	says = []string{
		"Reading the file first.", "Two tests fail, looking.", "Done; all tests pass.",
		"The rounding happens twice.", "I will change one place only.", "Here is the plan.",
		"The index was stale.", "Renamed, nothing else touched.", "One more case to cover.",
		"That explains the gap.",
	}
	paths = []string{
		"tide/table.go", "berth/list.go", "crate/label.go", "lamp/plan.go",
		"map/legend.ts", "orchard/count.py", "report/night.sql", "quay/retry.go",
	}
	tools = []string{"Read", "Edit", "Bash", "Grep"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// between draws from lo to hi, both included.
func between(r *rand.Rand, lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// digest is the hex sha256 of a label: where ids come from, so that they do
// not move when something else is drawn before them.
func digest(label string) string {
	sum := sha256.Sum256([]byte(label))
	return hex.EncodeToString(sum[:])
}

// uuid shapes a label's digest as a version 4 UUID.
func uuid(label string) string {
	h := digest(label)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:32]
}

func messageID(label string) string { return "msg_01" + digest("m" + label)[:18] }
func requestID(label string) string { return "req_011" + digest("r" + label)[:17] }

// clock is the form of time all three tools write: UTC, milliseconds.
func clock(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// mustLine encodes v, which is always a plain struct or map, as one line of JSON.
func mustLine(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
