// Package secret is for passwords, tokens and keys: projects name where they
// are kept, and never what they are.
//
// It promises that a [Text] shows itself to nobody who does not ask with
// Reveal: not in messages, logs, JSON or with %v; and that a reference that
// cannot be resolved is an error that names the reference alone. It leaves to
// others what secrets are used for, and keeps none longer than its [Resolver].
package secret

import (
	"errors"
	"log/slog"
	"strings"
)

// hidden stands for a secret wherever it would be shown.
const hidden = "***"

// Text is a text that holds secrets. The zero value is the empty text.
type Text struct {
	value string
	// secrets are the parts of value that must not be shown.
	secrets []string
}

// New returns a text that is a secret as a whole.
func New(value string) Text {
	if value == "" {
		return Text{}
	}
	return Text{value: value, secrets: []string{value}}
}

// Reveal returns the text as it is, for whoever it is meant for.
func (t Text) Reveal() string { return t.value }

// IsZero reports whether the text is empty.
func (t Text) IsZero() bool { return t.value == "" }

// String returns the text with its secrets hidden.
func (t Text) String() string { return t.Scrub(t.value) }

// GoString is String, for %#v.
func (t Text) GoString() string { return t.String() }

// MarshalText is String, for JSON and the like.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue is String, for logs.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Scrub returns s with every secret of t hidden, also where it is written as in
// a URL.
func (t Text) Scrub(s string) string {
	for _, secret := range t.secrets {
		for _, form := range forms(secret) {
			s = strings.ReplaceAll(s, form, hidden)
		}
	}
	return s
}

// ScrubError returns an error with the message of err in which every secret of
// t is hidden. It unwraps to nothing, as what it hides must stay hidden; err
// itself is returned where it shows no secret.
func (t Text) ScrubError(err error) error {
	if err == nil {
		return nil
	}
	message := err.Error()
	if scrubbed := t.Scrub(message); scrubbed != message {
		return errors.New(scrubbed)
	}
	return err
}
