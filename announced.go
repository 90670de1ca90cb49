package tokenomics

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/tokenomics-go/tokenomics/rank"
	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/tiers"
)

// What was announced is kept in a ledger that keeps named blobs
// (store.Checkpointer), for each scope of rules:
//
//   - a ring of segments of announcements, each with its cursor
//   - a base: what everybody had been told by some announcement
//
// What was told after the base is in the segments. An announcement is made by
// the write of its segment: before that nobody can see it, and a kill leaves it to
// be made again.
const announcedMagic = "tokenomics announcements 1\n"

const (
	segmentSize = 512 // announcements
	ringSize    = 32  // segments
	baseAfter   = ringSize * segmentSize / 2
	saidAtOnce  = ringSize * segmentSize / 4
)

// announced is what of a scope's announcements is in the ledger.
type announced struct {
	count   int64  // how many were ever made
	based   bool   // there is a base
	base    int64  // how many it knows of
	tail    []said // those of the last segment, from a multiple of segmentSize on
	written int64  // how many are in the ledger
	dirty   bool   // all of it must be written again

	// As read from the ledger: for those who were not looked at yet.
	through tiers.Day // the close by which they were told what they were told
	rules   []savedRule
}

// savedRule is a rule as it was when somebody was told of it.
type savedRule struct {
	id      string
	version int64
}

func (f *facts) segmentName(i int64) string {
	return fmt.Sprintf("announcements-%s-%02d", f.scope, i%ringSize)
}

func (f *facts) baseName() string { return "announced-" + f.scope.String() }

// save writes what was said to the ledger, and lets it be seen.
func (f *facts) save(ctx context.Context) error {
	a, l := &f.e.announcer, &f.announced
	if a.saver == nil {
		return nil
	}
	if l.dirty {
		l.written = 0
	}
	if !l.based {
		if err := f.saveBase(ctx); err != nil {
			return err
		}
	}
	for l.written < l.count {
		from := l.written - l.written%segmentSize
		in := f.segment(from)
		if len(in) > 0 {
			if err := a.keepBlob(ctx, f.segmentName(from/segmentSize), in[len(in)-1].at+1, f.encodeSegment(in)); err != nil {
				return err
			}
		}
		l.written = min(from+segmentSize, l.count)
	}
	l.tail = slices.Clone(f.segment(l.count - l.count%segmentSize))
	a.commit(f)
	if l.dirty || l.count-l.base >= baseAfter {
		if err := f.saveBase(ctx); err != nil {
			return err
		}
	}
	l.dirty = false
	return nil
}

// segment returns what is known of the announcements of a segment.
func (f *facts) segment(from int64) []said {
	in := func(s said) bool { return s.of == f && s.at >= from && s.at < from+segmentSize }
	var out []said
	for _, s := range f.announced.tail {
		if in(s) {
			out = append(out, s)
		}
	}
	if len(out) > 0 || !f.announced.dirty {
		return out
	}
	a := &f.e.announcer
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.log {
		if in(s) {
			out = append(out, s)
		}
	}
	return out
}

func (f *facts) encodeSegment(in []said) []byte {
	var w snapshotWriter
	w.number(in[0].at, int64(f.newest), int64(len(in)))
	var one []byte
	for i := range in {
		one, _ = in[i].AppendBinary(one[:0]) // it has no errors
		w.number(in[i].cursor)
		w.text(string(one))
	}
	return w.b.Bytes()
}

// saveBase writes what everybody was told by now.
func (f *facts) saveBase(ctx context.Context) error {
	a, l := &f.e.announcer, &f.announced
	born, on := a.since()
	if !on {
		born = a.birth
	}
	unresolved := slices.ContainsFunc(f.of, func(k kept) bool { return k.told.saved != nil && k.closed == 0 })
	rules := map[string]int64{}
	var list []savedRule
	ruleOf := func(id string) int64 {
		n, ok := rules[id]
		if !ok {
			n = int64(len(list))
			rules[id] = n
			r := savedRule{id, int64(f.versionOf(id))}
			if i := slices.IndexFunc(l.rules, func(r savedRule) bool { return r.id == id }); i >= 0 && unresolved {
				r = l.rules[i]
			}
			list = append(list, r)
		}
		return n
	}
	for i := range f.set.Len() {
		ruleOf(f.set.Rule(i).ID)
	}
	var people snapshotWriter
	n := int64(0)
	for id := rank.ID(1); int(id) < len(f.of); id++ {
		own, known := f.toldOf(&f.of[id], born)
		if !known {
			continue
		}
		n++
		people.text(f.names.Name(id))
		people.text(string(encodeTold(own, ruleOf)))
	}
	var w snapshotWriter
	w.number(l.count, a.cursor(), int64(born), int64(f.newest), int64(len(list)))
	for _, r := range list {
		w.text(r.id)
		w.number(r.version)
	}
	w.number(n)
	w.b.Write(people.b.Bytes())
	if err := a.keepBlob(ctx, f.baseName(), l.count, w.b.Bytes()); err != nil {
		return err
	}
	l.based, l.base = true, l.count
	return nil
}

