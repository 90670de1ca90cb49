package sqlstore

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// On PostgreSQL a batch goes to the server as one array for each column,
// written as the server's own text form of an array: any driver takes a text.

// array writes one value after the other.
type array struct {
	expected int // how many values there will be, 0 if that is not known
	b        strings.Builder
	scratch  []byte
}

func (a *array) next(size int) {
	if a.b.Len() > 0 {
		a.b.WriteByte(',')
		return
	}
	a.b.Grow(a.expected * (size + 5)) // as if the others were about as long
	a.b.WriteByte('{')
}

// add writes an int64, a string or bytes.
func (a *array) add(value any) {
	switch v := value.(type) {
	case int64:
		a.scratch = strconv.AppendInt(a.scratch[:0], v, 10)
		a.next(len(a.scratch))
		a.b.Write(a.scratch)
	case string:
		a.next(len(v))
		a.b.WriteByte('"')
		for i := strings.IndexAny(v, `"\`); i >= 0; i = strings.IndexAny(v, `"\`) {
			a.b.WriteString(v[:i] + `\` + v[i:i+1])
			v = v[i+1:]
		}
		a.b.WriteString(v)
		a.b.WriteByte('"')
	case []byte:
		a.next(2 * len(v))
		a.b.WriteString(`"\\x`)
		a.scratch = hex.AppendEncode(a.scratch[:0], v)
		a.b.Write(a.scratch)
		a.b.WriteByte('"')
	}
}

// end returns the array. Nothing is added afterwards.
func (a *array) end() string {
	if a.b.Len() == 0 {
		return "{}"
	}
	a.b.WriteByte('}')
	return a.b.String()
}

// list writes integers as a database takes them in one parameter: as an array
// on PostgreSQL, as one of JSON on SQLite.
func (d Dialect) list(all []int64) string {
	var a array
	for _, n := range all {
		a.add(n)
	}
	text := a.end()
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
