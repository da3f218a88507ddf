// Package identity is for principals: who a statement is run for, who is known
// to a project, and how somebody shows who it is.
//
// It promises that a [Principal] always has a kind and a name; that nobody is
// let in who is not known, with a password or a token that is good at that
// moment; that nothing which is stored lets anybody in; that an answer does not
// tell a name which is known from one which is not; and that a change of who is
// known counts from the next request on. Who did something is a value that goes
// with the call, never a state of the process. It leaves to others what
// protocols make of it (serve), and what a principal may do to which table.
package identity

import (
	"fmt"
	"os"
	"os/user"
)

// Kind says where a principal's name comes from.
type Kind string

// The kinds.
const (
	// Local is a user of this machine's operating system; such a user is the
	// owner of the project whose files it can read.
	Local Kind = "local"
	// User is a person who is known to the project.
	User Kind = "user"
	// Service is a program that is known to the project.
	Service Kind = "service"
	// Group is no principal by itself: it has members.
	Group Kind = "group"
)

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
