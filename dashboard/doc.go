// Package dashboard is the board as a web page: an [http.Handler] that mounts
// in one line in any Go service, under any prefix, behind any middleware.
//
//	mux.Handle("/board/", dashboard.New(eng, dashboard.Options{Authorize: whoIsIt}))
//
// It needs no JavaScript, loads nothing from elsewhere and sets no cookie. A
// JSON API lies beside every page and shows what the page shows, to the same
// viewer.
//
// # Who sees what
//
// Without a viewer there is no page: Authorize says who is asking, and its
// zero [Viewer] is somebody who sees the board and nobody's exact figures.
// A viewer's own figures are exact; those of others are rounded by [Privacy].
// A board lists its first rows and the viewer's neighbors; nobody else can be
// looked up. Teams, models and workflows of fewer people than
// Privacy.MinGroup are not shown, nor is what their size could be subtracted
// from.
//
// # Editions
//
// What is shared is published in editions, one every Options.Every: all
// viewers see the boards as of the same instant, and asking again and again
// shows nothing of what happens in between. Instances have editions of their
// own. An edition is made in the
// background when somebody asks for a page after the last one has run out,
// rendered and compressed once for each board, language and class of viewer.
// [Handler.Refresh] makes one at once.
//
// # Memory and time
//
// An edition holds about 180 bytes for each subject and board, and about 100
// bytes a window for each team, model and workflow a subject was seen with. The
// sums of the latter cost a pass over the events of the windows in the ledger,
// which takes at most a twentieth of the time: they may be of an earlier instant
// than the boards, and say so. While the next edition is being made both are in
// memory.
//
// All methods of a Handler may be called concurrently. It starts a goroutine
// only to make an edition.
package dashboard
