package pricing

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/usage"
)

type reported struct {
	call Call
	cost string
}

func reports(all []reported) func(func(Call, Money) bool) {
	return func(yield func(Call, Money) bool) {
		for _, r := range all {
			if !yield(r.call, MustMoney(r.cost)) {
				return
			}
		}
	}
}

func TestReconcile(t *testing.T) {
	call := func(model, day string, u usage.Usage) Call {
		return Call{Provider: "openai", Model: model, At: at(day), Usage: u}
	}
	million := usage.Usage{Input: 1_000_000}
	got, err := Reconcile(Builtin(), reports([]reported{
		{call("gpt-4o", "2026-10-02T23:59:59Z", million), "2.5"},
		{call("gpt-4o", "2026-10-02", million), "2.5000001"},
		{call("gpt-4o", "2026-10-03", million), "2.4"},
		{call("gpt-4o-mini", "2026-10-02", million), "0.15"},
		{call("nobody", "2026-10-02", million), "0.07"},
		{call("gpt-4o", "2026-10-02", usage.Usage{Input: 1_000_000, CacheWrite5m: 1}), "2.6"},
		{call("gpt-6-sol", "2026-10-02", usage.Usage{Input: 300_000, Requests: 2}), "0.9"},
		{call("gpt-6-sol", "2026-10-02", usage.Usage{Input: 300_000, Requests: 2}), "1.3"},
	}), 3)
	if err != nil {
		t.Fatal(err)
	}
	m := MustMoney
	if want := (ReconciledSums{Calls: 8, Unpriced: 1, Partial: 1, Agreed: 3, Computed: m("8.85"), High: m("10.05"),
		Reported: m("9.7500001"), Residual: m("0.9000001"), Uncovered: m("2.67")}); got.ReconciledSums != want {
		t.Errorf("got  %+v\nwant %+v", got.ReconciledSums, want)
	}
	day2, day3 := at("2026-10-02"), at("2026-10-03")
	want := []ReconciledGroup{
		{day2, "openai", "gpt-4o", ReconciledSums{Calls: 3, Partial: 1, Agreed: 1, Computed: m("5"), High: m("5"), Reported: m("5.0000001"), Residual: m("0.0000001"), Uncovered: m("2.6")}},
		{day2, "openai", "gpt-4o-mini", ReconciledSums{Calls: 1, Agreed: 1, Computed: m("0.15"), High: m("0.15"), Reported: m("0.15")}},
		{day2, "openai", "gpt-6-sol", ReconciledSums{Calls: 2, Agreed: 1, Computed: m("1.2"), High: m("2.4"), Reported: m("2.2"), Residual: m("1")}},
		{day2, "openai", "nobody", ReconciledSums{Calls: 1, Unpriced: 1, Uncovered: m("0.07")}},
		{day3, "openai", "gpt-4o", ReconciledSums{Calls: 1, Computed: m("2.5"), High: m("2.5"), Reported: m("2.4"), Residual: m("-0.1")}},
	}
	if !slices.Equal(got.Groups, want) {
		t.Errorf("got  %+v\nwant %+v", got.Groups, want)
	}
	var worst []string
	for _, w := range got.Worst {
		worst = append(worst, w.Call.Model+" "+w.Residual.String())
	}
	if strings.Join(worst, ", ") != "gpt-4o 2.6, gpt-4o -0.1, gpt-6-sol 0.1" || !errors.Is(got.Worst[0].Err, ErrUnpriced) || got.Worst[2].Index != 7 {
		t.Errorf("worst: %v\n%+v", worst, got.Worst)
	}
	if _, err := Reconcile(Builtin(), reports([]reported{{call("nobody", "2026-10-02", million), "170141183460469231731687303"},
		{call("nobody", "2026-10-02", million), "170141183460469231731687303"}}), 1); !errors.Is(err, ErrOverflow) {
		t.Errorf("sums that do not fit: %v", err)
	}
}

// Groups add up to the whole, and the worst are those of a full sort.
func TestReconcileAddsUp(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 1))
	var all []reported
	for i := range 500 {
		model := []string{"gpt-4o", "claude-opus-5", "nobody", "gpt-6-sol"}[r.IntN(4)]
		c := Call{Model: model, At: at("2026-10-01").Add(time.Duration(r.IntN(100)) * time.Hour), Usage: usage.Usage{Input: int64(i), Requests: r.Int64N(3)}}
		all = append(all, reported{c, FromPico(0, r.Uint64N(1e10)).String()})
	}
	got, err := Reconcile(Builtin(), reports(all), 20)
	if err != nil {
		t.Fatal(err)
	}
	var sum ReconciledSums
	for _, g := range got.Groups {
		sum.Calls += g.Calls
		sum.Unpriced += g.Unpriced
		sum.Partial += g.Partial
		sum.Agreed += g.Agreed
		for _, p := range [...]struct{ to, add *Money }{{&sum.Computed, &g.Computed}, {&sum.High, &g.High}, {&sum.Reported, &g.Reported}, {&sum.Residual, &g.Residual}, {&sum.Uncovered, &g.Uncovered}} {
			*p.to = must(p.to.Add(*p.add))
		}
	}
	if sum != got.ReconciledSums || sum.Calls != len(all) {
		t.Errorf("seed %d: groups add up to %+v\nof %+v", seed, sum, got.ReconciledSums)
	}
	full, err := Reconcile(Builtin(), reports(all), len(all))
	if err != nil || len(full.Worst) < 20 || !slices.IsSortedFunc(full.Worst, func(a, b ReconciledCall) int {
		if c := b.Residual.Abs().Cmp(a.Residual.Abs()); c != 0 {
			return c
		}
		return a.Index - b.Index
	}) {
		t.Fatalf("seed %d: not sorted, %v", seed, err)
	}
	for i, w := range got.Worst {
		if w.Index != full.Worst[i].Index {
			t.Errorf("seed %d: worst %d is call %d, want %d", seed, i, w.Index, full.Worst[i].Index)
		}
	}
}
