//go:build !failpoint

package fail

// Built says whether failpoints are compiled in.
const Built = false

// Point does nothing in this build.
func Point(string) {}

// Bug is false in this build.
func Bug(string) bool { return false }

// Panic does nothing in this build.
func Panic(string, string) {}

// ByClock gives the list as it is in this build.
func ByClock[T any](_ string, list []T, _ func(T) string) []T { return list }
