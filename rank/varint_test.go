package rank

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// Sums are the varints of encoding/binary, whatever the way they are written and
// read: snapshots depend on it.
func TestSumsAreVarints(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	rises := []uint64{0, 1, 63, 64, 1 << 20, math.MaxUint32}
	values := []int64{1, -1, 127, 128, -128, 1<<14 - 1, 1 << 14, 1<<49 - 1, 1 << 49, 1<<56 - 1, 1 << 56, math.MaxInt64, math.MinInt64}
	for range 20_000 {
		values = append(values, max(1, int64(rng.Uint64()>>(1+rng.IntN(63))))*int64(1-2*rng.IntN(2)))
	}
	for _, spare := range []int{0, 1, 12} { // bytes behind the sum
		for j, v := range values {
			rise := rises[j%len(rises)]
			head, magnitude := rise<<1, uint64(v)
			if v < 0 {
				head, magnitude = head|1, -magnitude
			}
			want := binary.AppendUvarint(binary.AppendUvarint(nil, head), magnitude)
			buf := make([]byte, 3+sumRoom)
			end := putSums(buf, 3, 0, []entry{{v, uint32(rise)}})
			if string(buf[3:end]) != string(want) {
				t.Fatalf("(%d, %d) is written % x, want % x", rise, v, buf[3:end], want)
			}
			data := append(buf[3:end:end], make([]byte, spare)...)
			got, sum, at := nextSum(data, 0)
			if got != rise || sum != v || at != end-3 {
				t.Fatalf("(%d, %d) of %d bytes is read as (%d, %d) of %d", rise, v, end-3, got, sum, at)
			}
			r := packedReader{data: data, left: 1}
			var run [packedRun]entry
			if got := r.next(&run); len(got) != 1 || got[0] != (entry{v, uint32(rise)}) || len(r.data) != spare {
				t.Fatalf("(%d, %d) is read as %v, before %d bytes of %d", rise, v, got, len(r.data), spare)
			}
			d := decoder{data: data}
			if d.sums(0, run[:1]); run[0] != (entry{v, uint32(rise)}) || d.left() != spare || d.fault != "" {
				t.Fatalf("(%d, %d) is read as %v, before %d bytes of %d: %s", rise, v, run[0], d.left(), spare, d.fault)
			}
		}
	}
}

// A number that is not in its shortest form is no number of a snapshot, however
// many bytes follow.
func TestSumsHaveOneForm(t *testing.T) {
	for _, long := range [][]byte{{2, 0x80, 0}, {2, 0x85, 0x80, 0}, {2, 0xff, 0xff, 0xff, 0}, {0x82, 0, 5}} {
		d := decoder{data: append(long, make([]byte, 20)...)}
		var run [1]entry
		if d.sums(0, run[:]); d.fault == "" {
			t.Errorf("% x is read as %v", long, run)
		}
	}
}
