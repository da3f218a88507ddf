package scan

import (
	"strings"
	"unicode"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/lake"
)

// typeParser reads the engine's names of types, such as
// STRUCT(a DECIMAL(9,2), "b c" MAP(VARCHAR, INTEGER[])).
type typeParser struct {
	text string // the whole, for messages
	rest string
}

func (p *typeParser) unknown() error {
	return diag.New("unsupported-type", diag.Place{}, "%s is not a type that a table can have", p.text).
		WithHint("cast the column to a type such as VARCHAR, BIGINT or DECIMAL(18,2)")
}

// parse reads one type with what follows it, [] and [n].
func (p *typeParser) parse() (lake.Type, error) {
	t, err := p.base()
	for err == nil && p.accept("[") {
		for p.rest != "" && p.rest[0] >= '0' && p.rest[0] <= '9' {
			p.rest = p.rest[1:]
		}
		if !p.accept("]") {
			return t, p.unknown()
		}
		t = lake.ListOf(t)
	}
	return t, err
}

func (p *typeParser) base() (lake.Type, error) {
	name, quoted := p.name()
	name = strings.ToUpper(name)
	if full, other := otherNames[name]; other && !quoted {
		name = full
	}
	if strings.HasPrefix(name, "TIME") && p.acceptWords("WITH", "TIME", "ZONE") {
		name += " WITH TIME ZONE"
	}
	if hint, no := refused[name]; no {
		return lake.Type{}, diag.New("unsupported-type", diag.Place{},
			"Iceberg tables cannot hold the type %s", p.text).WithHint("%s", hint)
	}
	switch name {
	case "STRUCT":
		return p.structType()
	case "MAP":
		return p.mapType()
	case "ENUM":
		_, err := p.params()
		return lake.TypeOf(lake.String), err
	case "DECIMAL":
		params, err := p.params()
		t, ok := decimal(params)
		if err != nil || !ok {
			return t, p.unknown()
		}
		return t, nil
	case "VARCHAR": // VARCHAR(n) is VARCHAR
		_, err := p.params()
		return lakeNames[name], err
	}
	if t, known := lakeNames[name]; known {
		return t, nil
	}
	return lake.Type{}, p.unknown()
}

func (p *typeParser) structType() (lake.Type, error) {
	if !p.accept("(") {
		return lake.Type{}, p.unknown()
	}
	var fields []lake.Field
	for {
		name, _ := p.name()
		if strings.TrimSpace(name) == "" || p.peek(",") || p.peek(")") {
			return lake.Type{}, diag.New("unsupported-type", diag.Place{},
				"a field of %s has no name", p.text).WithHint("name the fields, for example with {'a': 1, 'b': 2}")
		}
		t, err := p.parse()
		if err != nil {
			return t, err
		}
		fields = append(fields, lake.Field{Name: name, Type: t})
		if !p.accept(",") {
			break
		}
	}
	if !p.accept(")") {
		return lake.Type{}, p.unknown()
	}
	return lake.StructOf(fields...), nil
}

func (p *typeParser) mapType() (lake.Type, error) {
	if !p.accept("(") {
		return lake.Type{}, p.unknown()
	}
	key, err := p.parse()
	if err != nil {
		return key, err
	}
	if !p.accept(",") {
		return key, p.unknown()
	}
	value, err := p.parse()
	if err == nil && !p.accept(")") {
		err = p.unknown()
	}
	return lake.MapOf(key, value), err
}

// params reads what is in parentheses, if anything: numbers or texts.
func (p *typeParser) params() ([]string, error) {
	if !p.accept("(") {
		return nil, nil
	}
	var list []string
	for !p.accept(")") {
		p.rest = strings.TrimSpace(p.rest)
		end := strings.IndexAny(p.rest, ",)")
		if strings.HasPrefix(p.rest, "'") {
			end = quotedEnd(p.rest, '\'')
		}
		if end < 0 {
			return nil, p.unknown()
		}
		list = append(list, strings.TrimSpace(p.rest[:end]))
		p.rest = p.rest[end:]
		p.accept(",")
	}
	return list, nil
}

// name reads a word or a quoted name.
func (p *typeParser) name() (name string, quoted bool) {
	p.rest = strings.TrimSpace(p.rest)
	if strings.HasPrefix(p.rest, `"`) {
		end := quotedEnd(p.rest, '"')
		if end < 0 {
			return "", true
		}
		name, p.rest = p.rest[1:end-1], p.rest[end:]
		return strings.ReplaceAll(name, `""`, `"`), true
	}
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if end < 0 {
		end = len(p.rest)
	}
	name, p.rest = p.rest[:end], p.rest[end:]
	return name, false
}

// quotedEnd returns the index after the quoted text that s starts with, -1
// where it does not end; a doubled quote is one inside the text.
func quotedEnd(s string, quote byte) int {
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		return i + 1
	}
	return -1
}

func (p *typeParser) peek(s string) bool {
	return strings.HasPrefix(strings.TrimSpace(p.rest), s)
}

func (p *typeParser) accept(s string) bool {
	if !p.peek(s) {
		return false
	}
	p.rest = strings.TrimSpace(p.rest)[len(s):]
	return true
}

// acceptWords reads the words if all of them follow.
func (p *typeParser) acceptWords(words ...string) bool {
	before := p.rest
	for _, w := range words {
		if name, _ := p.name(); !strings.EqualFold(name, w) {
			p.rest = before
			return false
		}
	}
	return true
}
