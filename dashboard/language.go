package dashboard

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenomics-go/tokenomics/pricing"
)

//go:embed texts/*.json
var textFiles embed.FS

// language is the texts and the ways to write numbers of one language.
type language struct {
	tag   string
	texts map[string]string
}

// loadLanguages reads the texts that are shipped, and what the host adds.
func loadLanguages(more []Language) ([]*language, error) {
	var all []*language
	for _, tag := range []string{"en", "de"} {
		data, err := textFiles.ReadFile("texts/" + tag + ".json")
		if err != nil {
			return nil, err
		}
		l := &language{tag: tag}
		if err := json.Unmarshal(data, &l.texts); err != nil {
			return nil, fmt.Errorf("dashboard: texts/%s.json: %w", tag, err)
		}
		all = append(all, l)
	}
	for _, m := range more {
		l := &language{tag: m.Tag, texts: map[string]string{}}
		for k, v := range all[0].texts {
			l.texts[k] = v
		}
		if i := slices.IndexFunc(all, func(x *language) bool { return x.tag == m.Tag }); i >= 0 {
			for k, v := range all[i].texts {
				l.texts[k] = v
			}
			all[i] = l
		} else {
			all = append(all, l)
		}
		for k, v := range m.Texts {
			if _, ok := all[0].texts[k]; !ok {
				return nil, &OptionsError{"Languages", fmt.Sprintf("%q has the text %q, which is none", m.Tag, k)}
			}
			l.texts[k] = v
		}
	}
	return all, nil
}

// language picks one: the viewer's, else that of the query, else the first of
// the browser's that there is, else English.
func (h *Handler) language(r *http.Request, v Viewer) *language {
	for _, tag := range []string{v.Language, r.URL.Query().Get("lang")} {
		if l := h.languageOf(tag); l != nil {
			return l
		}
	}
	best, quality := h.languages[0], 0.0
	for item := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, rest, _ := strings.Cut(strings.TrimSpace(item), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			q, _ = strconv.ParseFloat(v, 64) // 0 where it is no number
		}
		if l := h.languageOf(strings.TrimSpace(tag)); l != nil && q > quality {
			best, quality = l, q
		}
	}
	return best
}

// languageOf finds a language by its tag, or by the tag's first part.
func (h *Handler) languageOf(tag string) *language {
	for tag != "" {
		for _, l := range h.languages {
			if strings.EqualFold(l.tag, tag) {
				return l
			}
		}
		i := strings.LastIndexByte(tag, '-')
		if i < 0 {
			return nil
		}
		tag = tag[:i]
	}
	return nil
}

