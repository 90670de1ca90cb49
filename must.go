package tokenomics

// Must returns the engine of a call to [New] or panics: for package-level
// variables and small programs.
func Must(e *Engine, err error) *Engine {
	if err != nil {
		panic(err)
	}
	return e
}
