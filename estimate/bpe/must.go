package bpe

// MustUnpack is [Unpack] for data that was compiled in; it panics on an error.
func MustUnpack(data string, pattern Pattern) *Encoding {
	e, err := Unpack(data, pattern)
	if err != nil {
		panic(err)
	}
	return e
}
