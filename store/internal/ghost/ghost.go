// Package ghost is what stores remember of what they forgot: keyed hashes.
package ghost

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/tokenomics-go/tokenomics/store"
)

// Prefix begins the ids of forgotten events and the tokens of subjects.
const Prefix = "forgotten-"

// Ghosts are the subjects that were forgotten. Their methods may be called
// concurrently as long as nobody adds one.
type Ghosts struct {
	Secret []byte            // the key of all hashes
	Tokens map[string]string // what a subject's events are of now, by the subject's hash
}

// New returns an empty set with a secret of its own.
func New() *Ghosts {
	g := &Ghosts{Secret: make([]byte, 32), Tokens: map[string]string{}}
	_, _ = rand.Read(g.Secret) // never fails
	return g
}

// NewToken returns a subject that nobody has.
func NewToken() string { return Prefix + rand.Text() }

// Subject returns the hash of a subject.
func (g *Ghosts) Subject(subject string) string { return g.hash("subject", subject) }

// Token returns what the events of a subject are of, "" if it was not
// forgotten.
func (g *Ghosts) Token(subject string) string {
	if subject == "" || len(g.Tokens) == 0 {
		return ""
	}
	return g.Tokens[g.Subject(subject)]
}

// Key returns the key an event has once it is forgotten.
func (g *Ghosts) Key(k store.Key) store.Key {
	return store.Key{Source: k.Source, ID: Prefix + g.hash("event", k.Source, k.ID)}
}

// Strip takes out of an entry what tells of a person, and gives it to a token.
func (g *Ghosts) Strip(e *store.Entry, token string) {
	e.ID = g.Key(e.Key()).ID
	e.Subject, e.Session, e.Account, e.Labels = token, "", "", nil
}

// hash tells kinds of texts apart, and where one ends and the next begins.
func (g *Ghosts) hash(texts ...string) string {
	var b []byte
	for _, t := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	h := hmac.New(sha256.New, g.Secret)
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil)[:16])
}
