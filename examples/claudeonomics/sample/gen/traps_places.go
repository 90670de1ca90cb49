package main

import "fmt"

// claudePlaces is what is dear, rare or far off: other speeds and tiers, the
// edge of the window, a change of price, the long session.
func claudePlaces(t *tree) {
	p := who("tomas.okafor")
	c := p.newClaude(t, p.project, "long-night")
	long := p.plans[0]
	long.gap, long.models = [2]int{590, 860}, only(opus)
	long.start, long.grow, long.limit = [2]int{120_000, 140_000}, [2]int{2000, 11_000}, 900_000
	c.talk(p.random("long-night"), &long, on(11, 3, "17:40:00"), 71, last)
	t.trap("one session of more than 14 hours, no gap above 15 minutes, over midnight", c.path, 0,
		"one session: the longest of the company")
	f := p.newClaude(t, p.project, "fast")
	at := on(11, 7, "21:00:00")
	f.ask(at, asks[2])
	u := used(9, 210_000, 1800).split(6000, 2000)
	u.Speed = "fast"
	n := f.say(at.Add(seconds(9)), f.one("a", opus, u))
	t.trap("fast mode, cache and all", f.path, n, "the fast rates, and cache rates of those")
	u = used(9, 190_000, 1500).split(5000, 0)
	u.Speed = "fast"
	f.say(at.Add(seconds(50)), f.one("b", opus48, u))
	u = used(7, 198_000, 900).split(3000, 0)
	u.Speed, u.Geo = "fast", "us"
	f.say(at.Add(seconds(90)), f.one("c", opus, u))

	p = who("wen.castellano")
	b := p.newClaude(t, p.project, "batch")
	at = on(11, 9, "03:00:00")
	b.ask(at, asks[6])
	u = used(40, 120_000, 2200).split(0, 3000)
	u.Tier = "batch"
	n = b.say(at.Add(seconds(30)), b.one("a", sonnet, u))
	t.trap("service_tier batch", b.path, n, "half of every token rate, the cache's too")
	u = used(40, 123_000, 1900).split(0, 2000)
	u.Tier, u.Geo = "batch", "us"
	n = b.say(at.Add(seconds(90)), b.one("b", sonnet, u))
	t.trap("batch and inference_geo us together", b.path, n, "0.5 and 1.1 on every token rate")

	p = who("mara.lindqvist")
	w := p.newClaude(t, p.project, "searches")
	at = on(11, 12, "10:00:00")
	w.ask(at, asks[9])
	u = used(2100, 310_000, 1400).split(0, 9000)
	u.Server, u.Geo = &claudeServer{Searches: 3, Fetches: 2}, "us"
	n = w.say(at.Add(seconds(40)), w.one("a", fable, u))
	t.trap("3 web searches and 2 fetches, inference_geo us", w.path, n,
		"searches by the thousand, without the 1.1; fetches are free")

	// A message begun on the last evening outside the window, done inside it.
	p = who("hana.brightwater")
	e := p.newClaude(t, p.project, "edge")
	at = on(10, 16, "23:59:50")
	e.ask(at, asks[0])
	u = used(5, 52_000, 3).split(1000, 0)
	edge := e.one("edge", haiku, u)
	edge.stop = ""
	n = e.say(at.Add(seconds(8)), edge)
	u.Output = 480
	edge.usage, edge.stop = u, "end_turn"
	e.say(at.Add(seconds(14)), edge)
	e.say(at.Add(seconds(60)), e.one("after", haiku, used(5, 53_500, 200).split(700, 0)))
	t.trap("a reply whose lines stand on two sides of midnight, at the window's edge", e.path, n,
		"the time of a reply is its earliest line's: 16 October, outside the 30 days to 15 November")

	p = who("petra.alvarado")
	m := p.newClaude(t, p.project, "price-change")
	at = on(10, 6, "23:50:00")
	m.ask(at, asks[4])
	n = m.say(at.Add(seconds(20)), m.one("before", sonnet, used(6, 90_000, 700).split(2000, 0)))
	for i := range 4 {
		m.say(at.Add(seconds(240+240*i)), m.one(fmt.Sprint("on", i), sonnet, used(6, 92_000+int64(i)*1500, 600).split(1500, 0)))
	}
	t.trap("Sonnet 5.5 before and after its cache reads were halved, 7 October 00:00 UTC", m.path, n,
		"each reply at the price of its own instant")

	// What people got for it, said twice.
	p = who("emeka.sorensen")
	g := p.newClaude(t, p.project, "shipped")
	at = on(11, 13, "15:00:00")
	g.ask(at, asks[2])
	g.say(at.Add(seconds(30)), g.one("a", opus, used(5, 88_000, 900).split(0, 2500)))
	for i, number := range []int{128, 128, 131} {
		n = g.raw(mustLine(struct {
			Type    string `json:"type"`
			Session string `json:"sessionId"`
			Number  int    `json:"prNumber"`
			URL     string `json:"prUrl"`
			Repo    string `json:"prRepository"`
			At      string `json:"timestamp"`
		}{"pr-link", g.id, number, fmt.Sprintf("https://example.test/quarry/slate/pull/%d", number), "quarry/slate", clock(at.Add(seconds(60 + i)))}))
	}
	t.trap("three pr-link lines, one of them repeated", g.path, n-2, "two pull requests: 128 and 131")

	p = who("omar.lindgren")
	o := p.newClaude(t, p.project, "no-newline")
	at = on(11, 14, "12:00:00")
	o.ask(at, asks[1])
	o.say(at.Add(seconds(10)), o.one("a", sonnet, used(5, 47_000, 300).split(0, 1800)))
	n = o.say(at.Add(seconds(50)), o.one("b", sonnet, used(5, 48_800, 260).split(0, 900)))
	o.f.bare = true
	t.trap("a last line without newline that is whole JSON", o.path, n, "counted")
}
