package sentencepiece

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Type is how a model segments text.
type Type uint8

// The types, by their numbers in the file.
const (
	Unigram Type = 1 // the likeliest sequence of pieces
	BPE     Type = 2 // the pair of the best score joined, again and again
	word    Type = 3
	Char    Type = 4 // single characters
)

// Model is a SentencePiece model. It is immutable and safe for concurrent use.
type Model struct {
	kind         Type
	pieces       []piece
	ids          map[string]int32 // of normal, unused and user-defined pieces
	prefixes     map[string]struct{}
	users        map[string]int32
	bytes        [256]int32 // pieces of single bytes
	longest      int        // piece, in bytes
	userLengths  [256][]int // of user-defined symbols, by their first byte, the longest first
	unknown      int32
	byteFallback bool
	suffix       bool // white space goes behind a word, not before it
	norm         normalizer
	minScore     float32
	maxScore     float32
	cuttable     bool // no piece goes on over white space, see cut
}

type piece struct {
	text  string
	score float32
	kind  uint8
}

// Kinds of pieces, by their numbers in the file.
const (
	normal  = 1
	unk     = 2
	control = 3
	user    = 4
	unused  = 5
	oneByte = 6
)

// What is taken for a model.
const (
	maxFile   = 64 << 20
	maxPieces = 1 << 20
	maxPiece  = 1 << 12 // bytes
)

// blank stands for a space within pieces.
const blank = "▁"

// Load reads a model file. Errors are of type [*ModelError], or those of r.
func Load(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("sentencepiece: reading model: %w", err)
	}
	if len(data) > maxFile {
		return nil, bad(-1, "more than %d bytes", maxFile)
	}
	m := &Model{kind: Unigram, unknown: -1, norm: normalizer{dummyPrefix: true, squeeze: true, escape: true}}
	for in := (reader{data: data}); ; {
		offset := in.at
		f, ok, err := in.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		switch f.tag {
		case 1, 2, 3:
			if err := f.want(wireBytes, offset); err != nil {
				return nil, err
			}
			read := [...]func(reader) error{m.readPiece, m.readTrainer, m.readNormalizer}[f.tag-1]
			if err := read(f.bytes); err != nil {
				return nil, err
			}
		}
	}
	return m, m.index()
}

func (m *Model) readPiece(in reader) error {
	p := piece{kind: normal}
	for start := in.from; ; {
		f, ok, err := in.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch {
		case f.tag == 1 && f.wire == wireBytes:
			p.text = string(f.bytes.data)
		case f.tag == 2 && f.wire == wire32:
			p.score = f.float()
		case f.tag == 3 && f.wire == wireVarint:
			if f.number < normal || f.number > oneByte {
				return bad(start, "piece %d has the unknown type %d", len(m.pieces), f.number)
			}
			p.kind = uint8(f.number)
		case f.tag <= 3:
			return bad(start, "piece %d has field %d in another type", len(m.pieces), f.tag)
		}
	}
	switch {
	case len(m.pieces) == maxPieces:
		return bad(in.from, "more than %d pieces", maxPieces)
	case p.text == "" || len(p.text) > maxPiece:
		return bad(in.from, "piece %d has %d bytes, want 1 to %d", len(m.pieces), len(p.text), maxPiece)
	case !utf8.ValidString(p.text):
		return bad(in.from, "piece %d is no UTF-8", len(m.pieces))
	case p.score != p.score || math.IsInf(float64(p.score), 0):
		return bad(in.from, "piece %d has no finite score", len(m.pieces))
	}
	m.pieces = append(m.pieces, p)
	return nil
}

func (m *Model) readTrainer(in reader) error {
	for {
		f, ok, err := in.next()
		if err != nil || !ok {
			return err
		}
		switch {
		case f.tag == 3 && f.wire == wireVarint:
			m.kind = Type(min(f.number, 255))
		case f.tag == 24 && f.wire == wireVarint:
			m.suffix = f.bool()
		case f.tag == 35 && f.wire == wireVarint:
			m.byteFallback = f.bool()
		}
	}
}

