package sentencepiece

import (
	"encoding/binary"
	"math"
)

// reader reads a message in the wire format of protocol buffers.
type reader struct {
	data []byte
	from int // offset of data in the file
	at   int
}

// The wire types.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// field is one field of a message: a number, or bytes.
type field struct {
	tag    int
	wire   int
	number uint64
	bytes  reader
}

// next reads the next field. It returns false at the end.
func (r *reader) next() (f field, ok bool, err error) {
	if r.at == len(r.data) {
		return field{}, false, nil
	}
	start := r.from + r.at
	key, err := r.varint()
	if err != nil {
		return field{}, false, err
	}
	if key>>3 == 0 || key>>3 > 1<<29 {
		return field{}, false, bad(start, "no field has the number %d", key>>3)
	}
	f = field{tag: int(key >> 3), wire: int(key & 7)}
	switch f.wire {
	case wireVarint:
		f.number, err = r.varint()
	case wire64:
		var b []byte
		if b, err = r.take(8); err == nil {
			f.number = binary.LittleEndian.Uint64(b)
		}
	case wire32:
		var b []byte
		if b, err = r.take(4); err == nil {
			f.number = uint64(binary.LittleEndian.Uint32(b))
		}
	case wireBytes:
		var n uint64
		if n, err = r.varint(); err != nil {
			break
		}
		if n > uint64(len(r.data)-r.at) {
			err = bad(start, "field %d of %d bytes goes beyond the end", f.tag, n)
			break
		}
		f.bytes.from = r.from + r.at
		f.bytes.data, err = r.take(int(n))
	default:
		err = bad(start, "field %d has the unknown wire type %d", f.tag, f.wire)
	}
	return f, err == nil, err
}

func (r *reader) varint() (uint64, error) {
	v, n := binary.Uvarint(r.data[r.at:])
	if n <= 0 {
		return 0, bad(r.from+r.at, "no whole number")
	}
	r.at += n
	return v, nil
}

func (r *reader) take(n int) ([]byte, error) {
	if n > len(r.data)-r.at {
		return nil, bad(r.from+r.at, "cut short")
	}
	b := r.data[r.at : r.at+n]
	r.at += n
	return b, nil
}

// want reports a field that has another wire type than it should.
func (f field) want(wire int, offset int) error {
	if f.wire != wire {
		return bad(offset, "field %d has the wire type %d, want %d", f.tag, f.wire, wire)
	}
	return nil
}

func (f field) float() float32 { return math.Float32frombits(uint32(f.number)) }

func (f field) bool() bool { return f.number != 0 }
