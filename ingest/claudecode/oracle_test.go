package claudecode

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/ingest"
	"github.com/tokenomics-go/tokenomics/ingest/internal/readtest"
)

// row is a line as the oracle reads it, with encoding/json and nothing shared
// with the reader.
type row struct {
	Type      string
	Timestamp time.Time
	RequestID string `json:"requestId"`
	Sidechain bool   `json:"isSidechain"`
	Message   struct {
		ID    string
		Usage struct {
			Input  int64 `json:"input_tokens"`
			Output int64 `json:"output_tokens"`
			Write  int64 `json:"cache_creation_input_tokens"`
			Read   int64 `json:"cache_read_input_tokens"`
		}
	}
}

func (r *row) prompt() [3]int64 {
	return [3]int64{r.Message.Usage.Input, r.Message.Usage.Write, r.Message.Usage.Read}
}

func (r *row) beats(o *row) bool {
	a, b := r.Message.Usage, o.Message.Usage
	if a.Output != b.Output {
		return a.Output > b.Output
	}
	if x, y := a.Input+a.Write+a.Read, b.Input+b.Write+b.Read; x != y {
		return x > y
	}
	if r.Sidechain != o.Sidechain {
		return o.Sidechain
	}
	if a.Input != b.Input { // the rest is the reader's own choice, to have one
		return a.Input > b.Input
	}
	return a.Read > b.Read
}

// oracle recomputes the bills of some lines: "id output prompt at;" sorted.
func oracle(t *testing.T, lines []string) string {
	type group struct {
		rows []row
		main bool
		at   time.Time
		req  string
	}
	best := func(rows []row) *row {
		w := &rows[0]
		for i := range rows {
			if rows[i].beats(w) {
				w = &rows[i]
			}
		}
		return w
	}
	groups := make(map[string]map[string]*group)
	for _, l := range lines {
		var r row
		if err := json.Unmarshal([]byte(l), &r); err != nil {
			t.Fatal(err)
		}
		id := r.Message.ID
		if groups[id] == nil {
			groups[id] = make(map[string]*group)
		}
		g := groups[id][r.RequestID]
		if g == nil {
			g = &group{at: r.Timestamp, req: r.RequestID}
			groups[id][r.RequestID] = g
		}
		g.rows = append(g.rows, r)
		g.main = g.main || !r.Sidechain
		if r.Timestamp.Before(g.at) {
			g.at = r.Timestamp
		}
	}
	var out []string
	for id, byRequest := range groups {
		var all []*group
		for _, g := range byRequest {
			all = append(all, g)
		}
		sort.Slice(all, func(i, j int) bool {
			return all[i].at.Before(all[j].at) || all[i].at.Equal(all[j].at) && all[i].req < all[j].req
		})
		var bills []*group
		var prompts [][3]int64 // of the bills before anything joined them
		for _, g := range all {
			if !g.main {
				continue
			}
			p := best(g.rows).prompt()
			joined := false
			for i := range bills {
				if prompts[i] == p && !joined {
					bills[i].rows = append(bills[i].rows, g.rows...)
					joined = true
				}
			}
			if !joined {
				bills, prompts = append(bills, g), append(prompts, p)
			}
		}
		if bills == nil {
			bills, prompts = all[:1], append(prompts, best(all[0].rows).prompt())
			all = all[1:]
		}
		for _, g := range all {
			if g.main {
				continue
			}
			to := 0
			for i := len(bills) - 1; i >= 0; i-- {
				if prompts[i] == best(g.rows).prompt() {
					to = i
				}
			}
			bills[to].rows = append(bills[to].rows, g.rows...)
		}
		for i, b := range bills {
			name := id
			if i > 0 {
				name += "#" + b.req
			}
			w, at := best(b.rows), b.rows[0].Timestamp
			for _, r := range b.rows {
				if r.Timestamp.Before(at) {
					at = r.Timestamp
				}
			}
			out = append(out, fmt.Sprintf("%s %d %v %s", name, w.Message.Usage.Output, w.prompt(), at.Format(time.RFC3339)))
		}
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// TestAgainstOracle reads random mixtures of snapshots, replays and copies,
// spread over files, and holds the bills against the oracle's.
func TestAgainstOracle(t *testing.T) {
	const seed = 11
	rng := rand.New(rand.NewPCG(seed, 0))
	for round := range 400 {
		var lines []string
		files := make(map[string]string)
		for range 1 + rng.IntN(14) {
			var more []string
			if rng.IntN(3) == 0 {
				more = append(more, side)
			}
			l := turn(fmt.Sprint("m", rng.IntN(3)), fmt.Sprint("r", rng.IntN(3)), fmt.Sprintf("09:00:%02dZ", rng.IntN(60)),
				[4]int64{int64(rng.IntN(2)), int64(rng.IntN(4)), int64(rng.IntN(2)), int64(rng.IntN(2))}, more...)
			for range 1 + rng.IntN(2) {
				lines = append(lines, l)
				files[fmt.Sprint(rng.IntN(4), ".jsonl")] += l
			}
		}
		fsys := readtest.Files(files)
		events, report := readtest.Read(t, Read, fsys, nil)
		var got []string
		for i := range events {
			u := &events[i].Usage
			got = append(got, fmt.Sprintf("%s %d %v %s", events[i].ID, u.Generated(), [3]int64{u.Input, u.CacheWrites(), u.CacheRead}, events[i].At.Format(time.RFC3339)))
		}
		sort.Strings(got)
		if want := oracle(t, lines); strings.Join(got, "\n") != want {
			t.Fatalf("seed %d, round %d:\n%s got\n%s\nwant\n%s", seed, round, strings.Join(lines, ""), strings.Join(got, "\n"), want)
		}
		if report.Count(ingest.Faulty) != 0 || report.Lines != int64(len(lines)) {
			t.Fatalf("seed %d, round %d: %s", seed, round, readtest.Counts(report))
		}
		if round%20 == 0 {
			readtest.AnyOrder(t, Read, fsys, seed)
		}
	}
}
