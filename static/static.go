// Package static holds the browser client inside the binary.
package static

import "embed"

// FS holds index.html, the modules, styles and pictures under app, and the
// bundled helplines. What is served of it, and how, is decided by whoever
// serves it.
//
//go:embed index.html app helplines.json
var FS embed.FS
