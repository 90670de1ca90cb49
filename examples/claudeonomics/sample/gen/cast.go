package main

// cast is everybody, by team. Habits are drawn so that the board has something
// to show: a long tail, a few at the top, a late joiner, somebody who left.
var cast = []person{
	// Lantern makes the apps.
	{"mara.lindqvist", "lantern", 1, "lighthouse", []plan{ // the top of the board
		{ // whole repositories in the cache
			cli: "claude", models: []weighted{{"claude-fable-5-1", 1}, {"claude-opus-5-5", 5}}, to: 39,
			weekday: .95, weekend: .6, sessions: [2]int{1, 1}, replies: [2]int{5, 9}, hours: [2]int{8, 18}, gap: [2]int{60, 420},
			start: [2]int{690_000, 830_000}, grow: [2]int{4_000, 19_000}, limit: 992_000, out: [2]int{300, 5200},
			think: .6, chat: .03, snapshots: .06, ttl: "1h",
		},
		{ // and a loop that asks the same of them all day
			cli: "gemini", models: only("gemini-3.8-flash"), from: 9, to: 39,
			weekday: 1, weekend: .7, sessions: [2]int{1, 3}, replies: [2]int{46, 70}, hours: [2]int{7, 19}, gap: [2]int{9, 31},
			start: [2]int{990_000, 1_020_000}, warm: .975, grow: [2]int{100, 900}, limit: 1_045_000, out: [2]int{20, 300},
			think: .2, quiet: true,
		},
	}},
	{"leila.itoh", "lantern", 9, "lamp-plan", []plan{{
		cli: "claude", models: []weighted{{"claude-opus-4-8", 2}, {"claude-sonnet-5-5", 3}}, to: 39,
		weekday: .75, weekend: .1, sessions: [2]int{1, 1}, replies: [2]int{3, 6}, hours: [2]int{9, 17}, gap: [2]int{20, 300},
		start: [2]int{32_000, 60_000}, grow: [2]int{4_000, 22_000}, limit: 168_000, out: [2]int{150, 2600},
		think: .4, chat: .25, snapshots: .2, ttl: "mix",
	}}},
	{"bodhi.kowalczyk", "lantern", 5, "map-legend", []plan{{
		cli: "gemini", models: []weighted{{"gemini-3.8-flash", 3}, {"gemini-3.1-pro-preview", 2}}, to: 39,
		weekday: .8, weekend: .15, sessions: [2]int{1, 1}, replies: [2]int{8, 13}, hours: [2]int{9, 19}, gap: [2]int{15, 240},
		start: [2]int{410_000, 620_000}, grow: [2]int{9_000, 60_000}, limit: 980_000, out: [2]int{90, 1900},
		think: .9, chat: .4, snapshots: .25,
	}}},
	{"freya.tanaka", "lantern", 0, "pocket-tide", []plan{{
		cli: "gemini", models: only("gemini-3.8-flash"), to: 39,
		weekday: .3, weekend: .05, sessions: [2]int{1, 1}, replies: [2]int{3, 6}, hours: [2]int{10, 16}, gap: [2]int{15, 200},
		start: [2]int{12_000, 40_000}, grow: [2]int{2_000, 12_000}, limit: 150_000, out: [2]int{60, 900},
		think: .5, chat: .4, snapshots: .3,
	}}},
	{"zofia.mbeki", "lantern", 2, "berth-list", nil}, // written by hand: see traps.go

	// Harbor keeps the platform.
	{"tomas.okafor", "harbor", 2, "quay", []plan{ // the night owl
		{
			cli: "claude", models: []weighted{{"claude-opus-5-5", 3}, {"claude-opus-4-8", 2}}, to: 39,
			weekday: .85, weekend: .55, sessions: [2]int{1, 1}, replies: [2]int{4, 6}, hours: [2]int{22, 27}, gap: [2]int{40, 400},
			start: [2]int{420_000, 640_000}, grow: [2]int{9_000, 42_000}, limit: 930_000, out: [2]int{200, 3800},
			think: .5, chat: .06, snapshots: .08, ttl: "mix",
		},
		{
			cli: "gemini", models: only("gemini-3.8-flash"), from: 4, to: 39,
			weekday: .8, weekend: .5, sessions: [2]int{1, 1}, replies: [2]int{19, 26}, hours: [2]int{23, 26}, gap: [2]int{15, 90},
			start: [2]int{920_000, 985_000}, warm: .9, grow: [2]int{500, 2600}, limit: 1_040_000, out: [2]int{40, 700},
			think: .4, quiet: true,
		},
	}},
	{"ines.haugland", "harbor", 1, "atlas", []plan{ // a tool for every task
		{
			cli: "claude", models: []weighted{{"claude-opus-5-5", 3}, {"claude-sonnet-5-5", 4}}, to: 39,
			weekday: .7, weekend: .1, sessions: [2]int{1, 1}, replies: [2]int{3, 5}, hours: [2]int{8, 17}, gap: [2]int{30, 300},
			start: [2]int{60_000, 140_000}, grow: [2]int{8_000, 30_000}, limit: 190_000, out: [2]int{400, 3000},
			think: .4, chat: .15, snapshots: .15, ttl: "5m",
		},
		{
			cli: "codex", models: only("gpt-6-sol"), to: 39,
			weekday: .5, weekend: .1, sessions: [2]int{1, 1}, replies: [2]int{4, 7}, hours: [2]int{9, 18}, gap: [2]int{20, 240},
			start: [2]int{70_000, 120_000}, grow: [2]int{6_000, 26_000}, limit: 260_000, out: [2]int{400, 3400},
			think: .6, chat: .15, snapshots: .2,
		},
		{
			cli: "gemini", models: only("gemini-3.1-pro-preview"), to: 39,
			weekday: .5, weekend: 0, sessions: [2]int{1, 1}, replies: [2]int{4, 7}, hours: [2]int{9, 18}, gap: [2]int{20, 240},
			start: [2]int{60_000, 110_000}, grow: [2]int{10_000, 30_000}, limit: 196_000, out: [2]int{300, 2600},
			think: .8, chat: .2, snapshots: .2,
		},
	}},
	{"gustav.nwosu", "harbor", 1, "cargo-scale", []plan{{ // away since 9 November
		cli: "claude", models: only("claude-sonnet-5-5"), to: 32,
		weekday: .85, weekend: .1, sessions: [2]int{1, 1}, replies: [2]int{3, 5}, hours: [2]int{7, 15}, gap: [2]int{20, 260},
		start: [2]int{45_000, 90_000}, grow: [2]int{3_000, 16_000}, limit: 185_000, out: [2]int{150, 2400},
		think: .3, chat: .15, snapshots: .2, ttl: "5m",
	}}},
	{"dilip.marchetti", "harbor", 5, "crane-log", []plan{{
		cli: "codex", models: []weighted{{"gpt-6-sol", 1}, {"gpt-6.1-terra", 2}}, to: 39,
		weekday: .45, weekend: .05, sessions: [2]int{1, 1}, replies: [2]int{3, 8}, hours: [2]int{9, 18}, gap: [2]int{15, 200},
		start: [2]int{12_000, 30_000}, grow: [2]int{3_000, 14_000}, limit: 180_000, out: [2]int{80, 1500},
		think: .5, chat: .15, snapshots: .25,
	}}},

	// Orchard works on data.
	{"wen.castellano", "orchard", 8, "orchard-count", []plan{ // hardly anything but the cache
		{
			cli: "claude", models: []weighted{{"claude-sonnet-5-5", 5}, {"claude-opus-5-5", 1}}, to: 38,
			weekday: .85, weekend: .3, sessions: [2]int{1, 1}, replies: [2]int{8, 11}, hours: [2]int{8, 19}, gap: [2]int{15, 170},
			start: [2]int{760_000, 880_000}, warm: .985, grow: [2]int{900, 3_600}, limit: 980_000, out: [2]int{120, 1300},
			think: .3, chat: .05, snapshots: .08, ttl: "1h",
		},
		{ // the Sunday on which bodhi.kowalczyk is overtaken
			cli: "claude", models: only("claude-sonnet-5-5"), from: 39, to: 39,
			weekend: 1, sessions: [2]int{1, 1}, replies: [2]int{20, 20}, hours: [2]int{11, 13}, gap: [2]int{15, 170},
			start: [2]int{820_000, 880_000}, warm: .985, grow: [2]int{900, 3_600}, limit: 980_000, out: [2]int{120, 1300},
			think: .3, chat: .05, snapshots: .08, ttl: "1h",
		},
	}},
	{"yuki.abernathy", "orchard", -5, "press-line", []plan{{
		cli: "codex", models: []weighted{{"gpt-6-sol", 2}, {"gpt-6.1-terra", 3}}, to: 39,
		weekday: .85, weekend: .25, sessions: [2]int{1, 1}, replies: [2]int{7, 11}, hours: [2]int{7, 17}, gap: [2]int{15, 220},
		start: [2]int{170_000, 230_000}, grow: [2]int{24_000, 62_000}, limit: 376_000, out: [2]int{200, 3600},
		think: .7, chat: .05, snapshots: .12,
	}}},
	{"sana.ferreira", "orchard", -3, "cider-index", []plan{{ // joined on 5 November
		cli: "claude", models: []weighted{{"claude-sonnet-5-5", 3}, {"claude-haiku-5-5", 2}}, from: 29, to: 39,
		weekday: 1, weekend: .4, sessions: [2]int{1, 2}, replies: [2]int{6, 10}, hours: [2]int{9, 16}, gap: [2]int{20, 240},
		start: [2]int{40_000, 70_000}, grow: [2]int{4_000, 18_000}, limit: 170_000, out: [2]int{150, 2200},
		think: .3, chat: .15, snapshots: .2, ttl: "mix",
	}}},
	{"petra.alvarado", "orchard", -6, "root-survey", []plan{{ // left on 14 October: off the board of 30 days
		cli: "claude", models: only("claude-sonnet-5-5"), to: 7,
		weekday: 1, weekend: 0, sessions: [2]int{1, 1}, replies: [2]int{5, 9}, hours: [2]int{8, 15}, gap: [2]int{20, 240},
		start: [2]int{30_000, 50_000}, grow: [2]int{4_000, 16_000}, limit: 150_000, out: [2]int{150, 1800},
		think: .3, chat: .2, snapshots: .2, ttl: "flat",
	}}},

	// Quarry answers questions.
	{"rashid.vantongeren", "quarry", 4, "granite", []plan{
		{
			cli: "claude", models: []weighted{{"claude-opus-5-5", 2}, {"claude-haiku-5-5", 1}}, to: 38,
			weekday: .8, weekend: .2, sessions: [2]int{1, 1}, replies: [2]int{3, 6}, hours: [2]int{8, 17}, gap: [2]int{20, 260},
			start: [2]int{60_000, 110_000}, grow: [2]int{12_000, 38_000}, limit: 190_000, out: [2]int{200, 2600},
			think: .4, chat: .15, snapshots: .15, ttl: "mix", geo: "us",
		},
		{ // a last Sunday with a great deal to do
			cli: "claude", models: only("claude-opus-5-5"), from: 39, to: 39,
			weekend: 1, sessions: [2]int{2, 2}, replies: [2]int{10, 13}, hours: [2]int{9, 15}, gap: [2]int{30, 200},
			start: [2]int{300_000, 420_000}, grow: [2]int{24_000, 60_000}, limit: 900_000, out: [2]int{300, 3000},
			think: .4, chat: .1, snapshots: .2, ttl: "5m",
		},
	}},
	{"emeka.sorensen", "quarry", 1, "slate", []plan{ // gone for three weeks, then back
		{
			cli: "claude", models: only("claude-opus-4-8"), to: 8,
			weekday: 1, weekend: .5, sessions: [2]int{1, 1}, replies: [2]int{4, 6}, hours: [2]int{9, 18}, gap: [2]int{20, 260},
			start: [2]int{40_000, 70_000}, grow: [2]int{4_000, 18_000}, limit: 170_000, out: [2]int{150, 2200},
			think: .4, chat: .2, snapshots: .15, ttl: "flat",
		},
		{
			cli: "claude", models: only("claude-opus-5-5"), from: 32, to: 39,
			weekday: 1, weekend: .8, sessions: [2]int{1, 1}, replies: [2]int{8, 12}, hours: [2]int{9, 20}, gap: [2]int{20, 200},
			start: [2]int{60_000, 120_000}, grow: [2]int{12_000, 34_000}, limit: 190_000, out: [2]int{150, 2600},
			think: .4, chat: .2, snapshots: .2, ttl: "1h",
		},
	}},
	{"hana.brightwater", "quarry", -8, "pebble", []plan{{
		cli: "claude", models: []weighted{{"claude-haiku-5-5", 3}, {"claude-haiku-4-5-20251001", 1}}, to: 39,
		weekday: .5, weekend: .1, sessions: [2]int{1, 1}, replies: [2]int{3, 7}, hours: [2]int{9, 16}, gap: [2]int{15, 180},
		start: [2]int{18_000, 40_000}, grow: [2]int{2_000, 9_000}, limit: 96_000, out: [2]int{80, 1200},
		think: .2, chat: .15, snapshots: .2, ttl: "5m",
	}}},
	{"omar.lindgren", "quarry", 3, "chalk", []plan{{ // weekends only
		cli: "claude", models: only("claude-sonnet-5-5"), to: 39,
		weekday: 0, weekend: .75, sessions: [2]int{1, 1}, replies: [2]int{4, 7}, hours: [2]int{10, 20}, gap: [2]int{20, 300},
		start: [2]int{60_000, 90_000}, grow: [2]int{3_000, 14_000}, limit: 160_000, out: [2]int{150, 2000},
		think: .3, chat: .15, snapshots: .2, ttl: "1h",
	}}},
	{"noor.delacroix", "quarry", 0, "gravel", nil}, // written by hand: see traps.go
}
