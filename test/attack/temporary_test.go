//go:build duckdb_arrow

package attack

import (
	"strings"
	"testing"
)

// A temporary table is its session's, whatever it is called: about a name that is
// hidden it is told what is told of one that is free.
func TestTemporaryTablesTellOfNoNames(t *testing.T) {
	g := newTarget(t)
	for _, who := range []string{"bob", "none"} {
		var said []string
		for _, name := range []string{"hoard", "nowhere"} { // main.hoard is there, and hidden
			c := g.connect(who)
			got, err := c.all(strings.ReplaceAll("BEGIN; CREATE TEMP TABLE NAME AS SELECT 1 AS id, 'own' AS text; INSERT INTO NAME VALUES (2, 'too'); UPDATE NAME SET text = 'changed' WHERE id = 2; DELETE FROM NAME WHERE id = 1; MERGE INTO NAME USING (SELECT 3 AS id) s ON s.id = NAME.id WHEN NOT MATCHED THEN INSERT VALUES (3, 'more'); DELETE FROM NAME WHERE id = 3; SELECT * FROM NAME; ROLLBACK", "NAME", name))
			said = append(said, strings.ReplaceAll(got+told(err), name, "NAME"))
			if got != "2|changed" {
				t.Errorf("%s in %s: %q %v", who, name, got, err)
			}
			got, err = c.all(strings.ReplaceAll("CREATE TEMP TABLE NAME AS SELECT 'own' AS text; SELECT text FROM main.NAME", "NAME", name))
			if got != "" || stateOf(err) != "42P01" {
				t.Errorf("%s finds main.%s: %q %v", who, name, got, err)
			}
		}
		if said[0] != said[1] {
			t.Errorf("%s is told of a hidden name %q, and of a free one %q", who, said[0], said[1])
		}
	}
	ada := g.connect("ada")
	if got, err := ada.all("BEGIN; CREATE TEMP TABLE hoard AS SELECT 'own' AS text; SELECT text FROM hoard; COMMIT"); got != "own" {
		t.Error("a temporary table does not stand before another:", got, err)
	}
	if got, err := ada.all("SELECT count(*) FROM main.hoard WHERE text = 'own'"); got != "0" {
		t.Error("a temporary table stands in the place of another:", got, err)
	}
	got, err := g.connect("bob").all("BEGIN; CREATE TEMP TABLE hoard AS SELECT 'own' AS text; DROP TABLE hoard; SELECT * FROM hoard")
	if stateOf(err) != "42P01" {
		t.Errorf("below a temporary table there is %q, %v", got, err)
	}
}
