package sentencepiece

import (
	"container/heap"
	"unicode/utf8"
)

// bpe segments normalized text by joining the pair of adjacent parts with the
// best score, the leftmost of equals first, until no pair is a piece.
func (m *Model) bpe(text string, yield func(text string, id int32)) {
	var parts []part
	for i := 0; i < len(text); {
		n, fixed := m.userAt(text[i:]), true
		if n == 0 {
			fixed = false
			_, n = utf8.DecodeRuneInString(text[i:])
		}
		parts = append(parts, part{start: i, end: i + n, prev: len(parts) - 1, next: len(parts) + 1, fixed: fixed})
		i += n
	}
	if len(parts) == 0 {
		return
	}
	parts[len(parts)-1].next = -1
	// Pieces that are not used are joined on the way, and taken apart again.
	var apart map[string]int
	var q joints
	offer := func(left, right int) {
		if left < 0 || right < 0 || parts[left].fixed || parts[right].fixed {
			return
		}
		start, end := parts[left].start, parts[right].end
		if end-start > m.longest {
			return
		}
		id, ok := m.ids[text[start:end]]
		if !ok {
			return
		}
		if m.pieces[id].kind == unused {
			if apart == nil {
				apart = map[string]int{}
			}
			apart[text[start:end]] = parts[right].start - start
		}
		q = append(q, joint{m.pieces[id].score, left, right, end - start})
	}
	for i := 1; i < len(parts); i++ {
		offer(i-1, i)
	}
	heap.Init(&q)
	for len(q) > 0 {
		j := heap.Pop(&q).(joint)
		left, right := &parts[j.left], &parts[j.right]
		if left.start == left.end || right.start == right.end || right.end-left.start != j.size {
			continue
		}
		left.end, left.next = right.end, right.next
		right.end = right.start
		if right.next >= 0 {
			parts[right.next].prev = j.left
		}
		for _, pair := range [2][2]int{{left.prev, j.left}, {j.left, left.next}} {
			n := len(q)
			if offer(pair[0], pair[1]); len(q) > n {
				heap.Fix(&q, n)
			}
		}
	}
	var emit func(s string)
	emit = func(s string) {
		id, ok := m.ids[s]
		if !ok {
			yield(s, m.unknown)
			return
		}
		if at, cut := apart[s]; cut && m.pieces[id].kind == unused {
			emit(s[:at])
			emit(s[at:])
			return
		}
		yield(s, id)
	}
	for i := 0; i >= 0; i = parts[i].next {
		emit(text[parts[i].start:parts[i].end])
	}
}

type part struct {
	start, end, prev, next int
	fixed                  bool // a user-defined symbol, which joins nothing
}

// joint is a pair of adjacent parts that is a piece.
type joint struct {
	score             float32
	left, right, size int
}

// joints is a heap with the best pair first.
type joints []joint

func (q joints) Len() int { return len(q) }
func (q joints) Less(i, j int) bool {
	return q[i].score > q[j].score || q[i].score == q[j].score && q[i].left < q[j].left
}
func (q joints) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *joints) Push(x any)   { *q = append(*q, x.(joint)) }
func (q *joints) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
