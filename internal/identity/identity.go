// Package identity is for principals: who a statement is run for.
//
// It promises that a [Principal] always has a kind and a name. It leaves to
// others what a principal may do.
package identity

import (
	"fmt"
	"os"
	"os/user"
)

// Kind says where a principal's name comes from.
type Kind string

// Local is a user of this machine's operating system; such a user is the owner
// of the project whose files it can read.
const Local Kind = "local"

// Principal is someone, or something, that statements are run for.
type Principal struct {
	Kind Kind
	Name string
}

// String returns kind:name, as in the journal.
func (p Principal) String() string { return string(p.Kind) + ":" + p.Name }

// IsZero reports whether p is nobody. Nobody may do nothing.
func (p Principal) IsZero() bool { return p == Principal{} }

// Current returns the principal of the process: the operating system's user,
// by number where the user has no name.
func Current() Principal {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return Principal{Kind: Local, Name: u.Username}
	}
	return Principal{Kind: Local, Name: fmt.Sprintf("uid-%d", os.Getuid())}
}