func (m *Model) readNormalizer(in reader) error {
	for {
		f, ok, err := in.next()
		if err != nil || !ok {
			return err
		}
		switch {
		case f.tag == 2 && f.wire == wireBytes:
			if m.norm.rules, err = readCharsMap(f.bytes); err != nil {
				return err
			}
		case f.tag == 3 && f.wire == wireVarint:
			m.norm.dummyPrefix = f.bool()
		case f.tag == 4 && f.wire == wireVarint:
			m.norm.squeeze = f.bool()
		case f.tag == 5 && f.wire == wireVarint:
			m.norm.escape = f.bool()
		}
	}
}

// index checks the pieces and makes them known by their text.
func (m *Model) index() error {
	switch {
	case m.kind == word:
		return &ModelError{Offset: -1, Reason: "word models are not supported", Unsupported: true}
	case m.kind == 0 || m.kind > Char:
		return &ModelError{Offset: -1, Reason: fmt.Sprintf("model type %d is not known", m.kind), Unsupported: true}
	case len(m.pieces) == 0:
		return bad(-1, "no pieces")
	}
	m.ids, m.users, m.prefixes = map[string]int32{}, map[string]int32{}, map[string]struct{}{}
	m.minScore, m.maxScore = math.MaxFloat32, -math.MaxFloat32
	m.cuttable = true
	all := make(map[string]bool, len(m.pieces))
	bytes := 0
	for id, p := range m.pieces {
		if all[p.text] {
			return bad(-1, "the piece %q is given twice", p.text)
		}
		all[p.text] = true
		switch p.kind {
		case unk:
			if m.unknown >= 0 {
				return bad(-1, "pieces %d and %d are both the unknown one", m.unknown, id)
			}
			m.unknown = int32(id)
		case oneByte:
			var c byte
			if _, err := fmt.Sscanf(p.text, "<0x%02X>", &c); err != nil || p.text != fmt.Sprintf("<0x%02X>", c) {
				return bad(-1, "the piece %q names no byte", p.text)
			}
			m.bytes[c] = int32(id)
			bytes++
		case normal, user, unused:
			m.add(int32(id), p)
		}
	}
	switch {
	case m.unknown < 0:
		return bad(-1, "no piece for what is unknown")
	case m.byteFallback && bytes != 256:
		return bad(-1, "%d pieces for single bytes, want 256", bytes)
	}
	if m.minScore > m.maxScore {
		m.minScore, m.maxScore = 0, 0
	}
	m.norm.model = m
	return nil
}

func (m *Model) add(id int32, p piece) {
	m.ids[p.text] = id
	m.longest = max(m.longest, len(p.text))
	if p.kind == user {
		m.users[p.text] = id
		lengths := &m.userLengths[p.text[0]]
		if at, ok := slices.BinarySearchFunc(*lengths, len(p.text), func(a, b int) int { return b - a }); !ok {
			*lengths = slices.Insert(*lengths, at, len(p.text))
		}
	}
	if p.kind == normal {
		m.minScore, m.maxScore = min(m.minScore, p.score), max(m.maxScore, p.score)
	}
	if m.kind == Unigram {
		for i := range p.text {
			if i > 0 {
				m.prefixes[p.text[:i]] = struct{}{}
			}
		}
	}
	text := strings.ReplaceAll(p.text, " ", blank)
	if i := strings.LastIndex(text, blank); i > 0 && strings.Trim(text[:i], blank) != "" {
		m.cuttable = false
	}
}

// Type returns how the model segments text.
func (m *Model) Type() Type { return m.kind }

// Size returns the number of pieces, control symbols and single bytes among
// them.
func (m *Model) Size() int { return len(m.pieces) }

// userAt returns the length of the longest user-defined symbol that text, not
// empty, begins with.
func (m *Model) userAt(text string) (length int) {
	for _, n := range m.userLengths[text[0]] {
		if n <= len(text) {
			if _, ok := m.users[text[:n]]; ok {
				return n
			}
		}
	}
	return 0
}
