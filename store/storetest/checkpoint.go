package storetest

import (
	"bytes"
	"context"
	"errors"

	"github.com/tokenomics-go/tokenomics/store"
)

const whereCheckpoint = "store.Checkpointer"

func checkpointRules() []rule {
	return []rule{
		{"checkpoints", "a checkpoint comes back byte for byte with its position; an unknown name is ErrNotFound", whereCheckpoint, testCheckpoints},
		{"checkpoint-order", "a checkpoint is replaced by one of the same or a greater head only", whereCheckpoint, testCheckpointOrder},
	}
}

func (s *suite) checkpoint(c store.Checkpointer, name string, head int64, want []byte) {
	s.Helper()
	got, data, err := c.LoadCheckpoint(context.Background(), name)
	if err != nil {
		s.broken("LoadCheckpoint(%q) failed: %v", name, err)
	}
	if got != head || !bytes.Equal(data, want) {
		s.broken("checkpoint %q has %d bytes for head %d, want %d for %d; equal bytes: %t", name, len(data), got, len(want), head, bytes.Equal(data, want))
	}
}

func (s *suite) saveCheckpoint(c store.Checkpointer, name string, head int64, data []byte) {
	s.Helper()
	if err := c.SaveCheckpoint(context.Background(), name, head, data); err != nil {
		s.broken("SaveCheckpoint(%q) of %d bytes failed: %v", name, len(data), err)
	}
}

func testCheckpoints(s *suite) {
	st := s.fresh()
	c := as[store.Checkpointer](s, st)
	if _, _, err := c.LoadCheckpoint(context.Background(), "a"); !errors.Is(err, store.ErrNotFound) {
		s.broken("LoadCheckpoint of an unknown name: error %v, want one that matches ErrNotFound", err)
	}
	blobs := map[string][]byte{"a": {}, "A": {0}, "a ": make([]byte, 1<<20), "ä": make([]byte, 2<<20+77)}
	for name, b := range blobs {
		for i := range b {
			b[i] = byte(s.rand.Uint32())
		}
		given := bytes.Clone(b)
		s.saveCheckpoint(c, name, int64(len(b)), given)
		clear(given)
	}
	s.saveCheckpoint(c, "a", 5, []byte("more"))
	blobs["a"] = []byte("more")
	if s.caps.Reopen != nil {
		st = s.caps.Reopen(s.TB, st)
		c = as[store.Checkpointer](s, st)
	}
	for name, b := range blobs {
		head := int64(len(b))
		if name == "a" {
			head = 5
		}
		s.checkpoint(c, name, head, b)
	}
	s.same("Scan", s.scan(st, store.Query{}), nil)
}

func testCheckpointOrder(s *suite) {
	st := s.fresh()
	c := as[store.Checkpointer](s, st)
	s.saveCheckpoint(c, "a", 5, bytes.Repeat([]byte("five"), 1<<19))
	s.saveCheckpoint(c, "a", 4, []byte("four"))
	s.checkpoint(c, "a", 5, bytes.Repeat([]byte("five"), 1<<19))
	s.saveCheckpoint(c, "a", 5, []byte("five again"))
	s.checkpoint(c, "a", 5, []byte("five again"))
	s.saveCheckpoint(c, "a", 6, []byte("six"))
	s.checkpoint(c, "a", 6, []byte("six"))
}
