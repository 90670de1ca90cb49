package sqlstore

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
)

// ghosts is what is known of the subjects that were forgotten.
type ghosts struct {
	secret []byte
	tokens map[string]string // by hash of the subject
}

// ghostID begins the ids of forgotten events.
const ghostID = "forgotten-"

// hash is the keyed hash of texts: what is left of what was forgotten.
func (g *ghosts) hash(texts ...string) string {
	h := hmac.New(sha256.New, g.secret)
	var b []byte
	for _, t := range texts {
		b = appendText(b, t)
	}
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// of returns the key that an event has once it is forgotten.
func (g *ghosts) of(k store.Key) store.Key {
	return store.Key{Source: k.Source, ID: ghostID + g.hash("event", k.Source, k.ID)}
}

// forgottenOnes returns what is known, read anew if that is more than the last
// time.
func (w *writing) forgottenOnes(ctx context.Context) (*ghosts, error) {
	if g := w.ghosts.Load(); g != nil && int64(len(g.tokens)) == w.forgotten {
		return g, nil
	}
	g := &ghosts{tokens: map[string]string{}}
	rows, err := w.QueryContext(ctx, w.sql("SELECT secret FROM {prefix}head WHERE id = 1"))
	if err != nil {
		return nil, err
	}
	if err := eachRow(rows, func() error { return rows.Scan(&g.secret) }); err != nil {
		return nil, err
	}
	if rows, err = w.QueryContext(ctx, w.sql("SELECT hash, token FROM {prefix}forgotten")); err != nil {
		return nil, err
	}
	if err := eachRow(rows, func() error {
		var hash, token string
		err := rows.Scan(&hash, &token)
		g.tokens[hash] = token
		return err
	}); err != nil {
		return nil, err
	}
	w.ghosts.Store(g)
	return g, nil
}

func eachRow(rows *sql.Rows, scan func() error) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (w *writing) isForgotten(ctx context.Context, subject string) (bool, error) {
	if w.forgotten == 0 || subject == "" {
		return false, nil
	}
	g, err := w.forgottenOnes(ctx)
	if err != nil {
		return false, err
	}
	return g.tokens[g.hash("subject", subject)] != "", nil
}

// refuse refuses what is of a forgotten subject, and any version of a forgotten
// event.
func (w *writing) refuse(ctx context.Context, b *batch) error {
	if w.forgotten == 0 {
		return nil
	}
	g, err := w.forgottenOnes(ctx)
	if err != nil {
		return err
	}
	keys := make([]store.Key, len(b.entries))
	for i := range b.entries {
		keys[i] = g.of(b.entries[i].Key())
	}
	known, err := w.lookupAll(ctx, w.StmtContext(ctx, w.known), keys)
	if err != nil {
		return err
	}
	subjects := map[string]bool{}
	for i := range b.entries {
		e := &b.entries[i]
		gone, asked := subjects[e.Subject]
		if !asked {
			gone = e.Subject != "" && g.tokens[g.hash("subject", e.Subject)] != ""
			subjects[e.Subject] = gone
		}
		if gone || known[keys[i]] != nil {
			b.changes[i] = store.Change{Status: store.Refused, Err: fmt.Errorf("%w: %s/%s", store.ErrForgotten, e.Source, e.ID)}
		}
	}
	return nil
}

// Forget implements [store.Eraser]. It is one transaction, in time the subject's
// number of events. Afterwards the feed begins anew: who follows it reads the
// state anew.
//
// On SQLite what is deleted is overwritten, and the write-ahead log is emptied
// at the end, unless a reader is still in it. On PostgreSQL what was there is gone from its files
// after VACUUM, and from its log when that is recycled.
func (s *Store) Forget(ctx context.Context, subject string) (store.Erased, error) {
	var erased store.Erased
	err := s.write(ctx, 1, func(w *writing) (err error) {
		erased, err = w.forget(ctx, subject)
		return err
	})
	if err == nil && s.dialect == SQLite {
		_, err = s.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err != nil {
		return store.Erased{}, fmt.Errorf("sqlstore: forget: %w", err)
	}
	return erased, nil
}

func (w *writing) forget(ctx context.Context, subject string) (erased store.Erased, err error) {
	if subject == "" {
		return erased, fmt.Errorf("%w: an empty subject", store.ErrInvalid)
	}
	g, err := w.forgottenOnes(ctx)
	if err != nil {
		return erased, err
	}
	if len(g.secret) == 0 {
		g = &ghosts{make([]byte, 32), map[string]string{}}
		_, _ = rand.Read(g.secret) // never fails
		if _, err := w.ExecContext(ctx, w.sql("UPDATE {prefix}head SET secret = {1} WHERE id = 1"), g.secret); err != nil {
			return erased, err
		}
	}
	hash := g.hash("subject", subject)
	if erased.Token = g.tokens[hash]; erased.Token != "" {
		return erased, errUnchanged
	}
	erased.Token = ghostID + rand.Text()
	if err := w.rollAll(ctx); err != nil { // what was replaced leaves the feed
		return erased, err
	}
	if erased.Events, err = w.swap(ctx, g, subject, erased.Token); err != nil {
		return erased, err
	}
	if err := w.rollSubject(ctx, subject, erased.Token); err != nil {
		return erased, err
	}
	for _, statement := range []struct {
		text string
		args []any
	}{
		{"DELETE FROM {prefix}past", nil},
		{"DELETE FROM {prefix}checkpoint", nil},
		{"DELETE FROM {prefix}alias WHERE subject = {1} OR counted = {1}", []any{subject}},
		{"INSERT INTO {prefix}forgotten (hash, token) VALUES ({1}, {2})", []any{hash, erased.Token}},
		{"UPDATE {prefix}head SET forgotten = forgotten + 1, floor = seq, rolled = seq WHERE id = 1", nil},
	} {
		if _, err := w.ExecContext(ctx, w.sql(statement.text), statement.args...); err != nil {
			return erased, err
		}
	}
	return erased, nil
}

// swap makes the events of a subject those of a token. They keep their
// positions: nobody follows the feed past them.
func (w *writing) swap(ctx context.Context, g *ghosts, subject, token string) (n int64, err error) {
	var all []*row
	if err := w.scanOn(ctx, w.Tx, store.Query{Subject: subject, Voids: true}, func(r *row) bool {
		all = append(all, r)
		return true
	}); err != nil {
		return 0, err
	}
	for _, r := range all {
		e := &r.entry
		key := g.of(e.Key())
		e.Labels, e.Account = nil, ""
		if _, err := w.ExecContext(ctx, w.sql("UPDATE {prefix}event SET id = {1}, subject = {2}, session = '', body = {3} WHERE seq = {4}"),
			key.ID, token, appendBody(nil, e), r.seq); err != nil {
			return 0, err
		}
	}
	return int64(len(all)), nil
}
