package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/memstore"
)

// Journal is a durable store in one file: every batch is one line of a
// file, and on opening the lines are read back into a memory store. By the law
// of revisions the order and repetition of what is read do not matter, so that
// a journal needs no more than to lose nothing it acknowledged. One process at
// a time may open it.
type Journal struct {
	mem *memstore.Store // what the file says, ready to be asked

	mu     sync.Mutex // writers take turns, so that the file and mem agree
	file   disk
	size   int64 // up to the end of the last whole line
	broken error // why nothing can be written any more
}

// disk is what a journal asks of an *os.File.
type disk interface {
	io.ReadCloser
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Name() string
}

// line is one batch, or one activation.
type line struct {
	Entries    []store.Entry     `json:"entries,omitempty"`
	Activation *store.Activation `json:"activation,omitempty"`
}

// Open opens the journal in a file, or begins one. A last line that was cut
// short by a crash was never acknowledged and is dropped; damage before it
// matches [store.ErrCorrupt].
func Open(path string) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{mem: memstore.New(nil), file: file}
	if err := errors.Join(j.replay(), j.file.Truncate(j.size), syncDir(path)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

// replay reads the lines that are there. Each begins with its checksum.
func (j *Journal) replay() error {
	in := bufio.NewReader(j.file)
	for n := 1; ; n++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // what is left of it has no newline: it is torn
		} else if err != nil {
			return err
		}
		var l line
		body := bytes.TrimSuffix(text, []byte("\n"))
		if len(body) < 9 || fmt.Sprintf("%08x ", crc32.ChecksumIEEE(body[9:])) != string(body[:9]) || json.Unmarshal(body[9:], &l) != nil {
			return fmt.Errorf("%w: %s, line %d, at byte %d", store.ErrCorrupt, j.file.Name(), n, j.size)
		}
		if err := j.apply(&l); err != nil {
			return fmt.Errorf("%w: %s, line %d: %w", store.ErrCorrupt, j.file.Name(), n, err)
		}
		j.size += int64(len(text))
	}
}

func (j *Journal) apply(l *line) (err error) {
	if l.Activation != nil {
		_, err = j.mem.Activate(context.Background(), l.Activation.Seq-1, *l.Activation)
	} else {
		_, err = j.mem.Put(context.Background(), l.Entries)
	}
	return err
}

// append writes a line and waits until the disk has it. If that fails, the
// journal is read-only until it is opened anew: nobody knows what the disk has.
func (j *Journal) append(l line) error {
	if j.broken != nil {
		return j.broken
	}
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	text := fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(body), body)
	if _, err = j.file.WriteAt(text, j.size); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.broken = fmt.Errorf("%w: %s could not be written: %w", store.ErrReadOnly, j.file.Name(), err)
		return fmt.Errorf("%s could not be written: %w", j.file.Name(), err) // this line may be there all the same
	}
	j.size += int64(len(text))
	return nil
}

// Put implements [store.Store]: first the disk, then the memory.
func (j *Journal) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	all, err := j.mem.Activations(ctx)
	if err != nil {
		return nil, err
	}
	if err := store.Overtaken(all, entries); err != nil {
		return nil, err
	}
	if err := j.append(line{Entries: entries}); err != nil {
		return nil, err
	}
	return j.mem.Put(context.WithoutCancel(ctx), entries)
}

// Activate implements [store.Store].
func (j *Journal) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	all, err := j.mem.Activations(ctx)
	if err != nil {
		return a, err
	}
	if expected != int64(len(all)) {
		return a, fmt.Errorf("%w: expected number %d, there are %d", store.ErrStaleActivation, expected, len(all))
	}
	a.Seq = expected + 1
	if err := j.append(line{Activation: &a}); err != nil {
		return a, err
	}
	return j.mem.Activate(context.WithoutCancel(ctx), expected, a)
}

// Get, Scan and Activations implement [store.Store]: memory knows it all.
func (j *Journal) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	return j.mem.Get(ctx, keys)
}

func (j *Journal) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return j.mem.Scan(ctx, q)
}

func (j *Journal) Activations(ctx context.Context) ([]store.Activation, error) {
	return j.mem.Activations(ctx)
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
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
