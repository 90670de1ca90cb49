package dashboard

import (
	"time"
)

// What a page shows. The same values are written as HTML and as JSON, so both
// show the same. Field docs go to the OpenAPI document.

// editionView says which edition an answer is of.
type editionView struct {
	Serial   int64     `json:"serial" doc:"Counts the editions of this process."`
	At       time.Time `json:"at" doc:"The instant all figures that are not the viewer's own are as of."`
	Next     time.Time `json:"next" doc:"When the next edition is due."`
	Sums     time.Time `json:"sums" doc:"The instant that sums over teams, models, workflows and all are as of."`
	Currency string    `json:"currency" doc:"Of all amounts, such as USD."`
}

// titleView is a title somebody holds.
type titleView struct {
	ID   string `json:"id" doc:"The rule's id."`
	Name string `json:"name" doc:"The title, in the language of the answer."`
	icon int
}

// tierView is a rung of the ladder.
type tierView struct {
	Level int    `json:"level" doc:"1 for the lowest; 0: none."`
	Name  string `json:"name,omitempty" doc:"Such as Gold."`
	maybe bool   // there may be one that is not told
}

// rowView is one row of a list of people.
type rowView struct {
	Rank   int         `json:"rank"`
	Name   string      `json:"name,omitempty" doc:"A name or a pseudonym; absent where neither is shown."`
	Named  bool        `json:"named,omitempty" doc:"True: name is no pseudonym."`
	Person string      `json:"person,omitempty" doc:"The id of the person's page; absent where there is none."`
	You    bool        `json:"you,omitempty" doc:"True: the viewer's own row. Shared lists do not say so; lists around the viewer do."`
	Was    int         `json:"was,omitempty" doc:"The rank that the row is compared with; absent: none, or not told."`
	Move   string      `json:"move,omitempty" doc:"up, down, same or new: new on the list, or not ranked before; absent where it is not told."`
	Tier   tierView    `json:"tier" doc:"Level 0 on a row without a name: none, or one that so few such rows have that it is not told."`
	Titles []titleView `json:"titles,omitempty"`
	Tokens *figure     `json:"tokens,omitempty"`
	Cost   *amount     `json:"cost,omitempty"`
	Output *figure     `json:"output,omitempty" doc:"Generated tokens, reasoning included."`
	Score  *figure     `json:"score,omitempty" doc:"What the board ranks by, where that is none of the other three."`
	Steps  []int       `json:"steps,omitempty" doc:"The window, oldest first, in levels from 0 (nothing, or of others less than is told) to 5 (the row's own greatest)."`
}

// choice is a link to the same list, told differently.
type choice struct {
	Label  string `json:"label"`
	Query  string `json:"query" doc:"The query that leads there."`
	Chosen bool   `json:"chosen,omitempty"`
}

// filterView is what a list is narrowed to.
type filterView struct {
	By  string `json:"by" doc:"team, model or workflow."`
	Key string `json:"key"`
}

// boardView is a board.
type boardView struct {
	Edition  editionView `json:"edition"`
	Board    string      `json:"board" doc:"The board's name."`
	Metric   string      `json:"metric" doc:"tokens, cost, output, fresh, calls, or score for a board of the host's own."`
	Window   string      `json:"window" doc:"The window in words."`
	From     time.Time   `json:"from,omitzero" doc:"The first instant of the window; absent for all time."`
	To       time.Time   `json:"to,omitzero" doc:"The end of the window, exclusive."`
	Since    time.Time   `json:"since,omitzero" doc:"The instant that was refers to."`
	Ranked   figure      `json:"ranked" doc:"How many have a rank."`
	Tokens   figure      `json:"tokens" doc:"Of all in the window."`
	Cost     amount      `json:"cost" doc:"Of all in the window, at list prices."`
	Filter   *filterView `json:"filter,omitempty"`
	Query    string      `json:"search,omitempty" doc:"What was searched for."`
	Notice   string      `json:"notice,omitempty" doc:"Why rows are missing, in words."`
	Sorts    []choice    `json:"sorts"`
	Windows  []choice    `json:"windows"`
	Rows     []rowView   `json:"rows"`
	You      *youView    `json:"you,omitempty"`
	filters  []filterGroup
	main     string // which column is sorted by
	shows    columns
	lists    bool // there is something to narrow
	csv      string
	searched bool
}

