package bpe

// longPiece counts a piece that has grown too long to be kept, as its
// characters come. Where it ends may be known only later: white space may yet
// hold a line end, and capitals after a letter without case may yet be followed
// by a small one. So it counts in two ways at once: all of it as one piece, and
// as one that ended at the last place it can have ended.
type longPiece struct {
	kind   longKind
	set    class // what goes on with it
	whole  tally
	rest   tally // from the last place it can have ended
	cut    bool  // whether there is such a place
	atCut  int64 // tokens of whole up to there
	phase  int   // 1 after a word's first small letter, and after a line end behind symbols
	slash  byte  // what goes on with line ends
	last   []byte
	runes  int   // of rest, or of whole without a cut; as far as it matters
	before int64 // tokens without the last character, of rest or of whole
	parted bool  // DeepSeek's: all of it is of its second step's characters, or none; see pieceDeepSeek
	kana   bool  // which of the two
}

type longKind uint8

const (
	longRunOf   longKind = iota // characters of one set
	longWord                    // openers and closers, see wordEnd
	longSymbols                 // symbols, and line ends behind them
	longSpaces
	longASCII   // letters of ASCII
	longUntaken // what no alternative of DeepSeek's takes
)

// newLongPiece returns the counter of the piece that begins the text, and the
// length of what comes before the characters it consists of. It returns nil for
// a piece that cannot be long.
func (e *Encoding) newLongPiece(b []byte) (p *longPiece, prefix int) {
	first, n := e.classes.at(b, 0)
	next := class(0)
	if n < len(b) {
		next, _ = e.classes.at(b, n)
	}
	p = &longPiece{slash: '\n'}
	letters := letter
	switch e.pattern {
	case O200k, Tekken:
		p.kind, p.slash, letters = longWord, '/', letter|mark
	case Cl100k, Qwen:
	case GPT2:
		if b[0] == ' ' && next != space && next != 0 {
			first, prefix = next, 1
		}
		p.set = first
		switch {
		case first == space:
			p.kind, p.slash = longSpaces, 0
		case first&letter != 0:
			p.set = letter
		case first != number:
			p.set = symbol
		}
		return p, prefix
	default:
		return e.newLongDeepSeek(b)
	}
	switch {
	case first&letters != 0:
		p.set = letters
		return p, 0
	case first == number:
		return nil, 0
	case next&letters != 0 && !isLineEnd(b[0]):
		p.set = letters
		return p, n
	case first&symbol != 0 || b[0] == ' ' && next&symbol != 0:
		p.kind, p.set = longSymbols, symbol
		if first == space {
			prefix = 1
		}
		return p, prefix
	}
	p.kind = longSpaces
	return p, 0
}

// newLongDeepSeek is newLongPiece for that pattern.
func (e *Encoding) newLongDeepSeek(b []byte) (p *longPiece, prefix int) {
	t := e.classes
	first, n := t.at(b, 0)
	p = &longPiece{parted: true, kana: isKanaOrHan(b, 0), set: letter | mark}
	next, nextSign := class(0), false
	if n < len(b) && isKanaOrHan(b, n) == p.kana {
		next, _ = t.at(b, n)
		nextSign = t.isSign(b, n)
	}
	sign := t.isSign(b, 0)
	switch {
	case first == number:
		return nil, 0
	case sign && n == 1 && n < len(b) && ascii[b[n]]&(upper|lower) != 0:
		p.kind = longASCII
		return p, n
	case first&(letter|mark) != 0:
		return p, 0
	case next&(letter|mark) != 0 && !sign && !isLineEnd(b[0]):
		return p, n
	case sign, b[0] == ' ' && nextSign:
		p.kind = longSymbols
		if first == space {
			prefix = n
		}
		return p, prefix
	case first == space:
		p.kind, p.slash = longSpaces, '\n'
		return p, 0
	}
	p.kind = longUntaken
	return p, 0
}

// add takes the character b of a class, or reports that the piece does not go
// on with it.
func (p *longPiece) add(e *Encoding, w *workspace, b []byte, cl class) bool {
	if p.parted && !p.inPart(e.classes, b, cl) {
		return false
	}
	switch p.kind {
	case longWord:
		switch {
		case cl&p.set == 0, p.phase == 1 && cl == upper:
			return false
		case cl == lower:
			p.phase, p.cut = 1, false
		}
		p.whole.add(e, w, b)
		if p.phase == 0 && cl == upper && p.cut {
			p.rest.add(e, w, b)
		} else if p.phase == 0 && cl&closer != 0 {
			p.cutHere()
		}
		return true
	case longSymbols:
		line := isLineEnd(b[0])
		switch {
		case p.phase == 0 && cl&symbol != 0:
		case line, p.phase == 1 && b[0] == p.slash:
			p.phase = 1
		default:
			return false
		}
	case longSpaces, longUntaken:
		if cl != space && p.kind == longSpaces {
			return false
		}
		p.last = append(p.last[:0], b...)
		if p.runes++; p.cut {
			p.before = p.rest.count()
			p.rest.add(e, w, b)
		} else {
			p.before = p.whole.count()
		}
		p.whole.add(e, w, b)
		if p.slash != 0 && isLineEnd(b[0]) { // never one of longUntaken
			p.cutHere()
		}
		return true
	default:
		if cl&p.set == 0 {
			return false
		}
	}
	p.whole.add(e, w, b)
	return true
}

