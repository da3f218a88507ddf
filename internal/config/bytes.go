package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Bytes is an amount of memory or storage.
type Bytes int64

var byteUnits = map[string]float64{
	"": 1, "b": 1,
	"k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}

// ParseBytes reads an amount such as 512MB, 1.5 GiB or 1048576.
func ParseBytes(s string) (Bytes, error) {
	s = strings.TrimSpace(s)
	end := strings.LastIndexAny(s, "0123456789.") + 1
	factor, known := byteUnits[strings.ToLower(strings.TrimSpace(s[end:]))]
	amount, err := strconv.ParseFloat(s[:end], 64)
	if err != nil || !known || amount < 0 || math.IsNaN(amount) || amount*factor >= math.MaxInt64 {
		return 0, fmt.Errorf("`%s` is not an amount of bytes: write one like 512MB, 2GB or 1GiB", s)
	}
	return Bytes(amount * factor), nil
}

// String returns the amount in the largest unit that keeps it exact.
func (b Bytes) String() string {
	for _, u := range []struct {
		name string
		size Bytes
	}{{"TB", 1e12}, {"TiB", 1 << 40}, {"GB", 1e9}, {"GiB", 1 << 30}, {"MB", 1e6}, {"MiB", 1 << 20}, {"KB", 1e3}, {"KiB", 1 << 10}} {
		if b >= u.size && b%u.size == 0 {
			return strconv.FormatInt(int64(b/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(b), 10) + "B"
}
