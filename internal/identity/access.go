package identity

import (
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Role is what a principal is to the project. One without a role is known, and
// may do nothing.
type Role string

// The roles.
const (
	// Owner may do everything.
	Owner Role = "owner"
	// Reader may read every table.
	Reader Role = "reader"
)

// Scope is what a token is for.
type Scope string

// The scopes.
const (
	Read  Scope = "read"
	Write Scope = "write"
)

// Roles and Scopes are all that there are.
var (
	Roles  = []Role{Owner, Reader}
	Scopes = []Scope{Read, Write}
)

// allows is what each role is good for.
var allows = map[Role][]Scope{Owner: {Read, Write}, Reader: {Read}}

// Access is somebody who was let in.
type Access struct {
	Principal Principal
	Groups    []string
	// Roles are its own and those of its groups.
	Roles []Role
	// Scopes are those of what was shown.
	Scopes []Scope
	// Token is the id of the token that was shown; "" is none.
	Token string
	// Expires is when what was shown ends; zero is never.
	Expires time.Time
}

// ownerAccess is that of the project's owner.
func ownerAccess(p Principal) Access {
	return Access{Principal: p, Roles: []Role{Owner}, Scopes: slices.Clone(Scopes)}
}

// May reports whether a role of the principal allows what the scope says, and
// what was shown is for it. Nobody may do nothing.
func (a Access) May(s Scope) bool {
	if a.Principal.IsZero() || !slices.Contains(a.Scopes, s) {
		return false
	}
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return slices.Contains(allows[r], s) })
}

// parse finds words in a list of those that there are.
func parse[T ~string](what string, words []string, all []T) (found []T, err error) {
	var known []string
	for _, one := range all {
		known = append(known, string(one))
	}
	for _, w := range words {
		if !slices.Contains(known, w) {
			p := diag.New("unknown-"+what, diag.Place{}, "there is no %s %s", what, w).WithHint("there are %s", strings.Join(known, " and "))
			if near := ident.Near(w, known); len(near) > 0 {
				p.WithHint("did you mean %s?", near[0])
			}
			return nil, p
		}
		if !slices.Contains(found, T(w)) {
			found = append(found, T(w))
		}
	}
	return found, nil
}

// ParseRoles and ParseScopes find out what people wrote.
func ParseRoles(words []string) ([]Role, error) { return parse("role", words, Roles) }

// ParseScopes is for scopes what ParseRoles is for roles.
func ParseScopes(words []string) ([]Scope, error) { return parse("scope", words, Scopes) }

// known are the scopes among words that clients send: other servers know others.
func known(words []string) (found []Scope) {
	for _, s := range Scopes {
		if slices.Contains(words, string(s)) {
			found = append(found, s)
		}
	}
	return found
}

// both are the scopes that are in both lists.
func both(a, b []Scope) []Scope {
	return slices.DeleteFunc(slices.Clone(a), func(s Scope) bool { return !slices.Contains(b, s) })
}

// Words writes scopes, or roles, as they are stored and shown.
func Words[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, one := range list {
		words[i] = string(one)
	}
	return strings.Join(words, " ")
}
