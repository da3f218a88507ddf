package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/secret"
)

// TestMain is also the program that the tests run: `feed HOW` speaks the
// protocol, well or badly.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "feed" {
		if err := feed(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// feed answers with rows from where the state says on.
func feed(how string) error {
	var told struct {
		Protocol int             `json:"tarn_protocol"`
		Table    string          `json:"table"`
		Options  map[string]any  `json:"options"`
		State    json.RawMessage `json:"state"`
		Keys     bool            `json:"keys"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&told); err != nil {
		return err
	}
	switch how {
	case "silence":
		return nil
	case "prose":
		fmt.Println("Hello, here are your rows!")
		return nil
	case "fail":
		return fmt.Errorf("cannot log in with %v", told.Options["token"])
	case "forever":
		select {}
	}
	from := int64(0)
	if string(told.State) != "null" {
		if err := json.Unmarshal(told.State, &from); err != nil {
			return err
		}
	}
	fields := []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true}}
	if told.Keys {
		fields = fields[:1]
	}
	fields = append(fields, arrow.Field{Name: "_tarn_reject", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "_tarn_raw", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "_tarn_state", Type: arrow.BinaryTypes.String, Nullable: true})
	schema := arrow.NewSchema(fields, nil)
	out := ipc.NewWriter(os.Stdout, ipc.WithSchema(schema))
	for batch := range int64(3) {
		if how == "cut" && batch == 2 {
			return nil // neither the last batch nor the end
		}
		if err := write(out, schema, from+batch*4, told.Keys); err != nil {
			return err
		}
	}
	if how == "late" {
		return errors.New("lost the connection")
	}
	return out.Close()
}

// write writes four rows, the third of which is rejected.
func write(out *ipc.Writer, schema *arrow.Schema, first int64, keys bool) error {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	special := len(schema.Fields()) - 3
	text := func(i int) *array.StringBuilder { return b.Field(i).(*array.StringBuilder) }
	for n := first; n < first+4; n++ {
		b.Field(0).(*array.Int64Builder).Append(n)
		if !keys {
			text(1).Append(fmt.Sprint("n", n))
			tags := b.Field(2).(*array.ListBuilder)
			tags.Append(true)
			tags.ValueBuilder().(*array.StringBuilder).Append("t")
		}
		if n%4 == 2 {
			text(special).Append("no such day")
			text(special + 1).Append(fmt.Sprintf(`{"id": %d}`, n))
		} else {
			text(special).AppendNull()
			text(special + 1).AppendNull()
		}
		text(special + 2).Append(fmt.Sprint(n + 1))
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	return out.Write(batch)
}

// request asks the test program.
func request(t *testing.T, how string, state string) connector.SourceRequest {
	req := connector.SourceRequest{Table: "t", Scratch: t.TempDir(), Dir: t.TempDir(), PrimaryKey: []string{"id"}, Keys: true}
	req.Options = map[string]connector.Option{
		"command": {Value: []any{os.Args[0], "feed", how}},
		"options": {Value: map[string]any{"token": secret.New("s3cret")}},
		"timeout": {Value: 60},
	}
	if state != "" {
		req.State = []byte(state)
	}
	return req
}

func TestAnswersAreLoaded(t *testing.T) {
	r, err := Source{}.Open(t.Context(), request(t, "well", ""))
	if err != nil {
		t.Fatal(err)
	}
	got := &connectortest.Collected{}
	counts, err := r.Read(t.Context(), 0, r.Layout(), got.Sink())
	if err != nil {
		t.Fatal(err)
	}
	if counts.Records != 12 || counts.Written != 9 || counts.Rejected != 3 {
		t.Errorf("counts %+v", counts)
	}
	if diff := cmp.Diff([]int64{1, 2, 4, 5, 6, 8, 9, 10, 12}, got.Lines); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1", "n1", `["t"]`}, got.Rows[1]); diff != "" {
		t.Error(diff)
	}
	want := connectortest.Rejected{Line: 3, Raw: `{"id": 2}`, Violations: []connector.Violation{{Rule: "format", Reason: "no such day"}}}
	if diff := cmp.Diff(want, got.Rejects[0]); diff != "" {
		t.Error(diff)
	}
	state, err := r.State()
	if err != nil || string(state) != "12" {
		t.Errorf("state %s %v", state, err)
	}
	keys := &connectortest.Collected{}
	if err := r.ReadKeys(t.Context(), keys.Sink()); err != nil || len(keys.Rows) != 9 || len(keys.Columns) != 1 {
		t.Errorf("keys %v %v", keys, err)
	}
}

func TestTheNextLoadGoesOnFromTheState(t *testing.T) {
	r, err := Source{}.Open(t.Context(), request(t, "well", "12"))
	if err != nil {
		t.Fatal(err)
	}
	got := &connectortest.Collected{}
	if _, err := r.Read(t.Context(), 0, r.Layout(), got.Sink()); err != nil || got.Rows[0][0] != "12" {
		t.Errorf("%v %v", got.Rows, err)
	}
}

func TestNothingCountsUnlessTheProgramSucceeds(t *testing.T) {
	for how, want := range map[string]string{
		"silence": "answered nothing",
		"prose":   "is not a whole Arrow stream",
		"cut":     "is not a whole Arrow stream",
		"late":    "lost the connection",
		"fail":    "cannot log in with ***",
	} {
		_, err := Source{}.Open(t.Context(), request(t, how, ""))
		var p *diag.Problem
		if !errors.As(err, &p) || !strings.Contains(p.Message+p.Hint, want) {
			t.Errorf("%s: %v", how, err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v", err, p), "s3cret") {
			t.Errorf("%s shows the secret: %v", how, err)
		}
	}
	req := request(t, "well", "")
	req.Options["command"] = connector.Option{Value: []any{"no-such-program-anywhere"}}
	if _, err := (Source{}).Open(t.Context(), req); err == nil || !strings.Contains(err.Error(), "there is no program") {
		t.Error(err)
	}
}

func TestAProgramEndsWithTheLoad(t *testing.T) {
	req := request(t, "forever", "")
	req.Options["timeout"] = connector.Option{Value: 1}
	if _, err := (Source{}).Open(t.Context(), req); err == nil || !strings.Contains(err.Error(), "did not end within 1 seconds") {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := (Source{}).Open(ctx, request(t, "forever", "")); err == nil {
		t.Error("the program went on")
	}
}

func TestOnlyTheEndOfMessagesIsKept(t *testing.T) {
	said := &tail{limit: 100}
	for i := range 1000 {
		_, _ = io.WriteString(said, fmt.Sprintf("line %d\n", i))
	}
	if s := said.String(); len(s) > 100 || !strings.HasPrefix(s, "line 9") || !strings.HasSuffix(s, "line 999") {
		t.Errorf("%q", s)
	}
}
