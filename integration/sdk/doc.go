// Package sdk compares package usage with the official Go SDKs: the same
// generated response bodies and streams are decoded by the SDK's own structs
// and accumulators and by package usage, and what the SDK's struct says,
// turned into disjoint meters by a mapping of its own, must be what usage
// says.
//
// The bodies are random but reproducible. The flags -sdk.seed and -sdk.n set
// the seed and the number of bodies of each test; a failure prints the seed,
// the number of the case and the body.
//
//	cd integration && GOWORK=off go test ./sdk/...
package sdk
