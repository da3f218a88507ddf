package artifact

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/project"
)

// contractChecksum tells whether what a model promises is still what it
// promised. It is dbt's, so that manifests of either compare with those of the
// other: of names, types and constraints as Python shows them.
func contractChecksum(r *project.Resource) string {
	var b strings.Builder
	columns := slices.SortedFunc(slices.Values(r.Columns), func(x, y project.Column) int { return cmp.Compare(x.Name, y.Name) })
	for _, c := range columns {
		b.WriteString("|" + c.Name + cmp.Or(c.DataType, "None") + pythonConstraints("ColumnLevelConstraint", c.Constraints))
	}
	if m := r.Config.Materialized; m == project.MaterializedTable || m == project.MaterializedIncremental {
		b.WriteString(m + pythonConstraints("ModelLevelConstraint", r.Constraints))
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// pythonConstraints shows constraints as Python shows a list of dbt's class.
func pythonConstraints(class string, list []project.Constraint) string {
	shown := make([]string, len(list))
	for i, c := range list {
		fields := fmt.Sprintf("type=<ConstraintType.%s: '%[1]s'>, name=%s, expression=%s, warn_unenforced=%s, warn_unsupported=%s, to=%s, to_columns=%s",
			c.Type, pythonText(c.Name), pythonText(c.Expression), pythonTruth(c.WarnUnenforced), pythonTruth(c.WarnUnsupported),
			pythonText(c.To), pythonTexts(c.ToColumns))
		if class == "ModelLevelConstraint" {
			fields += ", columns=" + pythonTexts(c.Columns)
		}
		shown[i] = class + "(" + fields + ")"
	}
	return "[" + strings.Join(shown, ", ") + "]"
}

func pythonTruth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func pythonTexts(list []string) string {
	shown := make([]string, len(list))
	for i, s := range list {
		shown[i] = pythonQuoted(s)
	}
	return "[" + strings.Join(shown, ", ") + "]"
}

// pythonText is a text that may not be there.
func pythonText(s string) string {
	if s == "" {
		return "None"
	}
	return pythonQuoted(s)
}

// pythonQuoted is a text in the quotes that Python gives it.
func pythonQuoted(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	return quote + strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + quote
}
