package icebergrest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// structural are the keys by which it is decided what a request may do. Readers
// of JSON differ in which of two they take, and in whether case matters.
var structural = []string{"action", "type", "snapshot", "snapshot-id", "ref-name", "summary", "operation", "updates", "requirements",
	"identifier", "namespace", "name", "source", "destination", "overwrite", "table-changes"}

// level is an object or a list that is not yet at its end; keys is nil for a
// list.
type level struct {
	keys  map[string]bool
	value bool // what comes next is the value of a key
}

// unambiguous refuses JSON that two readers can take for different things.
func unambiguous(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var levels []level
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bad("The request is no JSON: %v", err)
		}
		if delimiter, is := token.(json.Delim); is && (delimiter == '}' || delimiter == ']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if n := len(levels); n > 0 && levels[n-1].keys != nil {
			if top := &levels[n-1]; !top.value {
				if err := top.key(token.(string)); err != nil {
					return err
				}
				continue
			}
			levels[n-1].value = false
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{keys: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		}
	}
}

// key takes the next key of an object.
func (l *level) key(name string) error {
	l.value = true
	if i := slices.IndexFunc(structural, func(s string) bool { return strings.EqualFold(s, name) }); i >= 0 {
		name = structural[i]
	}
	if l.keys[name] {
		return bad("The request has the key %s twice", name)
	}
	l.keys[name] = true
	return nil
}
