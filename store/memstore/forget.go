package memstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/internal/ghost"
)

// Forget implements [store.Eraser]. Writers wait for it, in time the subject's
// number of events. What was there is garbage in memory until its block is
// emptied, and in no snapshot.
func (s *Store) Forget(ctx context.Context, subject string) (store.Erased, error) {
	if err := ctx.Err(); err != nil {
		return store.Erased{}, err
	}
	if subject == "" {
		return store.Erased{}, fmt.Errorf("memstore: forget: %w: an empty subject", store.ErrInvalid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ghosts == nil {
		s.ghosts = ghost.New()
	}
	if token := s.ghosts.Token(subject); token != "" {
		return store.Erased{Token: token}, nil
	}
	entries := s.ofSubject(subject)
	if needed := len(entries)*maxRecord/maxBlock + 2; len(s.arena.blocks)+needed > maxBlocks+len(s.arena.free) {
		return store.Erased{}, fmt.Errorf("memstore: forget: %w: there is no room for %d changed events", store.ErrFull, len(entries))
	}
	token := ghost.NewToken()
	for i := range entries {
		e := &entries[i]
		l := s.lookup(e.Key())
		s.index.remove(s.keyHash(s.arena.record(l)), uint32(l))
		s.kill(l)
		s.ghosts.Strip(e, token)
	}
	s.putAll(entries)
	s.ghosts.Tokens[s.ghosts.Subject(subject)] = token
	s.aliases = slices.DeleteFunc(s.aliases, func(a store.Alias) bool { return a.Subject == subject || a.As == subject })
	return store.Erased{Token: token, Events: int64(len(entries))}, nil
}

// ofSubject returns what counts for a subject. The lock is held.
func (s *Store) ofSubject(subject string) []store.Entry {
	id, ok := s.subjects.find(subject)
	if !ok {
		return nil
	}
	var entries []store.Entry
	for l := s.heads[id]; l != 0; {
		rec := s.arena.record(l)
		entries = append(entries, store.Entry{})
		decode(rec, &entries[len(entries)-1], "", s)
		l = next(rec)
	}
	return entries
}

// putRefusing is putAll where something was forgotten.
func (s *Store) putRefusing(entries []store.Entry) []store.Change {
	changes := make([]store.Change, len(entries))
	rest, index := make([]store.Entry, 0, len(entries)), make([]int, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		if s.ghosts.Token(e.Subject) != "" || s.lookup(s.ghosts.Key(e.Key())) != 0 {
			changes[i] = store.Change{Status: store.Refused, Err: fmt.Errorf("%w: %s/%s", store.ErrForgotten, e.Source, e.ID)}
			continue
		}
		rest, index = append(rest, *e), append(index, i)
	}
	for i, c := range s.putAll(rest) {
		changes[index[i]] = c
	}
	return changes
}

// Rename implements [store.Renamer].
func (s *Store) Rename(ctx context.Context, a store.Alias) error {
	_, err := s.rename(ctx, a)
	return err
}

func (s *Store) rename(ctx context.Context, a store.Alias) (counts bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if counts, err = store.JudgeAlias(s.aliases, a); err != nil {
		return false, fmt.Errorf("memstore: rename: %w", err)
	}
	if s.ghosts != nil && (s.ghosts.Token(a.Subject) != "" || s.ghosts.Token(a.As) != "") {
		return false, fmt.Errorf("memstore: rename: %w: no alias of or to it is kept", store.ErrForgotten)
	}
	if counts {
		s.aliases = store.SetAlias(s.aliases, a)
	}
	return counts, nil
}

// Aliases implements [store.Renamer].
func (s *Store) Aliases(ctx context.Context) ([]store.Alias, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.aliases), nil
}
