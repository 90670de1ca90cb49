package main

import (
	"strings"
	"time"
)

const (
	sol   = "gpt-6-sol"
	terra = "gpt-6.1-terra"
)

// codexTraps are those of rollouts: repeats, forks, archives, long prompts.
func codexTraps(t *tree) {
	p := who("yuki.abernathy")
	a := p.newCodex(t, p.project, "trunk", on(11, 5, "15:00:00"), "")
	at := on(11, 5, "15:00:01")
	a.turn(at, sol)
	a.message(at, "user", asks[6])
	trunk := []codexUsage{counts(61_000, 0, 900, 400), counts(66_500, 60_928, 1200, 700), counts(71_250, 66_432, 640, 128), counts(77_400, 71_168, 980, 512)}
	for i, u := range trunk {
		a.count(at.Add(seconds(30+60*i)), u)
	}
	b := p.newCodex(t, p.project, "branch", on(11, 6, "16:20:00"), a.id)
	at = on(11, 6, "16:20:00")
	b.meta(at, a.id, "")
	n := b.turn(at, sol)
	b.message(at, "user", asks[6])
	for _, u := range trunk[:3] {
		b.count(at, u)
	}
	b.message(at.Add(seconds(20)), "user", asks[7])
	b.turn(at.Add(seconds(20)), terra)
	b.count(at.Add(seconds(70)), counts(72_900, 71_168, 1500, 900))
	b.count(at.Add(seconds(140)), counts(79_100, 72_832, 700, 250))
	t.trap("a forked rollout begins with its parent's counts, under new times", b.path, n+2,
		"the longest prefix equal to the parent's (three replies) is replay; the two that follow are new, by gpt-6.1-terra")

	l := p.newCodex(t, p.project, "long-prompt", on(11, 9, "18:00:00"), "")
	at = on(11, 9, "18:00:05")
	l.turn(at, sol)
	n = l.count(at.Add(seconds(60)), counts(272_000, 150_016, 1000, 300))
	t.trap("gpt-6-sol with a prompt of exactly 272,000", l.path, n, "the base rates")
	n = l.count(at.Add(seconds(120)), counts(301_220, 271_872, 2100, 1100))
	t.trap("gpt-6-sol with a prompt of 301,220", l.path, n, "the long-context rates on the whole reply: 2× in and cache, 1.5× out")

	d := p.newCodex(t, p.project, "archived", on(11, 2, "20:00:00"), "")
	at = on(11, 2, "20:00:03")
	d.turn(at, terra)
	d.count(at.Add(seconds(40)), counts(33_000, 0, 700, 200))
	d.count(at.Add(seconds(90)), counts(36_400, 32_896, 810, 333))
	archive := t.file(strings.Replace(d.path, "/sessions/", "/archived_sessions/", 1))
	archive.lines = append(archive.lines, d.f.lines...)
	t.trap("the same rollout in sessions and archived_sessions", strings.Replace(d.path, "/sessions/", "/archived_sessions/", 1), 0,
		"read once: the active file wins")

	codexOddities(t)
}

// codexOddities are the counters that lie, fall silent or lose their parent.
func codexOddities(t *tree) {
	p := who("noor.delacroix")
	c := p.newCodex(t, p.project, "counters", on(11, 10, "05:00:00"), "")
	at := on(11, 10, "05:00:02")
	c.turn(at, sol)
	n := c.limits(at)
	t.trap("token_count with info null", c.path, n, "limits only; nothing to bill")
	c.count(at.Add(seconds(30)), counts(20_000, 0, 500, 100))
	first := c.total
	n = c.put(at.Add(seconds(31)), "event_msg", tokenCount{Type: "token_count", Info: &codexInfo{first, &codexUsage{20_000, 0, 500, 100, 20_500}, 400_000}})
	t.trap("token_count repeated, total and last unchanged", c.path, n, "skipped as a repeat")
	c.total = first.plus(counts(23_500, 19_968, 620, 240))
	n = c.put(at.Add(seconds(80)), "event_msg", tokenCount{Type: "token_count", Info: &codexInfo{Total: c.total, Window: 400_000}})
	t.trap("token_count without last_token_usage", c.path, n, "the difference of the totals: 23,500 in, 19,968 of them cached, 620 out")
	n = c.turn(at.Add(seconds(100)), terra)
	c.count(at.Add(seconds(140)), counts(27_100, 23_424, 410, 60))
	t.trap("turn_context changes the model", c.path, n, "what follows is gpt-6.1-terra's")

	p = who("dilip.marchetti")
	o := p.newCodex(t, p.project, "orphan", on(11, 11, "06:00:00"), uuid("a rollout that was deleted"))
	at = on(11, 11, "06:00:00")
	o.turn(at, sol)
	n = o.count(at.Add(100*time.Millisecond), counts(15_000, 0, 300, 90))
	o.count(at.Add(200*time.Millisecond), counts(18_000, 14_976, 280, 10))
	o.count(at.Add(300*time.Millisecond), counts(21_500, 17_920, 350, 44))
	o.message(at.Add(seconds(40)), "user", asks[0])
	o.count(at.Add(seconds(75)), counts(24_800, 21_376, 515, 205))
	t.trap("a fork whose parent is gone opens with a burst within one second", o.path, n,
		"the burst (three replies) is replay; the one that follows is new")

	s := p.newCodex(t, p.project, "only-archived", on(10, 20, "07:00:00"), "")
	at = on(10, 20, "07:00:02")
	s.turn(at, sol)
	s.count(at.Add(seconds(25)), counts(14_000, 0, 450, 150))
	path := strings.Replace(s.path, "/sessions/", "/archived_sessions/", 1)
	t.files[path] = s.f
	delete(t.files, s.path)
	t.trap("a rollout that is only in archived_sessions", path, 0, "read like any other")
}
