package credential

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cheap is a cost that tests can pay.
var cheap = Cost{Memory: 64, Passes: 1, Lanes: 1}

func TestAPasswordIsKnownAgain(t *testing.T) {
	hash := Hash("correct horse", cheap)
	if strings.Contains(hash, "horse") || hash == Hash("correct horse", cheap) {
		t.Errorf("the hash tells something: %s", hash)
	}
	for _, c := range []struct {
		password, hash string
		want           bool
	}{
		{"correct horse", hash, true}, {"correct horsf", hash, false}, {"", hash, false},
		{"correct horse", Decoy(cheap), false},
	} {
		got, err := Matches(c.password, c.hash)
		if err != nil || got != c.want {
			t.Errorf("%q and %s: %v, %v", c.password, c.hash, got, err)
		}
	}
}

// The hash is written as everybody writes it, and one that others made is known:
// argon2 -id -v 13 with the password "password" and the salt "somesalt", from the
// reference implementation's own tests.
func TestHashesOfOthersAreKnown(t *testing.T) {
	const theirs = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := Matches("password", theirs); !ok || err != nil {
		t.Error(ok, err)
	}
	if shape := regexp.MustCompile(`^\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`); !shape.MatchString(Decoy(Standard)) {
		t.Error(Decoy(Standard))
	}
}

func TestWhatIsNoHashIsAnErrorThatDoesNotRepeatIt(t *testing.T) {
	good := Hash("x", cheap)
	for _, hash := range []string{
		"", "secret", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=4294967295", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "t=1", "t=4000000000", 1), good[:len(good)-4], good + "$",
	} {
		if ok, err := Matches("x", hash); ok || err == nil || hash != "" && strings.Contains(err.Error(), hash) {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
	}
}

// The exchange of RFC 7677, section 3: with what is kept a server takes the
// proof of who knows the password, and can prove that it knows the user.
func TestTheVerifierIsThatOfRFC7677(t *testing.T) {
	salt, _ := base64.StdEncoding.DecodeString("W22ZaJ0SNY7soEsUEjb6gQ==")
	text, err := verifier("pencil", salt, 4096)
	if err != nil {
		t.Fatal(err)
	}
	const messages = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '$' || r == ':' })
	if len(parts) != 5 || parts[0] != "SCRAM-SHA-256" || parts[1] != "4096" || parts[2] != "W22ZaJ0SNY7soEsUEjb6gQ==" {
		t.Fatal(text)
	}
	stored, _ := base64.StdEncoding.DecodeString(parts[3])
	server, _ := base64.StdEncoding.DecodeString(parts[4])
	sign := func(key []byte) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(messages))
		return mac.Sum(nil)
	}
	proof, _ := base64.StdEncoding.DecodeString("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
	for i, b := range sign(stored) {
		proof[i] ^= b
	}
	if client := sha256.Sum256(proof); !hmac.Equal(client[:], stored) {
		t.Error("the proof of who knows the password is refused")
	}
	if got := base64.StdEncoding.EncodeToString(sign(server)); got != "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" {
		t.Error("the server proves itself with", got)
	}
}

func TestATokenIsToldFromEverythingElse(t *testing.T) {
	token := NewToken()
	if !regexp.MustCompile(`^tarn_[0-9A-Za-z]{49}$`).MatchString(token) || !IsToken(token) || token == NewToken() {
		t.Error(token)
	}
	for _, text := range []string{"", "tarn_", token[1:], token + "0", token[:len(token)-1], strings.ToUpper(token), strings.Replace(token, "tarn_", "tern_", 1)} {
		if IsToken(text) {
			t.Errorf("%s is none", text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		letters := []byte(NewToken())
		at := rapid.IntRange(0, len(letters)-1).Draw(t, "at")
		was := letters[at]
		letters[at] = rapid.SampledFrom([]byte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")).Draw(t, "letter")
		if IsToken(string(letters)) != (was == letters[at]) {
			t.Fatalf("%s with %c in place of %c", letters, letters[at], was)
		}
	})
}

// What is one password to whoever types it is one to every program, or refused.
func TestPasswordsAreTheSameToEveryProgram(t *testing.T) {
	for _, c := range []struct{ password, want string }{
		{"user", "user"}, {"USER", "USER"}, {"cafe\u0301 x", "caf\u00e9 x"}, {"a\u00a0b\u3000c", "a b c"},
		{"\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"}, {"horse 🐎", "horse 🐎"}, {"\u0e01\u0e49", "\u0e01\u0e49"},
	} {
		if got, err := Prepare(c.password); err != nil || got != c.want {
			t.Errorf("%q: %q, %v, want %q", c.password, got, err, c.want)
		}
	}
	for _, password := range []string{
		"\a", "a\nb", "a\u0007\u00e9", "\u0627\u0031", "\u05e9abc\u05e9", "a\uE000", "a\u200e", "a\ufffd", "a\xff", "\u2ff0", "cafe\u0301🐎",
		"I\u00adX", "\u00aa", "\u2168", "a\u200db", "❤\ufe0f", "ﬁn", "a\u034fb", "\U000e0100",
	} {
		if got, err := Prepare(password); err == nil {
			t.Errorf("%q is taken, as %q", password, got)
		}
	}
}

func FuzzAHashThatIsStoredNeverStopsTheProgram(f *testing.F) {
	f.Add(Hash("x", cheap))
	f.Add("$argon2id$v=19$m=1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, hash string) {
		c, _, _, err := parse(hash)
		if err != nil || c.Memory > 1<<10 || c.Passes > 2 {
			return
		}
		if ok, err := Matches(fmt.Sprint("not it ", hash), hash); ok || err != nil {
			t.Error(ok, err)
		}
	})
}
