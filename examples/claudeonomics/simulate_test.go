package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/company"
)

// TestSimulation runs a small company: the same code, the same claims.
func TestSimulation(t *testing.T) {
	code, out, errs := exec(t, "-simulate", "300", "-n", "5")
	if code != 0 || !strings.Contains(out, "300 ranked") || !strings.Contains(out, "Requests > 1") || !strings.Contains(out, "events a second") {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
	}
}

// TestCompanyMatchesTheNews checks the spread without recording it: 60.2
// trillion in all, 281 billion for the first, at least five million events.
func TestCompanyMatchesTheNews(t *testing.T) {
	c := company.New(company.NewsPeople, 2026, simulationDay)
	total, top, events := 0.0, 0.0, 0.0
	for i := range c.People {
		total += c.People[i].Tokens
		top = max(top, c.People[i].Tokens)
		events += c.People[i].Events * float64(c.Days)
	}
	if total < 60.1e12 || total > 60.3e12 || top < 280e9 || top > 282e9 || events < 5.1e6 {
		t.Errorf("total %.3g, top %.3g, events %.3g", total, top, events)
	}
}

// TestEveryEventIsAnAggregate: what the screen says of all events holds for
// those of the people who use least, too.
func TestEveryEventIsAnAggregate(t *testing.T) {
	c := company.New(300, 2026, simulationDay)
	events := 0
	for d := range c.Days {
		c.Events(d, func() []tokenomics.Event { return nil }, func(batch []tokenomics.Event) {
			for _, e := range batch {
				if events++; e.Usage.Requests < 2 || e.Usage.Tokens() < e.Usage.Requests {
					t.Errorf("%s sums up %d calls of %d tokens", e.ID, e.Usage.Requests, e.Usage.Tokens())
				}
			}
		})
	}
	if events < 300*company.EventsPerPerson*9/10 {
		t.Errorf("only %d events", events)
	}
}

// TestSimulationJSON: standings or a profile, totals over everything, and what
// became of the events, whatever the window.
func TestSimulationJSON(t *testing.T) {
	type line struct {
		Type, Subject, Key string
		Rank               int
		Events             int64
		USD                tokenomics.Money
		High               tokenomics.Money `json:"usd_high"`
		Statuses           map[string]int64
		Older              int64 `json:"older_than_window"`
		Standings          []any
	}
	for _, c := range []struct {
		args  []string
		types string // without the totals
		older bool
	}{
		{[]string{"-n", "3"}, "standing standing standing quality", false},
		{[]string{"-n", "1", "-window", "24h", "-board", "cost"}, "standing quality", true},
		{[]string{"-subject", "eng-000007"}, "profile quality", false},
	} {
		code, out, errs := exec(t, append(c.args, "-simulate", "50", "-json")...)
		if code != 0 {
			t.Fatalf("%v: exit %d, %s", c.args, code, errs)
		}
		var types []string
		var last line
		var events int64
		ranges := 0
		for text := range strings.Lines(out) {
			last = line{}
			if err := json.Unmarshal([]byte(text), &last); err != nil {
				t.Fatalf("%v: %q: %v", c.args, text, err)
			}
			if last.Type == "totals" {
				events += last.Events
				if last.High.Cmp(last.USD) > 0 {
					ranges++
				}
				continue
			}
			types = append(types, last.Type)
			if last.Type == "profile" && (last.Subject != "eng-000007" || len(last.Standings) == 0) {
				t.Errorf("profile %s", text)
			}
		}
		if got := strings.Join(types, " "); got != c.types {
			t.Errorf("%v: lines %q, want %q", c.args, got, c.types)
		}
		if events < 50*company.EventsPerPerson*9/10 || last.Events != events || last.Statuses["accepted"] != events || len(last.Statuses) != 1 || ranges == 0 {
			t.Errorf("%v: totals hold %d events, %d ranges; quality %+v", c.args, events, ranges, last)
		}
		if (last.Older > 0) != c.older || last.Older >= events {
			t.Errorf("%v: %d of %d events are older than the window", c.args, last.Older, events)
		}
	}
}

// TestSmallestCompany: one person is a company.
func TestSmallestCompany(t *testing.T) {
	if code, out, errs := exec(t, "-simulate", "1"); code != 0 || strings.Count(out, "eng-000001") != 2 {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
	}
}
