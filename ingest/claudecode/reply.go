package claudecode

import (
	"cmp"
	"slices"

	"github.com/tokenomics-go/tokenomics/usage"
)

// state is one state of a reply, as one line tells it.
type state struct {
	usage                      usage.Usage
	model, tier, speed, region string
	split                      []usage.Part // of usage, if it was billed as several calls
	lifetimes                  int64        // cache writes of stated lifetime
	side                       bool         // told by a side conversation

	nulls, remainder, clamped bool
}

// compare orders states of one reply: the greatest is the one that counts. It
// returns 0 only for states that lead to the same event.
func (s *state) compare(o *state) int {
	if c := cmp.Or(
		cmp.Compare(s.usage.Generated(), o.usage.Generated()),
		cmp.Compare(s.usage.Tokens(), o.usage.Tokens()),
		cmp.Compare(s.lifetimes, o.lifetimes),
		-compareBool(s.side, o.side),
	); c != 0 {
		return c
	}
	a, b := s.usage.Vector(), o.usage.Vector()
	return cmp.Or(
		slices.Compare(a[:], b[:]),
		cmp.Compare(s.model, o.model), cmp.Compare(s.tier, o.tier),
		cmp.Compare(s.speed, o.speed), cmp.Compare(s.region, o.region),
		slices.CompareFunc(s.split, o.split, compareParts),
		compareBool(s.nulls, o.nulls), compareBool(s.remainder, o.remainder), compareBool(s.clamped, o.clamped),
	)
}

func compareParts(a, b usage.Part) int {
	u, v := a.Usage.Vector(), b.Usage.Vector()
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Model, b.Model), slices.Compare(u[:], v[:]))
}

// samePrompt reports whether two states have equal input and cache counts.
func (s *state) samePrompt(o *state) bool {
	return s.usage.Input == o.usage.Input && s.usage.CacheRead == o.usage.CacheRead &&
		s.usage.CacheWrites() == o.usage.CacheWrites()
}

// origin is when and where a reply was given.
type origin struct {
	at                        int64 // nanoseconds since 1970
	side                      bool
	session, workflow, branch string
}

// compare orders origins, the earliest first; of equal times the main
// conversation goes first, then texts decide. A copied session keeps the
// times of its lines, so all copied lines choose the same session.
func (o *origin) compare(p *origin) int {
	return cmp.Or(
		cmp.Compare(o.at, p.at), compareBool(o.side, p.side), compareBool(o.session == "", p.session == ""),
		cmp.Compare(o.session, p.session), cmp.Compare(o.workflow, p.workflow), cmp.Compare(o.branch, p.branch),
	)
}

// tally counts the lines of one file that tell of a reply.
type tally struct {
	file       string
	at         int64 // the earliest
	main, side int64
}

// before reports whether t's file is the rather the reply's own: one of the
// main conversation, then the one with the earlier line.
func (t *tally) before(o *tally) bool {
	return cmp.Or(
		-compareBool(t.main > 0, o.main > 0), cmp.Compare(t.at, o.at), cmp.Compare(t.file, o.file)) < 0
}

// reply is what is known of one reply under one request id.
type reply struct {
	id, request string
	best        state
	from        origin
	finished    bool // some line has a stop reason
	unkeyed     bool

	current, home        tally // of the file being read; of the reply's own so far
	otherMain, otherSide int64 // lines of all other files
}

// main reports whether a line of the main conversation tells of the reply.
func (r *reply) main() bool { return r.home.main > 0 }

// add adds one state.
func (r *reply) add(s *state, from *origin, file string) {
	if r.empty() {
		r.best, r.from = *s, *from
	} else {
		r.merge(s, from)
	}
	if r.current.file != file {
		r.settle()
		r.current = tally{file: file, at: from.at}
	}
	r.current.at = min(r.current.at, from.at)
	if s.side {
		r.current.side++
	} else {
		r.current.main++
	}
}

func (r *reply) merge(s *state, from *origin) {
	if s.compare(&r.best) > 0 {
		r.best = *s
	}
	if from.compare(&r.from) < 0 {
		r.from = *from
	}
}

func (r *reply) empty() bool { return r.current.file == "" && r.home.file == "" }

// settle ends the file being read.
func (r *reply) settle() {
	if r.current.file == "" {
		return
	}
	lesser := r.current
	if r.home.file == "" {
		r.home, lesser = r.current, tally{}
	} else if r.current.before(&r.home) {
		r.home, lesser = r.current, r.home
	}
	r.otherMain += lesser.main
	r.otherSide += lesser.side
	r.current = tally{}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
