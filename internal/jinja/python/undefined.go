package python

import (
	"errors"
	"fmt"
)

// Undefined is what a name without a value is. It prints as nothing, is false
// and empty, and fails on almost anything else.
type Undefined struct {
	// Hint explains the failure; without it Name (and Of, for an attribute)
	// makes the message.
	Hint string
	Name string
	// Of is the value that has no attribute or item Name, where IsPart.
	Of     any
	IsPart bool
	// key is the index that found nothing, if it was no name.
	key any
	// Blank is whether it stands for a name before its first assignment.
	Blank bool
}

// UnknownName is the use of a name that means nothing.
type UnknownName struct {
	Name    string
	Message string
	// Known are the names that would mean something, as far as they are known.
	Known []string
}

// Error returns the message.
func (e *UnknownName) Error() string { return e.Message }

// Err is what every failing use of an undefined value comes to.
func (u *Undefined) Err() error {
	if u.Hint != "" {
		return errors.New(u.Hint)
	}
	if !u.IsPart {
		return &UnknownName{Name: u.Name, Message: "`" + u.Name + "` is undefined"}
	}
	if u.key != nil {
		r, err := Repr(u.key)
		if err != nil {
			return err
		}
		return fmt.Errorf("the %s has no element %s", TypeName(u.Of), r)
	}
	message := fmt.Sprintf("the %s has no attribute `%s`", TypeName(u.Of), u.Name)
	if listed, ok := u.Of.(Listed); ok {
		return &UnknownName{Name: u.Name, Message: message, Known: listed.Names()}
	}
	return errors.New(message)
}

// UndefinedOr returns the failure of the first undefined value, else err.
func UndefinedOr(err error, values ...any) error {
	for _, v := range values {
		if u, ok := v.(*Undefined); ok {
			return u.Err()
		}
	}
	return err
}
