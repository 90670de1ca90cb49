package sqlstore

import (
	"strconv"
	"strings"
)

// Dialect is the kind of SQL a database speaks.
type Dialect uint8

// The dialects. PostgreSQL serves every engine that speaks its protocol and
// has row locks, ON CONFLICT, RETURNING and unnest: see docs/stores.md.
const (
	SQLite     Dialect = iota + 1 // 3.38 or later
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

// bind writes the n-th parameter of a statement, from 1.
func (d Dialect) bind(b *strings.Builder, n int) {
	mark := byte('$')
	if d == SQLite {
		mark = '?'
	}
	b.WriteByte(mark)
	b.WriteString(strconv.Itoa(n))
}
