package tokenomics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics/store"
)

// Forgotten says what [Engine.Forget] did.
type Forgotten struct {
	Subjects int   // how many names were forgotten: the person's and those counted as it
	Events   int64 // how many calls counted for them
}

// Forget erases a person: the subject, and every other that [Engine.Rename]
// counts as the same. In the ledger a random token takes the place of the name;
// session, labels and account go, too. From then on no board of subjects, page,
// profile, award or snapshot shows the person, not even as the token, and events
// of it that come later are Refused. What was used stays in the totals, as usage
// of nobody: [Engine.Totals] by subject has it under the empty key, and teams,
// models, workflows and days keep it.
//
// Views taken before are copies in the host's hands and still name the person.
//
// A store that cannot forget is an error that matches errors.ErrUnsupported. After
// any other error part may be forgotten: call it again.
func (e *Engine) Forget(ctx context.Context, subject string) (Forgotten, error) {
	eraser, ok := store.As[store.Eraser](e.store)
	switch {
	case e.readOnly:
		return Forgotten{}, fmt.Errorf("tokenomics: Config.ReadOnly is set: %w", store.ErrReadOnly)
	case !ok:
		return Forgotten{}, fmt.Errorf("tokenomics: this store cannot forget subjects, see store.Eraser: %w", errors.ErrUnsupported)
	}
	who, err := e.readAliases(ctx)
	if err != nil {
		return Forgotten{}, err
	}
	var done Forgotten
	names := who.fromAfar(subject)
	if left, ok := e.unforgotten.Load(subject); ok { // the store may have forgotten one of these, and no alias tells of it
		gone := slices.DeleteFunc(slices.Clone(left.([]string)), func(s string) bool { return slices.Contains(names, s) })
		names = append(gone, names...)
	}
	for i, s := range names {
		var erased store.Erased
		err := e.changeSubjects(ctx, func() (err error) {
			erased, err = eraser.Forget(ctx, s)
			return err
		})
		if err != nil {
			e.unforgotten.Store(subject, slices.Clone(names[i:]))
			return done, fmt.Errorf("tokenomics: forgetting a subject, call it again to complete it: %w", err)
		}
		e.forgetAwards(s)
		done.Subjects++
		done.Events += erased.Events
	}
	e.unforgotten.Delete(subject)
	if err := e.saveForgotten(ctx); err != nil {
		return done, err
	}
	e.log.Info("tokenomics: a person was forgotten", "subjects", done.Subjects, "events", done.Events)
	return done, e.advance(ctx, e.now)
}

// Rename counts a subject as another from now on, in the past and in all that
// comes: two addresses of one person, or a name that was wrong. If there are
// events of both they are merged. Boards, profiles, titles and totals show the
// sum under the other name, and asking for the old one answers for it. The ledger
// keeps the names that events came with, so that nothing is lost: an empty to
// takes a renaming back.
//
// It is a fact with a revision, as events have: of several about one subject the
// last one counts, on every instance. One that would count a subject as itself,
// over whatever others, matches store.ErrAliasCycle; a forgotten subject
// store.ErrForgotten; a store that cannot rename errors.ErrUnsupported.
func (e *Engine) Rename(ctx context.Context, from, to string) error {
	renamer, ok := store.As[store.Renamer](e.store)
	switch {
	case e.readOnly:
		return fmt.Errorf("tokenomics: Config.ReadOnly is set: %w", store.ErrReadOnly)
	case !ok:
		return fmt.Errorf("tokenomics: this store cannot rename subjects, see store.Renamer: %w", errors.ErrUnsupported)
	}
	for {
		who, err := e.readAliases(ctx)
		if err != nil {
			return err
		}
		fact := store.Alias{Subject: from, As: to, Revision: 1}
		if i, ok := who.find(from); ok {
			if who.facts[i].As == to {
				e.subjectsMoved() // it may be another instance's
				return e.advance(ctx, e.now)
			}
			fact.Revision = who.facts[i].Revision + 1
		} else if to == "" {
			return nil
		}
		if err := e.changeSubjects(ctx, func() error { return renamer.Rename(ctx, fact) }); err != nil {
			return fmt.Errorf("tokenomics: renaming a subject: %w", err)
		}
		e.log.Info("tokenomics: a subject was renamed", "revision", fact.Revision)
	}
}

// Aliases returns which subjects are counted as which others, by subject; those
// that were taken back are not among them. A store that cannot rename has none.
func (e *Engine) Aliases(ctx context.Context) ([]store.Alias, error) {
	who, err := e.readAliases(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(who.facts), func(a store.Alias) bool { return a.As == "" }), nil
}

// aliases say as whom subjects are counted. It is immutable; nil is none.
type aliases struct {
	facts []store.Alias       // as the store keeps them, by Subject
	as    map[string]string   // as whom; without those who are themselves
	of    map[string][]string // who are counted as somebody
}

