package memstore

import "encoding/binary"

// Blocks of records. A location is a block number and an offset in granules
// of four bytes; location 0 is none.
const (
	granule    = 4
	offsetBits = 18
	minBlock   = 16 << 10
	maxBlock   = granule << offsetBits // 1 MiB
	maxBlocks  = 1 << (32 - offsetBits)
	deadGrain  = 16 // no two records begin within 16 bytes
)

type loc uint32

func (l loc) block() int  { return int(l >> offsetBits) }
func (l loc) offset() int { return int(l&(1<<offsetBits-1)) * granule }

func makeLoc(block, offset int) loc { return loc(block<<offsetBits | offset/granule) }

// block is a run of records. Their bytes never change once written, but for
// the links, which only holders of the lock touch: a view reads the rest
// without it.
type block struct {
	data         []byte // of fixed length
	used, live   int    // bytes
	minAt, maxAt int64
	dead         []uint64 // a bit for each record that no longer counts; nil: none
	deadStamp    uint64   // views taken when dead was last copied
}

func (b *block) record(offset int) []byte {
	return b.data[offset : offset+int(binary.LittleEndian.Uint16(b.data[offset+offSize:]))*granule]
}

func isDead(dead []uint64, offset int) bool {
	bit := offset / deadGrain
	return dead != nil && dead[bit/64]&(1<<(bit%64)) != 0
}

type arena struct {
	blocks []*block // by number; 0 is no block, emptied ones are nil
	stamp  uint64   // views taken when blocks was last copied
	free   []int    // numbers of emptied blocks
	tail   int      // the block being filled; 0: none yet
	bytes  int      // sum of the lengths of all blocks
}

func newArena() arena { return arena{blocks: []*block{nil}} }

func (a *arena) record(l loc) []byte { return a.blocks[l.block()].record(l.offset()) }

// links returns where a record has its neighbors, without looking at it.
func (a *arena) links(l loc) []byte { return a.blocks[l.block()].data[l.offset():][:offAt] }

// room reports whether another record is sure to find a place.
func (a *arena) room() bool {
	if len(a.blocks) < maxBlocks || len(a.free) > 0 {
		return true
	}
	b := a.blocks[a.tail]
	return len(b.data)-b.used >= maxRecord
}

// add copies a record to the tail. The caller has made sure of room.
func (a *arena) add(rec []byte, at int64, views uint64) loc {
	b := a.blocks[a.tail]
	if b == nil || len(b.data)-b.used < len(rec) {
		b = &block{data: make([]byte, min(maxBlock, max(minBlock, a.bytes))), minAt: at, maxAt: at}
		a.bytes += len(b.data)
		if n := len(a.free); n > 0 {
			a.tail, a.free = a.free[n-1], a.free[:n-1]
			a.set(a.tail, b, views)
		} else {
			a.tail = len(a.blocks)
			a.blocks = append(a.blocks, b)
		}
	}
	l := makeLoc(a.tail, b.used)
	copy(b.data[b.used:], rec)
	b.used += len(rec)
	b.live += len(rec)
	b.minAt, b.maxAt = min(b.minAt, at), max(b.maxAt, at)
	return l
}

// set replaces a block in the table, which a view may hold.
func (a *arena) set(n int, b *block, views uint64) {
	if a.stamp < views {
		a.blocks = append(make([]*block, 0, cap(a.blocks)), a.blocks...)
		a.stamp = views
	}
	a.blocks[n] = b
}

// kill marks a record as garbage.
func (a *arena) kill(l loc, views uint64) {
	b := a.blocks[l.block()]
	switch {
	case b.dead == nil:
		b.dead, b.deadStamp = make([]uint64, (len(b.data)/deadGrain+63)/64), views
	case b.deadStamp < views:
		b.dead, b.deadStamp = append([]uint64(nil), b.dead...), views
	}
	bit := l.offset() / deadGrain
	b.dead[bit/64] |= 1 << (bit % 64)
	b.live -= len(b.record(l.offset()))
}

// wasteful reports whether a block should be emptied: it is not the tail,
// more than half of it is garbage, and there is a place for the rest.
func (a *arena) wasteful(n int) bool {
	b := a.blocks[n]
	return b != nil && n != a.tail && b.live < b.used/2 && (len(a.blocks) < maxBlocks || len(a.free) > 0)
}

// drop forgets an emptied block. Views that hold it keep its memory.
func (a *arena) drop(n int, views uint64) {
	a.bytes -= len(a.blocks[n].data)
	a.set(n, nil, views)
	a.free = append(a.free, n)
}
