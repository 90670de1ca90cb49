package rank

import (
	"hash/maphash"
	"math"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"
)

// ID is the handle of a subject within one [Names]. The zero ID, [NoID], is no
// subject, so a forgotten handle cannot score for somebody.
type ID uint32

// NoID is the ID of no subject.
const NoID ID = 0

// MaxSubject is the longest subject, in bytes: 64 KiB less one.
const MaxSubject = 1<<16 - 1

// Names gives every subject a small number, once. Several boards can share it,
// so that a caller looks a name up once and feeds them all by [ID].
//
// Names is safe for concurrent use; a name that is known is found without a
// lock. It never forgets a name, and its numbering is no part of any result.
type Names struct {
	seed  maphash.Seed
	count atomic.Uint32
	table atomic.Pointer[nameTable]
	store atomic.Pointer[nameStore]

	mu   sync.Mutex // held while a name is added
	free []byte     // unused rest of the newest block
}

// nameTable is open addressing with linear probing, by pairs of slots, for a pair is a
// cache line; the first of a pair is taken first.
type nameTable struct {
	slots []nameSlot
	mask  uint64
}

// nameSlot is half a cache line, so that a name that is not long is found by looking
// at one line of the table and nowhere else.
type nameSlot struct {
	word uint64 // the upper half of the hash beside the ID; 0 is empty. Written last, once, and read atomically.
	size uint8  // of name in bytes, or longName
	name [shortName]byte
}

const (
	shortName = 23
	longName  = shortName + 1 // the bytes are in the store alone
)

// nameStore finds the bytes of a name: places[id/pageSize][id%pageSize] says
// where. Pages and blocks never move once published, so
// readers need no lock.
type nameStore struct {
	pages  []*[namePage]namePlace
	blocks [][]byte
}

// namePlace packs where the bytes of a name are: the block from bit 32, the offset
// from bit 16, the length below.
type namePlace uint64

const (
	namePage  = 1 << 12
	nameBlock = 1 << 16
)

// NewNames returns an empty set of names.
func NewNames() *Names {
	n := &Names{seed: maphash.MakeSeed()}
	n.table.Store(newNameTable(1 << 4))
	n.store.Store(&nameStore{})
	return n
}

func newNameTable(size int) *nameTable {
	return &nameTable{slots: make([]nameSlot, size), mask: uint64(size - 1)}
}