func newAliases(facts []store.Alias) *aliases {
	a := &aliases{facts: facts, as: map[string]string{}, of: map[string][]string{}}
	for _, f := range facts {
		if as := store.Resolve(facts, f.Subject); as != f.Subject {
			a.as[f.Subject] = as
			a.of[as] = append(a.of[as], f.Subject)
		}
	}
	return a
}

func (a *aliases) find(subject string) (int, bool) {
	return slices.BinarySearchFunc(a.facts, subject, func(f store.Alias, s string) int { return cmp.Compare(f.Subject, s) })
}

// resolve returns as whom a subject is counted; "" if it was forgotten.
func (a *aliases) resolve(subject string) string {
	if a != nil && len(a.as) > 0 {
		if as, ok := a.as[subject]; ok {
			subject = as
		}
	}
	if len(subject) > 0 && subject[0] == store.ForgottenPrefix[0] && strings.HasPrefix(subject, store.ForgottenPrefix) {
		return ""
	}
	return subject
}

// all returns every name of the one a subject is counted as; that one last.
func (a *aliases) all(subject string) []string {
	if a == nil {
		return []string{subject}
	}
	root := subject
	if as, ok := a.as[subject]; ok {
		root = as
	}
	return append(slices.Clone(a.of[root]), root)
}

// fromAfar returns every name of the one a subject is counted as, the subject last:
// each is linked to it by names that come later. So who forgets them in this order,
// which takes their links away, still finds the others from the subject when half of
// them are gone.
func (a *aliases) fromAfar(subject string) []string {
	linked := map[string][]string{}
	for _, f := range a.facts {
		if f.As != "" {
			linked[f.Subject], linked[f.As] = append(linked[f.Subject], f.As), append(linked[f.As], f.Subject)
		}
	}
	names := []string{subject} // nearest first
	for seen, i := map[string]bool{subject: true}, 0; i < len(names); i++ {
		for _, s := range linked[names[i]] {
			if !seen[s] {
				seen[s] = true
				names = append(names, s)
			}
		}
	}
	slices.Reverse(names)
	return names
}

// resolved returns an entry under the subject it is counted as: the entry itself
// where that is its own.
func (a *aliases) resolved(e *store.Entry) *store.Entry {
	if e == nil {
		return nil
	}
	as := a.resolve(e.Subject)
	if as == e.Subject {
		return e
	}
	c := *e
	c.Subject = as
	return &c
}

// readAliases asks the store.
func (e *Engine) readAliases(ctx context.Context) (*aliases, error) {
	renamer, ok := store.As[store.Renamer](e.store)
	if !ok {
		return newAliases(nil), nil
	}
	facts, err := renamer.Aliases(ctx)
	if err != nil {
		return nil, fmt.Errorf("tokenomics: reading the aliases of subjects: %w", err)
	}
	return newAliases(facts), nil
}

// subjectsMoved notes that subjects were renamed or forgotten, here or by another
// instance: what names them is made anew before anybody reads it.
func (e *Engine) subjectsMoved() {
	e.moved.Add(1)
	e.renamed.Store(true)
	e.staleFacts()
	e.doubts.raise()
	e.pages.forget()
}

// changeSubjects has the store rename or forget, and notes it. Whoever holds the boards
// against the ledger sees both or neither; where there is a feed, that tells of it.
func (e *Engine) changeSubjects(ctx context.Context, change func() error) error {
	if e.feed.of == nil {
		if err := e.lanes.enterAll(ctx); err != nil {
			return fmt.Errorf("nothing was changed: %w", err)
		}
		defer e.lanes.leaveAll()
	}
	defer e.subjectsMoved() // whatever came of it
	return change()
}

// who returns the aliases that count. Boards have their own, those they were
// built with.
func (e *Engine) who(ctx context.Context) (*aliases, error) {
	if e.renamed.Load() {
		return e.readAliases(ctx)
	}
	return e.aliases.Load(), nil
}

// scan reads the ledger with the subjects that events are counted for; a query
// for a subject is one for all its names.
func (e *Engine) scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		who, err := e.who(ctx)
		if err != nil {
			yield(store.Entry{}, err)
			return
		}
		entries := e.store.Scan(ctx, q)
		if q.Subject != "" {
			root := who.resolve(q.Subject)
			if root == "" {
				return // nobody is left
			}
			if all := who.all(root); len(all) > 1 {
				entries = e.scanAll(ctx, q, all)
			}
		}
		for entry, err := range entries {
			if err == nil {
				entry.Subject = who.resolve(entry.Subject)
			}
			if !yield(entry, err) {
				return
			}
		}
	}
}

// scanAll scans for several subjects, in the order of a scan.
func (e *Engine) scanAll(ctx context.Context, q store.Query, subjects []string) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		var all []store.Entry
		for _, q.Subject = range subjects {
			for entry, err := range e.store.Scan(ctx, q) {
				if err != nil {
					yield(store.Entry{}, err)
					return
				}
				all = append(all, entry)
			}
		}
		slices.SortFunc(all, func(a, b store.Entry) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
		})
		for _, entry := range all {
			if !yield(entry, nil) {
				return
			}
		}
	}
}
