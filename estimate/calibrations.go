package estimate

import "sync"

// Calibrations keeps a [Calibration] for each model and kind of text. The zero
// value has learned nothing. It is safe for concurrent use.
type Calibrations struct {
	mu  sync.Mutex
	all map[calibrationKey]Calibration
}

type calibrationKey struct {
	model string
	kind  Text
}

// maxCalibrations is how many models and kinds are kept; more are not learned.
const maxCalibrations = 10_000

// Observe adds one call of a model: the kind of text, see [KindOf], what was
// estimated for it, and what the provider metered.
func (c *Calibrations) Observe(model string, kind Text, estimated, actual int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := calibrationKey{bareName(model), kind}
	one, known := c.all[key]
	if !known && len(c.all) >= maxCalibrations {
		return
	}
	if one.Observe(estimated, actual); one.Seen > 0 {
		if c.all == nil {
			c.all = map[calibrationKey]Calibration{}
		}
		c.all[key] = one
	}
}

// Of returns what was learned of a model and a kind of text: how often it was
// seen, its ratio, and its error, which is the mean deviation from that ratio.
func (c *Calibrations) Of(model string, kind Text) Calibration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[calibrationKey{bareName(model), kind}]
}

// Apply corrects a count by what was learned, as [Calibration.Apply] does.
func (c *Calibrations) Apply(model string, kind Text, n Count) Count {
	return c.Of(model, kind).Apply(n)
}

// KindOf tells what kind of text it is: by the script that most of its tokens
// are of, and for ASCII by how much of it is symbols, and which.
func KindOf(text string) Text {
	var p profile
	p.write(bytesOf(text))
	p = p.closed()
	most := classASCII
	for c := range p.milli {
		if p.milli[c] > p.milli[most] {
			most = class(c)
		}
	}
	switch most {
	case classCJK:
		return CJK
	case classCyrillic:
		return Cyrillic
	case classOther:
		return OtherText
	}
	// The factors tell how much of each kind the text is taken for.
	marks := factors{prose: 0, code: 1000, data: 2000}
	switch blend := marks.ascii(&p); {
	case blend < 500:
		return Prose
	case blend < 1500:
		return Code
	}
	return Data
}
