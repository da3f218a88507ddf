// Package failpoint is for crash tests: named steps at which a process of a
// test build kills itself, as kill -9 would, or hangs.
//
// It promises that a binary built without the tag "failpoints" contains none
// of it: there [Hit] does nothing. It leaves to others which steps to name.
package failpoint
