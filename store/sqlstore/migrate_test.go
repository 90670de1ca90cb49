package sqlstore

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
)

func TestMigrationSQL(t *testing.T) {
	var versions [2]int
	for i, d := range []Dialect{SQLite, PostgreSQL} {
		steps, err := MigrationSQL(d, &Options{Prefix: "acme_"})
		if err != nil || len(steps) == 0 {
			t.Fatal(d, steps, err)
		}
		for n, step := range steps {
			if step.Version != n+1 || step.Name == "" {
				t.Errorf("%s: step %d is %d, %q", d, n+1, step.Version, step.Name)
			}
			if strings.Contains(step.SQL, "{prefix}") || !strings.Contains(step.SQL, "acme_") {
				t.Errorf("%s: step %d lacks its prefix:\n%s", d, n+1, step.SQL)
			}
			if !strings.HasSuffix(step.SQL, ";\n") {
				t.Errorf("%s: step %d does not end a statement", d, n+1)
			}
		}
		versions[i] = len(steps)
	}
	if versions[0] != versions[1] {
		t.Errorf("SQLite is at version %d, PostgreSQL at %d", versions[0], versions[1])
	}
	for _, bad := range []string{"A", "1a", "a-b", "a b", "a;", "ä", strings.Repeat("a", 31)} {
		if _, err := MigrationSQL(SQLite, &Options{Prefix: bad}); err == nil {
			t.Errorf("the prefix %q was taken", bad)
		}
	}
	if _, err := MigrationSQL(Dialect(9), nil); err == nil {
		t.Error("a dialect nobody knows was taken")
	}
}

type stateError string

func (s stateError) Error() string    { return string(s) }
func (s stateError) SQLState() string { return string(s) }

type codeError int

func (c codeError) Error() string { return fmt.Sprint(int(c)) }
func (c codeError) Code() int     { return int(c) }

func TestClassify(t *testing.T) {
	other := errors.New("other")
	for _, c := range []struct{ err, want error }{
		{stateError("25006"), store.ErrReadOnly},
		{stateError("53100"), store.ErrFull},
		{codeError(8), store.ErrReadOnly},
		{codeError(8 | 3<<8), store.ErrReadOnly}, // an extended code
		{codeError(13), store.ErrFull},
		{fmt.Errorf("wrapped: %w", codeError(13)), store.ErrFull},
		{other, other},
	} {
		got := classify(c.err)
		if !errors.Is(got, c.want) || !errors.Is(got, c.err) {
			t.Errorf("%v became %v, want it to match %v", c.err, got, c.want)
		}
	}
	for _, err := range []error{nil, other, stateError("40001"), codeError(5)} {
		if got := classify(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}
