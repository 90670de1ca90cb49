package tiers

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var badgeIssuer = Issuer{ID: "https://example.com/issuer", Name: "Example", Achievements: "https://example.com/badges/", Revocations: "https://example.com/revoked"}

// want is what the published JSON schema of an AchievementCredential, Open Badges
// 3.0 over the data model 2.0 of verifiable credentials, asks of an object: the
// fields that must be there, and of those that may be what they must be.
type want struct {
	required []string
	fields   map[string]any // a want, or one of the kinds below
}

type kind string

const (
	text   kind = "a text"
	uri    kind = "a URI"
	moment kind = "a date and time with a zone"
	texts  kind = "a list of texts"
)

func credentialSchema() want {
	image := want{[]string{"id", "type"}, map[string]any{"id": uri, "type": text}}
	profile := want{[]string{"id", "type"}, map[string]any{"id": uri, "type": texts, "name": text, "url": uri}}
	achievement := want{[]string{"id", "type", "criteria", "description", "name"}, map[string]any{
		"id": uri, "type": texts, "achievementType": text, "name": text, "description": text, "version": text, "tag": texts, "image": image,
		"criteria": want{nil, map[string]any{"id": uri, "narrative": text}},
	}}
	return want{[]string{"@context", "id", "type", "name", "credentialSubject", "issuer", "validFrom"}, map[string]any{
		"@context": texts, "id": uri, "type": texts, "name": text, "issuer": profile, "validFrom": moment,
		"credentialSubject": want{[]string{"type", "achievement"}, map[string]any{"id": uri, "type": texts, "achievement": achievement}},
		"evidence":          []any{want{[]string{"type"}, map[string]any{"type": texts, "name": text, "narrative": text}}},
		"credentialStatus":  want{[]string{"id", "type"}, map[string]any{"id": uri, "type": text}},
	}}
}

// check lists what a value lacks.
func check(path string, v any, w any) (faults []string) {
	fault := func(what string) { faults = append(faults, path+" is not "+what) }
	switch w := w.(type) {
	case want:
		o, ok := v.(map[string]any)
		if !ok {
			fault("an object")
			return faults
		}
		for _, f := range w.required {
			if _, ok := o[f]; !ok {
				faults = append(faults, path+"."+f+" is missing")
			}
		}
		for f, x := range o {
			y, ok := w.fields[f]
			if !ok {
				faults = append(faults, path+"."+f+" is no field of the schema")
				continue
			}
			faults = append(faults, check(path+"."+f, x, y)...)
		}
	case []any:
		list, ok := v.([]any)
		if !ok {
			fault("a list")
		}
		for i, x := range list {
			faults = append(faults, check(fmt.Sprintf("%s[%d]", path, i), x, w[0])...)
		}
	case kind:
		s, isText := v.(string)
		u, err := url.Parse(s)
		_, err2 := time.Parse(time.RFC3339, s)
		list, isList := v.([]any)
		ok := map[kind]bool{text: isText && s != "", uri: isText && err == nil && u.Scheme != "", moment: isText && err2 == nil,
			texts: isList && len(list) > 0 && !slices.ContainsFunc(list, func(x any) bool { s, ok := x.(string); return !ok || s == "" })}[w]
		if !ok {
			fault(string(w))
		}
	}
	return faults
}

// Every award of the default rules exports as a credential that has all the
// published schema asks for, and nothing it does not know; and so does the list of
// the revoked.
func TestBadgesFollowTheSchema(t *testing.T) {
	rules := DefaultRules()
	n := 0
	for i := range rules {
		r := &rules[i]
		for level := range r.levels() {
			tr := Transition{Change: LevelUp, Subject: "ana", Rule: r.ID, Version: 1, From: level, To: level + 1, At: noon(30)}
			f := factsOf(t, noon(30), r.Window, on(upTo(12)...).samples...)
			tr.Evidence = Explain(r, &f)
			b, err := OpenBadge(badgeIssuer, r, &tr, fmt.Sprintf("https://example.com/awards/%s/%d", r.ID, level), "urn:person:ana")
			if err != nil {
				t.Fatal(err)
			}
			var v any
			if err := json.Unmarshal(b, &v); err != nil {
				t.Fatal(err)
			}
			if faults := check("credential", v, credentialSchema()); len(faults) > 0 {
				t.Errorf("%s: %s\n%s", r.ID, strings.Join(faults, "; "), b)
			}
			o := v.(map[string]any)
			if c := o["@context"].([]any); c[0] != "https://www.w3.org/ns/credentials/v2" || !strings.HasPrefix(c[1].(string), "https://purl.imsglobal.org/spec/ob/v3p0/context") {
				t.Errorf("%s: contexts %v, want that of credentials first, then that of badges", r.ID, c)
			}
			if kinds := o["type"].([]any); !slices.Contains(kinds, any("VerifiableCredential")) || !slices.Contains(kinds, any("OpenBadgeCredential")) {
				t.Errorf("%s: types %v", r.ID, kinds)
			}
			n++
		}
	}
	if n < 40 {
		t.Errorf("only %d credentials", n)
	}
	if faults := check("x", map[string]any{"id": "no uri", "odd": 1}, credentialSchema()); len(faults) < 7 {
		t.Errorf("the check finds too little: %v", faults)
	}
}

func TestRevocations(t *testing.T) {
	step := func(change ChangeKind, rule string, from, to int) Transition {
		return Transition{Change: change, Subject: "ana", Rule: rule, From: from, To: to, At: noon(3)}
	}
	history := []Transition{
		step(Unlock, "a", 0, 1), step(LevelUp, "a", 1, 2), step(Unlock, "b", 0, 1), step(Unlock, "secret", 0, 1),
		step(LevelDown, "a", 2, 1), step(Revoke, "b", 1, 0), step(Revoke, "secret", 1, 0), step(Reinstate, "b", 0, 1),
		step(Revoke, "a", 1, 0),
	}
	id := func(k AwardKey) string {
		if k.Rule == "secret" {
			return ""
		}
		return fmt.Sprintf("urn:award:%s:%s:%d", k.Subject, k.Rule, k.Level)
	}
	got := Revocations(slices.Values(history), id)
	want1 := []Revoked{{"urn:award:ana:a:1", "Not met any more as of 2026-04-03."}, {"urn:award:ana:a:2", "Not met any more as of 2026-04-03."}}
	if !reflect.DeepEqual(got, want1) {
		t.Errorf("%+v", got)
	}
	b, err := RevocationList(badgeIssuer, got)
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		ID, Issuer         string
		RevokedCredentials []struct {
			ID, RevocationReason string
			Revoked              bool
		}
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if v.ID != badgeIssuer.Revocations || v.Issuer != badgeIssuer.ID || len(v.RevokedCredentials) != 2 ||
		v.RevokedCredentials[0].ID != got[0].ID || !v.RevokedCredentials[0].Revoked || v.RevokedCredentials[1].RevocationReason == "" {
		t.Errorf("%s", b)
	}
	if b, err := RevocationList(badgeIssuer, nil); err != nil || !strings.Contains(string(b), `"revokedCredentials": []`) {
		t.Errorf("nobody: %s, %v", b, err)
	}
	for name, c := range map[string][]Revoked{"no id": {{}}, "twice": {{ID: "urn:1"}, {ID: "urn:1"}}} {
		if _, err := RevocationList(badgeIssuer, c); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := RevocationList(Issuer{ID: "urn:x"}, nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("without a place for it: %v", err)
	}
}
