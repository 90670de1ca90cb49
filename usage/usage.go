package usage

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/bits"
)

// MaxCount is the largest count one meter of one event may hold: 10^12. A
// larger one is taken for a fault of its source, not for work done.
const MaxCount = 1_000_000_000_000

// Errors of this package, for [errors.Is].
var (
	ErrUnknownMeter = errors.New("usage: unknown meter")
	ErrRange        = errors.New("usage: count out of range")
	ErrOverflow     = errors.New("usage: sum overflows int64")
	// ErrRepeatedMeter marks a JSON object that names one meter twice.
	ErrRepeatedMeter = errors.New("usage: meter named twice")
)

// Usage is what a call consumed: one whole number a meter, in the meter's
// unit. Meters are disjoint: Input excludes everything cached or of another
// modality, Output excludes Reasoning. The zero value is a call that consumed
// nothing. Usage is comparable.
//
// Requests greater than 1 marks an aggregate of that many calls. Its sums say
// nothing of the size of any one prompt, so its cost may be a range.
type Usage struct {
	Input, CacheRead                                      int64
	CacheWrite5m, CacheWrite30m                           int64
	CacheWrite1h, CacheWrite12h                           int64
	Output, Reasoning                                     int64
	AudioInput, AudioCacheRead, AudioOutput               int64
	ImageInput, ImageCacheRead, ImageOutput               int64
	VideoInput, VideoCacheRead                            int64
	WebSearches, WebFetches, FileSearches, CodeExecutions int64
	Requests                                              int64
	AudioInputMs, AudioOutputMs, VideoOutputMs            int64
	InputCharacters, OutputCharacters                     int64
	Images, Pages                                         int64
	ContainerMs, ComputeMs                                int64
	CacheTokenSeconds                                     int64
}

// Vector returns the counts in the order of the meters.
func (u *Usage) Vector() [NumMeters]int64 {
	return [NumMeters]int64{
		u.Input, u.CacheRead, u.CacheWrite5m, u.CacheWrite30m, u.CacheWrite1h, u.CacheWrite12h,
		u.Output, u.Reasoning, u.AudioInput, u.AudioCacheRead, u.AudioOutput,
		u.ImageInput, u.ImageCacheRead, u.ImageOutput, u.VideoInput, u.VideoCacheRead,
		u.WebSearches, u.WebFetches, u.FileSearches, u.CodeExecutions, u.Requests,
		u.AudioInputMs, u.AudioOutputMs, u.VideoOutputMs, u.InputCharacters, u.OutputCharacters,
		u.Images, u.Pages, u.ContainerMs, u.ComputeMs, u.CacheTokenSeconds,
	}
}

// FromVector is the inverse of [Usage.Vector].
func FromVector(v [NumMeters]int64) Usage {
	return Usage{
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15],
		v[16], v[17], v[18], v[19], v[20], v[21], v[22], v[23], v[24], v[25], v[26], v[27], v[28], v[29], v[30],
	}
}

// Get returns the count of one meter; 0 for a meter that does not exist.
func (u *Usage) Get(m Meter) int64 {
	if p := u.field(m); p != nil {
		return *p
	}
	return 0
}

// Set replaces the count of one meter; a meter that does not exist is ignored.
func (u *Usage) Set(m Meter, n int64) {
	if p := u.field(m); p != nil {
		*p = n
	}
}

func (u *Usage) field(m Meter) *int64 {
	switch m {
	case Input:
		return &u.Input
	case CacheRead:
		return &u.CacheRead
	case CacheWrite5m:
		return &u.CacheWrite5m
	case CacheWrite30m:
		return &u.CacheWrite30m
	case CacheWrite1h:
		return &u.CacheWrite1h
	case CacheWrite12h:
		return &u.CacheWrite12h
	case Output:
		return &u.Output
	case Reasoning:
		return &u.Reasoning
	case AudioInput:
		return &u.AudioInput
	case AudioCacheRead:
		return &u.AudioCacheRead
	case AudioOutput:
		return &u.AudioOutput
	case ImageInput:
		return &u.ImageInput
	case ImageCacheRead:
		return &u.ImageCacheRead
	case ImageOutput:
		return &u.ImageOutput
	case VideoInput:
		return &u.VideoInput
	case VideoCacheRead:
		return &u.VideoCacheRead
	case WebSearches:
		return &u.WebSearches
	case WebFetches:
		return &u.WebFetches
	case FileSearches:
		return &u.FileSearches
	case CodeExecutions:
		return &u.CodeExecutions
	case Requests:
		return &u.Requests
	case AudioInputMs:
		return &u.AudioInputMs
	case AudioOutputMs:
		return &u.AudioOutputMs
	case VideoOutputMs:
		return &u.VideoOutputMs
	case InputCharacters:
		return &u.InputCharacters
	case OutputCharacters:
		return &u.OutputCharacters
	case Images:
		return &u.Images
	case Pages:
		return &u.Pages
	case ContainerMs:
		return &u.ContainerMs
	case ComputeMs:
		return &u.ComputeMs
	case CacheTokenSeconds:
		return &u.CacheTokenSeconds
	}
	return nil
}

