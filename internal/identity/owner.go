package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/secret"
)

// loginLasts is how long a token lasts that is given at a login.
const loginLasts = time.Hour

// ownerToken is the token of the settings. Those that are given for it carry
// when they end and a signature made with it, so that they need no place to be
// kept, and end when the owner's changes.
type ownerToken struct {
	text secret.Text
	now  func() time.Time
}

// ownerPrefix begins the tokens that are given for the owner's.
const ownerPrefix = "tarn."

// is reports whether a text is the owner's token itself.
func (o *ownerToken) is(token string) bool {
	return !o.text.IsZero() && same(token, o.text.Reveal())
}

// good reports whether a text is the owner's token, or was given for it lately.
func (o *ownerToken) good(token string) bool {
	if o.text.IsZero() {
		return false
	}
	if o.is(token) {
		return true
	}
	ends, signature, found := strings.Cut(strings.TrimPrefix(token, ownerPrefix), ".")
	if !found || !strings.HasPrefix(token, ownerPrefix) || !same(signature, o.sign(ends)) {
		return false
	}
	seconds, err := strconv.ParseInt(ends, 10, 64)
	return err == nil && o.now().Unix() < seconds
}

// give returns a token that is as good, for a while.
func (o *ownerToken) give() (string, time.Time) {
	until := o.now().Add(loginLasts).Truncate(time.Second)
	ends := strconv.FormatInt(until.Unix(), 10)
	return ownerPrefix + ends + "." + o.sign(ends), until
}

func (o *ownerToken) sign(ends string) string {
	mac := hmac.New(sha256.New, []byte(o.text.Reveal()))
	mac.Write([]byte("icebergrest token until " + ends))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// same compares in a time that does not tell how much of it is right.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
