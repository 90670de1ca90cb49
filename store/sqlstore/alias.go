package sqlstore

import (
	"context"
	"fmt"

	"github.com/tokenomics-go/tokenomics/store"
)

// Rename implements [store.Renamer].
func (s *Store) Rename(ctx context.Context, a store.Alias) error {
	err := s.write(ctx, 1, func(w *writing) error {
		all, err := w.aliases(ctx, w.Tx)
		if err != nil {
			return err
		}
		counts, err := store.JudgeAlias(all, a)
		if err != nil {
			return err
		}
		for _, subject := range []string{a.Subject, a.As} {
			if forgotten, err := w.isForgotten(ctx, subject); err != nil {
				return err
			} else if forgotten {
				return fmt.Errorf("%w: no alias of or to it is kept", store.ErrForgotten)
			}
		}
		if !counts {
			return errUnchanged
		}
		if _, err := w.ExecContext(ctx, w.sql("DELETE FROM {prefix}alias WHERE subject = {1}"), a.Subject); err != nil {
			return err
		}
		if _, err := w.ExecContext(ctx, w.sql("INSERT INTO {prefix}alias (subject, counted, revision) VALUES ({1}, {2}, {3})"), a.Subject, a.As, a.Revision); err != nil {
			return err
		}
		return w.notice(ctx, noticeSubjects)
	})
	if err != nil {
		return fmt.Errorf("sqlstore: rename: %w", err)
	}
	return nil
}

// Aliases implements [store.Renamer].
func (s *Store) Aliases(ctx context.Context) ([]store.Alias, error) {
	all, err := s.aliases(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: aliases: %w", err)
	}
	return all, nil
}

func (s *Store) aliases(ctx context.Context, q querier) ([]store.Alias, error) {
	rows, err := q.QueryContext(ctx, s.sql("SELECT subject, counted, revision FROM {prefix}alias ORDER BY subject"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []store.Alias
	for rows.Next() {
		var a store.Alias
		if err := rows.Scan(&a.Subject, &a.As, &a.Revision); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Err()
}
