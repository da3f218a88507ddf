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

// Prepare returns a password in the form in which it is hashed: RFC 4013's, so
// that one which is typed on another keyboard, or sent by a program that
// prepares it, is the same. What programs are known to prepare differently is
// an error.
func Prepare(password string) (string, error) {
	if isASCII(password) {
		return password, prohibited(password)
	}
	prepared := norm.NFKC.String(strings.Map(mapped, strings.ToValidUTF8(password, "\uFFFD")))
	if err := prohibited(prepared); err != nil {
		return "", err
	}
	if err := oneDirection(prepared); err != nil {
		return "", err
	}
	// Programs with the tables of RFC 3454 do not know these, and leave the whole
	// password as it is.
	if prepared != password && strings.ContainsFunc(password, func(r rune) bool { return r > 0xFFFF }) {
		return "", fmt.Errorf("it has characters that programs send in different ways; leave out %q or accents", firstAbove(password, 0xFFFF))
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

// mapped is RFC 4013's mapping: any space is a space, and what nobody sees is
// nothing.
func mapped(r rune) rune {
	switch {
	case r == 0xA0, r == 0x1680, r >= 0x2000 && r <= 0x200B, r == 0x202F, r == 0x205F, r == 0x3000:
		return ' '
	case r == 0xAD, r == 0x34F, r == 0x1806, r >= 0x180B && r <= 0x180D, r == 0x200C, r == 0x200D, r == 0x2060,
		r >= 0xFE00 && r <= 0xFE0F, r == 0xFEFF:
		return -1
	}
	return r
}

// prohibited refuses what RFC 4013 does, and what has no meaning yet.
func prohibited(s string) error {
	for _, r := range s {
		if r == ' ' || unicode.IsPrint(r) && r != unicode.ReplacementChar && !(r >= 0x2FF0 && r <= 0x2FFB) {
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
