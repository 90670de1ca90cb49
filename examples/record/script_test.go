package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics/store"
)

// script is an input in which keys come back: as they were, revised, voided.
type script struct {
	lines    []string
	versions []version // of each line
}

// version is one version of a key. Within a script a greater revision is the
// one that counts, and equal ones are equal lines.
type version struct {
	key      string
	revision int64
}

func newScript(seed uint64, lines int) script {
	r := rand.New(rand.NewPCG(seed, seed))
	models := []string{"claude-opus-5-5", "claude-sonnet-4-5", "orchid-9"}
	last := map[string]int64{}
	var s script
	for n := range lines {
		v, void := version{key: fmt.Sprint("k", n)}, false
		if n > 0 {
			old, k := s.versions[r.IntN(n)], r.IntN(100)
			switch {
			case k < 10: // again
				v = old
			case k < 30:
				v = version{old.key, last[old.key] + 1}
				void = k < 15
			}
		}
		line := fmt.Sprintf(`{"source":"s","id":%q,"revision":%d,"void":%t,"subject":"u%d","at":"2026-11-%02dT08:00:00.%09dZ","model":%q,"session":"x%d","usage":{"input":%d,"output":%d}}`,
			v.key, v.revision, void, r.IntN(30), 1+r.IntN(15), r.IntN(1e9), models[r.IntN(3)], r.IntN(9), r.IntN(1e5), r.IntN(1e4))
		for i := range s.versions { // an equal version is an equal line
			if s.versions[i] == v {
				line = s.lines[i]
				break
			}
		}
		last[v.key] = max(last[v.key], v.revision)
		s.lines, s.versions = append(s.lines, line), append(s.versions, v)
	}
	return s
}

func (s script) text() string { return strings.Join(s.lines, "\n") + "\n" }

// shuffled returns the same lines in another order.
func (s script) shuffled(seed uint64) string {
	lines := strings.SplitAfter(s.text(), "\n")
	lines = lines[:len(lines)-1]
	rand.New(rand.NewPCG(seed, seed)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return strings.Join(lines, "")
}

// prefix returns the number of lines, at least least, that make the ledger of
// a dump: neither more nor fewer, nor another selection. It is -1 if there is
// no such number, or if a key is there twice.
func (s script) prefix(t *testing.T, dump string, least int) int {
	t.Helper()
	held := map[string]int64{}
	for text := range strings.Lines(dump) {
		var l store.Line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		if _, twice := held[l.ID]; twice {
			return -1
		}
		held[l.ID] = l.Revision
	}
	counts := map[string]int64{}
	wrong := len(held) // keys that count otherwise than they are held
	for n := 0; ; n++ {
		if n >= least && wrong == 0 {
			return n
		}
		if n == len(s.lines) {
			return -1
		}
		v := s.versions[n]
		was, known := counts[v.key]
		if known && was >= v.revision {
			continue
		}
		h, isHeld := held[v.key]
		switch {
		case isHeld && h == v.revision:
			wrong--
		case known && isHeld && was == h:
			wrong++
		case !known && !isHeld:
			wrong++
		}
		counts[v.key] = v.revision
	}
}
