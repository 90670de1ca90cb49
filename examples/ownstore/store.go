package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// Journal is a durable store in one file: what it is asked to keep is a line of
// the file before a memory store is told of it, which judges and answers. Opening
// it tells a memory store of the same lines again, so that it judges the same.
// One process at a time may open it.
type Journal struct {
	store.Store            // what the file says
	mu          sync.Mutex // writers take turns, so that the two agree
	file        disk
	broken      error // why nothing can be written any more
}

type disk interface { // an *os.File
	io.WriteCloser
	Sync() error
}

// line is a batch, or an activation.
type line struct {
	Entries    []store.Entry     `json:"entries,omitempty"`
	Activation *store.Activation `json:"activation,omitempty"`
	changes    []store.Change    // what the memory said
}

// Open opens the journal in a file, or begins one. A last line that was cut
// short by a crash was never acknowledged and is dropped; damage matches
// [store.ErrCorrupt], and the file is left as it is.
func Open(path string) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{Store: memstore.New(nil), file: file}
	if err = j.replay(file); err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

// replay tells the memory of the lines that are there, and cuts off a torn one.
func (j *Journal) replay(file *os.File) error {
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	at := 0
	for text := range bytes.Lines(data[:whole]) {
		var l line
		head, body, _ := bytes.Cut(text, []byte(" "))
		if string(head) != sum(body) || json.Unmarshal(body, &l) != nil {
			return fmt.Errorf("%w: %s, at byte %d", store.ErrCorrupt, file.Name(), at)
		}
		at += len(text)
		_ = j.tell(&l) // what was refused then is refused now
	}
	return file.Truncate(int64(whole))
}

// sum is the checksum that a line begins with.
func sum(body []byte) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(body)) }

// tell tells the memory of a line.
func (j *Journal) tell(l *line) (err error) {
	if l.Activation != nil {
		*l.Activation, err = j.Store.Activate(context.Background(), l.Activation.Seq-1, *l.Activation)
	} else {
		l.changes, err = j.Store.Put(context.Background(), l.Entries)
	}
	return err
}

// keep writes a line, waits until the disk has it, and then tells the memory. If
// the disk fails, the journal is read-only until it is opened anew: nobody knows
// what the disk has.
func (j *Journal) keep(ctx context.Context, l *line) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	body, err := json.Marshal(l)
	if err = cmp.Or(ctx.Err(), j.broken, err); err != nil {
		return err
	}
	body = append(body, '\n')
	if _, err = fmt.Fprintf(j.file, "%s %s", sum(body), body); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.broken = fmt.Errorf("%w: an earlier write failed: %w", store.ErrReadOnly, err)
		return err // the line may be there all the same
	}
	return j.tell(l)
}

// Put implements [store.Store].
func (j *Journal) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	l := line{Entries: entries}
	err := j.keep(ctx, &l)
	return l.changes, err
}

// Activate implements [store.Store].
func (j *Journal) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	a.Seq = expected + 1
	err := j.keep(ctx, &line{Activation: &a})
	return a, err
}

// Durable implements [store.Durable].
func (j *Journal) Durable() bool { return true }

// Close closes the file. Nothing is lost by not calling it.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broken = store.ErrClosed
	return j.file.Close()
}

// syncDir makes sure that the disk knows the file's name.
func syncDir(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