// text returns a text with {0}, {1} … filled in.
func (l *language) text(key string, args ...any) string {
	s, ok := l.texts[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ { // once over: what is filled in is not looked at
		if s[i] == '{' && i+2 < len(s) && s[i+2] == '}' && int(s[i+1]-'0') < len(args) {
			fmt.Fprint(&b, args[s[i+1]-'0'])
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// exact writes a count in full: 281,000,000,000.
func (l *language) exact(n int64) string { return l.group(strconv.FormatInt(n, 10)) }

func (l *language) group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "−", digits[1:]
	}
	if len(digits) < 5 && l.texts["number.group_from"] == "5" {
		return sign + digits
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + l.texts["number.group"] + digits[i:]
	}
	return sign + digits
}

// short writes a count for reading: exact below ten thousand, then three
// significant digits and a unit, rounded half up.
func (l *language) short(n int64) string {
	if n < 0 {
		return "−" + l.shortOf(-uint64(n))
	}
	return l.shortOf(uint64(n))
}

func (l *language) shortOf(n uint64) string {
	if n < 10_000 {
		return l.group(strconv.FormatUint(n, 10))
	}
	unit := uint64(1000)
	for _, suffix := range strings.Split(l.texts["number.units"], "|") {
		for decimals, part := 2, unit/100; decimals >= 0; decimals, part = decimals-1, part*10 {
			rounded := n / part
			if n%part >= part-n%part {
				rounded++
			}
			if rounded >= 1000 {
				continue
			}
			text := strconv.FormatUint(rounded, 10)
			if decimals > 0 {
				text = text[:len(text)-decimals] + "." + text[len(text)-decimals:]
				text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
			}
			return strings.Replace(text, ".", l.texts["number.point"], 1) + suffix
		}
		unit *= 1000
	}
	return l.group(strconv.FormatUint(n, 10))
}

// money writes an amount to the cent, or to a thousand where it is large.
func (l *language) money(m pricing.Money, currency string) string {
	if whole, _, ok := m.FloorNano(); ok && (whole >= 100_000*1e9 || whole <= -100_000*1e9) {
		return l.withCurrency(l.short(whole/1e9), currency)
	}
	cents := m.Round(2)
	if m.Sign() > 0 && cents.IsZero() {
		return "<" + l.withCurrency("0"+l.texts["number.point"]+"01", currency)
	}
	text := l.decimal(cents)
	switch i := strings.Index(text, l.texts["number.point"]); {
	case i < 0:
		text += l.texts["number.point"] + "00"
	case len(text)-i-len(l.texts["number.point"]) == 1:
		text += "0"
	}
	return l.withCurrency(text, currency)
}

// wholeMoney writes an amount of whole units.
func (l *language) wholeMoney(m pricing.Money, currency string) string {
	if n, _, ok := m.FloorNano(); ok {
		return l.withCurrency(l.short(n/1e9), currency)
	}
	return l.money(m, currency)
}

// exactMoney writes every digit of an amount.
func (l *language) exactMoney(m pricing.Money, currency string) string {
	return l.withCurrency(l.decimal(m), currency)
}

func (l *language) decimal(m pricing.Money) string {
	whole, rest, dot := strings.Cut(m.String(), ".")
	text := l.group(whole)
	if dot {
		text += l.texts["number.point"] + rest
	}
	return text
}

var currencySigns = map[string]string{"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹"}

func (l *language) withCurrency(number, currency string) string {
	sign, ok := currencySigns[currency]
	if !ok {
		sign = currency + "\u00a0"
	}
	if l.texts["number.currency"] == "after" {
		return number + "\u00a0" + strings.TrimSuffix(sign, "\u00a0")
	}
	if rest, ok := strings.CutPrefix(number, "−"); ok {
		return "−" + sign + rest
	}
	return sign + number
}

// permille writes a share, given in thousandths.
func (l *language) permille(n int64) string {
	text := strconv.FormatInt(n/10, 10)
	if n < 100 && n%10 != 0 {
		text += l.texts["number.point"] + strconv.FormatInt(n%10, 10)
	}
	return text + l.texts["number.percent"]
}

// date writes a day.
func (l *language) date(t time.Time) string {
	t = t.UTC()
	months := strings.Split(l.texts["date.months"], "|")
	return l.text("date.day", t.Day(), months[(int(t.Month())-1)%len(months)], t.Year())
}

// shortDate writes a day without its year.
func (l *language) shortDate(t time.Time) string {
	t = t.UTC()
	months := strings.Split(l.texts["date.months_short"], "|")
	return l.text("date.day_short", t.Day(), months[(int(t.Month())-1)%len(months)])
}

// clock writes the time of day.
func (l *language) clock(t time.Time) string { return t.UTC().Format("15:04") + " UTC" }

// duration writes a length of time: 14 h 20 min.
func (l *language) duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return l.text("time.seconds", int(d/time.Second))
	case d < time.Hour:
		return l.text("time.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return l.text("time.hours", int(d/time.Hour), int(d%time.Hour/time.Minute))
	}
	return l.text("time.days", int(d/(24*time.Hour)), int(d%(24*time.Hour)/time.Hour))
}

// month writes a month and its year.
func (l *language) month(t time.Time) string {
	t = t.UTC()
	months := strings.Split(l.texts["date.months"], "|")
	return months[(int(t.Month())-1)%len(months)] + " " + strconv.Itoa(t.Year())
}
