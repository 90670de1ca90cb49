package main

import "time"

// layTraps adds, by hand, what goes wrong in real transcripts. Each trap says
// which file it is in and what a reader should make of it; the README lists
// them all.
func layTraps(t *tree) {
	claudeByHand(t)
	claudeCopies(t)
	claudeDamage(t)
	claudePlaces(t)
	codexTraps(t)
	geminiTraps(t)
}

// on returns an instant of the sample's autumn, such as on(11, 3, "09:00:00").
func on(month time.Month, day int, clock string) time.Time {
	at, err := time.Parse("15:04:05", clock)
	if err != nil {
		panic(err) // the clock is a constant of this program
	}
	return time.Date(2026, month, day, at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
