// Package gemini reads the sessions that the Gemini CLI keeps under
// tmp/<project>/chats/ in its home: one JSON value a file in older versions,
// a log of JSON lines in newer ones.
//
// Each message of a model is one event, whose ID is the session's id, a slash
// and the message's:
//
//   - A message is written again, whole, when anything about it changes, and
//     {"$set":{"messages":[…]}} writes all of them again: the last state that
//     has counts is the one that counts.
//   - A rewind takes back what was said, not what it cost.
//   - Input includes what came from caches and is taken apart here; thoughts
//     and the prompts of tools come on top of output and input.
//   - Of two files of one session, such as the older and the newer form, the
//     greater state of a message counts.
//
// Workflow is the project: the last element of the session's folder, else the
// name of its folder under tmp/ if that is not a hash.
package gemini
