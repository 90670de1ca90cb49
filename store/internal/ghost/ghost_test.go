package ghost

import (
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
)

func TestHashesAreKeyedAndDistinct(t *testing.T) {
	g, other := New(), New()
	seen := map[string]string{}
	for _, k := range []store.Key{{Source: "a", ID: "bc"}, {Source: "ab", ID: "c"}, {Source: "", ID: "abc"}, {Source: "abc", ID: ""}} {
		got := g.Key(k)
		if got.Source != k.Source || !strings.HasPrefix(got.ID, Prefix) || len(got.ID) > store.MaxText {
			t.Errorf("%v became %v", k, got)
		}
		if twin, ok := seen[got.ID]; ok {
			t.Errorf("%v and %s have one hash", k, twin)
		}
		seen[got.ID] = k.Source + "/" + k.ID
		if other.Key(k) == got || g.Key(k) != got {
			t.Errorf("the hash of %v does not depend on the secret alone", k)
		}
	}
	if g.Subject("abc") == strings.TrimPrefix(g.Key(store.Key{ID: "abc"}).ID, Prefix) {
		t.Error("a subject and an event have one hash")
	}
	g.Tokens[g.Subject("ada")] = NewToken()
	if g.Token("ada") == "" || g.Token("Ada") != "" || g.Token("") != "" || other.Token("ada") != "" {
		t.Error("the wrong subjects are forgotten")
	}
}
