package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

// sqlitePragmas: another process that writes is waited for, and a commit is on
// the disk before it is acknowledged.
const sqlitePragmas = "&_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)"

// openFile opens a ledger in a file of SQLite, with parameters of its URI.
func openFile(ctx context.Context, file, parameters string, migrate bool) (store.Store, func() error, error) {
	path, err := filepath.Abs(file) // a relative one has no form in a URI on Windows
	if err != nil {
		return nil, nil, err
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	uri := url.URL{Scheme: "file", Path: path, RawQuery: parameters + sqlitePragmas}
	return connect(ctx, "sqlite", uri.String(), sqlstore.SQLite, migrate)
}

// readFile opens a file without changing it. A reader tells writers that it is
// there in a file beside it; where that cannot be made, as on a read-only
// medium, the file is read as it is, and closing it fails if somebody wrote to
// it meanwhile, since what was read may then be of two states.
func readFile(ctx context.Context, file string) (store.Store, func() error, error) {
	st, closeStore, err := openFile(ctx, file, "mode=ro", false)
	if err == nil || !unwritable(err) {
		return st, closeStore, err
	}
	before, ok := stateOf(file)
	if !ok || before.log > 0 { // part of the ledger is in the log, and only in it
		return nil, nil, err
	}
	st, closeStore, again := openFile(ctx, file, "immutable=1", false)
	if again != nil {
		return nil, nil, err
	}
	return st, func() error {
		err := closeStore()
		if after, _ := stateOf(file); after != before {
			err = errors.Join(err, fmt.Errorf("%s was written to while it was read; ask again", file))
		}
		return err
	}, nil
}

// unwritable reports whether SQLite could not make a file, or not write to it.
func unwritable(err error) bool {
	const readOnly, cannotOpen = 8, 14
	var result interface{ Code() int }
	return errors.As(err, &result) && (result.Code()&0xff == readOnly || result.Code()&0xff == cannotOpen)
}

// fileState tells whether a file was written to.
type fileState struct {
	size, log int64 // log: what is not yet in the file
	modified  time.Time
}

func stateOf(file string) (s fileState, ok bool) {
	info, err := os.Stat(file)
	if err != nil {
		return s, false
	}
	s.size, s.modified = info.Size(), info.ModTime()
	if log, err := os.Stat(file + "-wal"); err == nil {
		s.log = log.Size()
	}
	return s, info.Mode().IsRegular()
}
