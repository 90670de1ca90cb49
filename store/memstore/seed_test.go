package memstore

import "testing"

// TestSeeds: no two stores hash alike, so nobody can choose ids that collide.
func TestSeeds(t *testing.T) {
	if a, b := New(nil), New(nil); a.seed == b.seed || a.texts.hash("x") == b.texts.hash("x") {
		t.Error("two stores have one seed")
	}
}
