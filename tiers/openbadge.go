package tiers

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// Issuer is who awards, as an Open Badge names it.
type Issuer struct {
	ID           string // a URI that identifies the issuer
	Name         string
	URL          string // its page; may be empty
	Achievements string // what the id of a rule's achievement begins with, such as "https://example.com/badges/"
	Revocations  string // URL of the list of revoked credentials the issuer publishes; empty: none
}

// OpenBadge exports an award as an Open Badges 3.0 credential: the achievement
// with its criteria and icon, the evidence gate by gate, the time it was earned
// and where its revocation would be published. It is not signed: that takes the
// issuer's key. id is the credential's own URI, the same for the same
// [AwardKey]; recipient is the URI of who has earned it.
//
// It fails with [ErrInvalid] for a transition that grants nothing, that is of
// another rule, or for a missing URI. The bytes are a function of the
// arguments.
func OpenBadge(issuer Issuer, r *Rule, t *Transition, id, recipient string) ([]byte, error) {
	switch {
	case !t.Grants():
		return nil, badgeError(r, "change", "is "+t.Change.String()+", which awards nothing")
	case t.Rule != r.ID:
		return nil, badgeError(r, "rule", "is "+r.ID+" and the award is of "+t.Rule)
	case id == "" || recipient == "" || issuer.ID == "" || issuer.Achievements == "":
		return nil, badgeError(r, "id", "or recipient or issuer is empty, want URIs")
	}
	name := r.Text.Title
	if t.To <= len(r.Levels) && len(r.Levels) > 1 {
		name = fmt.Sprintf("%s (level %d of %d)", name, t.To, len(r.Levels))
	}
	contexts := []any{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}
	if issuer.Revocations != "" {
		contexts = append(contexts, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
	}
	profile := ordered{{"id", issuer.ID}, {"type", []any{"Profile"}}, {"name", issuer.Name}}
	put(&profile, "url", issuer.URL)
	credential := ordered{
		{"@context", contexts},
		{"id", id},
		{"type", []any{"VerifiableCredential", "OpenBadgeCredential"}},
		{"name", name},
		{"issuer", profile},
		{"validFrom", t.At.UTC().Format(time.RFC3339)},
		{"credentialSubject", ordered{
			{"id", recipient},
			{"type", []any{"AchievementSubject"}},
			{"achievement", achievement(issuer, r, name, t.To)},
		}},
		{"evidence", evidence(&t.Evidence)},
	}
	if issuer.Revocations != "" {
		credential.put("credentialStatus", ordered{{"id", issuer.Revocations}, {"type", "1EdTechRevocationList"}})
	}
	var b, out bytes.Buffer
	if err := write(&b, credential); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func badgeError(r *Rule, field, reason string) error {
	return &RuleError{Rule: r.ID, Field: field, Reason: reason, Err: ErrInvalid}
}

func achievement(issuer Issuer, r *Rule, name string, level int) ordered {
	id := issuer.Achievements + r.ID
	if len(r.Levels) > 1 {
		id += fmt.Sprintf("/%d", level)
	}
	o := ordered{
		{"id", id},
		{"type", []any{"Achievement"}},
		{"achievementType", "Badge"},
		{"name", name},
		{"description", r.Text.Description},
		{"criteria", ordered{{"narrative", r.Text.Description}}},
		{"version", fmt.Sprint(r.Version)},
	}
	if r.Category != "" {
		o.put("tag", []any{r.Category})
	}
	if r.Text.Icon != "" {
		image := "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(r.Text.Icon))
		o.put("image", ordered{{"id", image}, {"type", "Image"}})
	}
	return o
}

// evidence lists what the gates had when the award was made.
func evidence(x *Explanation) []any {
	out := []any{}
	period := fmt.Sprintf("rule version %d over %s, %s to %s", x.Version, x.Window, x.First, x.Last)
	if x.Book != "" {
		period += ", costs by price book " + x.Book
	}
	for _, gates := range [][]Progress{x.Gates, x.Reached} {
		for i := range gates {
			out = append(out, ordered{{"type", []any{"Evidence"}}, {"name", gates[i].Label}, {"narrative", gates[i].String() + "; " + period}})
		}
	}
	return out
}
