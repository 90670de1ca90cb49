// Package claudecode reads the transcripts that Claude Code keeps under
// projects/ in its configuration folder.
//
// One reply of a model is written as several lines that share message.id and
// requestId while only its output grows; side conversations, resumed and
// forked sessions write it again, the latter into new files. Each reply
// becomes one event:
//
//   - Lines of one message.id and requestId are one reply, in whatever file
//     and session they stand. Of its states the whole record with the most
//     output counts, then the most tokens, then the one that says most about
//     the lifetime of cache writes, then the one of the main conversation.
//   - A line of a side conversation, or without requestId, joins the reply of
//     the same message.id with equal input and cache counts, else the earliest.
//   - Two replies of one message.id in the main conversation are one if their
//     input and cache counts are equal. Else they are two: the earliest has
//     the message.id as its ID, any other "<message.id>#<requestId>".
//   - The event's time, session, project and branch are those of the earliest
//     line, so that later states never move it; its counts, model and service
//     are those of the state that counts. Its Revision is the output so far.
//   - Cache writes of unstated lifetime count as 5 minutes. Thinking is part
//     of output in the logs and is taken out of it here.
//   - A reply that was billed as several calls (an advisor on another model, a
//     compaction) is one event each: "<message.id>", "<message.id>#2", ….
//   - Replies without any id are keyed by the line's uuid, or by a digest of
//     what they say.
//
// Workflow is the project: the last element of the working folder. The git
// branch is the label "branch". Usage quoted in other places, such as the
// summary of a subagent's last turn in its parent's log, is no bill.
package claudecode
