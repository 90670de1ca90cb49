package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/tokenomics-go/tokenomics/store"
)

// pieceSize is how much of a checkpoint one row holds.
const pieceSize = 1 << 20

// SaveCheckpoint implements [store.Checkpointer].
func (s *Store) SaveCheckpoint(ctx context.Context, name string, position int64, data []byte) error {
	err := s.write(ctx, 0, func(w *writing) error {
		old, err := w.checkpointHead(ctx, name)
		if err != nil {
			return err
		}
		if old > position {
			return errUnchanged
		}
		if _, err := w.ExecContext(ctx, w.sql("DELETE FROM {prefix}checkpoint WHERE name = {1}"), name); err != nil {
			return err
		}
		insert := w.sql("INSERT INTO {prefix}checkpoint (name, part, head, data) VALUES ({1}, {2}, {3}, {4})")
		if len(data) == 0 {
			_, err := w.ExecContext(ctx, insert, name, 0, position, []byte{})
			return err
		}
		part := 0
		for piece := range slices.Chunk(data, pieceSize) {
			if _, err := w.ExecContext(ctx, insert, name, part, position, piece); err != nil {
				return err
			}
			part++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sqlstore: save checkpoint %q: %w", name, err)
	}
	return nil
}

// checkpointHead returns the position of a checkpoint, -1 if there is none.
func (w *writing) checkpointHead(ctx context.Context, name string) (int64, error) {
	rows, err := w.QueryContext(ctx, w.sql("SELECT COALESCE(MAX(head), -1) FROM {prefix}checkpoint WHERE name = {1}"), name)
	if err != nil {
		return 0, err
	}
	return oneInt(rows)
}

// oneInt reads the only value of a query.
func oneInt(rows *sql.Rows) (n int64, err error) {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// LoadCheckpoint implements [store.Checkpointer]. It is one statement.
func (s *Store) LoadCheckpoint(ctx context.Context, name string) (position int64, data []byte, err error) {
	rows, err := s.db.QueryContext(ctx, s.sql("SELECT head, data FROM {prefix}checkpoint WHERE name = {1} ORDER BY part"), name)
	if err != nil {
		return 0, nil, fmt.Errorf("sqlstore: load checkpoint %q: %w", name, err)
	}
	defer func() { _ = rows.Close() }()
	found := false
	for rows.Next() {
		var piece sql.RawBytes
		if err := rows.Scan(&position, &piece); err != nil {
			return 0, nil, fmt.Errorf("sqlstore: load checkpoint %q: %w", name, err)
		}
		data, found = append(data, piece...), true
	}
	if err := rows.Err(); err != nil {
		return 0, nil, fmt.Errorf("sqlstore: load checkpoint %q: %w", name, err)
	}
	if !found {
		return 0, nil, fmt.Errorf("%w: there is no checkpoint %q", store.ErrNotFound, name)
	}
	return position, data, nil
}
