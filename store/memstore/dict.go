package memstore

import "strings"

// dict keeps each text once, under a small number that is used again when the
// last record that mentions the text is gone. Number 0 is the empty text.
type dict struct {
	ids   map[string]uint32
	pages []*page
	refs  []uint32
	free  []uint32
	stamp uint64 // views taken when pages was last copied
}

const pageSize = 256

type page struct {
	text  [pageSize]string
	stamp uint64 // views taken when the page was made
}

func newDict() dict {
	return dict{ids: make(map[string]uint32), pages: []*page{new(page)}, refs: []uint32{1}}
}

func (d *dict) text(id uint32) string { return textAt(d.pages, id) }

func textAt(pages []*page, id uint32) string { return pages[id/pageSize].text[id%pageSize] }

// find returns the number of a text that is there.
func (d *dict) find(s string) (uint32, bool) {
	if s == "" {
		return 0, true
	}
	id, ok := d.ids[s]
	return id, ok
}

// take returns the number of a text, adding it if it is new, and counts one
// more mention. Last is a number that is likely to be the one.
func (d *dict) take(s string, last *uint32, views uint64) uint32 {
	if s == "" {
		return 0
	}
	if d.text(*last) == s {
		d.refs[*last]++
		return *last
	}
	id, ok := d.ids[s]
	if !ok {
		id = d.add(strings.Clone(s), views)
	}
	d.refs[id]++
	*last = id
	return id
}

func (d *dict) add(s string, views uint64) uint32 {
	var id uint32
	if n := len(d.free); n > 0 {
		id, d.free = d.free[n-1], d.free[:n-1]
		d.set(id, s, views)
	} else {
		id = uint32(len(d.refs))
		d.refs = append(d.refs, 0)
		if id%pageSize == 0 {
			d.pages = append(d.pages, &page{stamp: views})
		}
		d.pages[id/pageSize].text[id%pageSize] = s // a number no view knows
	}
	d.ids[s] = id
	return id
}

// set overwrites a number that a view may know.
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
	d.pages[i].text[id%pageSize] = s
}

// release counts one mention less, and forgets a text nobody mentions.
func (d *dict) release(id uint32, views uint64) {
	if id == 0 {
		return
	}
	if d.refs[id]--; d.refs[id] == 0 {
		delete(d.ids, d.text(id))
		d.set(id, "", views)
		d.free = append(d.free, id)
	}
}