// columns are the columns that a list has.
type columns struct{ tokens, cost, output, score, steps bool }

func (c columns) Tokens() bool { return c.tokens }
func (c columns) Cost() bool   { return c.cost }
func (c columns) Output() bool { return c.output }
func (c columns) Score() bool  { return c.score }
func (c columns) Steps() bool  { return c.steps }

// filterGroup is the choices of one dimension.
type filterGroup struct {
	Label   string
	Choices []filterChoice
}

type filterChoice struct {
	Value, Label string
	Chosen       bool
}

// youView is the viewer's own place on a board.
type youView struct {
	Ranked  bool       `json:"ranked"`
	Rank    int        `json:"rank,omitempty"`
	Of      figure     `json:"of"`
	Listed  bool       `json:"listed,omitempty" doc:"True: the row is among those everybody sees."`
	ShownAs string     `json:"shown_as,omitempty" doc:"What others see instead of the name; absent: the name."`
	Row     rowView    `json:"row" doc:"The viewer's own row, exact."`
	Next    *gapView   `json:"next,omitempty" doc:"What it takes to the next rank."`
	Tier    *climbView `json:"tier,omitempty" doc:"What it takes to the next tier."`
	Around  []rowView  `json:"around,omitempty" doc:"Up to five rows on each side."`
}

// gapView is what it takes to pass the row above, by its published figure.
type gapView struct {
	Rank   int     `json:"rank"`
	Close  bool    `json:"close,omitempty" doc:"True: nearer than figures of others are told."`
	Tokens *figure `json:"tokens,omitempty"`
	Cost   *amount `json:"cost,omitempty"`
	Score  *figure `json:"score,omitempty"`
}

// climbView is how far somebody is to the next tier.
type climbView struct {
	At    tierView   `json:"at"`
	Next  tierView   `json:"next"`
	Done  int64      `json:"done" doc:"In thousandths."`
	Gates []gateView `json:"gates,omitempty"`
}

// gateView is one condition of a tier or title, and how far it is.
type gateView struct {
	Label   string     `json:"label"`
	Have    string     `json:"have,omitempty"`
	Want    string     `json:"want,omitempty"`
	Missing string     `json:"missing,omitempty"`
	Done    int64      `json:"done" doc:"In thousandths."`
	Met     bool       `json:"met,omitempty"`
	Note    string     `json:"note,omitempty"`
	Of      []gateView `json:"of,omitempty"`
	english bool       // the label is not translated
}

// dayView is one day of a calendar.
type dayView struct {
	Day    string  `json:"day" doc:"A UTC day, such as 2026-11-15."`
	Level  int     `json:"level" doc:"From 0 (nothing) to 5 (the greatest)."`
	Tokens *figure `json:"tokens,omitempty" doc:"Absent where only the level is told."`
	Hidden bool    `json:"hidden,omitempty" doc:"True: too few people were active; the level is not told."`
}

// shareView is a part of a whole by some name.
type shareView struct {
	Name   string  `json:"name"`
	Events *figure `json:"events,omitempty"`
	Tokens *figure `json:"tokens,omitempty"`
	Cost   *amount `json:"cost,omitempty"`
	People *figure `json:"people,omitempty" doc:"How many used it; others see it rounded down to a multiple of five."`
	Share  int64   `json:"share" doc:"Of the whole, in thousandths."`
	Link   string  `json:"link,omitempty" doc:"The page about it."`
}

// meterView is one meter.
type meterView struct {
	Meter    string  `json:"meter" doc:"In snake case, such as cache_read."`
	Label    string  `json:"label"`
	Quantity figure  `json:"quantity" doc:"In the meter's unit."`
	Cost     *amount `json:"cost,omitempty"`
	Share    int64   `json:"share" doc:"Of the costs, or of the tokens where costs are not known, in thousandths."`
}

// groupsView lists teams, models or workflows.
type groupsView struct {
	Edition editionView `json:"edition"`
	By      string      `json:"by" doc:"team, model or workflow."`
	Window  string      `json:"window"`
	Windows []choice    `json:"windows"`
	Groups  []shareView `json:"groups"`
	Hidden  bool        `json:"hidden,omitempty" doc:"True: some are too small to be shown."`
	Least   int         `json:"least" doc:"How many people it takes to be shown."`
}

