// Package pipe holds what the example programs that are also pipes share: JSON
// lines on stdin and stdout, one answer per non-blank line, in order.
//
// A program reads like this:
//
//	out := pipe.NewWriter(stdout)
//	for line, err := range pipe.Lines(pipe.Tie(stdin, out), pipe.MaxLine) {
//		if err != nil {
//			… // reading failed: say so on stderr, exit 1
//		}
//		var subject string
//		var at time.Time
//		bad := line.Err
//		if bad == nil {
//			bad = pipe.Decode(line.Text,
//				pipe.String("subject", &subject).Required(),
//				pipe.Time("at", &at))
//		}
//		if bad != nil {
//			out.Fail(line.N, bad)
//			continue
//		}
//		out.Put(answer)
//	}
//	return out.Close(stderr)
//
// Lines numbers lines from 1, skips blank ones and goes on after one that is
// too long. Decode accepts exactly the named members of one JSON object:
// unknown and duplicate keys are errors, and so is a value of another type;
// null is absent. Tie flushes the answers before the program waits for more
// input, so that a pipe can be talked to line by line.
//
// An error is answered as {"line":7,"error":{"code":"…","message":"…"}}. The
// exit status is [ExitOK], [ExitErrors] if any answer has an error, or
// [ExitUsage] for bad flags.
package pipe
