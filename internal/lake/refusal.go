package lake

import (
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Why a request to the catalog is refused. Each comes as a [Refusal], whose
// message is for whoever asked.
var (
	// ErrNoNamespace: there is no such namespace.
	ErrNoNamespace = errors.New("no such namespace")
	// ErrExists: the name is taken.
	ErrExists = errors.New("the name is taken")
	// ErrNotEmpty: the namespace has tables, views or namespaces in it.
	ErrNotEmpty = errors.New("the namespace is not empty")
	// ErrRequirement: what the request takes for granted is not so.
	ErrRequirement = errors.New("a requirement is not met")
	// ErrInvalid: the request makes no sense, whatever the catalog holds.
	ErrInvalid = errors.New("invalid request")
	// ErrUnprocessable: the request contradicts itself.
	ErrUnprocessable = errors.New("the request contradicts itself")
)

// Refusal says why a request to the catalog is not done.
type Refusal struct {
	// Reason is one of this package's errors.
	Reason  error
	Message string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Unwrap returns the reason.
func (r *Refusal) Unwrap() error { return r.Reason }

func refuse(reason error, format string, args ...any) error {
	return &Refusal{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// word is what people call the kind.
func (k EntryKind) word() string {
	if k == ViewEntry {
		return "View"
	}
	return "Table"
}

// taken refuses to make what a name stands for already.
func taken(e Entry, wanted EntryKind) error {
	if e.Kind != wanted {
		return refuse(ErrExists, "%s with same name already exists: %s", e.Kind.word(), e.Name)
	}
	return refuse(ErrExists, "%s already exists: %s", e.Kind.word(), e.Name)
}

// NoEntry is the error of a table or view that is not there, and of one that is
// not there for whom it is told.
func NoEntry(kind EntryKind, name ident.Table) error {
	return refuse(ErrNotFound, "%s does not exist: %s", kind.word(), name)
}

// NoNamespace is the same of a namespace.
func NoNamespace(name string) error {
	return refuse(ErrNoNamespace, "Namespace does not exist: %s", name)
}
