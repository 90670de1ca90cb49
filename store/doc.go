// Package store says what a ledger of calls must do, for those who write one
// and for the engine that uses it.
//
// An [Event] is one version of what is known about one call. A [Store] keeps,
// for every key, the version that counts by the law of revisions ([Compare],
// [Judge]), with its price, and the activations of price books. Five methods
// are the whole contract, and [Weigh], [Overtaken], [Query.Selects], [InOrder] and
// [Entry.Clone] most of its work; optional abilities are small interfaces that [As]
// finds.
//
// Package memstore keeps a ledger in memory, sqlstore in SQLite or PostgreSQL,
// and storetest proves any other. docs/stores.md shows how to write one.
package store
