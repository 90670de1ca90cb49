package sqlstore

import (
	"context"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
)

var _ store.Exchanger = (*Store)(nil)

// Exchange implements [store.Exchanger]: whoever holds the head is the only one who
// writes, so nothing comes between looking and writing.
func (s *Store) Exchange(ctx context.Context, known *store.Event, e store.Entry) (store.Change, error) {
	b := newBatch([]store.Entry{e})
	err := s.keep(ctx, b, func(w *writing) error {
		found, err := w.lookupAll(ctx, w.StmtContext(ctx, w.known), []store.Key{e.Key()})
		if err != nil {
			return err
		}
		if r := found[e.Key()]; r == nil || store.Compare(&r.entry.Event, known) != 0 {
			return store.ErrChanged
		}
		return nil
	})
	if err != nil {
		return store.Change{}, fmt.Errorf("sqlstore: exchange %s/%s: %w", e.Source, e.ID, err)
	}
	return b.changes[0], nil
}
