package dashboard

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// code writes a keyed hash: 16 letters and digits, 80 bits.
var code = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// keyed is HMAC-SHA-256 over the parts, each with its length, so that no two
// lists of parts are the same text.
func keyed(key []byte, parts ...string) string {
	mac := hmac.New(sha256.New, key)
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		mac.Write(n[:])
		mac.Write([]byte(p))
	}
	return code.EncodeToString(mac.Sum(nil)[:10])
}

// pseudonym is what a subject is called on one list in one period: such as
// "7f3k-9m2q-xt4d-0ahc".
func (p *Privacy) pseudonym(list, period, subject string) string {
	if len(p.Key) == 0 {
		return ""
	}
	s := keyed(p.Key, "tokenomics/pseudonym", list, period, subject)
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

// periodOf names the period that holds an instant; empty for an unknown kind.
func periodOf(kind string, at time.Time) string {
	at = at.UTC()
	switch kind {
	case "day":
		return at.Format(time.DateOnly)
	case "week":
		y, w := at.ISOWeek()
		return fmt.Sprintf("%d-W%02d", y, w)
	case "month":
		return at.Format("2006-01")
	case "year":
		return at.Format("2006")
	}
	return ""
}

// maxShown is how many characters of a name are shown.
const maxShown = 64

// display makes a name safe to look at: valid UTF-8 without control, format
// and bidirectional characters, of at most 64 characters. What is left is still
// escaped by the template. Joiners inside of emoji and scripts that need them
// stay; two names that differ in what was dropped look the same, as they do on
// any screen.
func display(name string) string {
	name = strings.ToValidUTF8(name, "�")
	var b strings.Builder
	n := 0
	for i, r := range name {
		switch {
		case r == '\u200d' && i > 0: // joins what stands around it
		case unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Co, r):
			continue
		}
		if n == maxShown {
			return b.String() + "…"
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			// A pile of marks on one letter reaches into other rows.
			if marks(b.String()) >= 4 {
				continue
			}
		}
		b.WriteRune(r)
		n++
	}
	if strings.TrimSpace(b.String()) == "" {
		return "?"
	}
	return b.String()
}

// marks counts the combining marks a text ends with.
func marks(s string) int {
	n := 0
	for len(s) > 0 {
		r, size := utf8.DecodeLastRuneInString(s)
		if !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Me, r) {
			return n
		}
		n++
		s = s[:len(s)-size]
	}
	return n
}
