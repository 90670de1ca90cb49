package usage

// cohere reads Cohere's usage (v2) or meta (v1). billed_units is what is
// billed; tokens, which also counts what Cohere adds to the prompt, serves
// only where there is no other.
func (d *decoder) cohere(at *place, r *Response) {
	u := &at.usage
	if r.Provider == Auto {
		r.Provider = Cohere
	}
	id := kID
	if !at.outer.has(id) {
		id = kResponseID
	}
	d.labels(r, at, id, kModel)
	billed := u
	var inner object
	switch {
	case d.isObject(u, kBilledUnits):
		d.enter(u, kBilledUnits, &inner)
		billed = &inner
	case d.isObject(u, kTokens):
		d.enter(u, kTokens, &inner)
		billed = &inner
	}
	r.Usage.Input = d.count(billed, kInputTokens)
	r.Usage.Output = d.count(billed, kOutputTokens)
	r.Usage.FileSearches = d.count(billed, kSearchUnits)
	// Cached tokens are part of the whole prompt, of which only a part may be
	// billed.
	cached := min(d.count(u, kCachedTokens), r.Usage.Input)
	r.Usage.CacheRead = cached
	r.Usage.Input -= cached
	if billed.has(kImages) && d.count(billed, kImages) > 0 {
		r.Usage.Images = d.count(billed, kImages)
	}
	if billed.has(kClassifications) && d.count(billed, kClassifications) > 0 {
		d.note("unmetered: billed_units.classifications")
	}
}
