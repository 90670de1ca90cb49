package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/internal/ghost"
)

// forgottenOnes returns what is known, read anew if that is more than the last
// time.
func (w *writing) forgottenOnes(ctx context.Context) (*ghost.Ghosts, error) {
	if g := w.ghosts.Load(); g != nil && int64(len(g.Tokens)) == w.forgotten {
		return g, nil
	}
	g := &ghost.Ghosts{Tokens: map[string]string{}}
	rows, err := w.QueryContext(ctx, w.sql("SELECT secret FROM {prefix}head WHERE id = 1"))
	if err != nil {
		return nil, err
	}
	if err := eachRow(rows, func() error { return rows.Scan(&g.Secret) }); err != nil {
		return nil, err
	}
	if rows, err = w.QueryContext(ctx, w.sql("SELECT hash, token FROM {prefix}forgotten")); err != nil {
		return nil, err
	}
	if err := eachRow(rows, func() error {
		var hash, token string
		err := rows.Scan(&hash, &token)
		g.Tokens[hash] = token
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
	return g.Token(subject) != "", nil
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
		keys[i] = g.Key(b.entries[i].Key())
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
			gone = g.Token(e.Subject) != ""
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
	if len(g.Secret) == 0 {
		g = ghost.New()
		if _, err := w.ExecContext(ctx, w.sql("UPDATE {prefix}head SET secret = {1} WHERE id = 1"), g.Secret); err != nil {
			return erased, err
		}
	}
	if erased.Token = g.Token(subject); erased.Token != "" {
		return erased, errUnchanged
	}
	erased.Token = ghost.NewToken()
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
		{"UPDATE {prefix}bysubject SET subject = {1} WHERE subject = {2}", []any{erased.Token, subject}},
		{"DELETE FROM {prefix}past", nil},
		{"DELETE FROM {prefix}checkpoint", nil},
		{"DELETE FROM {prefix}alias WHERE subject = {1} OR counted = {1}", []any{subject}},
		{"INSERT INTO {prefix}forgotten (hash, token) VALUES ({1}, {2})", []any{g.Subject(subject), erased.Token}},
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
func (w *writing) swap(ctx context.Context, g *ghost.Ghosts, subject, token string) (n int64, err error) {
	var all []*row
	if err := w.scanOn(ctx, w.Tx, store.Query{Subject: subject, Voids: true}, func(r *row) bool {
		all = append(all, r)
		return true
	}); err != nil {
		return 0, err
	}
	for _, r := range all {
		e := r.entry
		g.Strip(e, token)
		if _, err := w.ExecContext(ctx, w.sql("UPDATE {prefix}event SET id = {1}, subject = {2}, session = '', body = {3} WHERE seq = {4}"),
			e.ID, e.Subject, appendBody(nil, e), r.seq); err != nil {
			return 0, err
		}
	}
	return int64(len(all)), nil
}