// ID returns the handle of subject, and makes one if it has none yet. It returns
// [NoID] for a subject that is no valid name (empty, over [MaxSubject] bytes, not
// UTF-8), and when all 2³²−1 handles are given out.
func (n *Names) ID(subject string) ID {
	hash := maphash.String(n.seed, subject)
	if id := n.find(hash, subject); id != NoID {
		return id
	}
	if badSubject(subject) != "" {
		return NoID
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if id := n.find(hash, subject); id != NoID { // added meanwhile
		return id
	}
	return n.add(hash, subject)
}

// Lookup returns the handle of subject if it has one.
func (n *Names) Lookup(subject string) (ID, bool) {
	id := n.find(maphash.String(n.seed, subject), subject)
	return id, id != NoID
}

// IDs appends what [Names.ID] returns for each subject, which for many takes less time
// than asking one by one.
func (n *Names) IDs(dst []ID, subjects []string) []ID {
	for len(subjects) > 0 {
		some := subjects[:min(len(subjects), runMost)]
		subjects = subjects[len(some):]
		var ids [runMost]ID
		n.lookupAll(some, &ids)
		for j, id := range ids[:len(some)] {
			if id == NoID {
				id = n.ID(some[j])
			}
			dst = append(dst, id)
		}
	}
	return dst
}

// lookupAll is Lookup for up to runMost subjects; NoID is what has no handle. It touches
// the slots of all before it looks at one, so that they come from memory at once.
func (n *Names) lookupAll(subjects []string, ids *[runMost]ID) {
	var hashes [runMost]uint64
	for j, s := range subjects {
		hashes[j&(runMost-1)] = maphash.String(n.seed, s)
	}
	t := n.table.Load()
	for _, hash := range hashes[:len(subjects)] {
		_ = atomic.LoadUint64(&t.slots[hash<<1&t.mask].word)
	}
	for j, s := range subjects {
		ids[j&(runMost-1)] = n.find(hashes[j&(runMost-1)], s)
	}
}

// Name returns the subject behind a handle, or "" if there is none.
func (n *Names) Name(id ID) string {
	if !n.has(id) {
		return ""
	}
	return n.name(id)
}

// Len returns how many subjects have a handle: 1 to Len are in use.
func (n *Names) Len() int { return int(n.count.Load()) }

func (n *Names) has(id ID) bool { return id != NoID && uint32(id) <= n.count.Load() }

// name is Name for a handle known to be given out.
func (n *Names) name(id ID) string { return n.store.Load().name(id) }

func (s *nameStore) name(id ID) string {
	p := s.pages[id/namePage][id%namePage]
	b := s.blocks[p>>32]
	// The bytes of a block are written before any reader learns of them and
	// never again, as a string demands; a copy would cost every row of every
	// read an allocation.
	return unsafe.String(&b[p>>16&(nameBlock-1)], int(p&(1<<16-1)))
}

func (n *Names) find(hash uint64, subject string) ID {
	t := n.table.Load()
	for at := hash << 1; ; at += 2 {
		pair := (*[2]nameSlot)(t.slots[at&t.mask:])
		first, second := atomic.LoadUint64(&pair[0].word), atomic.LoadUint64(&pair[1].word)
		// Which of the two it is cannot be guessed, so that is no branch but a number.
		differs := first>>32 ^ hash>>32
		likely := (differs + math.MaxUint32) >> 32 & 1
		if n.isIn(&pair[likely], hash, subject) {
			return ID(atomic.LoadUint64(&pair[likely].word))
		}
		if n.isIn(&pair[likely^1], hash, subject) {
			return ID(atomic.LoadUint64(&pair[likely^1].word))
		}
		if first == 0 || second == 0 {
			return NoID
		}
	}
}

// isIn reports whether a slot is that of subject.
func (n *Names) isIn(slot *nameSlot, hash uint64, subject string) bool {
	word := atomic.LoadUint64(&slot.word)
	if word>>32 != hash>>32 || word == 0 {
		return false
	}
	if size := int(slot.size); size <= shortName {
		return len(subject) == size && unsafe.String(&slot.name[0], size) == subject
	}
	return n.name(ID(word)) == subject
}

// add appends a name; n.mu is held.
func (n *Names) add(hash uint64, subject string) ID {
	count := n.count.Load()
	if count == math.MaxUint32 {
		return NoID
	}
	id := ID(count + 1)
	n.put(id, subject)
	t := n.table.Load()
	if size := t.sizeFor(uint64(count) + 1); size > len(t.slots) {
		t = n.rehash(size, id)
	}
	n.count.Store(uint32(id))
	atomic.StoreUint64(&t.place(hash, subject).word, hash>>32<<32|uint64(id))
	if t != n.table.Load() {
		n.table.Store(t)
	}
	return id
}

// put stores the bytes of a new name where [Names.name] will look for them.
func (n *Names) put(id ID, subject string) {
	s := n.store.Load()
	if int(id/namePage) >= len(s.pages) {
		s = &nameStore{append(slices.Clip(s.pages), new([namePage]namePlace)), s.blocks}
	}
	if len(n.free) < len(subject) || len(s.blocks) == 0 {
		n.free = make([]byte, nameBlock)
		s = &nameStore{s.pages, append(slices.Clip(s.blocks), n.free)}
	}
	copy(n.free, subject)
	block := len(s.blocks) - 1
	offset := nameBlock - len(n.free)
	s.pages[id/namePage][id%namePage] = namePlace(block)<<32 | namePlace(offset)<<16 | namePlace(len(subject))
	n.free = n.free[len(subject):]
	if s != n.store.Load() {
		n.store.Store(s)
	}
}

// addAll is ID for many different names, which are valid: each ends in text where ends
// says, and begins where the one before ends. The first names of all need not be
// looked for, nor copied, and make their table at once.
func (n *Names) addAll(text string, ends []int) ([]ID, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	ids := make([]ID, len(ends))
	if n.count.Load() == 0 && uint64(len(ends)) < math.MaxUint32 {
		for j := range ids {
			ids[j] = ID(j + 1)
		}
		n.adopt(text, ends)
		return ids, nil
	}
	begin := 0
	for j, end := range ends {
		name := text[begin:end]
		begin = end
		hash := maphash.String(n.seed, name)
		if ids[j] = n.find(hash, name); ids[j] == NoID {
			if ids[j] = n.add(hash, name); ids[j] == NoID {
				return nil, noSubject("restore", name)
			}
		}
	}
	return ids, nil
}

// adopt makes the names of a text the first of all. Their bytes stay where they are, in
// blocks of that text.
func (n *Names) adopt(text string, ends []int) {
	s := &nameStore{pages: make([]*[namePage]namePlace, len(ends)/namePage+1)}
	for p := range s.pages {
		s.pages[p] = new([namePage]namePlace)
	}
	bytes := unsafe.Slice(unsafe.StringData(text), len(text)) // never written, nor are those of any block
	first, begin := -nameBlock, 0                             // where the block begins, and the name
	for j, end := range ends {
		if begin-first >= nameBlock {
			first = begin
			s.blocks = append(s.blocks, bytes[first:min(len(bytes), first+nameBlock+MaxSubject)])
		}
		s.pages[(j+1)/namePage][(j+1)%namePage] =
			namePlace(len(s.blocks)-1)<<32 | namePlace(begin-first)<<16 | namePlace(end-begin)
		begin = end
	}
	n.free = nil
	n.store.Store(s)
	n.count.Store(uint32(len(ends)))
	n.table.Store(n.rehash(n.table.Load().sizeFor(uint64(len(ends))), ID(len(ends))+1))
}

// sizeFor returns how many slots a table of so many names needs: the present, or
// double, until a quarter is free.
func (t *nameTable) sizeFor(count uint64) int {
	size := len(t.slots)
	for 4*count > 3*uint64(size) {
		size *= 2
	}
	return size
}

// rehash returns a table of a size with all handles below id; n.mu is held. Like
// lookupAll, it touches many slots before it fills one.
func (n *Names) rehash(size int, id ID) *nameTable {
	t := newNameTable(size)
	var names [runMost]string
	var hashes [runMost]uint64
	for from := uint64(1); from < uint64(id); from += runMost {
		some := names[:min(runMost, uint64(id)-from)]
		for j := range some {
			some[j] = n.name(ID(from) + ID(j))
			hashes[j] = maphash.String(n.seed, some[j])
		}
		for _, hash := range hashes {
			_ = atomic.LoadUint64(&t.slots[hash<<1&t.mask].word)
		}
		for j, name := range some {
			// Nobody else knows the table yet, so a plain write will do.
			t.place(hashes[j], name).word = hashes[j]>>32<<32 | (from + uint64(j))
		}
	}
	return t
}

// place finds an empty slot for a name and fills all but its word.
func (t *nameTable) place(hash uint64, name string) *nameSlot {
	at := hash << 1
	for t.slots[at&t.mask].word != 0 {
		at++
	}
	slot := &t.slots[at&t.mask]
	if slot.size = longName; len(name) <= shortName {
		slot.size = uint8(copy(slot.name[:], name))
	}
	return slot
}

// badSubject says what is wrong with a subject, or "".
func badSubject(s string) string {
	switch {
	case s == "":
		return "it is empty"
	case len(s) > MaxSubject:
		return "it has " + strconv.Itoa(len(s)) + " bytes, want at most " + strconv.Itoa(MaxSubject)
	case !utf8.ValidString(s):
		return "it is not UTF-8"
	}
	return ""
}
