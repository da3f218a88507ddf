package textpattern

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// dissect cuts lines at fixed texts.
type dissect struct {
	start []byte
	keys  []key
	named []string
	// joins says that a name stands in several places.
	joins bool
}

// key is a place between two texts.
type key struct {
	// value is the index of its value; -1 is left out.
	value int
	// joined says that it is added to what the value has, with what stands
	// between them.
	joined bool
	// end is the text behind it; empty at the end of the line.
	end []byte
	// padded says that end may stand there several times.
	padded bool
}

// newDissect understands a pattern of keys: %{name}, %{} and %{?name} are left
// out, %{+name} is added to an earlier one, and -> at a key's end skips repeated
// separators.
func newDissect(pattern string) (*dissect, error) {
	start, rest, found := strings.Cut(pattern, "%{")
	if !found {
		return nil, errors.New("there is no key such as %{name}")
	}
	d := &dissect{start: []byte(start)}
	for more := true; more; {
		var inner, end string
		if inner, rest, found = strings.Cut(rest, "}"); !found {
			return nil, fmt.Errorf("%q is never closed", "%{"+inner)
		}
		end, rest, more = strings.Cut(rest, "%{")
		if more && end == "" {
			return nil, fmt.Errorf("no text behind %q, so it is not to be seen where its value ends", "%{"+inner+"}")
		}
		k := key{value: -1, end: []byte(end)}
		inner, k.padded = strings.CutSuffix(inner, "->")
		if err := d.add(inner, k); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *dissect) add(name string, k key) error {
	switch {
	case name == "" || name[0] == '?':
	case name[0] == '*' || name[0] == '&':
		return fmt.Errorf("%q: names that are read from the line make no columns", "%{"+name+"}")
	case name[0] == '+':
		if k.value = slices.Index(d.named, name[1:]); k.value < 0 {
			return fmt.Errorf("%q is added to a key that is not there", "%{"+name+"}")
		}
		k.joined, d.joins = true, true
	case slices.Contains(d.named, name):
		return fmt.Errorf("two keys %q; add to the first with %q", name, "%{+"+name+"}")
	default:
		k.value = len(d.named)
		d.named = append(d.named, name)
	}
	d.keys = append(d.keys, k)
	return nil
}

func (d *dissect) names() []string { return d.named }

func (d *dissect) match(line []byte, values [][]byte) *departure {
	if !bytes.HasPrefix(line, d.start) {
		return &departure{0, fmt.Sprintf("no %q", d.start)}
	}
	at := len(d.start)
	var before []byte
	for i := range d.keys {
		k := &d.keys[i]
		end, next := len(line), len(line)
		if len(k.end) > 0 {
			n := find(line[at:], k.end)
			if n < 0 {
				return &departure{at, fmt.Sprintf("no %q behind this place", k.end)}
			}
			end = at + n
			next = end + len(k.end)
			for k.padded && bytes.HasPrefix(line[next:], k.end) {
				next += len(k.end)
			}
		}
		switch {
		case k.value >= 0 && k.joined:
			joined := append(slices.Clone(values[k.value]), before...)
			values[k.value] = append(joined, line[at:end]...)
		case k.value >= 0:
			values[k.value] = line[at:end:end]
		}
		before, at = k.end, next
	}
	if at < len(line) {
		return &departure{at, "more text behind the pattern's end"}
	}
	return nil
}

func find(text, want []byte) int {
	if len(want) == 1 {
		return bytes.IndexByte(text, want[0])
	}
	return bytes.Index(text, want)
}
