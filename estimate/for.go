package estimate

// For returns the counter for a model, told by its name as providers, hosts
// and gateways write it. It never fails: a name that says nothing gives a
// counter of the family "unknown" with wide bounds, and its Basis says so.
func For(model string) Counter {
	return newHeuristic(resolve(model))
}
