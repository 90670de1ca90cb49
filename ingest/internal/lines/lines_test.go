package lines

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// naive splits text the plain way.
func naive(text []byte, limit int) []Line {
	var want []Line
	for len(text) > 0 {
		line, rest, found := bytes.Cut(text, []byte("\n"))
		l := Line{Text: line, Terminated: found, Size: int64(len(line))}
		if len(line) > limit {
			l.Text, l.TooLong = nil, true
		}
		want = append(want, l)
		text = rest
	}
	return want
}

func check(t *testing.T, text []byte, limit int, src io.Reader) {
	t.Helper()
	r := NewReader(limit)
	r.Reset(src)
	for i, w := range naive(text, limit) {
		l, err := r.Next()
		if err != nil || !bytes.Equal(l.Text, w.Text) || l.Terminated != w.Terminated || l.TooLong != w.TooLong || l.Size != w.Size {
			t.Fatalf("limit %d, line %d: %.20q (%d bytes) %v %v, %v; want %.20q (%d bytes) %v %v",
				limit, i, l.Text, l.Size, l.Terminated, l.TooLong, err, w.Text, w.Size, w.Terminated, w.TooLong)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the last line: %v, want io.EOF", err)
	}
	if r.Bytes() != int64(len(text)) {
		t.Fatalf("read %d bytes, want %d", r.Bytes(), len(text))
	}
}

func TestAgainstNaive(t *testing.T) {
	const seed = 7
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		var text []byte
		for range rng.IntN(12) {
			n := rng.IntN(30)
			if rng.IntN(4) == 0 {
				n = rng.IntN(3 * chunk)
			}
			text = append(text, bytes.Repeat([]byte{'a' + byte(rng.IntN(20))}, n)...)
			if rng.IntN(8) > 0 {
				text = append(text, '\n')
			}
		}
		limit := []int{0, 5, 1000, chunk, 2*chunk + 17}[rng.IntN(5)]
		check(t, text, limit, bytes.NewReader(text))
		check(t, text, limit, iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(text))))
	}
}

func TestBoundedMemory(t *testing.T) {
	r := NewReader(1000)
	r.Reset(io.MultiReader(io.LimitReader(zeros{}, 100<<20), strings.NewReader("\nnext")))
	l, err := r.Next()
	if err != nil || !l.TooLong || l.Size != 100<<20 {
		t.Fatalf("%d bytes, too long %v, %v", l.Size, l.TooLong, err)
	}
	if l, err = r.Next(); err != nil || string(l.Text) != "next" {
		t.Fatalf("%q, %v", l.Text, err)
	}
	if len(r.buf) > 1000+chunk {
		t.Errorf("the buffer grew to %d bytes", len(r.buf))
	}
}

func TestBrokenSource(t *testing.T) {
	broken := errors.New("broken")
	for _, limit := range []int{3, 100} {
		r := NewReader(limit)
		r.Reset(io.MultiReader(strings.NewReader("a\nlonger"), iotest.ErrReader(broken)))
		if l, err := r.Next(); err != nil || string(l.Text) != "a" {
			t.Fatalf("%q, %v", l.Text, err)
		}
		if l, err := r.Next(); !errors.Is(err, broken) {
			t.Errorf("limit %d: got %q, %v; want the error", limit, l.Text, err)
		}
	}
	r := NewReader(10)
	r.Reset(stuck{})
	if _, err := r.Next(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that is stuck gives %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }
