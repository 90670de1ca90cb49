// Package pricing says what a call to a language model costs: exactly, at the
// instant it was made, and with the proof.
//
//	cost, err := pricing.Builtin().Price(pricing.Call{
//		Model: "claude-opus-5", At: start,
//		Usage: usage.Usage{Input: 1200, CacheRead: 45_000, Output: 800},
//	})
//	fmt.Println(cost.Total)     // 0.0485
//	fmt.Print(cost.Explain())   // every line, its rate, its source
//
// # The words
//
// A [Sheet] is a price list: rows for models ([Model]) and modifiers over them
// ([Modifier]). A [Book] is an immutable set of sheets, ready to price.
// [Builtin] is the book that comes with the package, compiled in from reviewed
// files; [Book.With] adds your own sheets to it and gives a new book. A [Call]
// is what was served and metered; a [Cost] is the answer, and [Line] its parts.
//
// # How a price is found
//
//  1. The model's name leads to an entry of the named provider, or of the
//     model's own vendor where the call names none: by the exact id, an alias,
//     or a grammar of ids that knows Bedrock ARNs and geographies, Vertex
//     dates, gateway prefixes, dated snapshots. A name is never cut down to one
//     it merely begins with. [Cost.Matched] says how it was found.
//  2. The call's instant selects the row: From inclusive, Until exclusive.
//     Cancelled rows never apply. Of rows of several sheets the last one does.
//  3. The served mode (Tier, Speed) selects a [Variant] of the row, such as
//     Anthropic's fast rates, or a modifier, such as batch. A mode that nobody
//     prices is not taken for the standard one.
//  4. The size of the whole prompt selects a [Step], which replaces all rates.
//  5. Each meter in use is a line: quantity × rate × the modifiers whose scope
//     it lies in.
//
// # Exactness
//
// A [Rate] is a fraction, a [Multiple] too, and a line is their product,
// rounded at most once, half to even, at 1e-12 of the currency; the line says
// so if it was. Totals add lines. [Money] is a 128-bit count of 1e-12 and
// compares with ==. There is no float anywhere. Amounts that do not fit are
// errors.
//
// # What is not known
//
// Nothing unknown is free. A model in no sheet at that instant is
// [ErrUnknownModel], Status Unpriced. A meter in use without a rate is
// [ErrUnpriced], Status Partial: Total is the cost of the rest and
// [Cost.Missing] names what lacks. Combinations a provider does not sell, such
// as batch with fast, have no price either. A rate of zero is another thing:
// it is free. Who wants a guess asks [Book.Infer], and is told it is one.
//
// Sums of several calls (Usage.Requests > 1) do not tell the size of any one
// prompt. If they could reach a step, Total is the cost if no call did and
// [Cost.High] the cost if all did; otherwise the two are equal.
//
// Where a record does not tell the lifetime of cache writes, the mode, the
// region or the size of requests, [Book.Bounds] gives the range of costs and
// its reasons. [Reconcile] sets costs against what a provider reported, and
// [Book.Credits] computes what free monthly allowances take off.
//
// # Time, concurrency, memory
//
// The package does no I/O, reads no clock and starts no goroutine. Books and
// handles are immutable and safe for concurrent use; costs are plain values.
// Pricing allocates nothing; [Book.Resolve], [Book.ResolveCall] and
// [Handle.PriceInto] save the
// look-up and the copying. Importing the package costs no start-up time.
//
// # Errors
//
// All match one of the package's sentinels with errors.Is: [ErrUnknownModel],
// [ErrAmbiguousProvider], [ErrUnpriced] (as *[ModelError]), [ErrInvalidSheet]
// (as *[SheetError], naming sheet, model and field), [ErrOverflow],
// [ErrInexact], [ErrSyntax]; impossible counts match usage.ErrRange.
package pricing
