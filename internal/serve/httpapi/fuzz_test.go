package httpapi

import (
	"encoding/json"
	"strings"
	"testing"
)

func FuzzCursors(f *testing.F) {
	f.Add("")
	f.Add(cursorAt("7"))
	f.Add(cursorAt("-7"))
	f.Add("MTo=")
	f.Fuzz(func(t *testing.T, cursor string) {
		n, err := rowOf(cursor)
		if err == nil && n < 0 {
			t.Errorf("%q is row %d", cursor, n)
		}
		if err != nil && problemOf(err).Status != 422 {
			t.Errorf("%q is refused as %v", cursor, err)
		}
	})
}

func FuzzConstants(f *testing.F) {
	for _, text := range []string{`null`, `true`, `-1.5e10`, `"it's"`, `"\\' OR 1=1"`, `[1]`, `{}`, `"\u0000"`} {
		f.Add(text, "")
		f.Add(text, "DATE")
	}
	f.Fuzz(func(t *testing.T, value, typ string) {
		if !json.Valid([]byte(value)) || strings.ContainsAny(typ, "'()") {
			return
		}
		text, err := constant(json.RawMessage(value), typ)
		if err != nil {
			return
		}
		// Outside of its quotes a constant has nothing that a client wrote.
		if parts := strings.Split(text, "'"); len(parts) > 1 && len(parts)%2 == 0 {
			t.Errorf("%s became %s", value, text)
		}
	})
}
