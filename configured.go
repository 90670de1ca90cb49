package tokenomics

import (
	"time"

	"github.com/tokenomics-go/tokenomics/tiers"
)

// Now returns the time by the engine's clock, in UTC: pages and reports that
// stand beside a board go by the same.
func (e *Engine) Now() time.Time { return e.now().UTC() }

// Ladder returns the ladder that gives tiers. Its rungs are not to be modified.
func (e *Engine) Ladder() tiers.Ladder { return e.ladder }

// Titles returns the rules that profiles are judged by. The set is immutable.
func (e *Engine) Titles() *tiers.Set { return e.titles }
