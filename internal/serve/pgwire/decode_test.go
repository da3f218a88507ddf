package pgwire

import (
	"bytes"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// FuzzParameters sends values of every type, as text and binary. What comes of
// one is a piece of SQL that is whole: nothing of the value is outside of it.
func FuzzParameters(f *testing.F) {
	var oids []uint32
	for oid := range clientKinds {
		oids = append(oids, oid)
	}
	slices.Sort(oids)
	for i := range oids {
		f.Add(uint16(i), true, []byte{0, 0, 0, 1, 0, 0, 0, 0})                                      //nolint:gosec // few
		f.Add(uint16(i), false, []byte(`{1,"a'b",NULL}`))                                           //nolint:gosec // few
		f.Add(uint16(i), true, []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1}) //nolint:gosec // few
		f.Add(uint16(i), true, []byte{0, 2, 0, 1, 0x40, 0, 0, 3, 0x26, 0x94, 0, 5})                 //nolint:gosec // few
	}
	f.Add(uint16(3), false, []byte("'; DROP TABLE orders; --\\"))
	f.Fuzz(func(t *testing.T, at uint16, binary bool, v []byte) {
		k, known := clientKind(oids[int(at)%len(oids)])
		if !known {
			t.Fatal(at)
		}
		format := int16(0)
		if binary {
			format = 1
		}
		list, err := literals([]kind{k}, [][]byte{v}, []int16{format})
		if err != nil {
			return
		}
		parts := sqlast.Split("SELECT " + list[0] + " AS last")
		if !utf8.ValidString(list[0]) || len(parts) != 1 || parts[0].Tokens[len(parts[0].Tokens)-1].Word != "LAST" {
			t.Errorf("%d %v %q: %s", k.oid, binary, v, list[0])
		}
	})
}

// FuzzCopiedRows reads bytes as rows in each of COPY's formats: what is read is
// rows, or an error, and it comes to an end.
func FuzzCopiedRows(f *testing.F) {
	for _, seed := range []string{"1\ta\t\\\\x00\n\\N\tb\\tc\t\\\\001\n\\.\n", "1,\"a\"\"b\nc\",\n,\"\",x\r\n", "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00\x01\xff\xff\xff\xff\x00\x00\x00\x01a\xff\xff"} {
		for format := range uint8(3) {
			f.Add([]byte(seed), format, byte('|'), byte('"'), true)
			f.Add([]byte(seed), format, byte('\t'), byte('\''), false)
		}
	}
	columns := []engine.Column{{Name: "a", Type: "INTEGER"}, {Name: "b", Type: "VARCHAR"}, {Name: "c", Type: "BLOB"}}
	f.Fuzz(func(t *testing.T, b []byte, format uint8, delimiter, quote byte, header bool) {
		o := copying{format: []string{"text", "csv", "binary"}[format%3], delimiter: delimiter, quote: quote, escape: quote, header: header}
		r, err := newCopyRows(bytes.NewReader(b), o, columns, "line")
		if err != nil {
			return
		}
		defer r.Release()
		rows := int64(0)
		for r.Next() {
			rows += r.RecordBatch().NumRows()
		}
		if rows > int64(len(b))+1 {
			t.Errorf("%d rows of %d bytes", rows, len(b))
		}
	})
}

// FuzzFirstMessage reads bytes as the message that says who a client is.
func FuzzFirstMessage(f *testing.F) {
	f.Add(uint32(3<<16), []byte("user\x00ann\x00database\x00shop\x00options\x00-c a=b\x00\x00"))
	f.Add(uint32(3<<16|2), []byte("_pq_.x\x00y\x00user\x00a\x00\x00"))
	f.Add(uint32(2<<16), []byte("user"))
	f.Fuzz(func(t *testing.T, code uint32, body []byte) {
		c := &conn{settings: newSettings("ann")}
		m, err := c.startup(code, body)
		if err != nil {
			return
		}
		for name, value := range m.Parameters {
			_ = c.initial(name, value) // refused, or not
		}
		if code>>16 != 3 {
			t.Errorf("version %d", code>>16)
		}
	})
}

// FuzzLogin sends a client's part of SCRAM. Whatever it is, it proves nothing.
func FuzzLogin(f *testing.F) {
	text, err := credential.Verifier("pencil", 4096)
	if err != nil {
		f.Fatal(err)
	}
	known, err := readVerifiers([]string{text, text})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(scramPlain, "n,,n=,r=abc", "c=biws,r=abc,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", []byte(nil))
	f.Add(scramPlus, "p=tls-server-end-point,,n=,r=abc", "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwseHg=,r=abc,p=", []byte("xx"))
	f.Add(scramPlain, "y,a=b,n=,r=", ",p=", []byte{})
	f.Fuzz(func(t *testing.T, mechanism, first, last string, binding []byte) {
		talk, err := openTalk(mechanism, first, binding)
		if err != nil {
			return
		}
		if knew, answer, _ := talk.close(last, "r="+talk.nonce+",s=c2FsdA==,i=4096", known); knew >= 0 || answer != nil {
			t.Errorf("%q and %q prove a password", first, last)
		}
	})
}
