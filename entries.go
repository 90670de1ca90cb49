package tokenomics

import (
	"context"
	"fmt"
	"iter"

	"github.com/tokenomics-go/tokenomics/store"
)

// Entries yields the events that count, in the order of a store's Scan, under
// the subjects they are counted for: renamed ones under their new name, those
// of somebody forgotten under none. A query for a subject is one for all its
// names. It reads the ledger.
func (e *Engine) Entries(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		for entry, err := range e.scan(ctx, q) {
			if err != nil {
				yield(store.Entry{}, fmt.Errorf("tokenomics: reading the ledger: %w", err))
				return
			}
			if !yield(entry, nil) {
				return
			}
		}
	}
}

// CountedAs returns the subject that a subject is counted as, as far as the
// boards know: itself, the name it was given, or none if it was forgotten.
func (e *Engine) CountedAs(subject string) string { return e.aliases.Load().resolve(subject) }

// SubjectsMoved counts the times that subjects were renamed or forgotten, here
// or, as far as this engine has followed, elsewhere. What was made from names
// at an earlier count, such as a page, is to be made anew.
func (e *Engine) SubjectsMoved() uint64 { return e.moved.Load() }
