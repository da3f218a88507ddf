package lake

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/diag"
)

// exactIntegers bounds the integers that a double holds exactly, as which
// defaults come.
const exactIntegers = 1 << 53

// DefaultText returns a default of the field, [Field.InitialDefault] or
// [Field.WriteDefault], as a text that can be cast to its type; false is none.
func (f Field) DefaultText(value any) (text string, has bool, err error) {
	switch v := value.(type) {
	case nil:
		return "", false, nil
	case bool:
		return strconv.FormatBool(v), true, nil
	case float64:
		if f.Type.Kind == Int || f.Type.Kind == Long {
			if math.Abs(v) >= exactIntegers {
				break
			}
			return strconv.FormatInt(int64(v), 10), true, nil
		}
		return strconv.FormatFloat(v, 'g', -1, 64), true, nil
	case string:
		if f.Type.Kind != Binary && f.Type.Kind != Fixed {
			return v, true, nil
		}
		if b, err := hex.DecodeString(v); err == nil {
			return blobText(b), true, nil
		}
	case []byte:
		return blobText(v), true, nil
	}
	return "", false, diag.New("unsupported-default", diag.Place{}, "its default cannot be told exactly: %v", value).
		WithHint("read the table with the tool that wrote it, or rewrite its data files")
}

// blobText spells bytes as the engine casts them.
func blobText(b []byte) string {
	var text strings.Builder
	for _, x := range b {
		fmt.Fprintf(&text, `\x%02X`, x)
	}
	return text.String()
}

// constants are the values, as texts, of columns that a file of another tool
// need not have because its partition tells them; such columns are those whose
// values nobody counted in the file.
func (t *Table) constants(task table.FileScanTask) map[int]string {
	spec := t.meta.PartitionSpecByID(int(task.File.SpecID()))
	if spec == nil || t.ours(task.File.FilePath()) {
		return nil
	}
	var out map[int]string
	for _, f := range spec.Fields() {
		if _, counted := task.File.ValueCounts()[f.SourceID()]; counted || !f.Transform.Equals(iceberg.IdentityTransform{}) {
			continue
		}
		source, found := t.FieldOfAnySchema(f.SourceID())
		text, has := partitionText(source.Type, task.File.Partition()[f.FieldID])
		if !found || !has {
			continue
		}
		if out == nil {
			out = map[int]string{}
		}
		out[f.SourceID()] = text
	}
	return out
}

// partitionText returns a partition's value as a text that can be cast to the
// type of its column; false is NULL.
func partitionText(t Type, value any) (string, bool) {
	if n, isInt := integer(value); isInt {
		return integerText(t, n), true
	}
	switch v := value.(type) {
	case nil:
		return "", false
	case iceberg.Date:
		return integerText(t, int64(v)), true
	case iceberg.Time:
		return integerText(t, int64(v)), true
	case iceberg.Timestamp:
		return integerText(t, int64(v)), true
	case iceberg.TimestampNano:
		return integerText(t, int64(v)), true
	case iceberg.Decimal:
		return v.String(), true
	case []byte:
		if t.Kind == UUID && len(v) == 16 {
			return uuid.UUID(v).String(), true
		}
		return blobText(v), true
	default:
		return fmt.Sprint(v), true
	}
}

// integerText spells an integer in the unit of a type.
func integerText(t Type, n int64) string {
	const date, clock = time.DateOnly, "15:04:05.000000"
	switch t.Kind {
	case Date:
		return time.Unix(n*86400, 0).UTC().Format(date)
	case Time:
		return time.UnixMicro(n).UTC().Format(clock)
	case Timestamp:
		return time.UnixMicro(n).UTC().Format(date + " " + clock)
	case TimestampTZ:
		return time.UnixMicro(n).UTC().Format(date+" "+clock) + "+00"
	case TimestampNS:
		return time.Unix(0, n).UTC().Format(date + " 15:04:05.000000000")
	}
	return strconv.FormatInt(n, 10)
}
