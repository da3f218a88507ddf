package connector

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/secret"
)

// OptionKind is what an option's value looks like.
type OptionKind uint8

// The kinds of option.
const (
	// TextOption is any text.
	TextOption OptionKind = iota
	// CharOption is one ASCII character, or "tab", or "none" (an empty text).
	CharOption
	// ChoiceOption is one of the spec's Choices.
	ChoiceOption
	// BoolOption is true or false.
	BoolOption
	// CountOption is a whole number from 0 on.
	CountOption
	// SizeOption is a number of bytes, such as 16MB or 64KiB.
	SizeOption
	// ListOption is a list of texts, or one text.
	ListOption
	// SecretOption is a text with references to secrets, such as
	// postgres://anna:${env:PGPASSWORD}@db/shop.
	SecretOption
	// TreeOption is any YAML: the connector decodes and checks it.
	TreeOption
)

// OptionSpec declares an option: validation and documentation follow from it.
type OptionSpec struct {
	Name    string
	Kind    OptionKind
	Choices []string
	// Default says in words what holds where the option is not set.
	Default string
	Doc     string
}

// Option is the value that a person gave, and where.
type Option struct {
	Value any
	Place diag.Place
}

// Settings are options that were checked, by name: string, bool, int64,
// []string, secret.Text, or what YAML makes of a TreeOption, by the kind of the
// option. What was not set is absent.
type Settings map[string]any

// Text returns a text, char or choice option; ok is false where it is not set.
func (s Settings) Text(name string) (value string, ok bool) {
	value, ok = s[name].(string)
	return value, ok
}

// Bool returns a bool option.
func (s Settings) Bool(name string) (value, ok bool) {
	value, ok = s[name].(bool)
	return value, ok
}

// Number returns a count or size option, or otherwise where it is not set.
func (s Settings) Number(name string, otherwise int64) int64 {
	if n, ok := s[name].(int64); ok {
		return n
	}
	return otherwise
}

// List returns a list option.
func (s Settings) List(name string) (values []string, ok bool) {
	values, ok = s[name].([]string)
	return values, ok
}

// Secret returns a secret option.
func (s Settings) Secret(name string) (value secret.Text, ok bool) {
	value, ok = s[name].(secret.Text)
	return value, ok
}

// CheckOptions validates what was given against the specs and returns every
// problem at once, as a *diag.ProblemsError.
func CheckOptions(specs []OptionSpec, given map[string]Option) (Settings, error) {
	var problems diag.Problems
	settings := Settings{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		option := given[name]
		i := slices.IndexFunc(specs, func(s OptionSpec) bool { return s.Name == name })
		if i < 0 {
			problems.Errorf("unknown-option", option.Place, "unknown option %q", name).Hint = nearOption(name, specs)
			continue
		}
		value, err := specs[i].parse(option.Value)
		if err != nil {
			problems.Errorf("bad-option", option.Place, "option %q: %v", name, err)
			continue
		}
		settings[name] = value
	}
	return settings, problems.Err()
}

func nearOption(name string, specs []OptionSpec) string {
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.Name
	}
	if near := ident.Near(name, names); len(near) > 0 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	if len(names) == 0 {
		return "this format has no options"
	}
	return "the options are " + strings.Join(names, ", ")
}

func (s OptionSpec) parse(value any) (any, error) {
	switch s.Kind {
	case BoolOption:
		if b, ok := value.(bool); ok {
			return b, nil
		}
		return nil, fmt.Errorf("%v is neither true nor false", value)
	case CountOption, SizeOption:
		return parseNumber(s.Kind, value)
	case ListOption:
		return parseList(value)
	case TreeOption:
		return value, nil
	case SecretOption:
		if t, ok := value.(secret.Text); ok {
			return t, nil
		}
		return nil, errors.New("a text with references to secrets is expected")
	}
	text, err := scalarText(value)
	if err != nil {
		return nil, err
	}
	switch s.Kind {
	case CharOption:
		return parseChar(text)
	case ChoiceOption:
		return parseChoice(text, s.Choices)
	default:
		return text, nil
	}
}

func scalarText(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v), nil
	default:
		return "", fmt.Errorf("a text is expected, not %v", value)
	}
}

func parseChar(text string) (string, error) {
	switch text {
	case "tab", `\t`:
		return "\t", nil
	case "none", "":
		return "", nil
	}
	if len(text) != 1 || text[0] >= 0x80 || text[0] == 0 || text == "\n" || text == "\r" {
		return "", fmt.Errorf("%q is not one ASCII character", text)
	}
	return text, nil
}

func parseChoice(text string, choices []string) (string, error) {
	folded := strings.ToLower(text)
	if slices.Contains(choices, folded) {
		return folded, nil
	}
	return "", fmt.Errorf("%q is not one of %s", text, strings.Join(choices, ", "))
}

func parseList(value any) ([]string, error) {
	items, ok := value.([]any)
	if !ok {
		if texts, ok := value.([]string); ok {
			return slices.Clone(texts), nil
		}
		items = []any{value}
	}
	list := make([]string, len(items))
	for i, item := range items {
		text, err := scalarText(item)
		if err != nil {
			return nil, err
		}
		list[i] = text
	}
	return list, nil
}

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"b", 1}, {"", 1},
}

func parseNumber(kind OptionKind, value any) (int64, error) {
	text, err := scalarText(value)
	if err != nil {
		return 0, err
	}
	digits, unit := strings.ToLower(strings.TrimSpace(text)), int64(1)
	if kind == SizeOption {
		for _, u := range sizeUnits {
			if rest, found := strings.CutSuffix(digits, u.suffix); found {
				digits, unit = strings.TrimSpace(rest), u.bytes
				break
			}
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/unit {
		return 0, fmt.Errorf("%q is not %s", text, map[OptionKind]string{
			CountOption: "a whole number from 0 on", SizeOption: "a size such as 16MB",
		}[kind])
	}
	return n * unit, nil
}
