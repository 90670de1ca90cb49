package tiers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"iter"
	"slices"
)

// Revoked is a credential that does not hold any more.
type Revoked struct {
	ID     string // the credential's own URI, as given to [OpenBadge]
	Reason string // for people; may be empty
}

// Revocations folds transitions, oldest first, such as an engine's
// announcements, into what is revoked after the last of them: the awards that
// were granted and taken away, less those that were reinstated. id is the
// credential's URI of an award, the same that was given to [OpenBadge]; empty for
// one that was never exported.
func Revocations(transitions iter.Seq[Transition], id func(AwardKey) string) []Revoked {
	reasons := map[AwardKey]string{}
	for t := range transitions {
		switch t.Change {
		case Revoke, LevelDown:
			reasons[t.Key()] = "Not met any more as of " + DayOf(t.At, nil).String() + "."
		case Unlock, LevelUp, Reinstate:
			delete(reasons, t.Key())
		}
	}
	var out []Revoked
	for key, reason := range reasons {
		if uri := id(key); uri != "" {
			out = append(out, Revoked{uri, reason})
		}
	}
	slices.SortFunc(out, func(a, b Revoked) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// RevocationList writes the document that an issuer publishes under
// [Issuer.Revocations], by the 1EdTech Revocation List Status Method, version
// 1.0: the credentials of [OpenBadge] name it in their status, and a verifier
// looks their ids up in it. It is to be served over HTTPS, and again after every
// change. It fails with [ErrInvalid] for an issuer without the URIs, or a
// credential without an id or listed twice.
func RevocationList(issuer Issuer, revoked []Revoked) ([]byte, error) {
	bad := func(field, reason string) ([]byte, error) {
		return nil, &RuleError{Rule: "revocation list", Field: field, Reason: reason, Err: ErrInvalid}
	}
	if issuer.ID == "" || issuer.Revocations == "" {
		return bad("issuer", "has no ID or no Revocations, want URIs")
	}
	list := []any{}
	seen := map[string]bool{}
	for _, r := range revoked {
		if r.ID == "" || seen[r.ID] {
			return bad("revoked", "has the id "+r.ID+" empty or twice")
		}
		seen[r.ID] = true
		entry := ordered{{"id", r.ID}, {"revoked", true}}
		put(&entry, "revocationReason", r.Reason)
		list = append(list, entry)
	}
	var b, out bytes.Buffer
	if err := write(&b, ordered{{"id", issuer.Revocations}, {"issuer", issuer.ID}, {"revokedCredentials", list}}); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
