package tokenomics

import (
	"maps"
	"slices"
	"time"

	"github.com/tokenomics-go/tokenomics/tiers"
)

// Now returns the time by the engine's clock, in UTC: pages and reports that
// stand beside a board go by the same.
func (e *Engine) Now() time.Time { return e.now().UTC() }

// Ladder returns the ladder that gives tiers. Its rungs are not to be modified.
func (e *Engine) Ladder() tiers.Ladder { return e.ladder }

// Titles returns the rules about subjects, which profiles are judged by. The set
// is immutable.
func (e *Engine) Titles() *tiers.Set { return e.titles }

// Faults returns what kept rules from being decided, or announcements from being
// told, since the engine was made: functions of the host that panicked, boards
// that rules ask for and that there are not. There is one for each rule, board or
// function, the latest, in the order of their names.
func (e *Engine) Faults() []error {
	var out []error
	for _, f := range e.scopes {
		f.work.Lock()
		for _, name := range slices.Sorted(maps.Keys(f.faults)) {
			out = append(out, f.faults[name])
		}
		f.work.Unlock()
	}
	e.announcer.mu.Lock()
	defer e.announcer.mu.Unlock()
	if e.announcer.err != nil {
		out = append(out, e.announcer.err)
	}
	return out
}
