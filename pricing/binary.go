package pricing

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/tokenomics-go/tokenomics/usage"
)

// Errors of [UnmarshalBook].
var (
	ErrDamagedBook = errors.New("pricing: damaged book")
	ErrNewerBook   = errors.New("pricing: the book was written by a newer version")
)

// A stored book is
//
//	magic, format                  5 bytes
//	texts, meters, numbers, rates  what the rest refers to by index, each once, rising
//	version, currency, sheets, entries, rows, modifiers, allowances, names
//	checksum                       the first 8 bytes of the SHA-256 of all before
//
// Integers are varints of the least length. Texts leave out what they share
// with the one before. Meters go by name, so that their numbers may change.
// What follows from the rest, as the index of names, is not stored. No
// general compression comes on top: it would make the bytes depend on the
// compressor's version.
const (
	bookMagic  = "TKPB"
	bookFormat = 1

	checksumLen = 8

	// maxBook bounds what is read, some hundred times the built-in book.
	maxBook = 16 << 20

	// maxWidth bounds the models times the modifiers, some hundred times too.
	maxWidth = 16 << 20
)

// MarshalBinary writes the book in a dense binary form that [UnmarshalBook]
// reads, about 110 kB for the built-in book. Equal books give equal bytes, on
// every machine. All that a book can be asked is kept, its version included.
// The form has a number of its own: versions of this package read what earlier
// ones wrote.
func (b *Book) MarshalBinary() ([]byte, error) {
	if b.t.tooWide() {
		return nil, fmt.Errorf("%w: models times modifiers are more than %d", ErrInvalidSheet, maxWidth)
	}
	data, texts := b.encode()
	if max(texts, len(data)) > maxBook {
		return nil, fmt.Errorf("%w: the book takes more than %d bytes", ErrInvalidSheet, maxBook)
	}
	return data, nil
}

// encode also returns how long all texts are together.
func (b *Book) encode() (data []byte, texts int) {
	c := bookCoder{b: b}
	for i := range b.t.entries {
		c.lines = append(c.lines, cut(b.t.segments, b.t.entries[i].segments))
	}
	c.collect()
	c.buf = append(c.buf, bookMagic...)
	c.buf = append(c.buf, bookFormat)
	c.writeTables()
	c.book()
	sum := sha256.Sum256(c.buf)
	c.buf = append(c.buf, sum[:checksumLen]...)
	for _, s := range c.texts.list {
		texts += len(s)
	}
	return c.buf, texts
}

// tooWide reports whether handing each model its modifiers could take far more
// time and memory than the book itself.
func (t *tables) tooWide() bool {
	return uint64(len(t.entries))*uint64(len(t.mods)) > maxWidth
}

// UnmarshalBook reads what [Book.MarshalBinary] writes. The book prices,
// explains and extends as the one that was written, and has its version. The
// error matches [ErrNewerBook] if a later version of this package is needed
// to read it, [ErrDamagedBook] for anything else that is not such a book;
// memory stays within a small multiple of the input.
func UnmarshalBook(data []byte) (*Book, error) {
	if len(data) > maxBook {
		return nil, fmt.Errorf("%w: %d bytes, want at most %d", ErrDamagedBook, len(data), maxBook)
	}
	head := len(bookMagic)
	if len(data) < head+1+checksumLen || string(data[:head]) != bookMagic {
		return nil, fmt.Errorf("%w: it does not begin as a book does", ErrDamagedBook)
	}
	body := data[:len(data)-checksumLen]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:checksumLen], data[len(body):]) {
		return nil, fmt.Errorf("%w: the checksum does not fit", ErrDamagedBook)
	}
	if f := data[head]; f == 0 {
		return nil, fmt.Errorf("%w: there never was a format 0", ErrDamagedBook)
	} else if f > bookFormat {
		return nil, fmt.Errorf("%w: format %d, this version reads %d", ErrNewerBook, f, bookFormat)
	}
	c := bookCoder{b: new(Book), reading: true, buf: body[head+1:]}
	c.readTables()
	c.book()
	c.checkAll()
	if c.err != nil {
		return nil, c.err
	}
	nb := builder{t: &c.b.t, timelines: c.lines}
	nb.link()
	if len(nb.errs) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrDamagedBook, errors.Join(nb.errs...))
	}
	return c.b, nil
}

// bookCoder writes or reads a book: the same walk does both, so that they
// cannot differ.
type bookCoder struct {
	b       *Book
	lines   [][]segment // by entry
	reading bool
	buf     []byte // written so far, or still to be read
	err     error  // of reading, the first

	texts   indexed[string]
	numbers indexed[int64]
	rates   indexed[fraction]
	meters  indexed[usage.Meter]
}

type fraction struct{ num, den uint64 }
