package main

import (
	"bytes"
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

// Journal is a durable store in one file: every batch is one line of it, and on
// opening the lines are read back into a memory store, which answers all that
// is asked. By the law of revisions the order and repetition of what is read do
// not matter, so a journal needs no more than to lose nothing it acknowledged.
// One process at a time may open it.
type Journal struct {
	store.Store            // what the file says
	mu          sync.Mutex // writers take turns, so that the two agree
	file        disk
	broken      error // why nothing can be written any more
}

// disk is what a journal asks of an *os.File.
type disk interface {
	io.WriteCloser
	Sync() error
}

// line is one batch, or one activation.
type line struct {
	Entries    []store.Entry     `json:"entries,omitempty"`
	Activation *store.Activation `json:"activation,omitempty"`
}

// Open opens the journal in a file, or begins one. A last line that was cut
// short by a crash was never acknowledged and is dropped; damage before it
// matches [store.ErrCorrupt], and the file is left as it is.
func Open(path string) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{Store: memstore.New(nil), file: file}
	whole, err := j.replay(file)
	if err == nil {
		err = errors.Join(file.Truncate(whole), syncDir(filepath.Dir(path)))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

// replay reads the lines that are there, each of which begins with its
// checksum, and returns where the last whole one ends.
func (j *Journal) replay(file *os.File) (whole int64, err error) {
	data, err := io.ReadAll(file)
	for text := range bytes.Lines(data) {
		body, ended := bytes.CutSuffix(text, []byte("\n"))
		if !ended {
			break // it is torn
		}
		var l line
		if len(body) < 9 || sum(body[9:]) != string(body[:9]) || json.Unmarshal(body[9:], &l) != nil {
			return whole, fmt.Errorf("%w: %s, at byte %d", store.ErrCorrupt, file.Name(), whole)
		}
		if l.Activation != nil {
			_, err = j.Store.Activate(context.Background(), l.Activation.Seq-1, *l.Activation)
		} else {
			_, err = j.Store.Put(context.Background(), l.Entries)
		}
		if err != nil {
			return whole, fmt.Errorf("%w: %s, at byte %d: %w", store.ErrCorrupt, file.Name(), whole, err)
		}
		whole += int64(len(text))
	}
	return whole, err
}

func sum(body []byte) string { return fmt.Sprintf("%08x ", crc32.ChecksumIEEE(body)) }

// append writes a line and waits until the disk has it. If that fails, the
// journal is read-only until it is opened anew: nobody knows what the disk has.
func (j *Journal) append(l line) error {
	body, err := json.Marshal(l)
	if err = errors.Join(err, j.broken); err != nil {
		return err
	}
	if _, err = j.file.Write([]byte(sum(body) + string(body) + "\n")); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.broken = fmt.Errorf("%w: an earlier write failed: %w", store.ErrReadOnly, err)
	}
	return err // the line may be there all the same
}

// Put implements [store.Store]: first the disk, then the memory.
func (j *Journal) Put(ctx context.Context, entries []store.Entry) ([]store.Change, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	all, err := j.Activations(ctx)
	if err == nil {
		err = store.Overtaken(all, entries)
	}
	if err == nil {
		err = j.append(line{Entries: entries})
	}
	if err != nil {
		return nil, err
	}
	return j.Store.Put(context.WithoutCancel(ctx), entries)
}

// Activate implements [store.Store].
func (j *Journal) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	all, err := j.Activations(ctx)
	if err == nil && expected != int64(len(all)) {
		err = fmt.Errorf("%w: expected number %d, there are %d", store.ErrStaleActivation, expected, len(all))
	}
	a.Seq = expected + 1
	if err == nil {
		err = j.append(line{Activation: &a})
	}
	if err != nil {
		return a, err
	}
	return j.Store.Activate(context.WithoutCancel(ctx), expected, a)
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
