package identity

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Entry is a user, a service principal or a group.
type Entry struct {
	Kind Kind
	Name string
	// Roles are those that it was given itself.
	Roles []Role
	// Groups are those that it is a member of; Members are a group's.
	Groups, Members []string
	// PasswordSet is when its password was set; zero is none.
	PasswordSet time.Time
	// Disabled is since when it may not log in; zero is not.
	Disabled  time.Time
	Created   time.Time
	CreatedBy string

	id string
}

// goodName is what names look like, those of other directories included, which
// are often addresses.
var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,63}$`)

func checkName(name string) error {
	if goodName.MatchString(name) {
		return nil
	}
	p := diag.New("bad-name", diag.Place{}, "%q is no name of a principal", name).
		WithHint("take a letter or digit and up to 63 more of a-z, 0-9 and . _ - + @")
	if folded := ident.Fold(name); folded != name && goodName.MatchString(folded) {
		p.WithHint("names are in lower case: %s", folded)
	}
	return p
}

// List returns all of these kinds, by name.
func (d *Directory) List(ctx context.Context, kinds ...Kind) (list []Entry, err error) {
	err = d.db.View(ctx, func(tx metadb.Tx) error {
		list, err = entries(ctx, tx, "")
		return err
	})
	return slices.DeleteFunc(list, func(e Entry) bool { return !slices.Contains(kinds, e.Kind) }), err
}

// Get returns the one of these kinds that has a name.
func (d *Directory) Get(ctx context.Context, name string, kinds ...Kind) (e Entry, err error) {
	err = d.db.View(ctx, func(tx metadb.Tx) error {
		e, err = find(ctx, tx, name, kinds...)
		return err
	})
	return e, err
}

// find returns the one of these kinds that has a name, or a problem.
func find(ctx context.Context, tx metadb.Tx, name string, kinds ...Kind) (Entry, error) {
	list, err := entries(ctx, tx, ident.Fold(name))
	if err != nil {
		return Entry{}, err
	}
	if len(list) == 1 && slices.Contains(kinds, list[0].Kind) {
		return list[0], nil
	}
	what, command := "user or service principal", "user"
	if slices.Equal(kinds, []Kind{Group}) {
		what, command = "group", "group"
	}
	p := diag.New("unknown-"+command, diag.Place{}, "there is no %s %s", what, name).WithHint("tarn %s list shows who is known", command)
	if len(list) == 1 {
		return Entry{}, p.WithHint("%s is a %s", name, list[0].Kind)
	}
	names, err := texts[string](ctx, tx, `SELECT name FROM principal`)
	if near := ident.Near(name, names); len(near) > 0 {
		p.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return Entry{}, errors.Join(err, p)
}

// entries reads one entry, or with name "" all of them.
func entries(ctx context.Context, tx metadb.Tx, name string) ([]Entry, error) {
	list, err := collect(ctx, tx, scanEntry, `SELECT id, kind, name, password_set, disabled, created, created_by
		FROM principal WHERE name = ? OR ? = '' ORDER BY name`, name, name)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	at := map[string]*Entry{}
	for i := range list {
		at[list[i].id] = &list[i]
	}
	type pair struct{ a, b string }
	pairs := func(query string, each func(pair)) error {
		found, err := collect(ctx, tx, func(rows *sql.Rows) (p pair, err error) {
			err = rows.Scan(&p.a, &p.b)
			return p, err
		}, query)
		for _, p := range found {
			each(p)
		}
		return err
	}
	roleErr := pairs(`SELECT principal_id, role FROM principal_role ORDER BY role`, func(p pair) {
		if e := at[p.a]; e != nil {
			e.Roles = append(e.Roles, Role(p.b))
		}
	})
	groupErr := pairs(`SELECT m.member_id, g.name FROM principal_member m JOIN principal g ON g.id = m.group_id ORDER BY g.name`, func(p pair) {
		if e := at[p.a]; e != nil {
			e.Groups = append(e.Groups, p.b)
		}
	})
	memberErr := pairs(`SELECT m.group_id, p.name FROM principal_member m JOIN principal p ON p.id = m.member_id ORDER BY p.name`, func(p pair) {
		if e := at[p.a]; e != nil {
			e.Members = append(e.Members, p.b)
		}
	})
	return list, errors.Join(roleErr, groupErr, memberErr)
}

func scanEntry(rows *sql.Rows) (e Entry, err error) {
	var set, disabled, created int64
	err = rows.Scan(&e.id, &e.Kind, &e.Name, &set, &disabled, &created, &e.CreatedBy)
	e.PasswordSet, e.Disabled, e.Created = timeOf(set), timeOf(disabled), timeOf(created)
	return e, err
}
