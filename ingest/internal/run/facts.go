package run

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/jsonscan"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// Intern returns b as a string that shares memory with equal ones.
func (r *Run) Intern(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	s, ok := r.texts[string(b)]
	if !ok {
		s = string(b)
		r.texts[s] = s
	}
	return s
}

// Required reads a text that the event cannot do without, such as an id. It
// may be missing, but not be of another kind or unfit for a store.
func (r *Run) Required(field string, v jsonscan.Value) ([]byte, error) {
	b, err := v.Text()
	if err != nil {
		return nil, FaultAt(field, err)
	}
	if !storable(b) {
		return nil, Faultf(ingest.KindBadText, "%s is over %d bytes long or has control characters", field, store.MaxText)
	}
	return b, nil
}

// Optional reads a text that describes the event, such as its session. If a
// store could not hold it, or it is not a text, it is left out and noted.
func (r *Run) Optional(v jsonscan.Value) string {
	b, err := v.Text()
	if err != nil || !storable(b) {
		r.Count(ingest.TextsDropped)
		return ""
	}
	return r.Intern(b)
}

// Project reads a folder's path and returns its last element, "" for a root.
func (r *Run) Project(v jsonscan.Value) string {
	b, err := v.Text()
	if err != nil {
		r.Count(ingest.TextsDropped)
		return ""
	}
	s := strings.TrimRight(string(b), `/\`)
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	if !storable([]byte(s)) {
		r.Count(ingest.TextsDropped)
		return ""
	}
	if strings.HasSuffix(s, ":") { // a drive
		return ""
	}
	return r.Intern([]byte(s))
}

// Storable reports whether a store can hold a text.
func Storable(s string) bool { return storable([]byte(s)) }

func storable(b []byte) bool {
	if len(b) > store.MaxText || !utf8.Valid(b) {
		return false
	}
	for _, c := range string(b) {
		if unicode.IsControl(c) {
			return false
		}
	}
	return true
}

// Count reads the count called name in the object called object: a whole
// number from 0 to usage.MaxCount. Null and a missing value are 0; null says
// whether it was null.
func Count(object, name string, v jsonscan.Value) (n int64, null bool, err error) {
	n, err = v.Int()
	switch {
	case err != nil:
		return 0, false, FaultAt(object+"."+name, err)
	case n < 0 || n > usage.MaxCount:
		return 0, false, Faultf(ingest.KindBadCount, "%s.%s is %d, want 0 to %d", object, name, n, int64(usage.MaxCount))
	}
	return n, v.Kind == jsonscan.Null, nil
}

// Time reads the time of a reply: RFC 3339 with a zone, from 2000 on, not
// after Options.Now and a day. It is returned in UTC.
func (r *Run) Time(field string, v jsonscan.Value) (time.Time, error) {
	b, err := v.Text()
	if err != nil {
		return time.Time{}, FaultAt(field, err)
	}
	if len(b) == 0 {
		return time.Time{}, Faultf(ingest.KindBadTime, "%s is missing", field)
	}
	t, err := time.Parse(time.RFC3339, string(b))
	if err != nil {
		return time.Time{}, Faultf(ingest.KindBadTime, "%s is %.40q, want RFC 3339 with a zone", field, b)
	}
	t = t.UTC()
	switch {
	case t.Before(store.Earliest()) || !t.Before(store.Latest()):
		return time.Time{}, Faultf(ingest.KindBadTime, "%s is %s, want 2000-01-01 to 2199-12-31", field, t.Format(time.RFC3339))
	case !r.latest.IsZero() && t.After(r.latest):
		return time.Time{}, Faultf(ingest.KindFutureTime, "%s is %s, after the time of reading", field, t.Format(time.RFC3339))
	}
	return t, nil
}

// Fields reads the members of an object into the values that find returns for
// their keys (nil: not of interest). A key of interest that appears twice is
// a fault: nobody can say which one holds.
func Fields(object []byte, find func(key []byte) *jsonscan.Value) error {
	c := jsonscan.Members(object)
	var twice string
	for key, v, ok := c.Next(); ok; key, v, ok = c.Next() {
		if dst := find(key); dst != nil {
			if dst.Kind != jsonscan.Missing && twice == "" {
				twice = string(key)
			}
			*dst = v
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	if twice != "" {
		return Faultf(ingest.KindDuplicateKey, "%q is there twice", twice)
	}
	return nil
}

// Object is like [Fields] for a member that may be missing or null, which
// leaves all values as they are.
func Object(field string, v jsonscan.Value, find func(key []byte) *jsonscan.Value) error {
	switch v.Kind {
	case jsonscan.Missing, jsonscan.Null:
		return nil
	case jsonscan.Object:
		return within(field, Fields(v.Raw, find))
	}
	return Faultf(ingest.KindWrongType, "%s is %s, want an object", field, v.Kind)
}

func within(field string, err error) error {
	if err == nil {
		return nil
	}
	var f *FaultError
	if errors.As(err, &f) {
		return &FaultError{f.Kind, field + ": " + f.Detail}
	}
	return fmt.Errorf("%s: %w", field, err)
}

// Digest returns a short name for facts that have no id: 128 bits of a
// SHA-256 over them, in hexadecimal.
func Digest(facts ...string) string {
	h := sha256.New()
	for _, f := range facts {
		fmt.Fprintf(h, "%d:%s;", len(f), f)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// FitID returns id, or a digest of it if a store could not hold it.
func FitID(id string) string {
	if len(id) <= store.MaxText {
		return id
	}
	return "sha256:" + Digest(id)
}
