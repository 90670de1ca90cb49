package sqlstore

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// On PostgreSQL a batch goes to the server as one array for each column,
// written as the server's own text form of an array: any driver takes a text.

// array writes one value after the other.
type array struct{ b []byte }

func (a *array) next() {
	if len(a.b) == 0 {
		a.b = append(a.b, '{')
	} else {
		a.b = append(a.b, ',')
	}
}

// add writes an int64, a string or bytes.
func (a *array) add(value any) {
	a.next()
	switch v := value.(type) {
	case int64:
		a.b = strconv.AppendInt(a.b, v, 10)
	case string:
		a.b = append(a.b, '"')
		if strings.ContainsAny(v, `"\`) {
			for i := range len(v) {
				if v[i] == '"' || v[i] == '\\' {
					a.b = append(a.b, '\\')
				}
				a.b = append(a.b, v[i])
			}
		} else {
			a.b = append(a.b, v...)
		}
		a.b = append(a.b, '"')
	case []byte:
		a.b = append(a.b, `"\\x`...)
		a.b = hex.AppendEncode(a.b, v)
		a.b = append(a.b, '"')
	}
}

func (a *array) String() string {
	if len(a.b) == 0 {
		return "{}"
	}
	return string(append(a.b, '}'))
}

// list writes integers as a database takes them in one parameter: as an array
// on PostgreSQL, as one of JSON on SQLite.
func (d Dialect) list(all []int64) string {
	var a array
	for _, n := range all {
		a.add(n)
	}
	text := a.String()
	if d == SQLite {
		text = "[" + text[1:len(text)-1] + "]"
	}
	return text
}

// unnest is the rows of arrays that are the parameters of a statement, from
// the first on.
func unnest(types ...string) string {
	var b strings.Builder
	b.WriteString("unnest(")
	for i, t := range types {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("CAST($" + strconv.Itoa(i+1) + " AS " + t + "[])")
	}
	b.WriteString(")")
	return b.String()
}
