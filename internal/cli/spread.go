package cli

import (
	"slices"
	"strings"
)

// several are the flags that take all the words up to the next flag, as in dbt:
// --select a b is --select a --select b.
var several = []string{
	"-s", "--select", "-m", "--model", "--models", "--exclude", "--output-keys",
	"--resource-type", "--resource-types", "--exclude-resource-type", "--exclude-resource-types",
}

// spread gives each word behind such a flag a flag of its own. -V is dbt's other
// short form of --version.
func spread(args []string) []string {
	var out []string
	flag := ""
	for i, arg := range args {
		switch {
		case arg == "--":
			return append(out, args[i:]...)
		case strings.HasPrefix(arg, "-"):
			if arg == "-V" {
				arg = "--version"
			}
			flag = ""
			if slices.Contains(several, arg) {
				flag = arg
			}
			out = append(out, arg)
		case flag != "" && args[i-1] != flag:
			out = append(out, flag, arg)
		default:
			out = append(out, arg)
		}
	}
	return out
}
