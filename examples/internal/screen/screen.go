// Package screen draws tables for people: as wide as the terminal, in color
// where color is wanted, plain where the output is piped.
package screen

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// Screen is where a program prints. The zero Screen is plain and unlimited.
type Screen struct {
	W     io.Writer
	Width int  // columns; 0: unlimited
	Color bool // ANSI colors are wanted
	TTY   bool // a person watches
}

// Of returns the screen of an output file. COLUMNS overrides the width of the
// terminal and sets one for pipes; NO_COLOR, if it is not empty, or TERM=dumb
// turns colors off.
func Of(f *os.File) Screen {
	s := Screen{W: f, TTY: term.IsTerminal(int(f.Fd()))}
	if s.TTY {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			s.Width = w
		}
		s.Color = wantsColor(os.Getenv)
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		s.Width = n
	}
	return s
}

// wantsColor reads the environment, see no-color.org.
func wantsColor(env func(string) string) bool {
	return env("NO_COLOR") == "" && env("TERM") != "dumb"
}

// Style is a set of ANSI attributes, such as "1;38;5;42".
type Style string

// The styles in use. They are readable on dark and on light backgrounds.
const (
	Plain    Style = ""
	Bold     Style = "1"
	Dim      Style = "2"
	Bronze   Style = "38;5;137"
	Silver   Style = "38;5;246"
	Gold     Style = "38;5;178"
	Platinum Style = "38;5;74"
	Emerald  Style = "1;38;5;35"
	Up       Style = "38;5;35"
	Down     Style = "38;5;167"
	Accent   Style = "38;5;68"
	Warn     Style = "38;5;172"
)

// Paint wraps text in a style, if the screen has colors.
func (s Screen) Paint(st Style, text string) string {
	if !s.Color || st == Plain || text == "" {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

// Printf prints.
func (s Screen) Printf(format string, args ...any) { fmt.Fprintf(s.W, format, args...) }

// Title prints a section's heading and a note, on a line of its own where the
// screen is narrow.
func (s Screen) Title(text, note string) {
	fmt.Fprintf(s.W, "\n%s", s.Paint(Bold, text))
	if s.Width > 0 && Width(text)+2+Width(note) > s.Width {
		fmt.Fprintln(s.W)
		s.Wrapped("", note)
		return
	}
	if note != "" {
		fmt.Fprintf(s.W, "  %s", s.Paint(Dim, note))
	}
	fmt.Fprint(s.W, "\n")
}

// Wrapped prints text in lines of at most the screen's width, and never more
// than 100 cells, each after the indent.
func (s Screen) Wrapped(indent, text string) { s.Item(indent, "", Plain, text) }

// Item is Wrapped with a mark before the first line, such as a bullet; further
// lines are indented by its width too.
func (s Screen) Item(indent, mark string, style Style, text string) {
	limit := s.Width
	if limit == 0 || limit > 100 {
		limit = 100
	}
	lead := indent
	if mark != "" {
		lead += s.Paint(style, mark) + " "
		indent += strings.Repeat(" ", Width(mark)+1)
	}
	used := Width(indent)
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && used+Width(line)+1+Width(word) > limit {
			fmt.Fprintln(s.W, lead+line)
			lead, line = indent, ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		fmt.Fprintln(s.W, lead+line)
	}
}

// Width returns how many terminal cells a text takes.
func Width(text string) int { return uniseg.StringWidth(text) }

// Safe returns text that can only show itself: valid UTF-8, no control,
// no format and no direction characters, so that a name cannot move the cursor
// or reverse its line.
func Safe(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == unicode.ReplacementChar, r == '\t', r == '\n', r == '\r':
			return '·'
		case r == '\u200d': // joins emoji
			return r
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// Fit cuts a text to at most n cells, with an ellipsis where it was cut.
func Fit(text string, n int) string {
	if Width(text) <= n {
		return text
	}
	if n <= 1 {
		return strings.Repeat("…", max(n, 0))
	}
	var b strings.Builder
	used := 0
	g := uniseg.NewGraphemes(text)
	for g.Next() {
		if used += g.Width(); used > n-1 {
			break
		}
		b.WriteString(g.Str())
	}
	b.WriteString("…")
	return b.String()
}

// FitEnd is Fit for texts whose end says most, such as paths: it cuts the
// front.
func FitEnd(text string, n int) string {
	if Width(text) <= n {
		return text
	}
	var clusters []string
	for g := uniseg.NewGraphemes(text); g.Next(); {
		clusters = append(clusters, g.Str())
	}
	used := 1
	at := len(clusters)
	for at > 0 && used+Width(clusters[at-1]) <= n {
		at--
		used += Width(clusters[at])
	}
	return Fit("…"+strings.Join(clusters[at:], ""), n)
}
