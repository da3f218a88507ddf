package credential

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"math/big"
	"strings"
)

// A token is tarn_, 256 random bits and a checksum of all before it, in digits
// and letters: something that people's scanners of repositories can look for.
const (
	tokenPrefix    = "tarn_"
	secretLength   = 32
	secretDigits   = 43 // 62^43 > 2^256
	checksumDigits = 6  // 62^6 > 2^32
)

// NewToken returns a new token.
func NewToken() string {
	text := tokenPrefix + digits(new(big.Int).SetBytes(random(secretLength)), secretDigits)
	return text + checksum(text)
}

// IsToken reports whether a text is a token by its form and its checksum.
func IsToken(text string) bool {
	if len(text) != len(tokenPrefix)+secretDigits+checksumDigits || !strings.HasPrefix(text, tokenPrefix) {
		return false
	}
	end := len(text) - checksumDigits
	return checksum(text[:end]) == text[end:]
}

// TokenHash returns what is kept of a token. A guess has one chance in 2^256, so
// that there is nothing to be made dear.
func TokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func checksum(text string) string {
	return digits(big.NewInt(int64(crc32.ChecksumIEEE([]byte(text)))), checksumDigits)
}

func digits(n *big.Int, width int) string {
	text := n.Text(62)
	return strings.Repeat("0", width-len(text)) + text
}
