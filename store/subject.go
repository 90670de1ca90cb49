package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Eraser forgets people and keeps what they add up to.
type Eraser interface {
	// Forget swaps a subject for a random token in every version the store
	// keeps, in its feed too, and takes Session, Labels and Account out of
	// them; Team and Workflow name groups and stay, and so do all counts and
	// costs: totals do not change. The keys of these events become keyed
	// hashes, and checkpoints are deleted. Aliases of and to the subject are
	// deleted. Afterwards no byte of it is in the store, or will be once the
	// database has reused or vacuumed the space.
	//
	// The store remembers a keyed hash of the subject. Put refuses what comes
	// later of it, and any later version of a forgotten event, whoever its
	// subject: status [Refused], an error that matches [ErrForgotten]. So
	// repeats are counted no second time, and a forgotten event is never
	// corrected. The key of the hashes lies in the ledger: whoever reads the
	// ledger can test whether a name they guess was forgotten.
	//
	// Forgetting a subject of which nothing is known is no error: its later
	// events are refused. Forgetting it again returns the token of the first
	// time, and has no other effect.
	Forget(ctx context.Context, subject string) (Erased, error)
}

// ForgottenPrefix begins every token that stands for a forgotten subject: an
// engine shows none of them.
const ForgottenPrefix = "forgotten-"

// Erased says what [Eraser.Forget] did.
type Erased struct {
	Token  string // the subject's events are of this subject now; it begins with ForgottenPrefix
	Events int64  // how many keys counted for the subject, voids included
}

// Alias is the fact that a subject is to be counted as another: two addresses
// of one person. The ledger keeps the subject of each event as it came;
// readers resolve.
type Alias struct {
	Subject  string
	As       string // empty: as itself, which takes an alias back
	Revision int64  // of the facts about one subject the one with the greatest counts, then the one with the greater As
}

// Renamer keeps aliases.
type Renamer interface {
	// Rename offers a fact. A lesser one than the store has is no error and has
	// no effect. One that would close a circle matches [ErrAliasCycle], an
	// invalid one [ErrInvalid], one about a forgotten subject [ErrForgotten].
	Rename(ctx context.Context, a Alias) error

	// Aliases returns the facts that count, those that take an alias back
	// included, by Subject.
	Aliases(ctx context.Context) ([]Alias, error)
}

// CompareAlias orders two facts about one subject.
func CompareAlias(a, b Alias) int {
	return cmp.Or(cmp.Compare(a.Revision, b.Revision), cmp.Compare(a.As, b.As))
}

// JudgeAlias says whether a fact counts where the given ones, sorted by
// Subject, count now: for stores to call in Rename.
func JudgeAlias(all []Alias, a Alias) (counts bool, err error) {
	switch why := badText(a.Subject); {
	case a.Subject == "" || why != "":
		return false, fmt.Errorf("%w: alias: subject %q %s", ErrInvalid, a.Subject, cmp.Or(why, "is empty"))
	case badText(a.As) != "":
		return false, fmt.Errorf("%w: alias of %q: as %s", ErrInvalid, a.Subject, badText(a.As))
	case a.Revision < 0:
		return false, fmt.Errorf("%w: alias of %q: revision is %d, want 0 or more", ErrInvalid, a.Subject, a.Revision)
	}
	if i, ok := findAlias(all, a.Subject); ok && CompareAlias(a, all[i]) <= 0 {
		return false, nil
	}
	for as := a.As; as != ""; {
		if as == a.Subject {
			return false, fmt.Errorf("%w: %q as %q", ErrAliasCycle, a.Subject, a.As)
		}
		i, ok := findAlias(all, as)
		if !ok {
			break
		}
		as = all[i].As
	}
	return true, nil
}

// SetAlias puts a fact that counts into a list sorted by Subject.
func SetAlias(all []Alias, a Alias) []Alias {
	i, ok := findAlias(all, a.Subject)
	if ok {
		all[i] = a
		return all
	}
	return slices.Insert(all, i, a)
}

// Resolve returns as whom a subject is counted, by aliases sorted by Subject.
func Resolve(all []Alias, subject string) string {
	for range all { // no chain is longer, whatever a store returns
		i, ok := findAlias(all, subject)
		if !ok || all[i].As == "" {
			break
		}
		subject = all[i].As
	}
	return subject
}

func findAlias(all []Alias, subject string) (int, bool) {
	return slices.BinarySearchFunc(all, subject, func(a Alias, s string) int { return cmp.Compare(a.Subject, s) })
}
