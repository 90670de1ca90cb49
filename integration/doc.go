// Package integration holds what is tested against the real thing: stores on
// real databases. It is a module of its own, unpublished and outside of the
// workspace, so that its drivers never reach the root's graph.
//
// The tests in postgres start a server of their own; where none is installed
// they are skipped, or fail if CI is set.
package integration
