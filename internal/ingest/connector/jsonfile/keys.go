package jsonfile

import (
	"bytes"

	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// keys finds the numbers of keys. The keys of objects mostly follow each other
// as they did before, so the one that should come is tried first.
type keys struct {
	names *record.Names
	// next has, by place, the key that came there.
	next []key
}

// key is a key as it looks in the text; without a text it is none.
type key struct {
	text string
	id   int32
}

// place is a place in objects: the start of the object that is the value of a
// key, or behind a key.
type place int32

func startOf(key int32) place { return place(2*key + 3) }
func behind(key int32) place  { return place(2*key + 2) }

// recordStart is the start of a record.
const recordStart place = 1

// expected returns the key that should come at a place, with no text where
// nothing is known.
func (k *keys) expected(at place) key {
	if int(at) >= len(k.next) {
		return key{}
	}
	return k.next[at]
}

// learn returns the number of a key and remembers that it came at a place.
func (k *keys) learn(at place, text []byte) int32 {
	id := k.names.ID(text)
	if !k.names.Lasting(id) || int(at) >= 4*record.MostNames || !predictable(text) {
		return id
	}
	for int(at) >= len(k.next) {
		k.next = append(k.next, make([]key, 64)...)
	}
	k.next[at] = key{k.names.Text(id), id}
	return id
}

// predictable reports whether a key looks in the text as it is.
func predictable(text []byte) bool {
	return len(text) > 0 && !bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
}