// inPart reports whether a piece of DeepSeek's may go on with the character b.
func (p *longPiece) inPart(t *classTable, b []byte, cl class) bool {
	if isKanaOrHan(b, 0) != p.kana {
		return false
	}
	switch p.kind {
	case longSymbols:
		return p.phase == 0 && t.isSign(b, 0) || isLineEnd(b[0]) && !p.kana
	case longASCII:
		return len(b) == 1
	case longUntaken:
		return cl == other && !t.isSign(b, 0)
	}
	return true
}

// keepsAll reports whether white space, or what no alternative takes, keeps its
// last character before the text b; mostly that one belongs to what follows.
func (p *longPiece) keepsAll(t *classTable, b []byte) bool {
	if len(b) == 0 || !p.parted {
		return len(b) == 0
	}
	cl, _ := t.at(b, 0)
	if p.kind == longSpaces {
		return cl == number || isKanaOrHan(b, 0)
	}
	return cl&(letter|mark) == 0 || isKanaOrHan(b, 0) != p.kana
}

// cutHere says that the piece can have ended here.
func (p *longPiece) cutHere() {
	p.cut, p.atCut, p.runes = true, p.whole.count(), 0
	p.rest.reset()
}

// addContraction takes a contraction behind the word.
func (p *longPiece) addContraction(e *Encoding, w *workspace, b []byte) {
	if p.cut && p.rest.n > 0 {
		p.rest.add(e, w, b)
		return
	}
	p.cut = false
	p.whole.add(e, w, b)
}

// end returns the tokens of the piece, or the pieces it turned out to be, and
// what of it belongs to the piece after it, unless it keeps all.
func (p *longPiece) end(keepsAll bool) (tokens int64, left []byte) {
	tokens = p.whole.count()
	if p.cut {
		tokens = p.atCut + p.rest.count()
	}
	if p.kind != longSpaces && p.kind != longUntaken || keepsAll || p.runes == 0 {
		return tokens, nil
	}
	// White space leaves its last character to what follows.
	if p.cut {
		return p.atCut + p.before, p.last
	}
	return p.before, p.last
}

// enterLong hands a tail that has grown too long over to a longPiece. last is
// where its last piece begins.
func (m *Meter) enterLong(w *workspace, last int) {
	if last > 0 && !m.mayJoin(last) {
		m.n += int64(m.e.countPiece(w, m.tail, 0, last))
		m.tail = m.tail[:copy(m.tail, m.tail[last:])]
		if len(m.tail) < longTail/2 {
			return
		}
	}
	p, prefix := m.e.newLongPiece(m.tail)
	if p == nil {
		return
	}
	p.whole.add(m.e, w, m.tail[:prefix])
	m.tail = m.tail[:copy(m.tail, m.tail[prefix:])]
	m.long = p
}

// mayJoin reports whether the first piece of the tail and the second, which
// begins at a place, may turn out to be one.
func (m *Meter) mayJoin(at int) bool {
	t := m.e.classes
	first, n := t.at(m.tail, 0)
	second, _ := t.at(m.tail, at)
	if first == space && second == space {
		return true
	}
	if m.e.pattern != O200k && m.e.pattern != Tekken || second != upper {
		return false
	}
	if first&opener == 0 {
		return t.runEnd(m.tail[:at], n, opener) == at
	}
	return t.runEnd(m.tail[:at], 0, opener) == at
}

// goOn gives the tail to the long piece, as far as it goes.
func (m *Meter) goOn(w *workspace, atEnd bool) {
	t, p, i := m.e.classes, m.long, 0
	for i < len(m.tail) {
		cl, n := t.at(m.tail, i)
		if !p.add(m.e, w, m.tail[i:i+n], cl) {
			break
		}
		i += n
	}
	m.tail = m.tail[:copy(m.tail, m.tail[i:])]
	if len(m.tail) == 0 && !atEnd {
		return
	}
	if p.kind == longWord && m.e.pattern == O200k && len(m.tail) > 0 && m.tail[0] == '\'' {
		if len(m.tail) < 4 && !atEnd {
			return // it may be a contraction yet
		}
		if n := contractionEnd(m.tail, 0); n > 0 {
			p.addContraction(m.e, w, m.tail[:n])
			m.tail = m.tail[:copy(m.tail, m.tail[n:])]
		}
	}
	tokens, left := p.end(p.keepsAll(t, m.tail))
	m.n += tokens
	m.long = nil
	if len(left) > 0 {
		m.tail = append(append([]byte(nil), left...), m.tail...)
	}
}
