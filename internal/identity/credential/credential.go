// Package credential is for what principals show to be let in, and for what is
// kept to know it again: passwords as argon2id hashes and as SCRAM-SHA-256
// verifiers, and tokens.
//
// It promises that what is kept gives no password and no token back; that
// comparing takes no longer the more of a guess is right; and that a token can
// be told from any other text, and from one with a letter wrong, without asking
// anybody. It leaves to others where things are kept and how often somebody may
// guess.
package credential

import (
	"crypto/rand"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// random returns n random bytes.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails: the process ends where there is no randomness
	return b
}

// Prepare returns a password in the form in which it is hashed, so that one which
// is typed on another keyboard, or sent by a program that prepares it, is the
// same: RFC 4013's, which is also RFC 8265's where programs use that. What the
// two make different things of is an error.
func Prepare(password string) (string, error) {
	if isASCII(password) {
		return password, prohibited(password)
	}
	prepared := norm.NFC.String(strings.Map(space, strings.ToValidUTF8(password, "\uFFFD")))
	if err := prohibited(prepared); err != nil {
		return "", err
	}
	if err := oneDirection(prepared); err != nil {
		return "", err
	}
	for _, r := range prepared {
		if norm.NFKC.String(string(r)) != norm.NFC.String(string(r)) {
			return "", fmt.Errorf("it has the character %q, of which programs make different ones", r)
		}
	}
	// Programs with the tables of RFC 3454 do not know these, and leave the whole
	// password as it is.
	if r := firstAbove(password, 0xFFFF); r != 0 && prepared != password {
		return "", fmt.Errorf("it has the character %q beside others that programs change for it", r)
	}
	return prepared, nil
}

func isASCII(s string) bool { return firstAbove(s, unicode.MaxASCII) == 0 }

// firstAbove is the first character above a limit, 0 where there is none.
func firstAbove(s string, limit rune) rune {
	for _, r := range s {
		if r > limit {
			return r
		}
	}
	return 0
}

// space makes any space the one that all keyboards have.
func space(r rune) rune {
	if unicode.Is(unicode.Zs, r) {
		return ' '
	}
	return r
}

// invisible reports whether a character is a mark that changes nothing that one
// sees, or only how another one looks.
func invisible(r rune) bool {
	return r == 0x34F || r >= 0x180B && r <= 0x180F || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// prohibited refuses what RFC 4013 does, what nobody sees, and what has no
// meaning yet.
func prohibited(s string) error {
	for _, r := range s {
		if r == ' ' || unicode.IsPrint(r) && !invisible(r) && r != unicode.ReplacementChar && !(r >= 0x2FF0 && r <= 0x2FFB) {
			continue
		}
		return fmt.Errorf("it has the character %U, which not everybody can type", r)
	}
	return nil
}

// oneDirection refuses texts that run both ways, as RFC 4013 does: what is
// written from right to left begins and ends so, with nothing of the other kind.
func oneDirection(s string) error {
	var left, right bool
	runes := []rune(s)
	rightward := func(r rune) bool {
		p, _ := bidi.LookupRune(r)
		return p.Class() == bidi.R || p.Class() == bidi.AL
	}
	for _, r := range runes {
		p, _ := bidi.LookupRune(r)
		right = right || rightward(r)
		left = left || p.Class() == bidi.L
	}
	if right && (left || !rightward(runes[0]) || !rightward(runes[len(runes)-1])) {
		return fmt.Errorf("it is written from left to right and from right to left at once")
	}
	return nil
}
