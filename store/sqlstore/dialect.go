package sqlstore

import (
	"strconv"
	"strings"
)

// Dialect is the kind of SQL a database speaks.
type Dialect uint8

// The dialects. PostgreSQL serves every engine that speaks its protocol and
// has row locks, ON CONFLICT and RETURNING.
const (
	SQLite     Dialect = iota + 1 // 3.35 or later
	PostgreSQL                    // 11 or later
)

// String returns "sqlite" or "postgres".
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "sqlite"
	case PostgreSQL:
		return "postgres"
	}
	return "unknown"
}

// bytes is the type of binary columns.
func (d Dialect) bytes() string {
	if d == SQLite {
		return "BLOB"
	}
	return "BYTEA"
}

// bind writes the n-th parameter of a statement, from 1.
func (d Dialect) bind(b *strings.Builder, n int) {
	if d == SQLite {
		b.WriteByte('?')
		return
	}
	b.WriteByte('$')
	b.WriteString(strconv.Itoa(n))
}

// tuples writes rows of parameters: (?,?),(?,?). With texts the first row is
// cast, where the database could not know their type.
func (d Dialect) tuples(b *strings.Builder, rows, columns int, texts bool) {
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range columns {
			if c > 0 {
				b.WriteByte(',')
			}
			if texts && r == 0 {
				b.WriteString("CAST(")
				d.bind(b, c+1)
				b.WriteString(" AS TEXT)")
				continue
			}
			d.bind(b, r*columns+c+1)
		}
		b.WriteByte(')')
	}
}
