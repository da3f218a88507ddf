package deps

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/project/dbtversion"
	"github.com/tarn-lake/tarn/internal/project/packagefile"
)

// maxAnswer bounds what a hub answers about one package, in bytes.
const maxAnswer = 64 << 20

// hub asks a hub about packages, each once.
type hub struct {
	address string
	client  *http.Client
	known   map[string]*hubPackage
}

// hubPackage is a package as the hub's API describes it, api/v1/<name>.json.
type hubPackage struct {
	Versions map[string]hubVersion `json:"versions"`
}

type hubVersion struct {
	Name     string `json:"name"`
	Packages []struct {
		Package string `json:"package"`
		Version any    `json:"version"`
	} `json:"packages"`
	RequireDbtVersion any `json:"require_dbt_version"`
	Downloads         struct {
		Tarball string `json:"tarball"`
	} `json:"downloads"`
}

// pin chooses the newest version within all bounds that fits the language.
func (h *hub) pin(ctx context.Context, s packagefile.Spec, language string) (*pin, []packagefile.Spec, error) {
	all, err := h.versions(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	ranges, prerelease, err := bounds(s)
	if err != nil {
		return nil, nil, err
	}
	p := &pin{spec: s}
	for _, text := range all.sorted() {
		v, _ := dbtversion.Parse(text) // sorted leaves out what cannot be parsed
		if v.Prerelease() && !s.InstallPrerelease && !prerelease || !fits(language, all.Versions[text].RequireDbtVersion) {
			continue
		}
		p.latest = text
		if !slices.ContainsFunc(ranges, func(r dbtversion.Range) bool { return !r.Has(v) }) {
			p.version = text
		}
	}
	if p.version == "" {
		known := all.sorted()
		return nil, nil, problem(s, "no version of `%s` is within %s", s.Hub, strings.Join(s.Versions, ", ")).
			WithHint("the newest there are: %s", strings.Join(known[max(0, len(known)-5):], ", "))
	}
	chosen := all.Versions[p.version]
	p.name, p.tarball = chosen.Name, chosen.Downloads.Tarball
	var more []packagefile.Spec
	for _, want := range chosen.Packages {
		more = append(more, packagefile.Spec{Hub: want.Package, Versions: asTexts(want.Version), Place: s.Place})
	}
	return p, more, nil
}

// tarball returns where a version is got from, and the newest one.
func (h *hub) tarball(ctx context.Context, s packagefile.Spec, version string) (address, latest string, err error) {
	all, err := h.versions(ctx, s)
	if err != nil {
		return "", "", err
	}
	v, ok := all.Versions[version]
	if !ok {
		return "", "", problem(s, "%s pins %s of `%s`, which the hub does not have", packagefile.Lock, version, s.Hub).
			WithHint("tarn deps --upgrade chooses anew")
	}
	known := all.sorted()
	return v.Downloads.Tarball, known[len(known)-1], nil
}

func bounds(s packagefile.Spec) (ranges []dbtversion.Range, prerelease bool, err error) {
	for _, text := range s.Versions {
		for part := range strings.SplitSeq(text, ",") {
			r, err := dbtversion.ParseRange(part)
			if err != nil {
				return nil, false, problem(s, "the version of `%s`: %v", s.Hub, err).WithHint("write 1.1.1, or a range: [\">=1.0.0\", \"<2.0.0\"]")
			}
			ranges = append(ranges, r)
			prerelease = prerelease || r.Prerelease()
		}
	}
	return ranges, prerelease, nil
}

// fits reports whether the version of the language is what a package requires.
func fits(language string, required any) bool {
	for _, text := range asTexts(required) {
		for part := range strings.SplitSeq(text, ",") {
			if ok, err := dbtversion.Fits(language, part); err == nil && !ok {
				return false
			}
		}
	}
	return true
}

// asTexts reads what may be a text or a list of them.
func asTexts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, fmt.Sprint(item))
		}
		return out
	}
	return nil
}

// sorted returns the versions, the oldest first.
func (p *hubPackage) sorted() []string {
	var out []string
	parsed := map[string]dbtversion.Version{}
	for text := range p.Versions {
		if v, err := dbtversion.Parse(text); err == nil {
			parsed[text] = v
			out = append(out, text)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return dbtversion.Compare(parsed[a], parsed[b]) })
	return out
}

// versions asks the hub about a package.
func (h *hub) versions(ctx context.Context, s packagefile.Spec) (*hubPackage, error) {
	if p := h.known[s.Hub]; p != nil {
		return p, nil
	}
	address := strings.TrimRight(h.address, "/") + "/api/v1/" + s.Hub + ".json"
	body, err := get(ctx, h.client, address)
	if err != nil {
		return nil, problem(s, "the hub cannot be asked about `%s`: %v", s.Hub, err).WithCause(err).
			WithHint("check the name and the network; DBT_PACKAGE_HUB_URL names another hub")
	}
	defer body.Close()
	p := &hubPackage{}
	if err := json.NewDecoder(io.LimitReader(body, maxAnswer)).Decode(p); err != nil {
		return nil, problem(s, "the hub's answer about `%s` cannot be read: %v", s.Hub, err)
	}
	h.known[s.Hub] = p
	return p, nil
}

// get starts a download.
func get(ctx context.Context, client *http.Client, address string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close()
		return nil, fmt.Errorf("%s: %s", address, response.Status)
	}
	return response.Body, nil
}
