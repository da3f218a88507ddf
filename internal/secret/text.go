package secret

import (
	"regexp"
	"slices"
	"strings"
)

// What secrets look like in statements: the password of an address, and a text
// behind a name such as password or api_key; in the middle of a text, as in
// those of connections, whatever stands behind the name and =.
var (
	inAddress = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s/'"@:]*:)([^\s'"]*)(@)`)
	behind    = regexp.MustCompile(`(?i)(` + names + `["']?\s*(?:=>|:=|=|:)?\s*)(e'(?:[^'\\]|''|\\(?s:.))*'|'(?:[^']|'')*'|"[^"]*"|\$[a-z_]*\$(?s:.*?)\$[a-z_]*\$)`)
	inside    = regexp.MustCompile(`(?i)(` + names + `=)([^\s,;)'"&]+)`)
)

const names = `(?:\b|_)(?:api[-_]?key|access[-_]?key|auth[-_]?key|token|secret|password|passwd|pwd|authorization|signature|identified\s+by)`

// mentions are parts of every name.
var mentions = []string{"key", "token", "secret", "pass", "pwd", "authorization", "signature", "identified"}

// HideIn returns a text that somebody wrote in which what looks like a secret is
// hidden. Nobody knows what such a text holds: it cannot find them all.
func HideIn(s string) string {
	if strings.Contains(s, "://") {
		s = inAddress.ReplaceAllString(s, "${1}"+hidden+"${3}")
	}
	small := strings.ToLower(s)
	if !slices.ContainsFunc(mentions, func(m string) bool { return strings.Contains(small, m) }) {
		return s
	}
	s = behind.ReplaceAllString(s, "${1}'"+hidden+"'")
	return inside.ReplaceAllString(s, "${1}"+hidden)
}
