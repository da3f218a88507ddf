// Package policy is for what principals may do: it compiles the policies of a
// project, written in Cedar, and decides by them.
//
// It promises that nothing is allowed that no policy permits, or that one
// forbids; that a policy which cannot be evaluated allows nothing; that a
// decision names the policies that it was made by; and that policies which do
// not compile, or name what is not there, are refused as a whole with their
// places. It leaves to others who somebody is (identity), what a statement
// wants (gate), and what those are told who may not.
//
// The language is described at https://docs.cedarpolicy.com; what policies may
// be about is in schema.cedarschema.
package policy

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
)

// Action is what somebody wants to do.
type Action string

// The actions.
const (
	Select   Action = "select"
	Insert   Action = "insert"
	Update   Action = "update"
	Delete   Action = "delete"
	Create   Action = "create"
	Alter    Action = "alter"
	Drop     Action = "drop"
	Maintain Action = "maintain"
)

// Actions are all that there are.
var Actions = []Action{Select, Insert, Update, Delete, Create, Alter, Drop, Maintain}

// ofNamespaces are those that namespaces have too.
var ofNamespaces = []Action{Create, Alter, Drop}

// The roles that there always are: owners may do everything, readers may select
// from every table.
const (
	Owner  = "owner"
	Reader = "reader"
)

// The policies of these roles, which are part of every set. Policies that forbid
// bind such principals too.
const (
	OwnerPolicy  = "owner"
	ReaderPolicy = "reader"
)

// Who asks. Roles are its own and those of its groups. A principal of this
// machine ([identity.Local]) holds the project's files, so that it may do
// everything: to forbid it something would be advice.
type Who struct {
	Principal     identity.Principal
	Groups, Roles []string
}

// IsLocal reports whether who asks is this machine's owner, whom nothing binds.
func (who Who) IsLocal() bool { return who.Principal.Kind == identity.Local }

// Project is the project itself: its views read as it does, whoever asks.
var Project = Who{Principal: identity.Principal{Kind: identity.Local, Name: "project"}}

// Resource is a table, or a namespace where Table.Name is "". Tags are what the
// project says of it.
type Resource struct {
	Table ident.Table
	Tags  []string
}

// actions are those that a resource has.
func (r Resource) actions() []Action {
	if r.Table.Name == "" {
		return ofNamespaces
	}
	return Actions
}

// Rule is one policy.
type Rule struct {
	// ID is what its @id says, or its place.
	ID string
	// Place is where it begins; zero for Tarn's own.
	Place diag.Place
	// Forbids tells what it does; else it permits.
	Forbids bool
	// Description is what its @description says.
	Description string
	// Text is the policy as Cedar writes it.
	Text string
}

// Decision is an answer.
type Decision struct {
	Allowed bool
	// By are the policies that decided, in order of their places; none where no
	// policy permits what was asked for.
	By []*Rule
	// Trouble is why a policy could not be evaluated, which allows nothing.
	Trouble error
}
