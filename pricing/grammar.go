package pricing

// Helpers of the id grammar, over bytes so that none allocates.

// lower appends s with ASCII letters in lower case.
func lower(dst []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// trimVersion cuts Bedrock's "-v1:0", "-v1" or "-v1:0:200k" and Vertex's
// "@default" and "@latest".
func trimVersion(b []byte) []byte {
	if c := trimSuffix(trimSuffix(b, "@default"), "@latest"); len(c) < len(b) {
		return c
	}
	i := len(b)
	if n := i; n > 0 && b[n-1] == 'k' { // the context size of provisioned throughput
		n--
		for n > 0 && isDigit(b[n-1]) {
			n--
		}
		if n < i-1 && n > 0 && b[n-1] == ':' {
			i = n - 1
		}
	}
	end := i
	for i > 0 && isDigit(b[i-1]) {
		i--
	}
	if i == end {
		return b
	}
	if i > 0 && b[i-1] == ':' {
		i--
		end = i
		for i > 0 && isDigit(b[i-1]) {
			i--
		}
		if i == end {
			return b
		}
	}
	if i >= 3 && b[i-1] == 'v' && b[i-2] == '-' {
		return b[:i-2]
	}
	return b
}

// trimFineTune cuts what follows the base model of OpenAI's
// "ft:BASE:owner:name:id".
func trimFineTune(b []byte) []byte {
	if !hasPrefix(b, "ft:") {
		return b
	}
	if i := index(b[3:], ':'); i > 0 {
		return b[:3+i]
	}
	return b
}

// trimSnapshot cuts "-20250514", "@20250514", "-2025-05-14" or "-latest".
func trimSnapshot(b []byte) []byte {
	if c := trimSuffix(b, "-latest"); len(c) < len(b) {
		return c
	}
	if n := len(b) - 9; n > 0 && (b[n] == '-' || b[n] == '@') && isDate(b[n+1:n+5], b[n+5:n+7], b[n+7:]) {
		return b[:n]
	}
	if n := len(b) - 11; n > 0 && b[n] == '-' && b[n+5] == '-' && b[n+8] == '-' && isDate(b[n+1:n+5], b[n+6:n+8], b[n+9:]) {
		return b[:n]
	}
	return b
}

// isDate reports whether year, month and day are digits of a day of this
// century.
func isDate(year, month, day []byte) bool {
	y, m, d := number(year), number(month), number(day)
	return y >= 2000 && y < 2100 && m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// number returns the value of decimal digits, −1 if there is anything else.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		if !isDigit(c) {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// dotsToDashes appends b with each dot between two digits as a dash.
func dotsToDashes(dst, b []byte) (out []byte, changed bool) {
	for i, c := range b {
		if c == '.' && i > 0 && i+1 < len(b) && isDigit(b[i-1]) && isDigit(b[i+1]) {
			c, changed = '-', true
		}
		dst = append(dst, c)
	}
	return dst, changed
}

// isCloudRegion reports whether b looks like us-east-1 or us-gov-west-1.
func isCloudRegion(b []byte) bool {
	dashes, digits := 0, 0
	for i, c := range b {
		switch {
		case c == '-':
			dashes++
		case isDigit(c):
			if i == 0 || b[i-1] != '-' && !isDigit(b[i-1]) {
				return false
			}
			digits++
		case c < 'a' || c > 'z' || digits > 0:
			return false
		}
	}
	return dashes >= 2 && digits > 0 && len(b) <= 24
}

// lastModels returns where the id begins that follows the last "models/", or
// −1.
func lastModels(b []byte) int {
	const mark = "models/"
	for i := len(b) - len(mark); i >= 0; i-- {
		if string(b[i:i+len(mark)]) == mark && (i == 0 || b[i-1] == '/') {
			return i + len(mark)
		}
	}
	return -1
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

func trimSuffix(b []byte, s string) []byte {
	if n := len(b) - len(s); n >= 0 && string(b[n:]) == s {
		return b[:n]
	}
	return b
}

func contains(b []byte, s string) bool {
	for i := 0; i+len(s) <= len(b); i++ {
		if string(b[i:i+len(s)]) == s {
			return true
		}
	}
	return false
}

func index(b []byte, c byte) int {
	for i, x := range b {
		if x == c {
			return i
		}
	}
	return -1
}

func lastIndex(b []byte, c byte) int {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] == c {
			return i
		}
	}
	return -1
}
