package sqlstore

import (
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
)

// column is one of the table of events.
type column struct {
	name string
	kind string // its type on PostgreSQL
	text func(e *store.Entry) string
}

// columns of the table of events, in the order of fill.
var columns = [...]column{
	{"seq", "BIGINT", nil},
	{"source", "TEXT", func(e *store.Entry) string { return e.Source }},
	{"id", "TEXT", func(e *store.Entry) string { return e.ID }},
	{"subject", "TEXT", func(e *store.Entry) string { return e.Subject }},
	{"at_ns", "BIGINT", nil},
	{"void", "BIGINT", nil},
	{"provider", "TEXT", func(e *store.Entry) string { return e.Provider }},
	{"model", "TEXT", func(e *store.Entry) string { return e.Model }},
	{"session", "TEXT", func(e *store.Entry) string { return e.Session }},
	{"workflow", "TEXT", func(e *store.Entry) string { return e.Workflow }},
	{"team", "TEXT", func(e *store.Entry) string { return e.Team }},
	{"tokens", "BIGINT", nil},
	{"cost_micro", "BIGINT", nil},
	{"cost_pico", "BIGINT", nil},
	{"body", "BYTEA", nil},
}

const (
	columnSeq  = 0
	columnVoid = 5
)

// readColumns are those that scanner reads: void and tokens are in the body too.
const readColumns = "seq, source, id, subject, at_ns, provider, model, session, workflow, team, cost_micro, cost_pico, body"

// fill sets the values of a row. Those that are there already stay: an interface
// of a number or a text costs an allocation. The body is written to scratch.
func fill(values []any, seq int64, e *store.Entry, scratch []byte) []byte {
	for i := range columns {
		if of := columns[i].text; of != nil {
			set(&values[i], of(e))
		}
	}
	void := int64(0)
	if e.Void {
		void = 1
	}
	micro, pico := e.Cost.Columns()
	body := appendBody(scratch[:0], e)
	set(&values[columnSeq], seq)
	set(&values[4], e.At.UnixNano())
	set(&values[columnVoid], void)
	set(&values[11], e.Usage.Tokens())
	set(&values[12], micro)
	set(&values[13], pico)
	values[14] = body
	return body
}

func set[T comparable](value *any, to T) {
	if was, ok := (*value).(T); !ok || was != to {
		*value = to
	}
}

// fits reports what no column can hold.
func fits(e *store.Entry) error {
	if !e.Cost.FitsColumns() || !e.High.FitsColumns() || e.ReportedCost != nil && !e.ReportedCost.FitsColumns() {
		return &store.EventError{Key: e.Key(), Field: "cost", Reason: "is beyond ±9.2e12 units, which is more than two columns hold"}
	}
	return nil
}

// scanner reads rows of readColumns. Integers are read as they come from the
// driver, which spares a detour through reflection.
type scanner struct {
	seq, at, micro, pico any
	body                 sql.RawBytes
	dest                 [13]any
}

func (s *scanner) scan(rows *sql.Rows, e *store.Entry) (seq int64, err error) {
	s.dest = [...]any{&s.seq, &e.Source, &e.ID, &e.Subject, &s.at, &e.Provider, &e.Model, &e.Session, &e.Workflow, &e.Team, &s.micro, &s.pico, &s.body}
	if err := rows.Scan(s.dest[:]...); err != nil {
		return 0, err
	}
	seq, ok1 := s.seq.(int64)
	at, ok2 := s.at.(int64)
	micro, ok3 := s.micro.(int64)
	pico, ok4 := s.pico.(int64)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return 0, fmt.Errorf("sqlstore: the driver gives %T, %T, %T and %T for columns of integers", s.seq, s.at, s.micro, s.pico)
	}
	e.At, e.Cost = time.Unix(0, at).UTC(), pricing.FromColumns(micro, pico)
	if err := readBody(s.body, e); err != nil {
		return 0, fmt.Errorf("event %s/%s: %w", e.Source, e.ID, err)
	}
	return seq, nil
}

// row is an entry and its position.
type row struct {
	seq   int64
	entry *store.Entry
}

// each hands over the rows of a query until f has enough.
func each(rows *sql.Rows, f func(*row) bool) error {
	defer func() { _ = rows.Close() }()
	var s scanner
	for rows.Next() {
		var held struct { // one allocation
			row
			own store.Entry
		}
		var err error
		if held.seq, err = s.scan(rows, &held.own); err != nil {
			return err
		}
		held.entry = &held.own
		if !f(&held.row) {
			return nil
		}
	}
	return rows.Err()
}

// clampNano is t in nanoseconds since 1970, or the nearest an int64 can say.
func clampNano(t time.Time) int64 {
	switch sec := t.Unix(); {
	case sec > math.MaxInt64/int64(time.Second)-1:
		return math.MaxInt64
	case sec < math.MinInt64/int64(time.Second)+1:
		return math.MinInt64
	}
	return t.UnixNano()
}
