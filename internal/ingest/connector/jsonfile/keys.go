package jsonfile

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// keys finds the numbers of keys. The keys of objects mostly follow each other
// as they did before, so the one that should come is tried first.
type keys struct {
	names *record.Names
	// next has, by place, the number of the key that came there, plus one.
	next []int32
	// texts are the keys that can be compared as they are written, by number.
	texts []string
}

// place is a place in objects: the start of the object that is the value of a
// key, or behind a key.
type place int32

func startOf(key int32) place { return place(2*key + 3) }
func behind(key int32) place  { return place(2*key + 2) }

// recordStart is the start of a record.
const recordStart place = 1

// expected returns the key that should come at a place, -1 where nothing is
// known.
func (k *keys) expected(at place) (id int32, text string) {
	if int(at) >= len(k.next) {
		return -1, ""
	}
	if id = k.next[at] - 1; id < 0 {
		return -1, ""
	}
	return id, k.texts[id]
}

// learn returns the number of a key and remembers that it came at a place.
func (k *keys) learn(at place, key []byte) int32 {
	id := k.names.ID(key)
	if !k.names.Lasting(id) {
		return id
	}
	for int(id) >= len(k.texts) {
		text := k.names.Text(int32(len(k.texts)))
		k.texts = append(k.texts, text)
	}
	if k.predictable(id) && int(at) < 4*record.MostNames {
		for int(at) >= len(k.next) {
			k.next = append(k.next, make([]int32, 64)...)
		}
		k.next[at] = id + 1
	}
	return id
}

// predictable reports whether a key looks in the text as it is.
func (k *keys) predictable(id int32) bool {
	return !strings.ContainsFunc(k.texts[id], func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
}
