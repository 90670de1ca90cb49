package rank

// members numbers the subjects a board has seen, from 0 and without gaps, so
// that a board that sees few of many names stays small. While subjects arrive in
// the order of their handles, as they do on the first board that interns them,
// the number follows from the handle and nothing is stored.
type members struct {
	n      int
	ids    []ID     // of each member; nil while member i is handle i+1
	direct []uint32 // by handle: member+1; used if many of the handles are members
	sparse sparse   // used otherwise
	top    ID       // greatest handle, once ids is there
}

func (m *members) id(i uint32) ID {
	if m.ids == nil {
		return ID(i + 1)
	}
	return m.ids[i]
}

func (m *members) find(id ID) (uint32, bool) {
	switch {
	case m.ids == nil:
		return uint32(id - 1), uint32(id-1) < uint32(m.n)
	case m.direct != nil:
		if uint(id) < uint(len(m.direct)) {
			i := m.direct[id]
			return i - 1, i != 0
		}
		return 0, false
	}
	i, ok := m.sparse.get(uint32(id))
	return uint32(i), ok
}

// add makes a member of a handle that is none.
func (m *members) add(id ID) uint32 {
	i := uint32(m.n)
	m.n++
	if m.ids == nil {
		if id == ID(i+1) {
			return i
		}
		m.leaveOrder(i)
	}
	m.ids = append(m.ids, id)
	m.top = max(m.top, id)
	switch {
	case m.direct == nil:
		m.sparse.put(uint32(id), int64(i))
		if m.n >= 64 && int(m.top) <= 8*m.n {
			m.goDirect()
		}
	case int(m.top) > 16*m.n:
		m.goSparse()
	default:
		m.setDirect(id, i)
	}
	return i
}

// leaveOrder writes down the numbering that followed from the handles so far.
func (m *members) leaveOrder(n uint32) {
	m.ids = make([]ID, n, 2*n+16)
	m.top = ID(n)
	for i := range m.ids {
		m.ids[i] = ID(i + 1)
	}
	m.goSparse()
}

func (m *members) goSparse() {
	m.sparse = sparse{}
	for i, id := range m.ids {
		m.sparse.put(uint32(id), int64(i))
	}
	m.direct = nil
}

func (m *members) goDirect() {
	m.direct = make([]uint32, 0, 2*len(m.ids))
	for i, id := range m.ids {
		m.setDirect(id, uint32(i))
	}
	m.sparse = sparse{}
}

func (m *members) setDirect(id ID, i uint32) {
	if need := int(id) + 1; need > len(m.direct) {
		if need > cap(m.direct) {
			m.direct = append(make([]uint32, 0, need+need/4), m.direct...)
		}
		m.direct = m.direct[:need]
	}
	m.direct[id] = i + 1
}
