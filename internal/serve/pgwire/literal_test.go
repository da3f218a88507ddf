package pgwire

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/sqlast"
)

// FuzzLiterals makes SQL of what a client sends as a parameter. Whatever it is,
// it is one value, and nothing in it reaches beyond it.
func FuzzLiterals(f *testing.F) {
	for oid := range clientKinds {
		f.Add(oid, []byte("{1,\"a'b\",NULL}"), int16(0))
		f.Add(oid, []byte{0, 0, 0, 1, 0, 0, 0, 0}, int16(1))
	}
	for oid := range arrayElements {
		f.Add(oid, []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 7}, int16(1))
	}
	f.Fuzz(func(t *testing.T, oid uint32, v []byte, format int16) {
		k, known := clientKind(oid)
		if !known {
			return
		}
		list, err := literals([]kind{k}, [][]byte{v}, []int16{format})
		if err != nil {
			return
		}
		parts := sqlast.Split(list[0])
		if len(parts) != 1 || strings.ContainsRune(list[0], 0) {
			t.Fatalf("%q", list[0])
		}
		// Outside of texts there is nothing but casts, lists and their types.
		for _, token := range parts[0].Tokens {
			switch {
			case token.Text, token.Word == "(", token.Word == ")", token.Word == "[", token.Word == "]", token.Word == ",":
			case token.Quoted:
				t.Fatalf("%q", list[0])
			case token.Word == "":
				if strings.Trim(list[0][token.Start:token.End], "0123456789") != "" {
					t.Fatalf("%q", list[0])
				}
			case !strings.Contains(" CAST AS NULL TRUE FALSE BOOLEAN BLOB VARCHAR SMALLINT INTEGER UINTEGER BIGINT FLOAT DOUBLE DATE TIME TIMESTAMP WITH ZONE INTERVAL DECIMAL UUID ", " "+token.Word+" "):
				t.Fatalf("%q", list[0])
			}
		}
	})
}
