package connector

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// deepestType bounds how deeply types that people write may nest.
const deepestType = 64

// ParseType reads a type as people write it: Iceberg's words, or SQL's. A
// decimal without precision is decimal(18,3), as in the embedded engine.
// Nested types are list<string> (or string[]), map<string, long> and
// struct<id: long, tags: list<string>>.
func ParseType(s string) (Type, error) {
	p := typeParser{whole: s, rest: strings.TrimSpace(s)}
	t, err := p.parse(0)
	if err != nil {
		return Type{}, err
	}
	if p.rest != "" {
		return Type{}, fmt.Errorf("%q is not a type", s)
	}
	return t, nil
}

// typeParser reads a type from the start of rest.
type typeParser struct{ whole, rest string }

func (p *typeParser) parse(depth int) (Type, error) {
	if depth > deepestType {
		return Type{}, fmt.Errorf("%q nests types more than %d deep", p.whole, deepestType)
	}
	t, err := p.one(depth)
	for err == nil && p.take("[]") {
		t = ListOf(t)
	}
	return t, err
}

// one reads a type without what makes it a list behind.
func (p *typeParser) one(depth int) (Type, error) {
	p.rest = strings.TrimSpace(p.rest)
	end := min(len(p.rest), strings.IndexAny(p.rest+"<", "<(,>["))
	word, open := strings.ToLower(strings.TrimSpace(p.rest[:end])), p.rest[end:]
	if !strings.HasPrefix(open, "<") && !(word == "struct" && strings.HasPrefix(open, "(")) {
		return p.scalar()
	}
	closing := ">"
	if open[0] == '(' {
		closing = ")"
	}
	p.rest = open[1:]
	var t Type
	var err error
	switch word {
	case "list", "array":
		var elem Type
		elem, err = p.parse(depth + 1)
		t = ListOf(elem)
	case "map":
		t, err = p.mapType(depth)
	case "struct", "row":
		t, err = p.structType(depth, closing)
	default:
		return Type{}, fmt.Errorf("%q is not a type", p.whole)
	}
	if err == nil && !p.take(closing) {
		err = fmt.Errorf("%q is not a type: %s is missing", p.whole, closing)
	}
	return t, err
}

func (p *typeParser) mapType(depth int) (Type, error) {
	key, err := p.parse(depth + 1)
	if err != nil {
		return Type{}, err
	}
	if !p.take(",") {
		return Type{}, fmt.Errorf("%q is not a type: a map has a key and a value, such as map<string, long>", p.whole)
	}
	value, err := p.parse(depth + 1)
	return MapOf(key, value), err
}

func (p *typeParser) structType(depth int, closing string) (Type, error) {
	t := Type{Kind: Struct}
	for {
		name, err := p.name()
		if err != nil {
			return Type{}, err
		}
		inner, err := p.parse(depth + 1)
		if err != nil {
			return Type{}, err
		}
		if t.Field(name) >= 0 {
			return Type{}, fmt.Errorf("%q has two fields %q", p.whole, name)
		}
		t.Fields = append(t.Fields, Field{Name: name, Type: inner})
		if !p.take(",") {
			return t, nil
		}
		if strings.HasPrefix(strings.TrimSpace(p.rest), closing) {
			return Type{}, fmt.Errorf("%q is not a type: a field is missing", p.whole)
		}
	}
}

// name reads the name of a field and what parts it from its type: a colon, as
// Iceberg has it, or a space, as SQL has it.
func (p *typeParser) name() (string, error) {
	p.rest = strings.TrimSpace(p.rest)
	if strings.HasPrefix(p.rest, `"`) {
		var name strings.Builder
		for rest := p.rest[1:]; ; {
			i := strings.IndexByte(rest, '"')
			if i < 0 {
				return "", fmt.Errorf("%q is not a type: a quote is never closed", p.whole)
			}
			name.WriteString(rest[:i])
			rest = rest[i+1:]
			if !strings.HasPrefix(rest, `"`) {
				p.rest = strings.TrimPrefix(strings.TrimSpace(rest), ":")
				return name.String(), nil
			}
			name.WriteByte('"')
			rest = rest[1:]
		}
	}
	end := strings.IndexAny(p.rest, ": \t\n")
	if end <= 0 || strings.ContainsAny(p.rest[:end], "<>,()") {
		return "", fmt.Errorf("%q is not a type: fields look like name: type", p.whole)
	}
	name := p.rest[:end]
	p.rest = strings.TrimPrefix(strings.TrimSpace(p.rest[end:]), ":")
	return name, nil
}

// take removes a token from the start of rest, if it is there.
func (p *typeParser) take(token string) bool {
	rest, found := strings.CutPrefix(strings.TrimSpace(p.rest), token)
	if found {
		p.rest = strings.TrimSpace(rest)
	}
	return found
}

var scalarPattern = regexp.MustCompile(`^([a-z0-9_]+(?:\s+[a-z0-9_]+)*)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?`)

// scalar reads a type that holds no other.
func (p *typeParser) scalar() (Type, error) {
	m := scalarPattern.FindStringSubmatch(strings.ToLower(p.rest))
	if m == nil {
		return Type{}, fmt.Errorf("%q is not a type", p.whole)
	}
	p.rest = strings.TrimSpace(p.rest[len(m[0]):])
	word := strings.Join(strings.Fields(m[1]), " ")
	kind, ok := kindOf(word)
	if !ok {
		return Type{}, unknownType(p.whole, word)
	}
	if kind != Decimal {
		// A length, as in varchar(20), is accepted and means nothing.
		if m[2] != "" && kind != String && kind != Binary {
			return Type{}, fmt.Errorf("%q: %s takes no precision", p.whole, kind)
		}
		return Type{Kind: kind}, nil
	}
	return decimalType(p.whole, m[2], m[3])
}

func decimalType(whole, precision, scale string) (Type, error) {
	if precision == "" {
		return Type{Kind: Decimal, Precision: 18, Scale: 3}, nil
	}
	t := Type{Kind: Decimal}
	t.Precision, _ = strconv.Atoi(precision)
	t.Scale, _ = strconv.Atoi(scale)
	if t.Precision < 1 || t.Precision > MaxPrecision || t.Scale > t.Precision {
		return Type{}, fmt.Errorf("%q: a decimal has 1 to %d digits, and no more of them behind the point", whole, MaxPrecision)
	}
	return t, nil
}

func kindOf(word string) (Kind, bool) {
	if i := slices.Index(kindNames[:List], word); i >= 0 {
		return Kind(i), true
	}
	kind, ok := otherNames[word]
	return kind, ok
}

func unknownType(s, word string) error {
	if near := ident.Near(word, kindNames[:List]); len(near) > 0 {
		return fmt.Errorf("%q is not a type, did you mean %s?", s, near[0])
	}
	return fmt.Errorf("%q is not a type: write one of %s, or list<…>, map<…, …>, struct<name: …>", s, strings.Join(kindNames[:List], ", "))
}
