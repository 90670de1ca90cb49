package rank

import (
	"encoding/base64"
	"encoding/binary"
)

// Cursor marks a place in the listing: just behind a row. Since it holds the row's
// score and subject, and no number of a page, it stays where it is while others
// come and go. The zero Cursor is the top. It is comparable.
type Cursor struct {
	set     bool
	score   int64
	last    int64
	subject string
}

// Page is some rows of a board in a row.
type Page struct {
	Rows []Standing
	// First and Last mark the first row and the last: PageAfter(Last) goes on,
	// PageBefore(First) goes back. On an empty page both are the cursor asked for.
	First, Last Cursor
}

// PageAfter returns up to n rows behind a cursor; none at the end of the board.
// A subject whose score changes between two pages may move over the cursor; all
// others are on exactly one page.
func (b *Board) PageAfter(c Cursor, n int) Page { return pageAfter(b, c, n) }

// PageBefore returns up to n rows in front of the row that a cursor marks, in
// order of listing; none for the zero Cursor.
func (b *Board) PageBefore(c Cursor, n int) Page { return pageBefore(b, c, n) }

// PageAfter is [Board.PageAfter] of that time.
func (v *View) PageAfter(c Cursor, n int) Page { return pageAfter(v, c, n) }

// PageBefore is [Board.PageBefore] of that time.
func (v *View) PageBefore(c Cursor, n int) Page { return pageBefore(v, c, n) }

func cursorOf(r *row) Cursor { return Cursor{true, r.score, r.last, r.name} }

func (c *Cursor) row() *row {
	if !c.set {
		return nil
	}
	return &row{score: c.score, last: c.last, name: c.subject}
}

func pageAfter(l listing, c Cursor, n int) Page {
	p := Page{First: c, Last: c}
	if n <= 0 {
		return p
	}
	var k ranker
	l.down(c.row(), func(r row) bool {
		if k.pos == 0 {
			k = newRanker(l, &r)
		}
		rank := k.next(r.score)
		if r.hidden {
			return true
		}
		if p.Last = cursorOf(&r); len(p.Rows) == 0 {
			p.First = p.Last
		}
		p.Rows = append(p.Rows, Standing{rank, r.name, r.score})
		return len(p.Rows) < n
	})
	return p
}

func pageBefore(l listing, c Cursor, n int) Page {
	p := Page{First: c, Last: c}
	if n <= 0 || !c.set {
		return p
	}
	var first, last row
	found := 0
	l.up(c.row(), func(r row) bool {
		if !r.hidden {
			if first = r; found == 0 {
				last = r
			}
			found++
		}
		return found < n
	})
	if found > 0 {
		p.First, p.Last = cursorOf(&first), cursorOf(&last)
		p.Rows = appendFrom(l, make([]Standing, 0, found), &first, found)
	}
	return p
}

// String returns the cursor as a short text for URLs, "" for the zero Cursor. It
// is not encrypted: whoever reads it can read the subject.
func (c Cursor) String() string {
	if !c.set {
		return ""
	}
	buf := binary.AppendVarint(nil, c.score)
	buf = binary.AppendVarint(buf, c.last)
	return base64.RawURLEncoding.EncodeToString(append(buf, c.subject...))
}

// ParseCursor reads what [Cursor.String] wrote. The error matches
// [ErrInvalidCursor].
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	fail := func(reason string) (Cursor, error) {
		return Cursor{}, &Error{Op: "cursor", Err: ErrInvalidCursor, Reason: reason}
	}
	buf, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return fail("it is not unpadded base64url")
	}
	score, n := binary.Varint(buf)
	if n <= 0 {
		return fail("it holds no score")
	}
	last, m := binary.Varint(buf[n:])
	if m <= 0 {
		return fail("it holds no step")
	}
	subject := string(buf[n+m:])
	if reason := badSubject(subject); reason != "" {
		return fail("its subject: " + reason)
	}
	c := Cursor{true, score, last, subject}
	if c.String() != s {
		return fail("it is not as String writes it")
	}
	return c, nil
}
