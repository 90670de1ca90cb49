package tokenomics

import (
	"sync"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
)

// newcomers are the subjects that batches bring which are being recorded, with
// Config.MaxSubjects: those that several bring at once must not pass the cap together.
type newcomers struct {
	mu      sync.Mutex
	batches map[string]int // that bring the subject

	// How many of them have no handle in names, as it was when names had so many. It is
	// counted anew only after something changed: a flood must not look through all of
	// them each time.
	names   *rank.Names
	named   int
	unnamed int
}

// admit notes a new subject if there is room for it.
func (c *newcomers) admit(who string, names *rank.Names, most int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.batches[who] == 0 {
		if names.Len()+len(c.batches) >= most {
			if c.count(names); c.named+c.unnamed >= most {
				return false
			}
		}
		c.unnamed++
	}
	if c.batches == nil {
		c.batches = map[string]int{}
	}
	c.batches[who]++
	return true
}

// count brings the counts up to names, where these are others than they were.
func (c *newcomers) count(names *rank.Names) {
	n := names.Len()
	if c.names == names && c.named == n {
		return
	}
	c.names, c.named, c.unnamed = names, n, 0
	for who := range c.batches {
		if _, known := names.Lookup(who); !known {
			c.unnamed++
		}
	}
}

// leave forgets what a batch brought: it has handles by now, or will have none.
func (c *newcomers) leave(admitted map[string]bool) {
	if len(admitted) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for who, fits := range admitted {
		if !fits {
			continue
		}
		if c.batches[who]--; c.batches[who] == 0 {
			delete(c.batches, who)
			c.names = nil // to be counted anew
		}
	}
}

// stranger reports whether an event is of a subject that is one too many. Those
// that still have room are noted, and so are those that have not.
func (e *Engine) stranger(b *batch, entry *store.Entry) bool {
	who := e.aliases.Load().resolve(entry.Subject)
	if b.names == nil {
		e.mu.RLock()
		b.names = e.names
		e.mu.RUnlock()
	}
	if _, known := b.names.Lookup(who); known || who == "" || b.anyTime {
		return false
	}
	fits, met := b.newcomers[who]
	if !met {
		if b.newcomers == nil {
			b.newcomers = map[string]bool{}
		}
		fits = e.newcomers.admit(who, b.names, e.maxSubjects)
		b.newcomers[who] = fits
	}
	return !fits
}
