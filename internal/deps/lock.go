package deps

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // dbt's own checksum of what is asked for, no protection
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/project/packagefile"
)

// Hash is dbt's checksum of what a project asks for, which package-lock.yml
// keeps, so that either program knows whether the other's lock still holds.
func Hash(specs []packagefile.Spec) (string, error) {
	var lines []string
	for _, s := range specs {
		text, err := pythonJSON(asked(s))
		if err != nil {
			return "", err
		}
		lines = append(lines, text)
	}
	slices.Sort(lines)
	sum := sha1.Sum([]byte(strings.Join(lines, "\n"))) //nolint:gosec // see above
	return hex.EncodeToString(sum[:]), nil
}

// asked is an entry in the shape that dbt takes the checksum of.
func asked(s packagefile.Spec) map[string]any {
	written := map[string]any{}
	set := func(key string, v any) {
		if v != nil && v != "" {
			written[key] = v
		}
	}
	out := map[string]any{"unrendered": written}
	switch {
	case s.Hub != "":
		var version any = s.Versions
		if len(s.Versions) == 1 {
			version = s.Versions[0]
		}
		set("package", s.Hub)
		set("version", version)
		out["package"], out["version"], out["install_prerelease"] = s.Hub, version, s.InstallPrerelease
		if s.InstallPrerelease {
			set("install_prerelease", true)
		}
	case s.Git != "":
		set("git", s.Git)
		set("revision", s.Revision)
		set("subdirectory", s.Subdirectory)
		out["git"], out["revision"], out["subdirectory"], out["warn-unpinned"] = s.Git, orNull(s.Revision), orNull(s.Subdirectory), nil
	case s.Tarball != "":
		set("tarball", s.Tarball)
		set("name", s.Name)
		out["tarball"], out["name"] = s.Tarball, s.Name
	default:
		set("local", s.Local)
		out["local"] = s.Local
	}
	return out
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// pythonJSON writes JSON as Python's json.dumps does with sorted keys: a space
// after colons and commas.
func pythonJSON(v any) (string, error) {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for key, item := range v {
			text, err := pythonJSON(item)
			if err != nil {
				return "", err
			}
			parts = append(parts, strconv.Quote(key)+": "+text)
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}", nil
	case []string:
		var parts []string
		for _, item := range v {
			text, err := pythonJSON(item)
			if err != nil {
				return "", err
			}
			parts = append(parts, text)
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// writeLock writes package-lock.yml.
func writeLock(path string, pins []*pin, hash string) error {
	var b strings.Builder
	b.WriteString("packages:\n")
	for _, p := range pins {
		s := p.spec
		lines := [][2]string{{"name", p.name}}
		switch {
		case s.Hub != "":
			lines = append(lines, [2]string{"package", s.Hub}, [2]string{"version", p.version})
		case s.Git != "":
			lines = append(lines, [2]string{"git", s.Git}, [2]string{"revision", p.version})
			if s.Subdirectory != "" {
				lines = append(lines, [2]string{"subdirectory", s.Subdirectory})
			}
		case s.Tarball != "":
			lines = append(lines, [2]string{"tarball", s.Tarball})
		default:
			lines = append(lines, [2]string{"local", s.Local})
		}
		for i, l := range lines {
			mark := "    "
			if i == 0 {
				mark = "  - "
			}
			fmt.Fprintf(&b, "%s%s: %s\n", mark, l[0], yamlText(l[1]))
		}
	}
	fmt.Fprintf(&b, "sha1_hash: %s\n", yamlText(hash))
	part := path + ".new"
	err := os.WriteFile(part, []byte(b.String()), 0o644)
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", packagefile.Lock, err), os.Remove(part))
	}
	return nil
}

// yamlText quotes what YAML might take for something else than text.
func yamlText(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("_-./:@", r) && (r < '0' || r > '9')
	}) < 0
	startsAsText := s != "" && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
	if plain && startsAsText && !strings.Contains(s, ": ") && !strings.HasSuffix(s, ":") {
		return s
	}
	return strconv.Quote(s)
}
