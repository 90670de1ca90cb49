// Package browser drives a real Chromium through every page of the dashboard,
// by its DevTools protocol: in light and dark, narrow and wide, with scripts
// and without, with hostile names and with nothing on the board. No request
// may leave the page's origin, no content security policy be violated, no
// error be logged, nothing run over the edge; and axe-core, the accessibility
// checker, must find nothing.
//
// Without Chromium the tests skip, unless CI is set. AXE_CORE names the file
// axe.min.js of a copy of axe-core, which .ci/run fetches. SCREENSHOTS names a
// folder for pictures of all pages.
package browser
