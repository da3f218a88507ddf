package secret

import (
	"net/url"
	"regexp"
)

// naming matches names whose values are secrets: api_key, X-Auth-Token,
// Authorization, client_secret. A bare "key" may be anything.
var naming = regexp.MustCompile(`(?i)(?:^|[-_])(?:api[-_]?key|access[-_]?key|auth[-_]?key|token|secret|password|passwd|authorization|signature)$|^sig$`)

// Names reports whether a parameter, header or key of that name holds a secret.
func Names(name string) bool { return naming.MatchString(name) }

// InURL returns the name of the parameter of a URL that holds a secret as it
// stands, not as a reference; "" where none does.
func InURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	for name, values := range u.Query() {
		if Names(name) && len(values) > 0 && values[0] != "" && len(References(values[0])) == 0 {
			return name
		}
	}
	return ""
}
