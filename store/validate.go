package store

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of an event's texts.
const (
	MaxText   = 256 // bytes of any one text of an event
	MaxLabels = 8   // labels of one event
)

// Earliest and Latest bound the time of any event: 2000-01-01 inclusive to
// 2200-01-01 exclusive, well inside what int64 nanoseconds can say.
const (
	earliestUnix = 946_684_800
	latestUnix   = 7_258_118_400
)

// Earliest returns the first instant an event may carry.
func Earliest() time.Time { return time.Unix(earliestUnix, 0).UTC() }

// Latest returns the first instant an event may no longer carry.
func Latest() time.Time { return time.Unix(latestUnix, 0).UTC() }

// Validate reports the first fault of an event as an [*EventError]: a missing
// source, id, subject or model; a text over [MaxText] bytes, with control
// characters or not UTF-8 (two distinct ids must never become one in JSON); a
// time outside 2000 to 2199 or not in UTC; a count that is negative or beyond
// usage.MaxCount; a negative revision; an unknown trust, actor or flag; a
// reported cost beyond 9.2e12 units; labels unsorted, repeated or too many. A void needs source, id, time and revision
// only.
func Validate(e *Event) error {
	fail := func(field, reason string, args ...any) error {
		return &EventError{Key: e.Key(), Field: field, Reason: fmt.Sprintf(reason, args...)}
	}
	if !plainTexts(e) {
		if field, reason := badField(e); reason != "" {
			return fail(field, "%s", reason)
		}
	}
	if sec := e.At.Unix(); sec < earliestUnix || sec >= latestUnix {
		return fail("at", "is %s, want 2000-01-01 to 2199-12-31", e.At.UTC().Format(time.RFC3339))
	}
	if e.At.Location() != time.UTC {
		return fail("at", "is not in UTC")
	}
	if err := e.Usage.Validate(); err != nil {
		return fail("usage", "%v", err)
	}
	if e.Revision < 0 {
		return fail("revision", "is %d, want 0 or more", e.Revision)
	}
	if int(e.Trust) >= len(trustNames) {
		return fail("trust", "is %d, want a known level", e.Trust)
	}
	if int(e.Actor) >= len(actorNames) {
		return fail("actor", "is %d, want a known actor", e.Actor)
	}
	if unknown := e.Flags &^ allFlags; unknown != 0 {
		return fail("flags", "have the unknown bits %#x", uint8(unknown))
	}
	if e.ReportedCost != nil && !e.ReportedCost.FitsColumns() {
		return fail("reported_cost", "is %s, want less than 9.2e12 units", e.ReportedCost)
	}
	if len(e.Labels) > MaxLabels {
		return fail("labels", "are %d, want at most %d", len(e.Labels), MaxLabels)
	}
	for i, l := range e.Labels {
		if l.Key == "" || badText(l.Key) != "" || badText(l.Value) != "" {
			return fail("labels", "%q=%q is no label", l.Key, l.Value)
		}
		if i > 0 && e.Labels[i-1].Key >= l.Key {
			return fail("labels", "are not sorted by key, or %q is there twice", l.Key)
		}
	}
	return nil
}

// plainTexts reports whether the texts are what nearly all are: short, of
// printable ASCII, and there where they are required. If not, badField tells.
func plainTexts(e *Event) bool {
	return e.Source != "" && e.ID != "" && e.Subject != "" && e.Model != "" &&
		plain(e.Source) && plain(e.ID) && plain(e.Subject) && plain(e.Model) &&
		(e.Provider == "" || plain(e.Provider)) && (e.Session == "" || plain(e.Session)) && (e.Team == "" || plain(e.Team)) &&
		(len(e.Account)|len(e.Tier)|len(e.Speed)|len(e.Region)|len(e.Workflow) == 0 ||
			plain(e.Account) && plain(e.Tier) && plain(e.Speed) && plain(e.Region) && plain(e.Workflow))
}

// plain looks at eight bytes at a time, at some of the last ones twice.
func plain(s string) bool {
	switch {
	case len(s) < 4:
		for i := range len(s) {
			if c := s[i]; c < 0x20 || c >= 0x7f {
				return false
			}
		}
		return true
	case len(s) < 8:
		return odd(half(s)|half(s[len(s)-4:])<<32) == 0
	}
	found := odd(word(s[len(s)-8:]))
	for rest := s; len(rest) > 8; rest = rest[8:] {
		found |= odd(word(rest))
	}
	return found == 0 && len(s) <= MaxText
}

// word and half are the first eight and four bytes of s.
func word(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func half(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// odd is not 0 if one of eight bytes is no printable ASCII.
func odd(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	// Where no byte is 0x80 or more, no byte carries into the next: a high bit comes from
	// 0x7f plus one, or from a control character, of which the lowest borrows from none.
	return (w | (w + ones) | (w - 0x20*ones)) & highs
}

// badField names the first field whose text is no text of an event, and why.
func badField(e *Event) (field, reason string) {
	required := [...]struct{ field, value string }{{"source", e.Source}, {"id", e.ID}, {"subject", e.Subject}, {"model", e.Model}}
	for i, r := range required {
		if r.value == "" && (i < 2 || !e.Void) {
			return r.field, fmt.Sprintf("is empty, want a text of 1 to %d bytes", MaxText)
		}
	}
	for _, r := range [...]struct{ field, value string }{
		required[0], required[1], required[2], required[3],
		{"provider", e.Provider}, {"account", e.Account}, {"tier", e.Tier}, {"speed", e.Speed}, {"region", e.Region},
		{"session", e.Session}, {"workflow", e.Workflow}, {"team", e.Team},
	} {
		if why := badText(r.value); why != "" {
			return r.field, why
		}
	}
	return "", ""
}

func badText(s string) string {
	if len(s) > MaxText {
		return fmt.Sprintf("is %d bytes long, want at most %d", len(s), MaxText)
	}
	ascii := true
	for i := range len(s) {
		c := s[i]
		if c < 0x20 || c == 0x7f {
			return fmt.Sprintf("has the control character %#02x at byte %d", c, i)
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return ""
	}
	if !utf8.ValidString(s) {
		return "is not UTF-8"
	}
	for i, r := range s {
		if unicode.Is(unicode.Cc, r) {
			return fmt.Sprintf("has the control character %U at byte %d", r, i)
		}
	}
	return ""
}
