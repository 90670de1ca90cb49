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
}

// admit notes a new subject if there is room for it.
func (c *newcomers) admit(who string, names *rank.Names, most int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.batches[who] == 0 && names.Len()+len(c.batches) >= most && names.Len()+c.unnamed(names) >= most {
		return false
	}
	if c.batches == nil {
		c.batches = map[string]int{}
	}
	c.batches[who]++
	return true
}

// unnamed counts those that have no handle yet.
func (c *newcomers) unnamed(names *rank.Names) (n int) {
	for who := range c.batches {
		if _, known := names.Lookup(who); !known {
			n++
		}
	}
	return n
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
