package tiers

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestOpenBadge(t *testing.T) {
	issuer := Issuer{ID: "https://example.com/issuer", Name: "Example", Achievements: "https://example.com/badges/", Revocations: "https://example.com/revoked"}
	r := title(t, DefaultRules(), "regular")
	f := factsOf(t, noon(30), r.Window, on(upTo(12)...).samples...)
	f.Subject = "ana"
	_, trs := Eval(r, &f, State{})
	if len(trs) != 2 {
		t.Fatalf("%v", trs)
	}
	b, err := OpenBadge(issuer, r, &trs[1], "urn:award:1", "urn:person:ana")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Context           []string `json:"@context"`
		ID, Name          string
		Type              []string
		ValidFrom         string
		Issuer            struct{ ID string }
		CredentialSubject struct {
			ID          string
			Achievement struct {
				ID, Name, Description, Version string
				Criteria                       struct{ Narrative string }
				Image                          struct{ ID string }
				Tag                            []string
			}
		}
		Evidence         []struct{ Narrative string }
		CredentialStatus struct{ ID, Type string }
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	a := v.CredentialSubject.Achievement
	if v.ID != "urn:award:1" || v.Name != "Regular (level 2 of 3)" || v.ValidFrom != "2026-04-30T12:00:00Z" || v.Issuer.ID != issuer.ID ||
		v.CredentialSubject.ID != "urn:person:ana" || a.ID != "https://example.com/badges/regular/2" || a.Version != "1" || a.Tag[0] != "steady" ||
		a.Criteria.Narrative != r.Text.Description || !strings.HasPrefix(a.Image.ID, "data:image/svg+xml;base64,") ||
		len(v.Context) != 3 || v.Type[1] != "OpenBadgeCredential" || v.CredentialStatus.ID != issuer.Revocations {
		t.Errorf("%s", b)
	}
	if len(v.Evidence) != 1 || !strings.Contains(v.Evidence[0].Narrative, "active days at least 10: met, has 12; rule version 1 over the last 30 days, 2026-04-01 to 2026-04-30") {
		t.Errorf("evidence: %+v", v.Evidence)
	}
	gone := trs[1]
	gone.Change = Revoke
	other := *r
	other.ID = "other"
	for _, c := range []struct {
		name, id string
		r        *Rule
		t        *Transition
	}{
		{"a revocation", "urn:1", r, &gone},
		{"another rule", "urn:1", &other, &trs[1]},
		{"no id", "", r, &trs[1]},
	} {
		if _, err := OpenBadge(issuer, c.r, c.t, c.id, "urn:person:ana"); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
