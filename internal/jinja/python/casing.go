package python

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Upper is str.upper(): one character may become several.
func Upper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return cases.Upper(language.Und).String(s)
}

// Lower is str.lower().
func Lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Lower(language.Und).String(s)
}

// caseFold is str.casefold().
func caseFold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Fold().String(s)
}

// titleRune is the capital that a word begins with.
func titleRune(r rune) string {
	if r < utf8.RuneSelf {
		return string(unicode.ToUpper(r))
	}
	return cases.Title(language.Und, cases.NoLower).String(string(r))
}

// Capitalize is str.capitalize(): the first character only.
func Capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return titleRune(r) + Lower(s[n:])
}

// titleLetters is str.title(): a capital after everything that is no letter.
func titleLetters(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		letter := unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r)
		if letter && !inWord {
			b.WriteString(titleRune(r))
		} else {
			b.WriteString(Lower(string(r)))
		}
		inWord = letter
	}
	return b.String()
}

func swapCase(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteString(Lower(string(r)))
		} else {
			b.WriteString(Upper(string(r)))
		}
	}
	return b.String()
}
