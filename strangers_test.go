package tokenomics_test

import (
	"context"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// meanwhile does something while the first batch is with the store.
type meanwhile struct {
	*memstore.Store
	do func()
}

func (m *meanwhile) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return m.Store.Put(ctx, entries)
}

// Two batches at once, each with room for its own subject, do not pass the cap together;
// and of the same subject both find room.
func TestCapOfBatchesAtOnce(t *testing.T) {
	for _, other := range []struct {
		subject string
		want    tokenomics.Status
	}{{"bob", tokenomics.Refused}, {"ann", tokenomics.Accepted}} {
		st := &meanwhile{Store: memstore.New(nil)}
		eng := newEngine(t, tokenomics.Config{Store: st, MaxSubjects: 1})
		st.do = func() {
			r := record(t, eng, call("2", other.subject, testNow))
			if r[0].Status != other.want || (r[0].Err != nil) != errors.Is(r[0].Err, tokenomics.ErrTooManySubjects) {
				t.Errorf("%s meanwhile: %+v", other.subject, r[0])
			}
		}
		if r := record(t, eng, call("1", "ann", testNow)); r[0].Status != tokenomics.Accepted {
			t.Errorf("%+v", r[0])
		}
		if s := eng.Stats(); s.Subjects != 1 {
			t.Errorf("with %s: %d subjects", other.subject, s.Subjects)
		}
	}
}

// A batch that passes the cap on its way is taken up to it. Were the newcomers looked
// through for each that is refused, this would take minutes.
func TestCapWithinABatch(t *testing.T) {
	const room, invented = 50_000, 200_000
	eng := newEngine(t, tokenomics.Config{MaxSubjects: room})
	flood := make([]tokenomics.Event, invented)
	for i := range flood {
		flood[i] = call(strconv.Itoa(i), strconv.Itoa(i), testNow)
	}
	for i, r := range record(t, eng, flood...) {
		if want := i < room; (r.Status == tokenomics.Accepted) != want || (r.Status == tokenomics.Refused) == want {
			t.Fatalf("event %d: %+v", i, r)
		}
	}
	if s := eng.Stats(); s.Subjects != room {
		t.Errorf("%d subjects", s.Subjects)
	}
}

// What a batch did not bring after all leaves its room to others.
func TestCapAfterAFailure(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	st := &meanwhile{Store: memstore.New(nil), do: cancel}
	eng := newEngine(t, tokenomics.Config{Store: st, MaxSubjects: 1})
	if _, err := eng.Record(ctx, call("1", "ann", testNow)); err == nil {
		t.Fatal("recorded with a context that is done")
	}
	if r := record(t, eng, call("2", "bob", testNow)); r[0].Status != tokenomics.Accepted {
		t.Errorf("%+v", r[0])
	}
}

// The least score there is can be taken back, although its negative does not exist.
func TestLeastScoreTakenBack(t *testing.T) {
	eng := newEngine(t, tokenomics.Config{Boards: []tokenomics.Board{{Name: "least", Score: func(*tokenomics.Event) int64 { return math.MinInt64 }}}})
	e := call("1", "ann", testNow)
	record(t, eng, e)
	e.Void = true
	record(t, eng, e)
	if top, err := eng.Top("least", 1); err != nil || len(top) != 0 {
		t.Errorf("%v, %v", top, err)
	}
}
