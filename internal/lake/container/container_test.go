package container_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/avro"
	"github.com/twmb/avro/ocf"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/lake/container"
)

const text = `{"type":"record","name":"word","fields":[{"name":"text","type":"string","field-id":3},{"name":"length","type":"long"}]}`

func model(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := ocf.NewWriter(&out, avro.MustParse(text), ocf.WithSchema(text))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t *testing.T, file []byte) (header map[string][]byte, words []string) {
	t.Helper()
	r, err := ocf.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for {
		var one map[string]any
		if err := r.Decode(&one); errors.Is(err, io.EOF) {
			return r.Metadata(), words
		} else if err != nil {
			t.Fatal(err)
		}
		words = append(words, one["text"].(string))
	}
}

func TestAFileHasTheRecordsTheHeaderAndTheSchemaOfItsModel(t *testing.T) {
	shape, err := container.ShapeOf(model(t))
	if err != nil {
		t.Fatal(err)
	}
	lists := [][]string{{"a"}, {}, {"b", strings.Repeat("long ", 30_000)}, {"c"}}
	files := make([][]byte, len(lists))
	var group errgroup.Group
	for i, words := range lists {
		group.Go(func() (err error) {
			var records []any
			for _, w := range words {
				records = append(records, map[string]any{"text": w, "length": int64(len(w))})
			}
			files[i], err = shape.Write(map[string][]byte{"by": []byte("me")}, records...)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i, words := range lists {
		header, got := read(t, files[i])
		if string(header["avro.schema"]) != text || string(header["avro.codec"]) != "deflate" || string(header["by"]) != "me" {
			t.Errorf("the header is %q", header)
		}
		if diff := cmp.Diff(words, append([]string{}, got...)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatIsNoAvroFileHasNoShape(t *testing.T) {
	whole := model(t)
	for what, file := range map[string][]byte{"nothing": nil, "text": []byte("not Avro"), "half a header": whole[:len(whole)/2]} {
		if _, err := container.ShapeOf(file); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func TestARecordOfAnotherShapeIsRefused(t *testing.T) {
	shape, err := container.ShapeOf(model(t))
	if err != nil {
		t.Fatal(err)
	}
	if file, err := shape.Write(nil, map[string]any{"text": 5}); err == nil {
		t.Errorf("wrote %q", file)
	}
}
