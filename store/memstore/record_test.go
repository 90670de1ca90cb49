package memstore

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/usage"
)

// FuzzRecord puts any entry and takes it out again, with another of the same
// key pressed against it in the block.
func FuzzRecord(f *testing.F) {
	f.Add("anthropic", "msg_1", "ada", "label", int64(3), int64(1782907200e9), int64(5), uint64(7), uint32(0b1010101), uint8(0xff))
	f.Add("", "", "", "", int64(math.MaxInt64), int64(1), int64(-1), uint64(math.MaxUint64), uint32(math.MaxUint32), uint8(0))
	f.Fuzz(func(t *testing.T, source, id, text, label string, n, at, hi int64, lo uint64, meters uint32, small uint8) {
		e := store.Entry{
			Event: store.Event{
				Source: source, ID: id, Revision: n, Void: small&1 != 0, Subject: text,
				Call:    pricing.Call{Provider: label, Model: text, Account: source, At: time.Unix(0, at).UTC(), Tier: id, Speed: label, Region: text},
				Session: label, Workflow: text, Team: id,
				Actor: store.Actor(small), Trust: store.Trust(small >> 6), Flags: store.Flags(small),
			},
			Cost: pricing.FromPico(hi, lo), High: pricing.FromPico(hi>>(small&63), lo), Status: pricing.Status(small % 3), Activation: n,
		}
		for m := range usage.NumMeters {
			if meters&(1<<m) != 0 {
				e.Usage.Set(usage.Meter(m), n>>m)
			}
		}
		if small&2 != 0 {
			e.Labels = store.Labels{{Key: label, Value: text}, {Key: text}}
		}
		if small&4 != 0 {
			m := pricing.FromPico(hi, lo+1)
			e.ReportedCost = &m
		}
		if at == 0 || fits(&e.Event) != nil {
			return
		}
		s := New(nil)
		other := e
		other.Revision, other.ID = 0, id+"'"
		if _, err := s.Put(t.Context(), []store.Entry{e, other, e}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(t.Context(), []store.Key{e.Key()})
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], e) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, got, e)
		}
		audit(t, s)
	})
}

// TestSizes pins what a typical record takes, so that nobody makes it longer
// without noticing.
func TestSizes(t *testing.T) {
	s, w := New(nil), newWork()
	if _, err := s.Put(t.Context(), w.next()); err != nil {
		t.Fatal(err)
	}
	if perRecord := s.arena.blocks[1].used / 256; perRecord > 68 {
		t.Errorf("a record of a short id and four meters takes %d bytes, want at most 68", perRecord)
	}
}

// TestTextsAreOwned puts an event whose texts are pieces of a large buffer: the
// store must not keep the buffer.
func TestTextsAreOwned(t *testing.T) {
	e := store.Entry{Event: store.Event{Source: "s", Call: pricing.Call{Model: "m", At: day0}}}
	s := New(nil)
	before := heap()
	for range 64 {
		e.ID += "1"
		e.Subject = (string(make([]byte, 1<<20)) + e.ID)[1<<20:]
		if _, err := s.Put(t.Context(), []store.Entry{e}); err != nil {
			t.Fatal(err)
		}
	}
	if grown := heap() - before; grown > 8<<20 {
		t.Errorf("64 subjects of a few bytes hold %d MiB", grown>>20)
	}
	if s.Len() != 64 {
		t.Fatal(s.Len())
	}
}
