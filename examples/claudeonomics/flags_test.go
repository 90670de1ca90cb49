package main

import (
	"strings"
	"testing"
)

func TestFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-board", "calls"}, {"-window", "25h30m"}, {"-window", "-1h"}, {"-n", "-1"}, {"-at", "yesterday"},
		{"-simulate", "-5"}, {"-simulate", "3000000"}, {"-simulate", "0"}, {"-simulate", "many"}, {"-simulate", "5", "-logs", "."},
		{"-simulate", "5", "-at", "2026-04-01T00:00:00Z"}, {"-at", "1999-12-31T23:59:59Z"}, {"-at", "2200-01-01T00:00:00Z"},
		{"-at", "2000-01-01T00:00:00+01:00"}, {"-at", "2026-11-15T9:00:00Z"}, {"stray"}, {"-nope"}, {"-logs", ""},
	} {
		if code, out, errs := exec(t, args...); code != 2 || out != "" || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit %d, %q, %q; want 2 and one line that says why", args, code, out, errs)
		}
	}
	if code, out, errs := exec(t, "-h"); code != 0 || errs != "" || !strings.Contains(out, "-simulate") {
		t.Errorf("-h: exit %d, %q, %q", code, out, errs)
	}
	for _, more := range [][]string{nil, {"-json"}, {"-simulate", "5"}, {"-simulate", "5", "-json"}} {
		if code, out, errs := exec(t, append(more, "-subject", "nobody.at.all")...); code != 1 || out != "" || !strings.Contains(errs, "nobody.at.all") {
			t.Errorf("unknown subject, %v: exit %d, %q, %q", more, code, out, errs)
		}
	}
	for _, args := range [][]string{{"-board", "output", "-n", "3"}, {"-board", "fresh", "-window", "168h"}, {"-board", "cost", "-window", "24h"}, {"-n", "0"}, {"-at", "2000-01-01T00:00:00Z"}, {"-at", "2199-12-31T23:59:59Z"}} {
		if code, out, errs := exec(t, args...); code != 0 || !strings.Contains(out, "CLAUDEONOMICS") {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
}
