package credential

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what one guess at a password costs.
type Cost struct {
	// Memory is in KiB.
	Memory uint32
	Passes uint32
	Lanes  uint8
}

// Standard is the cost that RFC 9106 recommends where a machine has other things
// to do: 64 MiB, three passes, four lanes.
var Standard = Cost{Memory: 64 << 10, Passes: 3, Lanes: 4}

// What a hash may cost at most, so that a damaged one does not stop the program.
const (
	mostMemory = 1 << 20
	mostPasses = 64
)

const (
	saltLength = 16
	hashLength = 32
)

var base64Raw = base64.RawStdEncoding

// Hash returns the argon2id hash of a prepared password, as
// $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func Hash(password string, c Cost) string {
	salt := random(saltLength)
	return c.phc(salt, c.derive(password, salt))
}

// Decoy returns a hash that no password has: comparing with it takes as long as
// with any other.
func Decoy(c Cost) string { return c.phc(random(saltLength), random(hashLength)) }

func (c Cost) derive(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Lanes, hashLength)
}

func (c Cost) phc(salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Lanes,
		base64Raw.EncodeToString(salt), base64Raw.EncodeToString(hash))
}

// Matches reports whether a prepared password has the hash. An error says that
// the hash is none.
func Matches(password, phc string) (bool, error) {
	c, salt, want, err := parse(phc)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(c.derive(password, salt), want) == 1, nil
}

// errNoHash does not repeat what was stored.
var errNoHash = errors.New("what is stored for the password is no argon2id hash that this program knows")

func parse(phc string) (c Cost, salt, hash []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errNoHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Lanes); err != nil ||
		c.Memory > mostMemory || c.Passes < 1 || c.Passes > mostPasses || c.Lanes < 1 {
		return c, nil, nil, errNoHash
	}
	salt, saltErr := base64Raw.DecodeString(parts[4])
	hash, hashErr := base64Raw.DecodeString(parts[5])
	if saltErr != nil || hashErr != nil || len(hash) != hashLength {
		return c, nil, nil, errNoHash
	}
	return c, salt, hash, nil
}
