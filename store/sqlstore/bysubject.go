package sqlstore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/tokenomics-go/tokenomics/store"
)

// Where the events of a subject lie is kept in lists of positions, one row for
// each subject and catching up of the rollups. What came after the rollups is
// looked through. A list may name positions whose version was replaced since:
// positions are given out once, so nothing lies there any more.

// positions are those of the events of each subject.
type positions map[string]*trail

// trail is where the events of a subject lie, rising.
type trail struct {
	list []int64

	// the sum that a tail added the last one to, and of which day and key it is
	day int64
	key rollKey
	sum *store.Sum
}

// add adds a position, and returns the trail.
func (p positions) add(subject string, seq int64) *trail {
	t := p[subject]
	if t == nil {
		t = new(trail)
		p[subject] = t
	}
	t.list = append(t.list, seq)
	return t
}

// appendEarlier writes a list without its last position: the distances down
// from there, as varints.
func appendEarlier(b []byte, list []int64) []byte {
	for i := len(list) - 1; i > 0; i-- {
		b = binary.AppendUvarint(b, uint64(list[i]-list[i-1]))
	}
	return b
}

// readEarlier appends a list, falling.
func readEarlier(list []int64, last int64, b []byte) ([]int64, error) {
	r := reader{b: b}
	list = append(list, last)
	for len(r.b) > 0 {
		last -= int64(r.uvarint())
		list = append(list, last)
	}
	if r.bad {
		return nil, fmt.Errorf("%w: a list of positions is cut short", store.ErrCorrupt)
	}
	return list, nil
}

// save adds lists to those that are there.
func (p positions) save(ctx context.Context, w *writing) error {
	subjects := slices.Sorted(maps.Keys(p))
	if w.dialect == PostgreSQL {
		var names, seqs, earlier array
		for _, subject := range subjects {
			list := p[subject].list
			names.add(subject)
			seqs.add(list[len(list)-1])
			earlier.add(appendEarlier(nil, list))
		}
		_, err := w.ExecContext(ctx, w.sql("INSERT INTO {prefix}bysubject (subject, seq, earlier) SELECT * FROM "+unnest("TEXT", "BIGINT", "BYTEA")), names.end(), seqs.end(), earlier.end())
		return err
	}
	insert, err := w.PrepareContext(ctx, w.sql("INSERT INTO {prefix}bysubject (subject, seq, earlier) VALUES ({1}, {2}, {3})"))
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, subject := range subjects {
		list := p[subject].list
		if _, err := insert.ExecContext(ctx, subject, list[len(list)-1], appendEarlier([]byte{}, list)); err != nil {
			return err
		}
	}
	return nil
}

// positionsOf returns where the events of a subject lie, up to where the
// rollups are.
func (s *Store) positionsOf(ctx context.Context, q querier, subject string) (list []int64, err error) {
	rows, err := q.QueryContext(ctx, s.sql("SELECT seq, earlier FROM {prefix}bysubject WHERE subject = {1}"), subject)
	if err != nil {
		return nil, err
	}
	var last int64
	var earlier sql.RawBytes
	err = eachRow(rows, func() error {
		err := rows.Scan(&last, &earlier)
		if err == nil {
			list, err = readEarlier(list, last, earlier)
		}
		return err
	})
	return list, err
}
