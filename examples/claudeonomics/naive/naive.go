// Package naive adds up transcripts a second time, the simplest way there is:
// everything in maps, nothing streamed, big.Rat for money. It shares no code
// with the engine and none of its packages, only the written rules, so that a
// test can hold the one against the other to the last digit.
//
// It reads the layout of the embedded sample, <team>/<person>/<home folder>,
// and knows the prices of the models in it and no others. It is slow on
// purpose and is not meant for anything but checking.
package naive

import (
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Result is what a company used: within the window, and in all.
type Result struct {
	From, Until time.Time // the window: [From, Until), whole UTC days
	Window      Slice
	All         Slice // every bill read, inside the window or not
	Read        Counts
}

// Slice is one set of bills, added up three ways and ranked.
type Slice struct {
	People map[string]*Row
	Teams  map[string]*Row
	Models map[string]*Row            // by the name the transcript gives
	Each   map[string]map[string]*Row // by person, then model
	Total  *Row
	Boards map[string][]Standing // "tokens", "cost", "output", "fresh"
}

// Row is a sum of bills.
type Row struct {
	Meters   map[string]int64 // disjoint, by the names of usage.Meter; no zeros
	Tokens   int64            // all token meters, cache and reasoning included
	Fresh    int64            // Tokens less cache reads
	Output   int64            // generated tokens, reasoning included
	Cost     string           // exact USD of what has a price, without trailing zeros
	Bills    int
	Unpriced int // bills of a model without a price; their cost is in no sum
	cost     *big.Rat
}

// Standing is one line of a board: competition ranks (1, 2, 2, 4), the greater
// score first, ties by the bytes of the name. A score of zero is unranked.
type Standing struct {
	Rank  int
	Name  string
	Score string // a whole number, or USD on the cost board
}

// Counts say what became of everything that was read.
type Counts struct {
	Files, Lines int

	Malformed     int // lines that are not JSON
	Partial       int // last lines cut short, without newline
	Synthetic     int // lines of model <synthetic> that are no error of the API
	APIErrors     int // lines with isApiErrorMessage
	InvalidCounts int // lines with a count below 0 or above 10^12
	InvalidTimes  int // lines dated before 2000 or from 2100 on

	ClaudeLines  int // assistant lines with usage that were left
	ClaudeBills  int
	Unkeyed      int // bills among them without a message id
	PRLines      int
	PullRequests int

	CodexCounts   int // token_count lines that carry counts
	CodexBills    int
	CodexNoInfo   int // token_count lines that carry none
	CodexRepeats  int // … that repeat the one before
	CodexReplayed int // … copied from the rollout this one was forked from
	CodexDerived  int // bills taken from totals, for want of last_token_usage
	CodexArchived int // files skipped because the active one is there too

	GeminiLines   int // messages with tokens
	GeminiBills   int
	GeminiRewinds int
}

// bill is one reply that somebody has to pay for.
type bill struct {
	team, person string
	at           time.Time
	model        string
	meters       map[string]int64
	fast, batch  bool
	us           bool // inference_geo us
}

// The bounds of what is believed.
const maxCount = 1_000_000_000_000

var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Recompute reads everything in fsys and adds up the days days that end with
// the UTC day of at, and everything. It fails on what it does not understand:
// it is an oracle for known files, not a reader for unknown ones.
func Recompute(fsys fs.FS, at time.Time, days int) (Result, error) {
	var res Result
	files := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		return res, err
	}
	res.Read.Files = len(files)

	// Files of one person, by the path inside the home folder.
	homes := map[string]map[string]string{}
	for path, data := range files {
		parts := strings.SplitN(path, "/", 3)
		if len(parts) < 3 {
			return res, fmt.Errorf("naive: %s: not <team>/<person>/<file>", path)
		}
		home := parts[0] + "/" + parts[1]
		if homes[home] == nil {
			homes[home] = map[string]string{}
		}
		homes[home][parts[2]] = data
	}
	var bills []bill
	for home, files := range homes {
		var theirs []bill
		for _, read := range []func(map[string]string, *Counts) ([]bill, error){claude, codex, gemini} {
			some, err := read(files, &res.Read)
			if err != nil {
				return res, fmt.Errorf("naive: %s: %w", home, err)
			}
			theirs = append(theirs, some...)
		}
		for i := range theirs {
			theirs[i].team, theirs[i].person, _ = strings.Cut(home, "/")
		}
		bills = append(bills, theirs...)
	}

	res.Until = day(at).AddDate(0, 0, 1)
	res.From = res.Until.AddDate(0, 0, -days)
	var inside []bill
	for _, b := range bills {
		if !b.at.Before(res.From) && b.at.Before(res.Until) {
			inside = append(inside, b)
		}
	}
	cards, err := parse(anthropicPrices + otherPrices)
	if err != nil {
		return res, err
	}
	if res.Window, err = add(inside, cards); err != nil {
		return res, err
	}
	res.All, err = add(bills, cards)
	return res, err
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// add sums bills by person, team and model.
func add(bills []bill, cards []card) (Slice, error) {
	s := Slice{People: map[string]*Row{}, Teams: map[string]*Row{}, Models: map[string]*Row{}, Each: map[string]map[string]*Row{}, Total: newRow()}
	for _, b := range bills {
		cost, priced, err := price(b, cards)
		if err != nil {
			return s, err
		}
		if s.Each[b.person] == nil {
			s.Each[b.person] = map[string]*Row{}
		}
		for _, r := range []*Row{
			rowOf(s.People, b.person), rowOf(s.Teams, b.team), rowOf(s.Models, b.model), rowOf(s.Each[b.person], b.model), s.Total,
		} {
			r.Bills++
			for meter, n := range b.meters {
				if n != 0 {
					r.Meters[meter] += n
				}
			}
			if priced {
				r.cost.Add(r.cost, cost)
			} else {
				r.Unpriced++
			}
		}
	}
	rows := []*Row{s.Total}
	for _, group := range append(slices.Collect(maps.Values(s.Each)), s.People, s.Teams, s.Models) {
		for _, r := range group {
			rows = append(rows, r)
		}
	}
	for _, r := range rows {
		if err := r.finish(); err != nil {
			return s, err
		}
	}
	s.Boards = map[string][]Standing{
		"tokens": board(s.People, func(r *Row) *big.Rat { return whole(r.Tokens) }),
		"output": board(s.People, func(r *Row) *big.Rat { return whole(r.Output) }),
		"fresh":  board(s.People, func(r *Row) *big.Rat { return whole(r.Fresh) }),
		"cost":   board(s.People, func(r *Row) *big.Rat { return r.cost }),
	}
	return s, nil
}

func newRow() *Row { return &Row{Meters: map[string]int64{}, cost: new(big.Rat)} }

func rowOf(rows map[string]*Row, key string) *Row {
	if rows[key] == nil {
		rows[key] = newRow()
	}
	return rows[key]
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// finish fills what follows from the meters and the cost.
func (r *Row) finish() (err error) {
	for meter, n := range r.Meters {
		switch meter {
		case "web_searches", "web_fetches":
			continue // calls, not tokens
		case "output", "reasoning":
			r.Output += n
		}
		r.Tokens += n
		if meter != "cache_read" {
			r.Fresh += n
		}
	}
	r.Cost, err = decimal(r.cost)
	return err
}

// board ranks rows by score.
func board(rows map[string]*Row, score func(*Row) *big.Rat) []Standing {
	var names []string
	for name, r := range rows {
		if score(r).Sign() != 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if c := score(rows[b]).Cmp(score(rows[a])); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	var out []Standing
	for i, name := range names {
		rank := i + 1
		if i > 0 && score(rows[name]).Cmp(score(rows[names[i-1]])) == 0 {
			rank = out[i-1].Rank
		}
		text, err := decimal(score(rows[name]))
		if err != nil {
			text = score(rows[name]).String() // finish has already refused such a cost
		}
		out = append(out, Standing{rank, name, text})
	}
	return out
}

// decimal writes a number exactly, without trailing zeros. A number that no
// decimal fraction of 30 digits can hold is an error.
func decimal(r *big.Rat) (string, error) {
	text := r.FloatString(30)
	if back, ok := new(big.Rat).SetString(text); !ok || back.Cmp(r) != 0 {
		return "", fmt.Errorf("naive: %s is no decimal fraction", r)
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), "."), nil
}

// lines splits a file, and says whether the last line has its newline.
func lines(data string) (all []string, ended bool) {
	if data == "" {
		return nil, true
	}
	ended = strings.HasSuffix(data, "\n")
	return strings.Split(strings.TrimSuffix(data, "\n"), "\n"), ended
}

// sorted returns the paths in which match is found, in order.
func sorted(files map[string]string, match func(path string) bool) []string {
	var paths []string
	for path := range files {
		if match(path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// badCounts reports whether a count is outside what is believed.
func badCounts(counts ...int64) bool {
	for _, n := range counts {
		if n < 0 || n > maxCount {
			return true
		}
	}
	return false
}

func badTime(at time.Time) bool { return at.Before(earliest) || !at.Before(latest) }
