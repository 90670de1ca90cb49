package main

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// killsEnv says how often TestKill kills the program on each store.
const killsEnv = "RECORD_KILLS"

// TestKill kills the program with kill -9 at random moments while it is fed,
// and feeds it the same lines again, from the first. After each kill the ledger
// is what some number of lines makes of it, all acknowledged ones among them;
// and in the end it is what it would be had nothing happened.
func TestKill(t *testing.T) {
	kills := 20
	if text := os.Getenv(killsEnv); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil || kills < 1 {
			t.Fatalf("%s=%q: want a number of kills", killsEnv, text)
		}
	}
	const seed = 6
	s := newScript(seed, 3000)
	report := []string{"-report", "-dump", "-top", "20", "-by", "cost", "-totals", "model"}
	undisturbed := outcome(t, s.text(), report[1:]...)
	overDurable(t, func(t *testing.T, fresh func() string) {
		where := fresh()
		r := rand.New(rand.NewPCG(seed, uint64(kills)))
		held, early := 0, 0 // lines that are in the ledger; kills before an answer
		for kill := 1; kill <= kills; kill++ {
			// Half of the kills come a little beyond what is done, so that all
			// of the input is met; the others where lines are fed again, and
			// some before there is any answer.
			target := held + r.IntN(3*len(s.lines)/kills+1)
			if kill%2 == 0 {
				target = r.IntN(held + 1)
			}
			if kill%10 == 1 {
				target = 0
			}
			acked := s.runAndKill(t, where, min(target, len(s.lines)*9/10), time.Duration(r.IntN(5000))*time.Microsecond, held)
			if acked == 0 {
				early++
				if held == 0 && kill < kills {
					continue // there may be no tables yet
				}
			}
			n := s.prefix(t, outcome(t, "", "-store", where, "-report", "-dump"), max(held, acked))
			if n < 0 {
				t.Fatalf("seed %d, kill %d: the ledger is not what the first lines make, %d or more", seed, kill, max(held, acked))
			}
			held = n
		}
		t.Logf("%d kills, %d of them before an answer; %d of %d lines were in the ledger after the last", kills, early, held, len(s.lines))
		if code, _, errs := feed(t, s.text(), "-store", where); code != 0 {
			t.Fatalf("exit %d: %s", code, errs)
		}
		if got := outcome(t, "", append(report, "-store", where)...); got != undisturbed {
			t.Errorf("seed %d: after %d kills the answers are others than undisturbed:\n%s", seed, kills, firstDifference(got, undisturbed))
		}
	})
}

// runAndKill feeds a process from the first line, kills it some time after a
// number of answers, 0: after its start, and returns how many lines it
// answered. The first held ones must not be news to it.
func (s script) runAndKill(t *testing.T, where string, answers int, after time.Duration, held int) (acked int) {
	t.Helper()
	cmd := command(t, "-store", where, "-batch", "25")
	cmd.Stdin = strings.NewReader(s.text())
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = cmd.Process.Kill() }
	if answers == 0 {
		time.AfterFunc(10*after, kill)
	}
	for in := bufio.NewReader(out); ; {
		text, err := in.ReadBytes('\n')
		if err != nil {
			break // a line without its end is no answer
		}
		var a struct {
			Line   int
			Status string
		}
		if err := json.Unmarshal(text, &a); err != nil || a.Line != acked+1 {
			t.Errorf("answer %d is %q (%v)", acked+1, text, err)
		}
		if a.Line <= held && a.Status == "accepted" {
			t.Errorf("line %d was in the ledger, and is new again", a.Line)
		}
		if acked++; acked == answers {
			time.AfterFunc(after, kill)
		}
	}
	if _ = cmd.Wait(); cmd.ProcessState.Success() || errs.Len() > 0 {
		t.Fatalf("the program ended by itself after %d answers: %s", acked, errs.String())
	}
	return acked
}

// firstDifference returns the first line of each text that the other does not
// have at that place.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "got  " + a[i] + "\nwant " + b[i]
		}
	}
	return "got " + strconv.Itoa(len(a)) + " lines, want " + strconv.Itoa(len(b))
}
