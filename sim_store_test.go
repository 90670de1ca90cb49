package tokenomics_test

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"

	"github.com/tokenomics-go/tokenomics/store"
)

// faulty is a store whose k-th call from now fails: before it has any effect, or
// after it had all of it and the answer is lost. What is read breaks off.
type faulty struct {
	store.Store
	r     *rand.Rand
	left  int // calls until one fails; 0: none does
	after bool
}

func (f *faulty) Unwrap() store.Store { return f.Store }

func (f *faulty) arm(r *rand.Rand) { f.left, f.after = 1+r.IntN(5), r.IntN(2) == 0 }

func (f *faulty) fails() bool {
	f.left--
	return f.left == 0
}

func faulted[T any](f *faulty, call func() (T, error)) (T, error) {
	var zero T
	if !f.fails() {
		return call()
	}
	if f.after {
		_, err := call()
		return zero, errors.Join(errDisk, err)
	}
	return zero, errDisk
}

func faultedSeq[T any](f *faulty, all iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		left := -1
		if f.fails() {
			left = f.r.IntN(4)
		}
		for v, err := range all {
			if left == 0 {
				break
			}
			left--
			if !yield(v, err) {
				return
			}
		}
		if left >= 0 {
			var zero T
			yield(zero, errDisk)
		}
	}
}

func (f *faulty) Put(ctx context.Context, es []store.Entry) ([]store.Change, error) {
	return faulted(f, func() ([]store.Change, error) { return f.Store.Put(ctx, es) })
}

func (f *faulty) Exchange(ctx context.Context, known *store.Event, e store.Entry) (store.Change, error) {
	ex, _ := store.As[store.Exchanger](f.Store)
	return faulted(f, func() (store.Change, error) { return ex.Exchange(ctx, known, e) })
}

func (f *faulty) Get(ctx context.Context, keys []store.Key) ([]store.Entry, error) {
	return faulted(f, func() ([]store.Entry, error) { return f.Store.Get(ctx, keys) })
}

func (f *faulty) Scan(ctx context.Context, q store.Query) iter.Seq2[store.Entry, error] {
	return faultedSeq(f, f.Store.Scan(ctx, q))
}

func (f *faulty) Activate(ctx context.Context, expected int64, a store.Activation) (store.Activation, error) {
	return faulted(f, func() (store.Activation, error) { return f.Store.Activate(ctx, expected, a) })
}

func (f *faulty) Activations(ctx context.Context) ([]store.Activation, error) {
	return faulted(f, func() ([]store.Activation, error) { return f.Store.Activations(ctx) })
}

// faultyFeed is faulty over a journal.
type faultyFeed struct {
	*faulty
	j *journal
}

func (f *faultyFeed) Head(ctx context.Context) (int64, error) {
	return faulted(f.faulty, func() (int64, error) { return f.j.Head(ctx) })
}

func (f *faultyFeed) Follow(ctx context.Context, after int64) iter.Seq2[store.Move, error] {
	return faultedSeq(f.faulty, f.j.Follow(ctx, after))
}

func (f *faultyFeed) ScanAt(ctx context.Context, q store.Query, head *int64) iter.Seq2[store.Entry, error] {
	return faultedSeq(f.faulty, f.j.ScanAt(ctx, q, head))
}

func (f *faultyFeed) SaveCheckpoint(ctx context.Context, name string, head int64, data []byte) error {
	_, err := faulted(f.faulty, func() (any, error) { return nil, f.j.SaveCheckpoint(ctx, name, head, data) })
	return err
}

func (f *faultyFeed) LoadCheckpoint(ctx context.Context, name string) (int64, []byte, error) {
	if f.fails() {
		return 0, nil, errDisk
	}
	return f.j.LoadCheckpoint(ctx, name)
}
