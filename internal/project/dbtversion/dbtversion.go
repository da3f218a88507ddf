// Package dbtversion is for the versions that projects ask for in
// require-dbt-version and packages.yml.
//
// It promises to compare versions as semantic versioning has them, pre-releases
// before the release. It leaves to others where versions come from.
package dbtversion

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var syntax = regexp.MustCompile(`^(>=|<=|>|<|==?)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-?([0-9A-Za-z][0-9A-Za-z.-]*))?(?:\+[0-9A-Za-z.-]*)?$`)

// Version is one version.
type Version struct {
	numbers    [3]int
	prerelease string
}

// Range is one bound, such as >=1.6.0.
type Range struct {
	sign  string
	bound Version
}

// ParseRange reads a bound; a version alone is that version exactly.
func ParseRange(text string) (Range, error) {
	m := syntax.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return Range{}, fmt.Errorf("`%s` is not a version", strings.TrimSpace(text))
	}
	r := Range{sign: strings.Replace(m[1], "==", "=", 1), bound: Version{prerelease: m[5]}}
	for i, digits := range m[2:5] {
		if digits == "" {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			return Range{}, fmt.Errorf("`%s` is not a version: %w", strings.TrimSpace(text), err)
		}
		r.bound.numbers[i] = n
	}
	return r, nil
}

// Parse reads a version.
func Parse(text string) (Version, error) {
	r, err := ParseRange(text)
	if err == nil && r.sign != "" {
		err = fmt.Errorf("`%s` is not a version", text)
	}
	return r.bound, err
}

// Compare tells which of two versions is the earlier: -1, 0 or 1.
func Compare(a, b Version) int {
	if c := slices.Compare(a.numbers[:], b.numbers[:]); c != 0 {
		return c
	}
	switch {
	case a.prerelease == b.prerelease:
		return 0
	case a.prerelease == "":
		return 1
	case b.prerelease == "":
		return -1
	}
	return slices.CompareFunc(strings.Split(a.prerelease, "."), strings.Split(b.prerelease, "."), compareParts)
}

func compareParts(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	switch {
	case errX == nil && errY == nil:
		return cmp.Compare(x, y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}

// Prerelease reports whether the version comes before a release.
func (v Version) Prerelease() bool { return v.prerelease != "" }

// Has reports whether the version is within the range.
func (r Range) Has(v Version) bool {
	c := Compare(v, r.bound)
	switch r.sign {
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	default:
		return c == 0
	}
}

// Fits reports whether a version is within a range.
func Fits(version, wanted string) (bool, error) {
	v, err := Parse(version)
	if err != nil {
		return false, err
	}
	r, err := ParseRange(wanted)
	if err != nil {
		return false, err
	}
	return r.Has(v), nil
}

// Prerelease reports whether the bound itself comes before a release.
func (r Range) Prerelease() bool { return r.bound.Prerelease() }
