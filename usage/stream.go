package usage

import "slices"

// maxEvent is how many bytes of one event a [Stream] holds by default.
const maxEvent = 1 << 20

// Stream reads the usage of one call from a streamed reply while its bytes
// pass by. It understands server-sent events, JSON lines, a JSON array of
// chunks, a plain JSON body and Amazon's binary event streams, in any chunking,
// and the ways in which the providers spread usage over events: Anthropic's
// message_start and cumulative message_delta, the final chunk of Chat
// Completions, the terminal event of Responses, Gemini's last usageMetadata.
//
// Only events that mention usage, by a key without escapes, are parsed, so
// that the others cost little more than a search. An event is held up to
// 1 MiB; of a larger one, such as a terminal event that repeats generated
// images, only the structure and the beginnings of its strings are held.
//
// A Stream is not safe for concurrent use.
type Stream struct {
	framing framing
	head    []byte // what came before the framing was known
	sse     eventReader
	json    elementReader
	frames  frameReader
	merge   merger
}

// framing is how events are told apart.
type framing uint8

const (
	framingUnknown framing = iota
	framingSSE
	framingJSON
	framingFrames
)

// NewStream returns a Stream for one reply. The provider means the same as in
// [FromJSON].
func NewStream(provider string) *Stream {
	provider, _ = CanonicalProvider(provider)
	s := &Stream{merge: merger{provider: provider}}
	s.sse.fresh = true
	s.sse.limit, s.json.limit, s.frames.limit = maxEvent, maxEvent, maxEvent
	return s
}

// Write takes the next bytes of the reply. It keeps no reference to p, and
// returns len(p) and nil whatever they hold, so that it can sit behind an
// [io.TeeReader] without harm to the reply; what is wrong with them, Result
// says.
func (s *Stream) Write(p []byte) (int, error) {
	n := len(p)
	if s.framing == framingUnknown {
		if p = s.sniff(p); s.framing == framingUnknown {
			return n, nil
		}
	}
	switch s.framing {
	case framingSSE:
		s.sse.write(p, &s.merge)
	case framingJSON:
		s.json.write(p, &s.merge)
	case framingFrames:
		s.frames.write(p, &s.merge)
	}
	return n, nil
}

// sniff looks for the first byte that is not white space, past a byte order
// mark: a bracket begins JSON, a zero the length of a binary message, anything
// else a line of server-sent events. It returns what is to be read on.
func (s *Stream) sniff(p []byte) []byte {
	s.head = append(s.head, p...)
	rest := s.head
	if len(rest) > 0 && rest[0] == 0xef {
		if len(rest) < 3 {
			return nil
		}
		if string(rest[:3]) == "\xef\xbb\xbf" {
			rest = rest[3:]
		}
	}
	i := (&scanner{data: rest}).space(0)
	if i == len(rest) {
		s.head = append(s.head[:0], s.head[:min(len(s.head), 3)]...) // white space needs no memory
		return nil
	}
	switch rest[i] {
	case '{', '[':
		s.framing = framingJSON
	case 0:
		s.framing = framingFrames
	default:
		s.framing = framingSSE
	}
	s.head = nil
	return rest[i:]
}

// Result returns what the stream has said so far. It may be called at any
// time, also between writes, and changes nothing.
//
// [Response.Partial] is set unless the stream ended as its protocol ends: the
// counts are then those of the last event that had any. If no event had usage,
// the error is [ErrUnknownShape] and the Response has no more than the ID and
// Model of the first event. An event that cannot be read is an error of the
// result, as in [FromJSON], unless a later event replaced all it could say; in
// a stream that was cut, the torn last event is left out.
func (s *Stream) Result() (Response, error) {
	m := s.merge
	switch s.framing {
	case framingSSE:
		r := s.sse
		r.flush(&m)
	case framingJSON:
		m.last(s.json.event)
	case framingFrames:
		m.last(s.frames.event)
	}
	return m.result()
}

// result puts together what the merged events say.
func (m *merger) result() (Response, error) {
	r := m.response
	r.Provider = m.provider
	if r.ID == "" {
		r.ID = m.id
	}
	if r.Model == "" {
		r.Model = m.model
	}
	r.Partial = !m.complete
	if m.err != nil {
		return Response{ID: r.ID, Model: r.Model, Provider: r.Provider, Partial: true}, m.err
	}
	d := decoder{provider: m.provider, notes: m.notes}
	if m.anthropic {
		r.Provider = m.provider
		m.fields.response(&d, &r)
		d.validate(&r.Usage, path{})
	} else if r.Shape != UnknownShape && m.response.Provider != "" {
		r.Provider = m.response.Provider
	}
	if d.err != nil {
		return Response{ID: r.ID, Model: r.Model, Provider: r.Provider, Partial: true}, d.err
	}
	if r.Shape == UnknownShape {
		return r, ErrUnknownShape
	}
	r.Notes = slices.Clone(d.notes)
	return r, nil
}
