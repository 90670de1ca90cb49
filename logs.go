package tokenomics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// DefaultWarnAge is how old the price book may be before the logger is told.
const DefaultWarnAge = 90 * 24 * time.Hour

// newLogger makes a logger of the host's discreet. A nil one hears nothing.
func newLogger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(discreet{l.Handler()})
}

// discreet passes errors on by their kind alone: their texts may name subjects,
// and keys by which these can be found. A handler that panics has not heard; there is
// nobody left to tell.
type discreet struct{ to slog.Handler }

func (d discreet) Enabled(ctx context.Context, l slog.Level) (on bool) {
	defer func() { _ = recover() }()
	return d.to.Enabled(ctx, l)
}

func (d discreet) Handle(ctx context.Context, r slog.Record) error {
	defer func() { _ = recover() }()
	c := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		c.AddAttrs(byKind(a))
		return true
	})
	return d.to.Handle(ctx, c)
}

func (d discreet) WithAttrs(attrs []slog.Attr) slog.Handler {
	kinds := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		kinds[i] = byKind(a)
	}
	return discreet{d.to.WithAttrs(kinds)}
}

func (d discreet) WithGroup(name string) slog.Handler { return discreet{d.to.WithGroup(name)} }

func byKind(a slog.Attr) slog.Attr {
	if err, ok := a.Value.Any().(error); ok && a.Value.Kind() == slog.KindAny {
		a.Value = slog.StringValue(kindOf(err))
	}
	return a
}

// kinds are the errors whose texts are known to name nobody.
var kinds = [...]error{
	ErrConfig, ErrBookMissing, ErrCallback, ErrClosed, ErrDropped, ErrTooManySegments,
	store.ErrInvalid, store.ErrCorrupt, store.ErrNewerFormat, store.ErrFull, store.ErrClosed, store.ErrReadOnly,
	store.ErrStaleActivation, store.ErrForgotten, store.ErrCompacted, store.ErrAliasCycle, store.ErrNotFound,
	rank.ErrOverflow, rank.ErrFull, rank.ErrInvalidSubject,
	context.Canceled, context.DeadlineExceeded, errors.ErrUnsupported,
}

// kindOf returns the kind of an error: the texts of the errors of this library it
// matches, or else the Go type of its cause.
func kindOf(err error) string {
	for _, k := range kinds {
		if errors.Is(err, k) {
			return k.Error()
		}
	}
	for {
		if next := errors.Unwrap(err); next != nil {
			err = next
			continue
		}
		var several interface{ Unwrap() []error }
		if !errors.As(err, &several) || len(several.Unwrap()) == 0 {
			return fmt.Sprintf("%T", err)
		}
		err = several.Unwrap()[0]
	}
}

// bookAge returns how old the book of an instant is: how long ago the newest of
// its sheets was true. It is negative if there is no date to tell by.
func (e *Engine) bookAge(now time.Time) time.Duration {
	book := e.Book(now)
	if book == nil || book.AsOf().IsZero() {
		return -1
	}
	return max(0, now.Sub(book.AsOf()))
}

// usedSheets are the names of the price sheets that priced what this engine was
// given, as far as it noted them: when it met a model.
type usedSheets struct{ names sync.Map }

func (u *usedSheets) note(c *pricing.Cost) {
	for line := range c.Lines() {
		u.names.Store(line.Sheet, nil)
		return
	}
}

func (u *usedSheets) has(name string) bool {
	_, ok := u.names.Load(name)
	return ok
}

// warnOfOldPrices tells the logger, once a day, which sheets of the price book are
// old and in use; that the book is old, if all of it is. No lock is held.
func (e *Engine) warnOfOldPrices(now time.Time) {
	day := now.Unix() / (24 * 60 * 60)
	if e.warnAge < 0 || e.warned.Load() == day {
		return
	}
	const remedy = ": costs may be those of yesterday's prices; update this library, or give Config.Book newer sheets"
	age := e.bookAge(now)
	if age < 0 {
		return // no sheet has a date
	}
	book := e.Book(now)
	var old []pricing.SheetInfo
	for s := range book.Sheets() {
		if !s.AsOf.IsZero() && now.Sub(s.AsOf) > e.warnAge && e.sheets.has(s.Name) {
			old = append(old, s)
		}
	}
	if age <= e.warnAge && old == nil || e.warned.Swap(day) == day {
		return
	}
	if age > e.warnAge {
		e.log.Warn("tokenomics: the price book is old"+remedy, "book", book.Version(), "days", int(age.Hours()/24))
	}
	for _, s := range old {
		e.log.Warn("tokenomics: a price sheet in use is old"+remedy, "book", book.Version(), "sheet", s.Name, "days", int(now.Sub(s.AsOf).Hours()/24))
	}
}
