package credential

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Iterations is how often a password is hashed for SCRAM. Clients pay it at
// every login, some of them in slow languages: 16 times what Postgres asks for.
const Iterations = 65536

// mostIterations is what a verifier may cost at most, so that a damaged one does
// not stop the program.
const mostIterations = 1 << 24

// Verifier returns what a server needs to log somebody in by SCRAM-SHA-256 (RFC
// 5802 and 7677) without knowing the password, written as Postgres writes it:
// SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey. The password is prepared.
func Verifier(password string, iterations int) (string, error) {
	return verifier(password, random(saltLength), iterations)
}

// Salted is [Verifier] with a salt of the caller's, of which as much is taken as
// others have.
func Salted(password string, salt []byte, iterations int) (string, error) {
	return verifier(password, salt[:min(len(salt), saltLength)], iterations)
}

// Like is [Verifier] with the salt and the iterations of another verifier. An
// error does not repeat what was given.
func Like(other, password string) (string, error) {
	iterations, salt, err := parameters(other)
	if err != nil {
		return "", err
	}
	return verifier(password, salt, iterations)
}

// SameSalt reports whether two verifiers have the same salt and iterations.
func SameSalt(a, b string) bool {
	headA, _, okA := strings.Cut(a, ":")
	headB, _, okB := strings.Cut(b, ":")
	saltA, _, _ := strings.Cut(a[len(headA):], "$")
	saltB, _, _ := strings.Cut(b[len(headB):], "$")
	return okA && okB && headA == headB && saltA == saltB
}

// errNoVerifier does not repeat what was stored.
var errNoVerifier = errors.New("what is stored is no SCRAM-SHA-256 verifier that this program knows")

// parameters reads the iterations and the salt of a verifier.
func parameters(text string) (iterations int, salt []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 3 || parts[0] != "SCRAM-SHA-256" {
		return 0, nil, errNoVerifier
	}
	number, encoded, _ := strings.Cut(parts[1], ":")
	iterations, err = strconv.Atoi(number)
	salt, bad := base64.StdEncoding.DecodeString(encoded)
	if err != nil || bad != nil || iterations < 1 || iterations > mostIterations || len(salt) == 0 {
		return 0, nil, errNoVerifier
	}
	return iterations, salt, nil
}

func verifier(password string, salt []byte, iterations int) (string, error) {
	salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("make a SCRAM verifier: %w", err)
	}
	stored := sha256.Sum256(keyed(salted, "Client Key"))
	text := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", iterations, text(salt), text(stored[:]), text(keyed(salted, "Server Key"))), nil
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
