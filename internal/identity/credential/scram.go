package credential

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// Iterations is how often a password is hashed for SCRAM. Clients pay it at
// every login, some of them in slow languages: 16 times what Postgres asks for.
const Iterations = 65536

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
