package usage

import "bytes"

// merger puts the events of a stream together. It is copied by value, so that
// a result can be tried before the stream has ended.
type merger struct {
	provider  string
	count     int  // events so far
	parsed    bool // the last event was parsed
	complete  bool // the stream has ended as its protocol ends
	id, model string

	anthropic bool // fields holds the usage; else response does
	fields    anthropicFields
	response  Response
	notes     []string
	err       error
}

// event takes the data of one event. The first is always parsed, for its id
// and model; further ones only if they mention usage. full says that the event
// was too large to be held.
func (m *merger) event(b []byte, full bool) {
	m.parsed = true
	if full {
		m.err = &FieldError{Offset: -1, Reason: "an event is larger than 1 MiB even without its text"}
		return
	}
	if len(b) < 16 && string(bytes.TrimSpace(b)) == "[DONE]" {
		m.complete = true
		return
	}
	m.count++
	if mentions := mentionsUsage(b); mentions || m.count == 1 {
		m.parse(b, mentions)
		return
	}
	m.parsed = false
}

// pass takes an event that is known not to mention usage, unless it is the
// first. It reports whether it did.
func (m *merger) pass() bool {
	if m.count == 0 {
		return false
	}
	m.count++
	m.parsed = false
	return true
}

// last takes the last event of the stream once more, if it was not parsed: it
// may say that the stream ends, or hold usage under a name that is not searched
// for.
func (m *merger) last(b []byte) {
	if !m.parsed && len(b) > 0 {
		m.parse(b, false)
		m.parsed = true
	}
}

// torn takes an event whose end has not come. If it is not whole, the stream
// was cut.
func (m *merger) torn(b []byte) {
	if len(b) == 0 {
		return
	}
	if s := (&scanner{data: b}); len(b) < 16 || s.skip(s.space(0)) >= 0 {
		m.event(b, false)
		m.last(b)
	}
}

// mentionsUsage reports whether an event may hold usage: a key that begins
// with usage, spelt without escapes, and whose value is not null. It looks for
// the g, which is rarer than the quote or any other letter of the word.
func mentionsUsage(b []byte) bool {
	for i := 0; ; i++ {
		n := bytes.IndexByte(b[i:], 'g')
		if n < 0 {
			return false
		}
		i += n
		if i < 4 || i+1 >= len(b) || b[i+1] != 'e' || string(b[i-4:i]) != `"usa` {
			continue
		}
		escaped := i > 4 && b[i-5] == '\\' // in a text
		if !escaped && !isNullKey(b[i+2:]) {
			return true
		}
	}
}

// isNullKey reports whether the rest of a key and its value are `":null`.
func isNullKey(b []byte) bool {
	if len(b) == 0 || b[0] != '"' {
		return false
	}
	s := scanner{data: b}
	i := s.space(1)
	if s.peek(i) != ':' {
		return false
	}
	return bytes.HasPrefix(b[s.space(i+1):], []byte("null"))
}

// parse reads one event. What is wrong with an event that was not expected to
// hold usage does not matter.
func (m *merger) parse(b []byte, expected bool) {
	d := decoder{scanner: scanner{data: b}, provider: m.provider}
	var root object
	if !d.document(&root) {
		if expected {
			m.err = d.err
		}
		return
	}
	m.label(&d, &root)
	var at place
	if d.find(&root, &at); d.err != nil {
		if expected && d.err != ErrUnknownShape { //nolint:errorlint // set by find as it is
			m.err = d.err
		}
		m.ends(&d, &root, UnknownShape)
		return
	}
	m.take(&d, &at)
	m.ends(&d, &root, at.shape)
}

// take merges the usage of one event.
func (m *merger) take(d *decoder, at *place) {
	switch {
	case at.shape == AnthropicMessages:
		m.anthropic = true
		m.fields.read(d, at)
		if d.err != nil {
			m.err = d.err
		}
		m.notes = append(m.notes[:len(m.notes):len(m.notes)], d.notes...)
	case at.shape == BedrockInvoke && m.anthropic:
		m.fields.readMetrics(d, &at.usage)
	case !m.anthropic:
		var r Response
		if d.decode(at, &r); d.err != nil {
			m.err = d.err
			return
		}
		m.response, m.notes, m.err = r, d.notes, nil
	}
}

// label keeps the first id and model of the stream.
func (m *merger) label(d *decoder, root *object) {
	if m.id != "" && m.model != "" {
		return
	}
	at := place{outer: *root}
	for _, k := range [...]key{kResponse, kMessage} {
		if d.isObject(root, k) {
			d.enter(root, k, &at.outer)
			break
		}
	}
	id, model := kID, kModel
	if !at.outer.has(id) {
		id = kResponseID
	}
	if !at.outer.has(model) {
		model = kModelVersion
	}
	var r Response
	if d.labels(&r, &at, id, model); d.err != nil {
		d.err = nil // labels of an event without usage are a courtesy
		return
	}
	if m.id == "" {
		m.id = r.ID
	}
	if m.model == "" {
		m.model = r.Model
	}
}

// ends notes whether the event is one with which a stream ends.
func (m *merger) ends(d *decoder, root *object, s Shape) {
	switch string(d.raw(root, kType)) {
	case "message_stop", "message", "message-end",
		"response.completed", "response.incomplete", "response.failed", "response.done":
		m.complete = true
		return
	}
	switch s {
	case UnknownShape, AnthropicMessages:
	case OpenAIResponses:
		m.complete = m.complete || d.is(root, kObject, "response")
	case OpenAIChat:
		m.complete = m.complete || d.finished(root, kChoices)
	case Gemini:
		m.complete = m.complete || d.finished(root, kCandidates)
	default:
		m.complete = true // shapes that say their usage once, at the end
	}
}

// finished reports whether a list of answers is empty or one of them says why
// it stopped.
func (d *decoder) finished(root *object, k key) bool {
	if d.length(root, k) == 0 {
		return true
	}
	var e object
	for it := d.elements(root, k); d.next(&it, &e); {
		if e.has(kFinishReason) {
			return true
		}
	}
	return false
}
