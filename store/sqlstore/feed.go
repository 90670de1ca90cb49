package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"

	"github.com/tokenomics-go/tokenomics/store"
)

// The feed is the ledger itself: each row has the position of the change that
// made it count. What was replaced lies in the table past, with the position
// of what replaced it, until it is compacted. So the feed costs a new event
// nothing.

// What the column kind of the table past says.
const (
	pastVersion = iota
	noticeSubjects
	noticeBooks
)

// notice tells followers what is no entry. It takes the next position.
func (w *writing) notice(ctx context.Context, kind int) error {
	_, err := w.ExecContext(ctx, w.sql("INSERT INTO {prefix}past (seq, until, kind, image) VALUES ({1}, {1}, {2}, {3})"), w.next, kind, []byte{})
	w.next++
	return err
}

// Head implements [store.Follower].
func (s *Store) Head(ctx context.Context) (int64, error) {
	h, err := s.readHead(ctx, s.db)
	if err != nil {
		return 0, fmt.Errorf("sqlstore: head: %w", err)
	}
	return h.seq, nil
}

// stride is how many positions are read at a time.
const stride = 4096

// Follow implements [store.Follower]. No connection is held while the caller's
// loop body runs.
func (s *Store) Follow(ctx context.Context, after int64) iter.Seq2[store.Move, error] {
	return func(yield func(store.Move, error) bool) {
		h, err := s.readHead(ctx, s.db)
		for err == nil && after < h.seq {
			var moves []store.Move
			until := min(after+stride, h.seq)
			if moves, err = s.moves(ctx, s.db, after, until); err != nil {
				break
			}
			for _, m := range moves {
				if !yield(m, nil) {
					return
				}
			}
			after = until
		}
		if err == nil && after < h.floor {
			err = compacted(after, h.floor)
		}
		if err != nil {
			yield(store.Move{}, fmt.Errorf("sqlstore: follow: %w", err))
		}
	}
}

func compacted(after, floor int64) error {
	return fmt.Errorf("%w: asked for what came after %d, it reaches back to %d", store.ErrCompacted, after, floor)
}

// moves reads the moves of (after, until], which are all committed. The
// statements need not see one state. A version that counts is replaced at any
// moment: so the past is read after the present, and a version that is in both
// is the same. What is compacted meanwhile shows at the end.
func (s *Store) moves(ctx context.Context, q querier, after, until int64) ([]store.Move, error) {
	bySeq := map[int64]*store.Move{}
	rows, err := q.QueryContext(ctx, s.sql("SELECT "+readColumns+" FROM {prefix}event WHERE seq > {1} AND seq <= {2}"), after, until)
	if err == nil {
		err = each(rows, func(r *row) bool {
			bySeq[r.seq] = &store.Move{Seq: r.seq, After: r.entry}
			return true
		})
	}
	if err != nil {
		return nil, err
	}
	rows, err = q.QueryContext(ctx, s.sql("SELECT seq, until, kind, image FROM {prefix}past WHERE seq > {1} AND seq <= {2}"), after, until)
	if err == nil {
		err = eachPast(rows, func(p *past) {
			m := &store.Move{Seq: p.seq, After: p.entry, Subjects: p.kind == noticeSubjects, Books: p.kind == noticeBooks}
			bySeq[p.seq] = m
		})
	}
	if err != nil {
		return nil, err
	}
	rows, err = q.QueryContext(ctx, s.sql("SELECT seq, until, kind, image FROM {prefix}past WHERE until > {1} AND until <= {2}"), after, until)
	if err == nil {
		err = eachPast(rows, func(p *past) {
			if m := bySeq[p.until]; m != nil && p.entry != nil {
				m.Before = p.entry
			}
		})
	}
	if err != nil {
		return nil, err
	}
	h, err := s.readHead(ctx, q)
	if err == nil && after < h.floor {
		err = compacted(after, h.floor)
	}
	if err != nil {
		return nil, err
	}
	moves := make([]store.Move, 0, len(bySeq))
	for _, m := range bySeq {
		moves = append(moves, *m)
	}
	slices.SortFunc(moves, func(a, b store.Move) int { return cmp.Compare(a.Seq, b.Seq) })
	return moves, nil
}

// past is a row of the table of that name.
type past struct {
	seq, until, kind int64
	entry            *store.Entry // nil for a notice
}

func eachPast(rows *sql.Rows, f func(*past)) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var p past
		var image sql.RawBytes
		if err := rows.Scan(&p.seq, &p.until, &p.kind, &image); err != nil {
			return err
		}
		if p.kind == pastVersion {
			p.entry = new(store.Entry)
			if err := readImage(image, p.entry); err != nil {
				return fmt.Errorf("change %d: %w", p.seq, err)
			}
		}
		f(&p)
	}
	return rows.Err()
}