// groupView is one team, model or workflow.
type groupView struct {
	Edition  editionView `json:"edition"`
	By       string      `json:"by"`
	Key      string      `json:"key"`
	Provider string      `json:"provider,omitempty" doc:"Of a model: that of by far the most who use it."`
	Window   string      `json:"window"`
	Windows  []choice    `json:"windows"`
	People   figure      `json:"people" doc:"How many; others see it rounded down to a multiple of five."`
	Events   figure      `json:"events"`
	Tokens   figure      `json:"tokens"`
	Output   figure      `json:"output"`
	Cost     amount      `json:"cost"`
	Share    int64       `json:"share" doc:"Of all tokens, in thousandths."`
	Meters   []meterView `json:"meters"`
	Days     []dayView   `json:"days"`
	Rows     []rowView   `json:"rows,omitempty" doc:"Who used most, where rows have names."`
	Notice   string      `json:"notice,omitempty"`
	board    string
	raw      string
}

// rankView is a person's place on one board.
type rankView struct {
	Board  string  `json:"board"`
	Label  string  `json:"label"`
	Rank   int     `json:"rank,omitempty" doc:"Absent: none, or not among those listed."`
	Of     figure  `json:"of"`
	Was    int     `json:"was,omitempty"`
	Move   string  `json:"move,omitempty"`
	Tokens *figure `json:"tokens,omitempty"`
	Cost   *amount `json:"cost,omitempty"`
	Output *figure `json:"output,omitempty"`
	Score  *figure `json:"score,omitempty"`
	Steps  []int   `json:"steps,omitempty"`
}

// placeView is a rank on one day.
type placeView struct {
	Day  string `json:"day"`
	Rank int    `json:"rank,omitempty" doc:"Absent: none, or not among those listed."`
}

// ruleView is a title, and how far somebody is.
type ruleView struct {
	Title titleView  `json:"title"`
	Text  string     `json:"text" doc:"What it takes."`
	Held  bool       `json:"held,omitempty"`
	Since time.Time  `json:"since,omitzero"`
	Done  int64      `json:"done" doc:"In thousandths."`
	Gates []gateView `json:"gates,omitempty"`
}

