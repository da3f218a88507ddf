package connector

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Kind is a kind of value.
type Kind uint8

// The kinds.
const (
	String Kind = iota
	Boolean
	Int
	Long
	Float
	Double
	Decimal
	Date
	Timestamp
	TimestampTZ
)

// MaxPrecision is how many digits a decimal holds.
const MaxPrecision = 38

var kindNames = [...]string{
	String: "string", Boolean: "boolean", Int: "int", Long: "long", Float: "float", Double: "double",
	Decimal: "decimal", Date: "date", Timestamp: "timestamp", TimestampTZ: "timestamptz",
}

// otherNames are SQL's words for the kinds.
var otherNames = map[string]Kind{
	"varchar": String, "text": String, "char": String,
	"bool":    Boolean,
	"integer": Int, "int4": Int, "smallint": Int, "tinyint": Int,
	"bigint": Long, "int8": Long,
	"real": Float, "float4": Float,
	"float8": Double, "double precision": Double,
	"numeric":                     Decimal,
	"datetime":                    Timestamp,
	"timestamp without time zone": Timestamp,
	"timestamp with time zone":    TimestampTZ,
}

// String returns Iceberg's word for the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Type is the type of a column; Precision and Scale are a decimal's.
type Type struct {
	Kind             Kind
	Precision, Scale int
}

// String returns Iceberg's spelling, such as decimal(18,3).
func (t Type) String() string {
	if t.Kind == Decimal {
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	}
	return t.Kind.String()
}

// Arrow returns the Arrow type of the column's values; times are microseconds.
func (t Type) Arrow() arrow.DataType {
	switch t.Kind {
	case Boolean:
		return arrow.FixedWidthTypes.Boolean
	case Int:
		return arrow.PrimitiveTypes.Int32
	case Long:
		return arrow.PrimitiveTypes.Int64
	case Float:
		return arrow.PrimitiveTypes.Float32
	case Double:
		return arrow.PrimitiveTypes.Float64
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case TimestampTZ:
		return arrow.FixedWidthTypes.Timestamp_us
	default:
		return arrow.BinaryTypes.String
	}
}

// WidensTo reports whether Iceberg lets a column of type t become one of type
// to: the same type, int to long, float to double, or more decimal precision.
func (t Type) WidensTo(to Type) bool {
	switch {
	case t == to:
		return true
	case t.Kind == Int:
		return to.Kind == Long
	case t.Kind == Float:
		return to.Kind == Double
	case t.Kind == Decimal:
		return to.Kind == Decimal && to.Scale == t.Scale && to.Precision >= t.Precision
	default:
		return false
	}
}

var typePattern = regexp.MustCompile(`^([a-z0-9_ ]+?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?$`)

// ParseType reads a type as people write it: Iceberg's words, or SQL's. A
// decimal without precision is decimal(18,3), as in the embedded engine.
func ParseType(s string) (Type, error) {
	m := typePattern.FindStringSubmatch(strings.Join(strings.Fields(strings.ToLower(s)), " "))
	if m == nil {
		return Type{}, fmt.Errorf("%q is not a type", s)
	}
	kind, ok := kindOf(m[1])
	if !ok {
		return Type{}, unknownType(s, m[1])
	}
	if kind != Decimal {
		// A length, as in varchar(20), is accepted and means nothing.
		if m[2] != "" && kind != String {
			return Type{}, fmt.Errorf("%q: %s takes no precision", s, kind)
		}
		return Type{Kind: kind}, nil
	}
	if m[2] == "" {
		return Type{Kind: Decimal, Precision: 18, Scale: 3}, nil
	}
	precision, _ := strconv.Atoi(m[2])
	scale, _ := strconv.Atoi(m[3])
	if precision < 1 || precision > MaxPrecision || scale > precision {
		return Type{}, fmt.Errorf("%q: a decimal has 1 to %d digits, and no more of them behind the point", s, MaxPrecision)
	}
	return Type{Kind: Decimal, Precision: precision, Scale: scale}, nil
}

func kindOf(word string) (Kind, bool) {
	if i := slices.Index(kindNames[:], word); i >= 0 {
		return Kind(i), true
	}
	kind, ok := otherNames[word]
	return kind, ok
}

func unknownType(s, word string) error {
	if near := ident.Near(word, kindNames[:]); len(near) > 0 {
		return fmt.Errorf("%q is not a type, did you mean %s?", s, near[0])
	}
	return fmt.Errorf("%q is not a type: write one of %s", s, strings.Join(kindNames[:], ", "))
}
