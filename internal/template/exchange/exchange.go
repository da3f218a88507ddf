// Package exchange is dbt's functions for plain values: to and from JSON and
// YAML, sets, zip, checksums and the difference of dicts.
//
// It promises what dbt's functions give, which the corpus of package template
// holds them to; fromjson and fromyaml keep the order of keys, and sets that of
// their items. It leaves to others under which names texts find them.
package exchange

import "github.com/tarn-lake/tarn/internal/jinja"

// Functions returns the functions by dbt's names.
func Functions() map[string]jinja.Callable {
	return map[string]jinja.Callable{
		"tojson": toJSON, "fromjson": fromJSON, "toyaml": toYAML, "fromyaml": fromYAML,
		"set": setOf, "set_strict": setStrict, "zip": zip, "zip_strict": zipStrict,
		"local_md5": localMD5, "diff_of_two_dicts": diffOfTwoDicts,
	}
}
