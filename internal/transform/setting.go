package transform

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// settings are the configuration of a resource, as it was written.
type settings struct {
	r   *project.Resource
	raw map[string]any
}

func settingsOf(r *project.Resource) settings { return settings{r, r.Config.Raw} }

// text is a setting that is one text; "" where it is not set.
func (s settings) text(name string) string {
	switch v := s.raw[name].(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	default:
		return fmt.Sprint(v)
	}
}

// texts is a setting that is a list of texts, or one text.
func (s settings) texts(name string) ([]string, error) {
	switch v := s.raw[name].(type) {
	case nil:
		return nil, nil
	case string:
		if strings.TrimSpace(v) == "" {
			return nil, nil
		}
		return []string{v}, nil
	case []any:
		list := make([]string, len(v))
		for i, e := range v {
			t, ok := e.(string)
			if !ok {
				return nil, s.bad("`%s` holds %v, which is no text", name, e)
			}
			list[i] = t
		}
		return list, nil
	default:
		return nil, s.bad("`%s` is neither a text nor a list of texts", name)
	}
}

// isList reports whether a setting was written as a list.
func (s settings) isList(name string) bool {
	_, ok := s.raw[name].([]any)
	return ok
}

// number is a whole number, other where it is not set.
func (s settings) number(name string, other int) (int, error) {
	switch v := s.raw[name].(type) {
	case nil:
		return other, nil
	case int:
		return v, nil
	case int64:
		return int(v), nil
	default:
		return 0, s.bad("`%s` is not a whole number", name)
	}
}

// mapping is a setting that has names of its own.
func (s settings) mapping(name string) (map[string]any, error) {
	switch v := s.raw[name].(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return v, nil
	default:
		return nil, s.bad("`%s` is not a mapping", name)
	}
}

func (s settings) bad(format string, args ...any) *diag.Problem {
	return diag.New("bad-config", s.r.Place, format, args...)
}
