package rank

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// The hot path allocates nothing.
func TestHotPathDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	b := newLoaded(t, 3000)
	l := newLoad(3000, true)
	subjects := make([]string, 3000)
	for i := range subjects {
		subjects[i] = subjectName(i)
	}
	batch := make([]Delta, 256)
	for i := range batch {
		batch[i] = Delta{ID: l.ids[i], At: benchNow, Delta: l.deltas[i]}
	}
	newest, ids := make([]Increment, 256), make([]ID, 0, 256)
	for i := range newest {
		newest[i] = Increment{l.ids[i], l.deltas[i]}
	}
	rows := make([]Standing, 0, 250)
	for i := range subjects { // today is open, and what splits has split
		mustAdd(t, b, subjects[i], benchNow, 1)
	}
	var i int
	for name, f := range map[string]func(){
		"AddID":      func() { i++; _ = b.AddID(l.ids[i], benchNow, l.deltas[i]) },
		"Add":        func() { i++; _ = b.Add(subjects[i%3000], benchNow, 5) },
		"AddBatch":   func() { _ = b.AddBatch(batch) },
		"AddNewest":  func() { _ = b.AddNewest(newest) },
		"IDs":        func() { ids = b.Names().IDs(ids[:0], subjects[:256]) },
		"Standing":   func() { i++; b.Standing(subjects[i%3000]) },
		"StandingID": func() { i++; b.StandingID(l.ids[i]) },
		"AppendTop":  func() { rows = b.AppendTop(rows[:0], 250) },
		"Total":      func() { b.Total() },
		"Lookup":     func() { i++; b.Names().Lookup(subjects[i%3000]) },
	} {
		// A bucket may split once in a while: that is one allocation in thousands.
		if n := testing.AllocsPerRun(2000, f); n != 0 {
			t.Errorf("%s: %v allocations a call", name, n)
		}
	}
}

// Names, ring and order of a subject that is active on most of 30 days.
func TestMemoryPerSubject(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("measures 85,000 subjects, and the race detector allocates")
	}
	const n = 85_000
	start := heap()
	b := mustBoard(t, Config{})
	for i := range n {
		b.Names().ID(subjectName(i))
	}
	names := heap() - start
	for day := range 31 {
		now := epoch.AddDate(0, 0, day)
		if err := b.Advance(now); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if (i+day)%8 != 0 {
				if err := b.AddID(ID(i+1), now, int64(1+i%977*(i%83)*(day+1))); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	board := heap() - start - names
	t.Logf("%d bytes a subject for names, %d for the board", names/n, board/n)
	if board > 300*n {
		t.Errorf("%d bytes a subject, want at most 300", board/n)
	}
	runtime.KeepAlive(b)
}

// A step over costs a few bytes for each subject that was active in it.
func TestMemoryPerActiveCellOfManySteps(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("measures 10,000 subjects over 720 hours, and the race detector allocates")
	}
	const n, hours = 10_000, 720
	b := mustBoard(t, Config{Window: Window{Length: hours * time.Hour, Step: time.Hour}})
	fixed := int64(0)
	cells := int64(0)
	for h := range hours {
		now := epoch.Add(time.Duration(h) * time.Hour)
		if err := b.Advance(now); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if (i*31+h*17)%4 == 0 {
				cells++
				if err := b.Add(subjectName(i), now, int64(1+(i*h)%16_000)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if h == 3 {
			fixed = heap() // names, order, open steps
		}
	}
	bytes := float64(heap()-fixed) / float64(cells)
	t.Logf("%.2f bytes an active cell", bytes)
	if bytes > 4 {
		t.Errorf("%.2f bytes an active cell, want at most 4", bytes)
	}
	runtime.KeepAlive(b)
}

// A thousand boards of a team each, on shared names, stay small.
func TestSmallBoardsAreCheap(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	names := NewNames()
	for i := range 40_000 {
		names.ID(subjectName(i))
	}
	start := heap()
	boards := make([]*Board, 1000)
	for at := range boards {
		boards[at] = mustBoard(t, Config{Names: names, Window: []Window{Rolling30d, Rolling7d}[at%2]})
		for i := range 40 {
			if err := boards[at].AddID(ID(1+i*1000+at), daysAgo(i%6), int64(i+1)); err != nil {
				t.Fatal(err)
			}
		}
		boards[at].Compact()
	}
	if each := (heap() - start) / 1000; each > 16<<10 {
		t.Errorf("a board of 40 takes %d bytes", each)
	}
	top := boards[7].Top(1)
	if !slices.Equal(top, []Standing{{1, names.Name(39_008), 40}}) {
		t.Errorf("got %v", top)
	}
}

func TestNamesAreSafeForConcurrentUse(t *testing.T) {
	names := NewNames()
	done := make(chan error)
	for g := range 4 {
		go func() {
			for i := range 5000 {
				s := fmt.Sprintf("name-%d", (i*7+g*1301)%6000)
				id := names.ID(s)
				if again, ok := names.Lookup(s); !ok || again != id || names.Name(id) != s {
					done <- fmt.Errorf("%q has ids %d and %d, the name %q", s, id, again, names.Name(id))
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for i := range names.Len() {
		if id, ok := names.Lookup(names.Name(ID(i + 1))); !ok || id != ID(i+1) {
			t.Fatalf("id %d is not its name's", i+1)
		}
	}
}
