package memstore

import (
	"hash/maphash"
	"strings"
)

// dict keeps each text once, under a small number that is used again when the
// last record that mentions the text is gone. Number 0 is the empty text.
type dict struct {
	seed  maphash.Seed
	ids   table
	pages []*page
	n     uint32 // numbers given out so far, 0 included
	free  []uint32
	stamp uint64 // views taken when pages was last copied
}

const pageSize = 256

type page struct {
	words [pageSize]word
	stamp uint64 // views taken when the page was made
}

type word struct {
	text string
	refs uint32 // mentions in records that count; only holders of the lock touch it
}

func newDict(seed maphash.Seed) dict {
	return dict{seed: seed, pages: []*page{new(page)}, n: 1}
}

func textAt(pages []*page, id uint32) string { return pages[id/pageSize].words[id%pageSize].text }

func (d *dict) word(id uint32) *word { return &d.pages[id/pageSize].words[id%pageSize] }

func (d *dict) text(id uint32) string { return d.word(id).text }

func (d *dict) hash(s string) uint64 { return maphash.String(d.seed, s) }

// find returns the number of a text that is there.
func (d *dict) find(s string) (uint32, bool) {
	if s == "" {
		return 0, true
	}
	return d.lookup(s, d.hash(s))
}

func (d *dict) lookup(s string, hash uint64) (uint32, bool) {
	p := d.ids.part(hash)
	if p.n == 0 {
		return 0, false
	}
	mask := len(p.slots) - 1
	for i := int(uint32(hash)) & mask; p.slots[i] != 0; i = (i + 1) & mask {
		if uint32(p.slots[i]>>32) == uint32(hash) && d.text(uint32(p.slots[i])) == s {
			return uint32(p.slots[i]), true
		}
	}
	return 0, false
}

// take returns the number of a text that is not empty, adding it if it is
// new, and counts one more mention. It looks at a guess first.
func (d *dict) take(s string, hash uint64, guess uint32, views uint64) uint32 {
	if w := d.word(guess); w.text == s {
		w.refs++
		return guess
	}
	id, ok := d.lookup(s, hash)
	if !ok {
		id = d.add(strings.Clone(s), hash, views)
	}
	d.word(id).refs++
	return id
}

func (d *dict) add(s string, hash, views uint64) uint32 {
	var id uint32
	if n := len(d.free); n > 0 {
		id, d.free = d.free[n-1], d.free[:n-1]
		d.set(id, s, views)
	} else {
		id = d.n
		d.n++
		if id%pageSize == 0 {
			d.pages = append(d.pages, &page{stamp: views})
		}
		d.word(id).text = s // of a number no view knows
	}
	d.ids.add(hash, id)
	return id
}

// set overwrites the text of a number that a view may know.
func (d *dict) set(id uint32, s string, views uint64) {
	i := id / pageSize
	if d.pages[i].stamp < views {
		if d.stamp < views {
			d.pages = append(make([]*page, 0, cap(d.pages)), d.pages...)
			d.stamp = views
		}
		p := *d.pages[i]
		p.stamp = views
		d.pages[i] = &p
	}
	d.word(id).text = s
}

// release counts one mention less, and forgets a text nobody mentions.
func (d *dict) release(id uint32, views uint64) {
	if id == 0 {
		return
	}
	w := d.word(id)
	if w.refs--; w.refs == 0 {
		d.ids.remove(d.hash(w.text), id)
		d.set(id, "", views)
		d.free = append(d.free, id)
	}
}
