package rank

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// sample is a board with some of everything.
func sample(t testing.TB, cfg Config) *Board {
	t.Helper()
	b := mustBoard(t, cfg)
	for i := range 200 {
		mustAdd(t, b, subjectName(i), daysAgo(i%6), int64(i*i)-500)
	}
	mustAdd(t, b, "min", epoch, math.MinInt64)
	_, ahead := b.Window()
	mustAdd(t, b, "ahead", ahead, 7)
	for _, s := range []string{subjectName(3), "idle"} {
		if err := b.Hide(s); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestDamagedSnapshotsAreRefusedWhole(t *testing.T) {
	good := sample(t, Config{}).Snapshot()
	live := mustBoard(t, Config{})
	mustAdd(t, live, "live", epoch, 1)
	before := live.Snapshot()
	refuse := func(what string, snapshot []byte, want error) {
		t.Helper()
		if err := live.Restore(snapshot); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if !bytes.Equal(live.Snapshot(), before) || live.Names().Len() != 1 {
			t.Fatalf("%s: the board changed", what)
		}
	}
	for n := range good {
		refuse("cut short", good[:n], ErrSnapshot)
	}
	rng := rand.New(rand.NewPCG(12, 12))
	for range 2000 {
		bad := bytes.Clone(good)
		at := rng.IntN(len(bad))
		if at == len(snapshotMagic) {
			continue // the version
		}
		bad[at] ^= 1 << rng.IntN(8)
		refuse("one bit", bad, ErrSnapshot)
	}
	for _, version := range []byte{0, snapshotVersion - 1, snapshotVersion + 1} {
		other := bytes.Clone(good)
		other[len(snapshotMagic)] = version
		refuse("of another version", other, ErrSnapshotVersion)
	}
	refuse("longer", append(bytes.Clone(good), 0), ErrSnapshot)
	for name, cfg := range map[string]Config{
		"window":  {Window: Rolling7d},
		"history": {History: 2},
		"scorer":  {Scorer: CapPerStep(9)},
		"week":    {Window: ThisWeek(nil)},
	} {
		refuse(name, sample(t, cfg).Snapshot(), ErrSnapshotConfig)
	}
	// Ties, names and CountHidden may differ.
	other := mustBoard(t, Config{Ties: Dense, CountHidden: true})
	if err := other.Restore(good); err != nil || !bytes.Equal(other.Snapshot(), good) {
		t.Errorf("under other ties: %v", err)
	}
}

// seal gives bytes a good checksum.
func seal(snapshot []byte) []byte {
	return binary.LittleEndian.AppendUint32(snapshot, crc32.Checksum(snapshot, castagnoli))
}

// Snapshots with a good checksum that no board has written.
func TestForgedSnapshotsAreRefused(t *testing.T) {
	cfg := Config{Window: Window{Length: 2 * time.Hour, Step: time.Hour}}
	head := func(now int64) []byte {
		s := append([]byte(snapshotMagic), snapshotVersion)
		return binary.AppendVarint(append(appendConfig(s, &cfg), 1), now)
	}
	// Steps kept: now−2 (history), now−1, now, now+1.
	none, five := []byte{0, 0, 0, 0}, []byte{1, 0, 0, 0, 0, 10} // of member 0
	body := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	a := []byte{1, 1, 'a', 0} // one subject, none hidden
	most := []byte{1, 0, 0, 0, 7, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	tests := map[string][]byte{
		"names out of order":          body([]byte{2, 1, 1, 'b', 'a', 0}, none, none, []byte{2, 0, 0, 0, 0, 0, 2, 2}, none),
		"a name twice":                body([]byte{2, 1, 1, 'a', 'a', 0}, none, none, []byte{2, 0, 0, 0, 0, 0, 2, 2}, none),
		"an empty name":               body([]byte{1, 0, 0}, none, none, five, none),
		"a name of broken UTF-8":      body([]byte{1, 1, 0xff, 0}, none, none, five, none),
		"a rune cut in two":           body([]byte{2, 1, 1, 0xc3, 0xa4, 0}, none, none, []byte{2, 0, 0, 0, 0, 0, 2, 2}, none),
		"more names than bytes":       body([]byte{200, 1, 1, 'a'}),
		"more of a name than bytes":   body([]byte{1, 200, 1, 'a'}),
		"a subject without sums":      body(a, none, none, none, none),
		"a sum of zero":               body(a, none, none, []byte{1, 0, 0, 0, 0, 0}, none),
		"a sum of nobody":             body(a, none, none, []byte{1, 0, 0, 0, 1 << 3, 10}, none),
		"two sums of one":             body(a, none, none, []byte{2, 0, 0, 0, 0, 0, 2, 2}, none),
		"a long number":               body(a, none, none, []byte{1, 0, 0, 0, 1, 10, 0}, none),
		"totals beyond int64":         body(a, none, most, most, none),
		"hidden nobody":               body([]byte{1, 1, 'a', 1, 1}, none, none, five, none),
		"one hidden twice":            body([]byte{1, 1, 'a', 2, 0, 0}, none, none, five, none),
		"bytes after its end":         body(a, none, none, five, none, []byte{0}),
		"a step missing":              body(a, none, none, five),
		"half a step missing":         body(a, none, none, five, []byte{0, 0}),
		"a gap beyond all":            body(a, none, none, []byte{1, 0, 0, 0, farGap << 3}, binary.AppendUvarint(nil, math.MaxUint64), []byte{10}, none),
		"a gap that wraps":            body(a, none, none, []byte{1, 0, 0, 0, farGap << 3}, binary.AppendUvarint(nil, 1<<32-farGap), []byte{10}, none),
		"a name beyond the longest":   body(binary.AppendUvarint([]byte{1}, MaxSubject+1), []byte(strings.Repeat("x", MaxSubject+1)), []byte{0}, none, none, five, none),
		"a count beyond what is left": body(a, none, none, []byte{100, 0, 0, 0, 0, 10}, none),
		"a count that wraps":          body(a, none, none, []byte{0xff, 0xff, 0xff, 0xff, 0, 10}, none),
	}
	b, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	good := seal(append(head(490_000), body(a, none, none, five, none)...))
	if err := b.Restore(good); err != nil || b.Len() != 1 || !bytes.Equal(b.Snapshot(), good) {
		t.Fatalf("the good one: %v", err)
	}
	for name, rest := range tests {
		if err := b.Restore(seal(append(head(490_000), rest...))); !errors.Is(err, ErrSnapshot) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, now := range []int64{math.MaxInt64, math.MinInt64, 3_000_000} {
		if err := b.Restore(seal(append(head(now), body([]byte{0, 0}, none, none, none, none)...))); !errors.Is(err, ErrSnapshot) {
			t.Errorf("now at step %d: %v", now, err)
		}
	}
	if b.Len() != 1 || b.Names().Len() != 1 {
		t.Error("the board changed")
	}
}

// Subjects without a total, among many that have one: sums that cancel out, that
// only the history shows, or that are ahead.
func TestSnapshotsHoldWhoHasNoTotal(t *testing.T) {
	b := mustBoard(t, Config{})
	for i := range 400 {
		mustAdd(t, b, subjectName(i), daysAgo(i%30), int64(i+1))
	}
	mustAdd(t, b, "even", epoch, 5)
	mustAdd(t, b, "even", daysAgo(4), -5)
	if err := b.AmendID(b.Names().ID("past"), daysAgo(30), 5); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, b, "ahead", epoch.AddDate(0, 0, 1), 5)
	mustAdd(t, b, "gone", epoch, 5)
	mustAdd(t, b, "gone", epoch, -5)
	again := mustBoard(t, Config{})
	if err := again.Restore(b.Snapshot()); err != nil {
		t.Fatal(err)
	}
	if s := again.Steps("even"); s[29] != 5 || s[25] != -5 {
		t.Errorf("even: %v", s)
	}
	if _, known := again.Names().Lookup("gone"); known {
		t.Error("who has no sums is in the snapshot")
	}
	if v, err := again.AsOf(daysAgo(1)); err != nil {
		t.Error(err)
	} else if s, _ := v.Standing("past"); s.Score != 5 {
		t.Errorf("past: %v", s)
	}
	if err := again.Advance(epoch.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	if s, _ := again.Standing("ahead"); s.Score != 5 {
		t.Errorf("ahead: %v", s)
	}
}

// Restored names lie in blocks of one text, behind which others find their place.
func TestRestoredNamesAreFoundAndGrow(t *testing.T) {
	b := mustBoard(t, Config{})
	names := []string{strings.Repeat("x", MaxSubject), strings.Repeat("y", MaxSubject), "z"}
	for i := range 12_000 {
		names = append(names, subjectName(i))
	}
	for i, s := range names {
		mustAdd(t, b, s, epoch, int64(i+1))
	}
	again := mustBoard(t, Config{})
	if err := again.Restore(b.Snapshot()); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"new", strings.Repeat("n", MaxSubject), "newer"} {
		names = append(names, s)
		mustAdd(t, again, s, epoch, int64(len(names)))
	}
	for i, s := range names {
		id, known := again.Names().Lookup(s)
		if row, ok := again.Standing(s); !known || again.Names().Name(id) != s || !ok || row.Score != int64(i+1) {
			t.Fatalf("%.20q is %v, its name %.20q", s, row, again.Names().Name(id))
		}
	}
	if again.Names().Len() != len(names) {
		t.Errorf("%d names, want %d", again.Names().Len(), len(names))
	}
}

func FuzzRestore(f *testing.F) {
	header := len(snapshotMagic) + 1
	for _, cfg := range []Config{{}, {Ties: FirstReached, Scorer: CapPerStep(40)}, {Window: ThisWeek(nil), History: 3}} {
		s := sample(f, cfg).Snapshot()
		f.Add(s[header : len(s)-4])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		snapshot := seal(append(append([]byte(snapshotMagic), snapshotVersion), body...))
		for _, cfg := range []Config{{Window: Rolling30d}, {Window: Rolling30d, Ties: FirstReached, Scorer: CapPerStep(40)}, {Window: ThisWeek(nil), History: 3}} {
			b, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Restore(snapshot); err != nil {
				if b.Names().Len() != 0 || b.Len() != 0 {
					t.Fatalf("half loaded: %v", err)
				}
				continue
			}
			if !bytes.Equal(b.Snapshot(), snapshot) {
				t.Fatal("what was restored has another snapshot")
			}
			n := 0
			for s := range b.All() {
				if one, ok := b.Standing(s.Subject); !ok || one != s {
					t.Fatalf("All says %v, Standing %v", s, one)
				}
				n++
			}
			if n != b.Len() {
				t.Fatalf("%d rows, Len %d", n, b.Len())
			}
			_, until := b.Window()
			if err := b.Advance(until); err != nil && b.Len() > 0 && until.Year() < 2261 {
				t.Fatal(err)
			}
		}
	})
}

func FuzzParseCursor(f *testing.F) {
	f.Add(cursorOf(&row{score: -5, last: 3, name: "ann"}).String())
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCursor(s); err == nil && c.String() != s {
			t.Fatalf("%q reads as %v, which is written %q", s, c, c.String())
		}
	})
}
