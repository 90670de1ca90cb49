package bpe

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// LoadTiktoken reads a vocabulary in the form that OpenAI publishes and that
// Llama 3, Qwen and others use too: a line for each token, its bytes in base64,
// a space, and its rank; ranks are 0 to n−1 in any order. A file that does not
// hold to this is a [*VocabularyError] that names the line. Every single byte
// must be a token.
//
// Reading takes some tenths of a second; a vocabulary that is used often is
// better kept as [Pack] gives it. Give the encoding a name with
// [Encoding.Named].
func LoadTiktoken(r io.Reader, pattern Pattern) (*Encoding, error) {
	v, err := readTiktoken(r)
	if err != nil {
		return nil, err
	}
	return newEncoding(pattern, len(v.bytes), v.slots(), v.entries)
}

// LoadTiktokenSum is [LoadTiktoken] for a file whose SHA-256 is known, in
// hexadecimal. Another file is refused with a [*VocabularyError].
func LoadTiktokenSum(r io.Reader, pattern Pattern, sum string) (*Encoding, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("bpe: reading vocabulary: %w", err)
	}
	got := sha256.Sum256(data)
	if hex.EncodeToString(got[:]) != strings.ToLower(sum) {
		return nil, bad("its SHA-256 is %x, want %s", got, sum)
	}
	return LoadTiktoken(bytes.NewReader(data), pattern)
}

// vocabulary is a vocabulary as read from a file.
type vocabulary struct {
	bytes  []string // by id
	left   []uint16 // by id: length of the left part, 0 for none
	sorted []uint32 // ids in the order of their bytes
}

func readTiktoken(r io.Reader) (*vocabulary, error) {
	type row struct {
		bytes string
		line  int
	}
	rows := map[uint32]row{}
	ids := map[string]uint32{}
	sc := bufio.NewScanner(r)
	line := 0
	for sc.Scan() {
		line++
		text := strings.TrimSuffix(sc.Text(), "\r")
		if text == "" {
			continue
		}
		coded, digits, ok := strings.Cut(text, " ")
		if !ok {
			return nil, badLine(line, "want base64, a space and a rank, got %q", clip(text))
		}
		raw, err := base64.StdEncoding.DecodeString(coded)
		if err != nil || len(raw) == 0 || len(raw) > maxTokenLength {
			return nil, badLine(line, "want 1 to %d bytes in base64, got %q", maxTokenLength, clip(coded))
		}
		rank, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || rank >= maxTokens {
			return nil, badLine(line, "want a rank from 0 to %d, got %q", maxTokens-1, clip(digits))
		}
		id := uint32(rank)
		if first, ok := rows[id]; ok {
			return nil, badLine(line, "rank %d was given in line %d", id, first.line)
		}
		if first, ok := ids[string(raw)]; ok {
			return nil, badLine(line, "the token %q was given in line %d", raw, rows[first].line)
		}
		rows[id], ids[string(raw)] = row{string(raw), line}, id
	}
	if err := sc.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, badLine(line+1, "longer than any token")
	} else if err != nil {
		return nil, fmt.Errorf("bpe: reading vocabulary: %w", err)
	}
	if len(rows) == 0 {
		return nil, bad("no tokens")
	}
	for c := range 256 {
		if _, ok := ids[string([]byte{byte(c)})]; !ok {
			return nil, badLine(line, "the file ends, and no line has the byte 0x%02X", c)
		}
	}
	v := &vocabulary{
		bytes:  make([]string, len(rows)),
		left:   make([]uint16, len(rows)),
		sorted: make([]uint32, len(rows)),
	}
	for id := range v.bytes {
		r, ok := rows[uint32(id)]
		if !ok {
			next := row{line: line}
			for after, r := range rows { // the line that shows the gap
				if after > uint32(id) && (next.bytes == "" || after < ids[next.bytes]) {
					next = r
				}
			}
			return nil, badLine(next.line, "rank %d follows, but no line has rank %d", ids[next.bytes], id)
		}
		v.bytes[id], v.sorted[id] = r.bytes, uint32(id)
	}
	sort.Slice(v.sorted, func(i, j int) bool { return v.bytes[v.sorted[i]] < v.bytes[v.sorted[j]] })
	for id, s := range v.bytes {
		if len(s) > 1 {
			v.left[id] = lastJoin(s, uint32(id), ids)
		}
	}
	return v, nil
}

// lastJoin encodes the bytes of a token as they would be if the token did not
// exist yet: by joining the pair of lowest rank, as long as that is below the
// token's own. It returns the length of the left one of the two parts that
// remain, or 0 if more remain: then the token is joined from tokens of a higher
// rank, or never.
func lastJoin(s string, id uint32, ids map[string]uint32) uint16 {
	cuts := make([]int, len(s)+1) // the borders of the parts
	for i := range cuts {
		cuts[i] = i
	}
	for len(cuts) > 3 {
		best, at := id, -1
		for i := 0; i+2 < len(cuts); i++ {
			if rank, ok := ids[s[cuts[i]:cuts[i+2]]]; ok && rank < best {
				best, at = rank, i+1
			}
		}
		if at < 0 {
			return 0
		}
		cuts = slices.Delete(cuts, at, at+1)
	}
	return uint16(cuts[1])
}

// entries yields the tokens in the order of their bytes.
func (v *vocabulary) entries(yield func(entry) error) error {
	last := ""
	for _, id := range v.sorted {
		s := v.bytes[id]
		n := 0
		for n < len(s) && n < len(last) && s[n] == last[n] {
			n++
		}
		if err := yield(entry{shared: n, suffix: []byte(s[n:]), id: id, left: int(v.left[id])}); err != nil {
			return err
		}
		last = s
	}
	return nil
}

// nodes returns the sum of the lengths of the entries' suffixes.
func (v *vocabulary) nodes() (n int) {
	_ = v.entries(func(t entry) error {
		n += len(t.suffix)
		return nil
	})
	return n
}

// slots returns how many slots the table needs.
func (v *vocabulary) slots() (n int) {
	_ = v.entries(func(t entry) error {
		n += slotsFor(t.shared, t.shared+len(t.suffix))
		return nil
	})
	return n
}

// WriteTiktoken writes the vocabulary as a tiktoken file in the order of the
// ranks: for the published encodings, the published file byte for byte.
func (e *Encoding) WriteTiktoken(w io.Writer) error {
	all := make([][]byte, e.Size())
	e.table.all(func(id uint32, b []byte) { all[id] = bytes.Clone(b) })
	buf := bufio.NewWriter(w)
	for id, b := range all {
		_, _ = fmt.Fprintf(buf, "%s %d\n", base64.StdEncoding.EncodeToString(b), id)
	}
	return buf.Flush()
}

// clip shortens text for an error.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
