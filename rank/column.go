package rank

// column holds the raw sums of one step, by member.
type column struct {
	dense []int64
	big   int // sums beyond the ring's limit
}

func (c *column) get(i uint32) int64 {
	if int(i) < len(c.dense) {
		return c.dense[i]
	}
	return 0
}

// set stores a sum; n is the number of members of the board.
func (c *column) set(i uint32, v int64, n int) {
	if int(i) >= len(c.dense) {
		if n > cap(c.dense) {
			c.dense = append(make([]int64, 0, n+n/4), c.dense...)
		}
		c.dense = c.dense[:n]
	}
	c.dense[i] = v
}

// each yields the members with a sum that is not zero, in rising order.
func (c *column) each(yield func(i uint32, v int64)) {
	for i, v := range c.dense {
		if v != 0 {
			yield(uint32(i), v)
		}
	}
}