// saveForgotten writes anew what the store forgot with somebody who was forgotten.
func (e *Engine) saveForgotten(ctx context.Context) error {
	for _, f := range e.scopes {
		f.work.Lock()
		var err error
		if f.announced.based {
			err = f.save(ctx)
		}
		f.work.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// toldOf returns what somebody was told; false if nothing is known of them.
func (f *facts) toldOf(k *kept, born tiers.Day) (own map[toldOf]level, known bool) {
	switch {
	case k.told.saved != nil && k.closed > 0:
		f.resolve(k)
		return f.toldOf(k, born)
	case k.told.saved != nil:
		return f.announced.decodeTold(k.told.saved), true
	case k.told.own != nil:
		return k.told.own, true
	case k.told.begun:
		return f.levels(&k.Kept, k.told.noted), true
	case k.closed > 0:
		return f.levels(&k.Kept, f.keeper.NotedBy(&k.Kept, born)), true
	}
	return nil, false
}

// encodeTold writes what somebody was told, award by award, in an order.
func encodeTold(own map[toldOf]level, ruleOf func(string) int64) []byte {
	keys := make([]toldOf, 0, len(own))
	for key := range own {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, toldOf.compare)
	var w snapshotWriter
	for _, key := range keys {
		l := own[key]
		w.number(ruleOf(key.rule))
		w.text(key.reason)
		w.number(int64(l.now), int64(l.best), stamp(l.up), stamp(l.down))
	}
	return w.b.Bytes()
}

func (l *announced) decodeTold(saved []byte) map[toldOf]level {
	own := map[toldOf]level{}
	r := checkpointReader{b: saved}
	for len(r.b) > 0 {
		rule := r.number()
		key := toldOf{reason: r.text()}
		is := level{now: int(r.number()), best: int(r.number()), up: r.time(), down: r.time()}
		if r.err != nil || rule < 0 || rule >= int64(len(l.rules)) {
			break // its checksum was right: it was never written so
		}
		key.rule = l.rules[rule].id
		own[key] = is
	}
	return own
}

// resolve compares what somebody was told before a restart with what was gained
// by then on the events that count now. Where they agree, what came after is news
// like any other; otherwise it is told as corrections are. Of a rule that is new,
// or another version, nothing of the past is news.
func (f *facts) resolve(k *kept) {
	l := &f.announced
	own := l.decodeTold(k.told.saved)
	noted := f.keeper.NotedBy(&k.Kept, l.through)
	is := f.levels(&k.Kept, noted)
	for key := range own {
		if _, ok := is[key]; !ok {
			is[key] = level{}
		}
	}
	agree := true
	for key, now := range is {
		was := own[key]
		switch {
		case !f.has(key.rule):
			delete(own, key)
			continue
		case !slices.Contains(l.rules, savedRule{key.rule, int64(f.versionOf(key.rule))}):
			now.best = max(now.best, was.best)
			own[key], was = now, now
			agree = agree && is[key].best == now.best
		}
		agree = agree && was.now == now.now && was.best == now.best
	}
	k.told = told{begun: true, own: own}
	if agree {
		k.told = told{begun: true, noted: noted}
	}
}

// has reports whether there is a rule, or a ladder, of that name.
func (f *facts) has(rule string) bool {
	_, ok := f.set.Index(rule)
	return ok || f.ladder != nil && rule == f.ladder.RuleID()
}

// loadAnnounced reads what was announced before. What cannot be read is told to
// the logger; then announcements begin anew.
func (e *Engine) loadAnnounced(ctx context.Context) error {
	cp, ok := store.As[store.Checkpointer](e.store)
	if !ok || e.readOnly {
		return nil
	}
	e.announcer.saver = cp
	var all []said
	for _, f := range e.scopes {
		list, err := f.load(ctx)
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	e.announcer.begin(all)
	return nil
}

// load reads the base and the segments of a scope, and returns the announcements.
func (f *facts) load(ctx context.Context) ([]said, error) {
	a, l := &f.e.announcer, &f.announced
	head, body, err := a.blob(ctx, f.baseName())
	if err != nil {
		return nil, err
	}
	var list []said
	greatest, whole := head, head < 0 || f.decodeBase(body)
	for i := range int64(ringSize) {
		if greatest < 0 {
			break // the base is written before all else
		}
		head, body, err := a.blob(ctx, f.segmentName(i))
		if err != nil {
			return nil, err
		}
		if head < 0 {
			continue
		}
		greatest = max(greatest, head)
		in, ok := f.decodeSegment(body)
		list, whole = append(list, in...), whole && ok
	}
	slices.SortFunc(list, func(x, y said) int { return int(x.at - y.at) })
	if !whole || !l.based {
		if greatest >= 0 {
			f.e.log.Warn("tokenomics: what was announced cannot be read and begins anew", "scope", f.scope.String())
		}
		f.forgetTold()
		a.birth = 0
		*l = announced{count: (greatest + segmentSize) / segmentSize * segmentSize} // what is there has lesser heads then
		l.written, l.base = l.count, l.count
		return nil, nil
	}
	l.count = l.base
	for _, s := range list {
		if s.at >= l.base {
			f.tellAgain(&s.Transition)
		}
		l.count = max(l.count, s.at+1)
	}
	l.written, l.dirty = l.count, false
	l.tail = slices.DeleteFunc(slices.Clone(list), func(s said) bool { return s.at < l.count-l.count%segmentSize })
	return list, nil
}

// tellAgain notes an announcement that was made after the base.
func (f *facts) tellAgain(t *tiers.Transition) {
	if t.Rule == "" {
		return // of somebody forgotten
	}
	id := f.id(t.Subject)
	k := &f.of[id]
	own := f.announced.decodeTold(k.told.saved)
	key := toldOf{t.Rule, t.Reason}
	l := own[key]
	l.take(t)
	own[key] = l
	k.told = told{saved: encodeTold(own, func(rule string) int64 {
		i := slices.IndexFunc(f.announced.rules, func(r savedRule) bool { return r.id == rule })
		if i < 0 {
			i = len(f.announced.rules)
			f.announced.rules = append(f.announced.rules, savedRule{rule, int64(t.Version)})
		}
		return int64(i)
	})}
	f.move(id)
}

// forgetTold drops what was read of a base.
func (f *facts) forgetTold() {
	for i := range f.of {
		f.of[i].told = told{}
	}
}

func (f *facts) decodeBase(body []byte) bool {
	r := checkpointReader{b: body}
	l := &f.announced
	l.base = r.number()
	f.e.announcer.last = max(f.e.announcer.last, r.number())
	f.e.announcer.birth = tiers.Day(r.number())
	l.through = tiers.Day(r.number())
	for range r.count() {
		l.rules = append(l.rules, savedRule{r.text(), r.number()})
	}
	for range r.count() {
		id := f.id(r.text())
		saved := []byte(r.text())
		if r.err != nil || id == rank.NoID {
			return false
		}
		f.of[id].told = told{saved: saved}
		f.move(id)
	}
	l.based = r.err == nil && len(r.b) == 0
	return l.based
}

func (f *facts) decodeSegment(body []byte) (list []said, ok bool) {
	r := checkpointReader{b: body}
	at := r.number()
	f.announced.through = max(f.announced.through, tiers.Day(r.number()))
	for range r.count() {
		s := said{of: f, at: at, cursor: r.number()}
		if err := s.UnmarshalBinary([]byte(r.text())); r.err != nil || err != nil {
			return nil, false
		}
		list = append(list, s)
		at++
	}
	return list, r.err == nil && len(r.b) == 0
}

// keepBlob saves a blob with its magic and checksum.
func (a *announcer) keepBlob(ctx context.Context, name string, head int64, body []byte) error {
	data := slices.Concat([]byte(announcedMagic), body)
	data = binary.BigEndian.AppendUint32(data, crc32.Checksum(data, castagnoli()))
	if err := a.saver.SaveCheckpoint(ctx, name, head, data); err != nil {
		return fmt.Errorf("tokenomics: saving announcements: %w", err)
	}
	return nil
}

// blob returns what keepBlob saved; head is -1 if there is nothing, the body nil
// if it is damaged.
func (a *announcer) blob(ctx context.Context, name string) (head int64, body []byte, err error) {
	head, data, err := a.saver.LoadCheckpoint(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return -1, nil, nil
	}
	if err != nil {
		return -1, nil, fmt.Errorf("tokenomics: reading announcements: %w", err)
	}
	body, ok := bytes.CutPrefix(data, []byte(announcedMagic))
	end := len(data) - 4
	if !ok || len(body) < 4 || binary.BigEndian.Uint32(data[end:]) != crc32.Checksum(data[:end], castagnoli()) {
		return head, nil, nil
	}
	return head, body[:len(body)-4], nil
}

func (k toldOf) compare(l toldOf) int {
	if c := strings.Compare(k.rule, l.rule); c != 0 {
		return c
	}
	return strings.Compare(k.reason, l.reason)
}
