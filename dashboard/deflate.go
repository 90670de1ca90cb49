package dashboard

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/bits"
	"sync"
)

// piece is a part of a page that is the same for many, compressed once. It ends
// on a byte boundary and refers to nothing before it, so that pieces can be
// strung together to one gzip stream with parts that are not compressed between
// them. What is a viewer's own is never compressed together with anything: the
// length of a page tells nothing but the length of that part.
type piece struct {
	plain    []byte
	deflated []byte
	crc      uint32
	zeros    [32]uint32 // moves a CRC over as many zero bytes
}

// newPiece compresses a part of a page as well as it can be.
func newPiece(plain []byte) *piece {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	return deflatePiece(&b, w, err, plain)
}

// quick are compressors for pages that are sent once.
var quick = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, 4)
	if err != nil {
		return nil // cannot be: the level exists
	}
	return w
}}

// quickPiece compresses a page that is sent once.
func quickPiece(plain []byte) *piece {
	var b bytes.Buffer
	b.Grow(len(plain)/3 + 64)
	w, _ := quick.Get().(*flate.Writer)
	if w == nil {
		return newPiece(plain)
	}
	defer quick.Put(w)
	w.Reset(&b)
	return deflatePiece(&b, w, nil, plain)
}

func deflatePiece(b *bytes.Buffer, w *flate.Writer, err error, plain []byte) *piece {
	if err == nil {
		if _, err = w.Write(plain); err == nil {
			err = w.Flush()
		}
	}
	if err != nil { // cannot be: a buffer takes everything
		b.Reset()
		b.Write(stored(nil, plain))
	}
	return &piece{plain: bytes.Clone(plain), deflated: bytes.Clone(b.Bytes()), crc: crc32.ChecksumIEEE(plain), zeros: zerosOf(len(plain))}
}

// stored appends plain bytes as deflate blocks without compression.
func stored(dst, plain []byte) []byte {
	for len(plain) > 0 {
		n := min(len(plain), 0xffff)
		dst = append(dst, 0)
		dst = binary.LittleEndian.AppendUint16(dst, uint16(n))
		dst = binary.LittleEndian.AppendUint16(dst, ^uint16(n))
		dst = append(dst, plain[:n]...)
		plain = plain[n:]
	}
	return dst
}

var (
	gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}
	lastBlock  = []byte{1, 0, 0, 0xff, 0xff}
)

// parts is a page: pieces, with bytes of the viewer's own after some of them.
type parts []part

type part struct {
	shared *piece // nil: own
	own    []byte
}

// plainLen returns the length without compression.
func (p parts) plainLen() int {
	n := 0
	for _, x := range p {
		if x.shared != nil {
			n += len(x.shared.plain)
		}
		n += len(x.own)
	}
	return n
}

// writePlain writes the page as it is.
func (p parts) writePlain(w io.Writer) error {
	for _, x := range p {
		b := x.own
		if x.shared != nil {
			b = x.shared.plain
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// gzip returns the page as slices that together are one gzip stream.
func (p parts) gzip() [][]byte {
	out := make([][]byte, 0, len(p)+2)
	out = append(out, gzipHeader)
	crc, size := uint32(0), 0
	for _, x := range p {
		if x.shared != nil {
			out = append(out, x.shared.deflated)
			crc = times(&x.shared.zeros, crc) ^ x.shared.crc
			size += len(x.shared.plain)
			continue
		}
		out = append(out, stored(make([]byte, 0, len(x.own)+5*(len(x.own)/0xffff+1)), x.own))
		crc = crc32.Update(crc, crc32.IEEETable, x.own)
		size += len(x.own)
	}
	tail := append(make([]byte, 0, 13), lastBlock...)
	tail = binary.LittleEndian.AppendUint32(tail, crc)
	tail = binary.LittleEndian.AppendUint32(tail, uint32(size)) // modulo 2^32, as the format says
	return append(out, tail)
}

// zerosOf returns the matrix that moves a CRC-32 over so many zero bytes: that of
// two texts one after the other is the first's, moved over the length of the
// second, and the second's. It is the matrix of one zero bit, squared and
// multiplied.
func zerosOf(length int) [32]uint32 {
	var all, m [32]uint32 // m is that of 2^k bits
	for i := range all {
		all[i] = 1 << i
	}
	m[0] = crc32.IEEE
	for i := 1; i < 32; i++ {
		m[i] = 1 << (i - 1)
	}
	for n := uint(length) * 8; n != 0; n >>= 1 {
		if n&1 != 0 {
			all = product(&m, &all)
		}
		m = product(&m, &m)
	}
	return all
}

func times(m *[32]uint32, v uint32) uint32 {
	sum := uint32(0)
	for ; v != 0; v &= v - 1 {
		sum ^= m[bits.TrailingZeros32(v)]
	}
	return sum
}

// product is b, then a.
func product(a, b *[32]uint32) (ab [32]uint32) {
	for i := range b {
		ab[i] = times(a, b[i])
	}
	return ab
}
