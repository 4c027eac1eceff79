// Package static holds the browser client inside the binary.
package static

import "embed"

// FS holds index.html, the modules, styles and pictures under app, the worker
// that keeps helplines for when the server is away, and the shipped helplines. What is served of it, and how, is decided by whoever
// serves it.
//
//go:embed index.html sw.js app helplines.json
var FS embed.FS
