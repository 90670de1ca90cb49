package usage

import "testing"

// Reading a body costs one allocation, for the strings that are kept; an event
// without usage costs none.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for name, body := range benchBodies {
		data := []byte(body)
		if n := testing.AllocsPerRun(100, func() {
			if _, err := FromJSON(Auto, data); err != nil {
				t.Fatal(err)
			}
		}); n > 1 {
			t.Errorf("FromJSON of a %s body: %v allocations, want at most 1", name, n)
		}
	}
	s := NewStream(Auto)
	event := []byte("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"fox\"}}\n\n")
	write := func() {
		if _, err := s.Write(event); err != nil {
			t.Fatal(err)
		}
	}
	write() // the first event is parsed, and makes the buffers
	if n := testing.AllocsPerRun(100, write); n != 0 {
		t.Errorf("an event without usage: %v allocations, want 0", n)
	}
}
