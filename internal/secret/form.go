package secret

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// shortest is how long a secret is at least to be looked for in other texts:
// hiding every "a" would tell more than it hides.
const shortest = 3

// forms are the ways in which a secret may be written in messages, the longest
// first.
func forms(secret string) []string {
	if len(secret) < shortest {
		return nil
	}
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), url.UserPassword("", secret).String()[1:],
		strings.Trim(strings.ReplaceAll(secret, `"`, `\"`), "\n"), base64.StdEncoding.EncodeToString([]byte(secret))}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(all)
}
