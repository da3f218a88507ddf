package jsonfile

import (
	"bytes"

	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// keys finds the numbers of keys. The keys of objects mostly follow each other
// as they did before, so the one that should come is tried first, and then
// those behind it, as some objects lack keys that others have.
type keys struct {
	names *record.Names
	// next has, by place, the key that came there.
	next []key
	// slots has the keys that were seen, by the place where their object starts.
	slots map[position]slot
}

// key is a key where it came; without a text it is none.
type key struct {
	// text is the key as it looks in the input, with the quote behind it.
	text string
	id   int32
	slot slot
}

// slot numbers the keys of objects: the same key of objects in different places
// has different slots. In one object those seen later have larger ones.
type slot int32

// noSlot is that of keys that are not remembered.
const noSlot slot = -1

// position is a key of the objects that start at a place.
type position struct {
	start place
	id    int32
}

// place is a place in objects: the start of the object that is the value of a
// key, or behind a key.
type place int32

const (
	// nowhere is a place of which nothing is remembered.
	nowhere place = 0
	// recordStart is the start of a record.
	recordStart place = 1
)

func startOf(s slot) place { return place(2*s+3) &^ place(s>>31) }
func behind(s slot) place  { return place(2*s + 2) }

const (
	// mostSlots is how many keys are remembered.
	mostSlots = 2 * record.MostNames
	// skipped is how many keys may be missing for one to be found behind them.
	skipped = 4
)

// at returns the key that came at a place, which has no text where none did.
func (k *keys) at(p place) *key {
	if int(p) >= len(k.next) {
		return &noKey
	}
	return &k.next[p]
}

var noKey key

// expected returns the key at a place, with no text where text[p:hi], which
// starts behind a quote, is not one that should come.
func (k *keys) expected(at place, text []byte, p, hi int) key {
	for range skipped {
		next := k.at(at)
		n := len(next.text)
		if n == 0 {
			break
		}
		if n <= hi-p && string(text[p:p+n]) == next.text {
			return *next
		}
		at = behind(next.slot)
	}
	return key{}
}

// learn returns a key of the objects that start at a place, and remembers that
// it came at another.
func (k *keys) learn(start, at place, text []byte) key {
	found := key{id: k.names.ID(text)}
	found.slot = k.slotOf(start, found.id)
	if found.slot == noSlot || at == nowhere || !predictable(text) {
		return found
	}
	for int(at) >= len(k.next) {
		k.next = append(k.next, make([]key, 64)...)
	}
	k.next[at] = key{k.names.Text(found.id) + `"`, found.id, found.slot}
	return found
}

// slotOf returns the slot of a key of the objects that start at a place.
func (k *keys) slotOf(start place, id int32) slot {
	if start == nowhere || !k.names.Lasting(id) {
		return noSlot
	}
	at := position{start, id}
	s, ok := k.slots[at]
	switch {
	case ok:
		return s
	case len(k.slots) == mostSlots:
		return noSlot
	}
	s = slot(len(k.slots))
	k.slots[at] = s
	return s
}

// predictable reports whether a key looks in the text as it is.
func predictable(text []byte) bool {
	return len(text) > 0 && !bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
}
