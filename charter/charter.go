// Package charter is a group's charter: a text of twelve principles with a digest.
package charter

// Template names the starter wording a group begins from (A08).
type Template string

// Text is a charter's text.
type Text struct{}

// Version is an adopted text.
type Version struct{}
