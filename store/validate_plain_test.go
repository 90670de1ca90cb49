package store

import (
	"strings"
	"testing"
)

// TestPlainNeverLies: what the fast look takes for plain has no fault, and every
// plain text is seen as such, wherever in the text the odd byte is.
func TestPlainNeverLies(t *testing.T) {
	for n := range 40 {
		for at := range n {
			for c := range 256 {
				b := []byte(strings.Repeat("~ ", 20)[:n])
				b[at] = byte(c)
				if s := string(b); plain(s) != (c >= 0x20 && c < 0x7f) || plain(s) && badText(s) != "" {
					t.Fatalf("plain(%q) is %t, badText says %q", s, plain(s), badText(s))
				}
			}
		}
	}
	if plain(strings.Repeat("x", MaxText+1)) || !plain(strings.Repeat("x", MaxText)) {
		t.Error("the length of a text is not looked at")
	}
}