// All yields the meters that are not zero, in the order of the meters.
func (u Usage) All() iter.Seq2[Meter, int64] {
	return func(yield func(Meter, int64) bool) {
		for m, n := range u.Vector() {
			if n != 0 && !yield(Meter(m), n) {
				return
			}
		}
	}
}

// Tokens is the sum of all token meters, cache and reasoning included. It is
// exact for every Usage that [Usage.Validate] accepts.
func (u *Usage) Tokens() int64 {
	return u.Prompt() + u.Output + u.Reasoning + u.AudioOutput + u.ImageOutput
}

// Prompt is the size of the whole prompt in tokens, of every modality, cached
// or not: what a context step is judged by.
func (u *Usage) Prompt() int64 {
	return u.Input + u.CacheReads() + u.CacheWrites() + u.AudioInput + u.ImageInput + u.VideoInput
}

// CacheReads is the sum of the tokens read from caches, of every modality.
func (u *Usage) CacheReads() int64 {
	return u.CacheRead + u.AudioCacheRead + u.ImageCacheRead + u.VideoCacheRead
}

// CacheWrites is the sum of the tokens written to caches, of every lifetime.
func (u *Usage) CacheWrites() int64 {
	return u.CacheWrite5m + u.CacheWrite30m + u.CacheWrite1h + u.CacheWrite12h
}

// Fresh is [Usage.Tokens] less the tokens read from caches.
func (u *Usage) Fresh() int64 { return u.Tokens() - u.CacheReads() }

// Generated is the sum of the tokens a model produced, reasoning included.
func (u *Usage) Generated() int64 { return u.Output + u.Reasoning + u.AudioOutput + u.ImageOutput }

// Calls is the number of calls this usage is the sum of: Requests, at least 1.
func (u *Usage) Calls() int64 { return max(u.Requests, 1) }

// Used returns the set of the meters that are not zero: bit 1<<m is that of meter m.
func (u *Usage) Used() uint64 {
	set := isSet(u.Input, Input) | isSet(u.CacheRead, CacheRead) |
		isSet(u.CacheWrite5m, CacheWrite5m) | isSet(u.CacheWrite30m, CacheWrite30m) |
		isSet(u.CacheWrite1h, CacheWrite1h) | isSet(u.CacheWrite12h, CacheWrite12h) |
		isSet(u.Output, Output) | isSet(u.Reasoning, Reasoning)
	if u.OtherBits() == 0 {
		return set
	}
	for m := Reasoning + 1; int(m) < NumMeters; m++ {
		set |= isSet(u.Get(m), m)
	}
	return set
}

// isSet is the bit of a meter unless n is 0, without a branch.
func isSet(n int64, m Meter) uint64 { return uint64(n|-n) >> 63 << m }

// TextBits returns the bitwise or of the counts of the meters of text, [Input] to
// [Reasoning], which nearly every call has alone. Zero tells that none is used, the
// high bits whether any is negative or large.
func (u *Usage) TextBits() int64 {
	return u.Input | u.CacheRead | u.CacheWrite5m | u.CacheWrite30m | u.CacheWrite1h | u.CacheWrite12h | u.Output | u.Reasoning
}

// OtherBits is [Usage.TextBits] of all other meters.
func (u *Usage) OtherBits() int64 {
	return u.AudioInput | u.AudioCacheRead | u.AudioOutput | u.ImageInput | u.ImageCacheRead | u.ImageOutput |
		u.VideoInput | u.VideoCacheRead | u.WebSearches | u.WebFetches | u.FileSearches | u.CodeExecutions |
		u.Requests | u.AudioInputMs | u.AudioOutputMs | u.VideoOutputMs | u.InputCharacters | u.OutputCharacters |
		u.Images | u.Pages | u.ContainerMs | u.ComputeMs | u.CacheTokenSeconds
}

// Validate reports the first meter that is negative or above [MaxCount], as an
// error that matches [ErrRange].
func (u *Usage) Validate() error {
	if uint64(u.TextBits()|u.OtherBits()) < 1<<39 { // and so is each
		return nil
	}
	for m, n := range u.Vector() {
		if n < 0 || n > MaxCount {
			return fmt.Errorf("%w: %s is %d, want 0 to %d", ErrRange, Meter(m), n, int64(MaxCount))
		}
	}
	return nil
}

// Add returns the sum, meter by meter. It leaves u as it is and returns
// [ErrOverflow] if a sum does not fit an int64.
func (u Usage) Add(v Usage) (Usage, error) {
	sum := u
	for set := v.Used(); set != 0; set &= set - 1 {
		m := Meter(bits.TrailingZeros64(set))
		p, n := sum.field(m), v.Get(m)
		if (n > 0 && *p > math.MaxInt64-n) || (n < 0 && *p < math.MinInt64-n) {
			return u, fmt.Errorf("%w: %s", ErrOverflow, m)
		}
		*p += n
	}
	return sum, nil
}
