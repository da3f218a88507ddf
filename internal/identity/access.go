package identity

import (
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Role is what a principal is to the project. What one may do is what policies
// say of its roles; one without a role may do nothing that they do not permit it
// by its name.
type Role string

// The roles that there always are; policies name others.
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

// Scopes are all that there are.
var Scopes = []Scope{Read, Write}

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

	// open: nothing was shown, because nobody is known.
	open   bool
	origin origin
}

// ownerAccess is that of the project's owner.
func ownerAccess(p Principal) Access {
	return Access{Principal: p, Roles: []Role{Owner}, Scopes: slices.Clone(Scopes)}
}

// Has reports whether what was shown is for something. What its principal may do
// is another question. Nobody has anything.
func (a Access) Has(s Scope) bool {
	return !a.Principal.IsZero() && slices.Contains(a.Scopes, s)
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

// ParseRoles finds out what people wrote; named are the roles that policies name.
func ParseRoles(words, named []string) ([]Role, error) {
	all := []Role{Owner, Reader}
	for _, one := range named {
		if !slices.Contains(all, Role(one)) {
			all = append(all, Role(one))
		}
	}
	return parse("role", words, all)
}

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
