package usage

import "testing"

func TestCanonicalTier(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "auto": "", "default": "standard", "standard_only": "standard", "on_demand": "standard", "ON_DEMAND": "standard",
		"batch": "batch", "flex": "flex", "ON_DEMAND_FLEX": "flex", "priority": "priority", "fast": "priority",
		"ON_DEMAND_PRIORITY": "priority", "ultrafast": "ultrafast", "scale": "scale", "reserved": "reserved",
		"ON_DEMAND_OFFPEAK": "offpeak", "PROVISIONED_THROUGHPUT": "provisioned", "house": "house",
	} {
		if got := CanonicalTier(in); got != want {
			t.Errorf("CanonicalTier(%q) = %q, want %q", in, got, want)
		}
		if again := CanonicalTier(want); again != want {
			t.Errorf("CanonicalTier(%q) = %q: not a fixed point", want, again)
		}
	}
}

func TestShapeNames(t *testing.T) {
	seen := map[string]bool{}
	for s := range Shape(numShapes) {
		if s.String() == "" || seen[s.String()] {
			t.Errorf("shape %d has no name of its own: %q", uint8(s), s)
		}
		seen[s.String()] = true
		if family := s.Family(); family != "" {
			if canonical, ok := CanonicalProvider(family); !ok || canonical != family {
				t.Errorf("%v: family %q is no provider", s, family)
			}
		}
	}
	if got := Shape(numShapes).String(); got != "shape(17)" {
		t.Errorf("a shape that does not exist is called %q", got)
	}
}
