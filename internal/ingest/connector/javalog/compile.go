package javalog

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// converter is what a word behind a percent sign stands for.
type converter struct {
	kind   elementKind
	column string
}

// converters are those of Log4j 1, Log4j 2 and Logback that values can be read
// back from.
var converters = map[string]converter{
	"d": {kind: date}, "date": {kind: date},
	"p": {severity, "level"}, "le": {severity, "level"}, "level": {severity, "level"},
	"t": {text, "thread"}, "tn": {text, "thread"}, "thread": {text, "thread"}, "threadName": {text, "thread"},
	"c": {text, "logger"}, "lo": {text, "logger"}, "logger": {text, "logger"},
	"m": {kind: body}, "msg": {kind: body}, "message": {kind: body},
	"n": {kind: literal}, "%": {kind: literal},
	"C": {text, "class"}, "class": {text, "class"},
	"M": {text, "method"}, "method": {text, "method"},
	"F": {text, "source_file"}, "file": {text, "source_file"},
	"L": {number, "line_number"}, "line": {number, "line_number"},
	"l": {text, "location"}, "location": {text, "location"}, "caller": {text, "location"},
	"pid": {text, "process_id"}, "processId": {text, "process_id"}, "PID": {text, "process_id"},
	"T": {text, "thread_id"}, "tid": {text, "thread_id"}, "threadId": {text, "thread_id"},
	"tp": {text, "thread_priority"}, "threadPriority": {text, "thread_priority"},
	"X": {text, "mdc"}, "mdc": {text, "mdc"}, "MDC": {text, "mdc"}, "K": {text, "mdc"}, "map": {text, "mdc"}, "MAP": {text, "mdc"},
	"x": {text, "ndc"}, "NDC": {text, "ndc"}, "kvp": {text, "key_values"},
	"marker": {text, "marker"}, "markerSimpleName": {text, "marker"},
	"r": {number, "relative_ms"}, "relative": {number, "relative_ms"},
	"sn": {number, "sequence"}, "sequenceNumber": {number, "sequence"},
	"N": {number, "nanoseconds"}, "nano": {number, "nanoseconds"},
	"u": {text, "uuid"}, "uuid": {text, "uuid"}, "fqcn": {text, "caller_class"},
	"property": {text, "property"}, "cn": {text, "context"}, "contextName": {text, "context"},
	"ex": {kind: rest}, "exception": {kind: rest}, "throwable": {kind: rest}, "xEx": {kind: rest}, "xThrowable": {kind: rest}, "xException": {kind: rest},
	"rEx": {kind: rest}, "rThrowable": {kind: rest}, "rException": {kind: rest}, "nopex": {kind: rest}, "nopexception": {kind: rest},
	"wEx": {kind: rest}, "wex": {kind: rest}, "rootException": {kind: rest},
}

// decorations are converters that only colour or shorten what they hold.
var decorations = []string{
	"highlight", "style", "clr", "maxLen", "maxLength", "notEmpty", "varsNotEmpty", "encode", "enc",
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "gray",
	"boldRed", "boldGreen", "boldYellow", "boldBlue", "boldMagenta", "boldCyan", "boldWhite",
}

// compile understands a pattern.
func compile(pattern string) (*layout, error) {
	elements, err := parsePattern(pattern)
	if err != nil {
		return nil, err
	}
	l := &layout{before: elements}
	if i := slices.IndexFunc(elements, func(e element) bool { return e.kind == body }); i >= 0 {
		l.before, l.behind, l.message = elements[:i:i], elements[i+1:], true
	}
	for len(l.behind) > 0 && string(l.behind[len(l.behind)-1].text) == "\n" {
		l.behind = l.behind[:len(l.behind)-1]
	}
	if l.anchor, err = anchorOf(l.before); err != nil {
		return nil, err
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	for _, e := range elements {
		if e.column != "" && !slices.ContainsFunc(columns, func(c connector.Column) bool { return c.Name == e.column }) {
			kind := connector.String
			if e.kind == number {
				kind = connector.Long
			}
			l.extras = withExtras(l.extras, []connector.Column{{Name: e.column, Type: connector.Type{Kind: kind}}})
		}
	}
	return l, nil
}

// anchorOf returns how many elements tell that a record begins: those up to the
// time, else those up to the level, else all.
func anchorOf(elements []element) (int, error) {
	for _, kind := range []elementKind{date, severity} {
		if i := slices.IndexFunc(elements, func(e element) bool { return e.kind == kind }); i >= 0 {
			return i + 1, nil
		}
	}
	if len(elements) == 0 {
		return 0, errors.New("nothing stands in front of the message: it is not to be seen where a record begins")
	}
	return len(elements), nil
}

// check refuses what cannot be read back.
func (l *layout) check() error {
	seen := map[string]bool{}
	for _, elements := range [][]element{l.before, l.behind} {
		for i, e := range elements {
			if e.column != "" && seen[e.column] {
				return fmt.Errorf("two converters for %s", e.column)
			}
			seen[e.column] = true
			if i > 0 && (e.kind == text || e.kind == number) && (elements[i-1].kind == text || elements[i-1].kind == number) {
				return fmt.Errorf("no text between %s and %s, so it is not to be seen where one ends", elements[i-1].column, e.column)
			}
			if i+1 < len(elements) && (e.kind == text || e.kind == number) && elements[i+1].kind != literal {
				return fmt.Errorf("no text behind %s that ends it", e.column)
			}
		}
	}
	if n := len(l.before); l.message && n > 0 && (l.before[n-1].kind == text || l.before[n-1].kind == number) {
		return fmt.Errorf("no text between %s and the message", l.before[n-1].column)
	}
	if len(l.behind) > 0 && l.behind[0].kind != literal {
		return errors.New("no text behind the message that ends it")
	}
	for _, e := range l.behind {
		if e.kind == date || e.kind == severity {
			return errors.New("time and level must stand in front of the message")
		}
	}
	return nil
}
