package gate

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

const (
	byPolicies   = "policies/*.cedar say who may do what, and tarn policy explain tells it"
	byPrincipals = "tarn user and tarn group say who is known"
	byLake       = "a lake has tables, views and namespaces"
	byCopy       = "make it in the other schema with CREATE TABLE … AS SELECT, and drop the one that is here"
	byMerge      = "a lake keeps no keys; MERGE INTO says which rows are the same"
	byTests      = "a lake keeps no constraints; declare a test instead"
	byOne        = "write a statement for each"
)

// kinds are what other databases make and a lake has not, with what to do instead.
var kinds = map[string]string{
	"USER": byPrincipals, "ROLE": byPrincipals, "GROUP": byPrincipals, "POLICY": byPolicies, "DEFAULT": byPolicies,
	"INDEX": byLake, "SEQUENCE": byLake, "FUNCTION": byLake, "PROCEDURE": byLake, "TRIGGER": byLake, "TYPE": byLake, "DOMAIN": byLake,
	"EXTENSION": byLake, "DATABASE": byLake, "MATERIALIZED VIEW": byLake, "RULE": byLake, "SERVER": byLake, "FOREIGN": byLake,
}

// modifiers stand between CREATE and what is made.
var modifiers = []string{"OR", "REPLACE", "UNIQUE", "TEMP", "TEMPORARY", "CONSTRAINT"}

// clauses are what statements that are there say elsewhere, where all the words
// stand beside each other.
var clauses = []struct{ head, words, what, hint string }{
	{"ALTER", "ALTER SCHEMA", "ALTER SCHEMA", byCopy}, {"ALTER", "SET SCHEMA", "ALTER … SET SCHEMA", byCopy},
	{"ALTER", "OWNER TO", "ALTER … OWNER TO", byPolicies}, {"ALTER", "ROW LEVEL", "ROW LEVEL SECURITY", byPolicies},
	{"ALTER", "ADD CONSTRAINT", "ADD CONSTRAINT", byTests}, {"INSERT", "ON CONFLICT", "ON CONFLICT", byMerge},
	{"TRUNCATE", ",", "TRUNCATE of several tables", byOne}, {"DROP", ",", "DROP of several things", byOne},
}

// absent is the problem of a statement that the parser does not take, where other
// databases have it; nil is another one. The offset is where the parser stopped;
// -1 is unknown.
func (p *passage) absent(offset int) *diag.Problem {
	parts := sqlast.Split(p.st.SQL)
	for _, part := range parts {
		if offset > part.End || offset < 0 && len(parts) > 1 {
			continue
		}
		what, hint := foreign(part.Tokens)
		if what == "" {
			return nil
		}
		return p.problem("statement-refused", part.Start, "%s is not supported", what).WithHint("%s", hint)
	}
	return nil
}

// foreign names a statement that a lake has not, and what to do instead; "" is
// another one.
func foreign(tokens []sqlast.Token) (what, hint string) {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.Word
	}
	switch head := words[0]; head {
	case "GRANT", "REVOKE":
		return head, byPolicies
	case "REFRESH", "REINDEX", "CLUSTER", "SECURITY":
		return head, byLake
	case "CREATE", "ALTER", "DROP":
		rest := slices.DeleteFunc(slices.Clone(words[1:]), func(w string) bool { return slices.Contains(modifiers, w) })
		for n := 1; n <= min(2, len(rest)); n++ {
			if kind := strings.Join(rest[:n], " "); kinds[kind] != "" {
				return head + " " + kind, kinds[kind]
			}
		}
	}
	text := " " + strings.Join(words, " ") + " "
	for _, c := range clauses {
		if words[0] == c.head && strings.Contains(text, " "+c.words+" ") {
			return c.what, c.hint
		}
	}
	return "", ""
}
