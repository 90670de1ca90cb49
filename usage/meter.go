package usage

import "fmt"

// Meter names one counted quantity of a call. Meters are disjoint: no unit is
// ever counted by two of them, so they may be summed and priced one by one.
// The zero Meter is [Input].
type Meter uint8

// The meters, in the order of [Usage]'s fields. String gives the snake case
// of the field name, the same in every file and pipe of this project.
const (
	Input             Meter = iota // prompt tokens that met no cache and have no meter of their own
	CacheRead                      // prompt tokens read from a cache
	CacheWrite5m                   // prompt tokens written to a cache kept 5 minutes
	CacheWrite30m                  // … 30 minutes
	CacheWrite1h                   // … 1 hour
	CacheWrite12h                  // … 12 hours
	Output                         // generated tokens, reasoning excluded
	Reasoning                      // generated thinking tokens
	AudioInput                     // audio prompt tokens that met no cache
	AudioCacheRead                 // audio prompt tokens read from a cache
	AudioOutput                    // generated audio tokens
	ImageInput                     // image and document prompt tokens that met no cache
	ImageCacheRead                 // image and document prompt tokens read from a cache
	ImageOutput                    // generated image tokens
	VideoInput                     // video prompt tokens that met no cache
	VideoCacheRead                 // video prompt tokens read from a cache
	WebSearches                    // searches run by the provider
	WebFetches                     // pages fetched by the provider
	FileSearches                   // file or vector searches run by the provider
	CodeExecutions                 // code executions run by the provider
	Requests                       // calls this usage is the sum of; 0 and 1 both mean one call
	AudioInputMs                   // milliseconds of audio heard, where audio is billed by time
	AudioOutputMs                  // milliseconds of audio spoken
	VideoOutputMs                  // milliseconds of video generated
	InputCharacters                // characters read, where text is billed by character
	OutputCharacters               // characters written
	Images                         // images generated, where they are billed by piece
	Pages                          // document pages processed
	ContainerMs                    // milliseconds of a tool's container
	ComputeMs                      // milliseconds of accelerators, for self-hosted models, or of a running agent session
	CacheTokenSeconds              // tokens kept in an explicit cache × seconds kept

	// NumMeters is the number of meters.
	NumMeters = int(iota)
)

var meterNames = [NumMeters]string{
	"input", "cache_read", "cache_write_5m", "cache_write_30m", "cache_write_1h", "cache_write_12h",
	"output", "reasoning",
	"audio_input", "audio_cache_read", "audio_output",
	"image_input", "image_cache_read", "image_output",
	"video_input", "video_cache_read",
	"web_searches", "web_fetches", "file_searches", "code_executions", "requests",
	"audio_input_ms", "audio_output_ms", "video_output_ms",
	"input_characters", "output_characters", "images", "pages",
	"container_ms", "compute_ms", "cache_token_seconds",
}

// String returns the meter's name in snake case, such as "cache_write_5m".
func (m Meter) String() string {
	if int(m) < NumMeters {
		return meterNames[m]
	}
	return fmt.Sprintf("meter(%d)", uint8(m))
}

// ParseMeter is the inverse of [Meter.String]. An unknown name is an error
// that matches [ErrUnknownMeter].
func ParseMeter(name string) (Meter, error) {
	for m, n := range meterNames {
		if n == name {
			return Meter(m), nil
		}
	}
	return 0, fmt.Errorf("%w: %q", ErrUnknownMeter, name)
}

// IsToken reports whether the meter counts tokens and so is part of
// [Usage.Tokens].
func (m Meter) IsToken() bool { return m <= VideoCacheRead }

// Unit returns what the meter counts: "tokens", "calls", "milliseconds",
// "characters", "images", "pages" or "token-seconds".
func (m Meter) Unit() string {
	switch {
	case m.IsToken():
		return "tokens"
	case m <= Requests:
		return "calls"
	case m <= VideoOutputMs, m == ContainerMs, m == ComputeMs:
		return "milliseconds"
	case m <= OutputCharacters:
		return "characters"
	case m == Images:
		return "images"
	case m == Pages:
		return "pages"
	}
	return "token-seconds"
}

// MarshalText implements [encoding.TextMarshaler].
func (m Meter) MarshalText() ([]byte, error) {
	if int(m) >= NumMeters {
		return nil, fmt.Errorf("%w: %d", ErrUnknownMeter, uint8(m))
	}
	return []byte(meterNames[m]), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Meter) UnmarshalText(b []byte) error {
	v, err := ParseMeter(string(b))
	if err != nil {
		return err
	}
	*m = v
	return nil
}