// sessionView is one session of the viewer's own.
type sessionView struct {
	Name   string    `json:"name"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Events int64     `json:"events"`
	Tokens figure    `json:"tokens"`
	Cost   amount    `json:"cost"`
}

// lineView is one line of a bill.
type lineView struct {
	Meter    string `json:"meter"`
	Quantity int64  `json:"quantity"`
	Price    string `json:"unit_price" doc:"Of a single unit, a decimal."`
	Factors  string `json:"factors,omitempty"`
	Amount   string `json:"amount" doc:"A decimal."`
	Sheet    string `json:"sheet"`
	Why      string `json:"why,omitempty"`
}

// proofView is why one call cost what it did.
type proofView struct {
	At    time.Time  `json:"at"`
	Model string     `json:"model"`
	Cost  amount     `json:"cost"`
	Book  string     `json:"book" doc:"The version of the price book."`
	Lines []lineView `json:"lines"`
	Note  string     `json:"note,omitempty" doc:"Why there is no full price."`
}

// eventView is something gained or lost.
type eventView struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// personView is a person.
type personView struct {
	Edition  editionView   `json:"edition"`
	Name     string        `json:"name"`
	You      bool          `json:"you,omitempty"`
	Exact    bool          `json:"exact,omitempty" doc:"True: everything is shown, as to the person."`
	Tier     tierView      `json:"tier"`
	Titles   []titleView   `json:"titles,omitempty"`
	Ranks    []rankView    `json:"ranks"`
	Places   []placeView   `json:"places,omitempty" doc:"Ranks on the first board, by day, oldest first."`
	Named    string        `json:"named,omitempty" doc:"With opt-in, of the viewer's own page: yes or no."`
	Climb    *climbView    `json:"climb,omitempty"`
	Rules    []ruleView    `json:"rules,omitempty"`
	Days     []dayView     `json:"days,omitempty"`
	Models   []shareView   `json:"models,omitempty"`
	Meters   []meterView   `json:"meters,omitempty"`
	Sessions []sessionView `json:"sessions,omitempty"`
	Proofs   []proofView   `json:"proofs,omitempty" doc:"The dearest calls."`
	History  []eventView   `json:"history,omitempty"`
	Tokens   *figure       `json:"tokens,omitempty" doc:"Of the last 30 days."`
	Cost     *amount       `json:"cost,omitempty" doc:"Of the last 30 days."`
}

// titlesView is all titles and tiers.
type titlesView struct {
	Edition editionView   `json:"edition"`
	AsOf    time.Time     `json:"as_of,omitzero" doc:"The close of the day that holders are counted at."`
	People  figure        `json:"people" doc:"Of how many."`
	Tiers   []rungView    `json:"tiers"`
	Titles  []holdersView `json:"titles"`
}

// rungView is a tier, what it takes and how many stand on it.
type rungView struct {
	Tier    tierView   `json:"tier"`
	Gates   []gateView `json:"gates,omitempty" doc:"What it takes to enter."`
	Holders *figure    `json:"holders,omitempty" doc:"Absent where they are fewer than are told of."`
	Few     bool       `json:"few,omitempty" doc:"True: some, but fewer than are told of."`
	Share   int64      `json:"share" doc:"In thousandths of all people; 0 where holders are not told."`
}

// holdersView is a title and who holds it.
type holdersView struct {
	Title   titleView  `json:"title"`
	Text    string     `json:"text" doc:"What it takes, in words."`
	Gates   []gateView `json:"gates,omitempty" doc:"What it takes, gate by gate."`
	Holders *figure    `json:"holders,omitempty" doc:"Absent where they are fewer than are told of."`
	Few     bool       `json:"few,omitempty"`
	Share   int64      `json:"share" doc:"In thousandths of all people; 0 where holders are not told."`
	Names   []rowView  `json:"names,omitempty" doc:"Holders among those listed by name."`
}

// bookView is a price book behind the costs.
type bookView struct {
	From    time.Time `json:"from,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Version string    `json:"version"`
	Note    string    `json:"note,omitempty"`
}

// sheetView is one price sheet.
type sheetView struct {
	Name   string    `json:"name"`
	Source string    `json:"source,omitempty"`
	AsOf   time.Time `json:"as_of,omitzero"`
}

// costView is what it all cost.
type costView struct {
	Edition    editionView `json:"edition"`
	Window     string      `json:"window"`
	Windows    []choice    `json:"windows"`
	List       amount      `json:"list" doc:"At list prices."`
	Contracted *amount     `json:"contracted,omitempty" doc:"At the rates that were agreed on, where the host gave them."`
	Events     figure      `json:"events"`
	Unpriced   figure      `json:"unpriced" doc:"Events without a full price."`
	Tokens     figure      `json:"tokens"`
	People     figure      `json:"people"`
	Month      amount      `json:"month" doc:"This calendar month so far, at list prices."`
	MonthName  string      `json:"month_name"`
	Models     []shareView `json:"models"`
	Hidden     bool        `json:"hidden,omitempty" doc:"True: some models or meters are used by too few to be shown."`
	Meters     []meterView `json:"meters"`
	Books      []bookView  `json:"books"`
	Sheets     []sheetView `json:"sheets"`
}

// aboutView is what the page says of itself.
type aboutView struct {
	Edition   editionView `json:"edition"`
	Naming    string      `json:"naming" doc:"named, pseudonyms or opt_in."`
	Period    string      `json:"period" doc:"How long a pseudonym holds: day, week, month or year."`
	Digits    int         `json:"digits" doc:"Significant digits of others' figures; 0: all."`
	Least     int64       `json:"least" doc:"The least count that is told; 0: none."`
	MinGroup  int         `json:"min_group"`
	Rows      int         `json:"rows"`
	Every     string      `json:"every" doc:"The time between editions, such as 15m0s."`
	Logged    bool        `json:"logged" doc:"True: looks are written to an access log."`
	You       string      `json:"you,omitempty" doc:"Who the viewer is, as events name it."`
	SeesNames bool        `json:"sees_names,omitempty"`
	SeesExact bool        `json:"sees_exact,omitempty"`
}
