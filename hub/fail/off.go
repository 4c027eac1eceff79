//go:build !failpoint

package fail

// Built says whether failpoints are compiled in.
const Built = false

// Point does nothing in this build.
func Point(string) {}

// Bug is false in this build.
func Bug(string) bool { return false }
