package usage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// MarshalJSON writes the meters that are not zero as one object, by the names
// of [Meter.String], in the order of the meters: {"input":3,"output":7}.
func (u Usage) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for m, n := range u.All() {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, m.String()...)
		b = append(b, `":`...)
		b = strconv.AppendInt(b, n, 10)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads what [Usage.MarshalJSON] writes. A name that is no
// meter, a name given twice, and a value that is not a whole number from 0 to
// [MaxCount] are errors that match [ErrUnknownMeter], [ErrRepeatedMeter] and
// [ErrRange]; u is then left as it was.
func (u *Usage) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("%w: usage is no JSON object", ErrMalformed)
	}
	var read Usage
	var seen [NumMeters]bool
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		m, err := ParseMeter(key.(string))
		if err != nil {
			return err
		}
		if seen[m] {
			return fmt.Errorf("%w: %s", ErrRepeatedMeter, m)
		}
		seen[m] = true
		value, err := d.Token()
		if err != nil {
			return err
		}
		number, ok := value.(json.Number)
		if !ok {
			return fmt.Errorf("%w: %s is %v, want a whole number", ErrRange, m, value)
		}
		n, err := strconv.ParseInt(number.String(), 10, 64)
		if err != nil || n < 0 || n > MaxCount {
			return fmt.Errorf("%w: %s is %s, want a whole number from 0 to %d", ErrRange, m, number, int64(MaxCount))
		}
		read.Set(m, n)
	}
	*u = read
	return nil
}
