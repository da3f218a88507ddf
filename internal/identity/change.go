package identity

import (
	"context"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
)

// people are the kinds that can log in.
var people = []Kind{User, Service}

// New is somebody who is to be known.
type New struct {
	Kind  Kind
	Name  string
	Roles []Role
	// Groups are those that it becomes a member of.
	Groups []string
	// Password is a user's.
	Password secret.Text
	// By is who adds it.
	By Principal
}

// Add makes somebody known.
func (d *Directory) Add(ctx context.Context, n New) error {
	if err := checkName(n.Name); err != nil {
		return err
	}
	var set hashed
	if n.Kind == User {
		var err error
		if set, err = d.hash(n.Name, n.Password); err != nil {
			return err
		}
	}
	id, now := newID("p"), micros(d.now())
	return d.update(ctx, func(tx metadb.Tx) error {
		if list, err := entries(ctx, tx, n.Name); err != nil || len(list) > 0 {
			if err != nil {
				return err
			}
			return diag.New("name-taken", diag.Place{}, "there is a %s %s", list[0].Kind, n.Name).
				WithHint("users, service principals and groups share their names: take another one")
		}
		passwordSet, scram := int64(0), ""
		if set.argon != "" {
			var err error
			if scram, err = d.verifier(ctx, tx, id, set.password); err != nil {
				return err
			}
			passwordSet = now
		}
		_, err := tx.Exec(ctx, `INSERT INTO principal (id, kind, name, password, scram, password_set, disabled, created, created_by)
			VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)`, id, string(n.Kind), n.Name, set.argon, scram, passwordSet, now, n.By.String())
		if err != nil {
			return err
		}
		for _, r := range n.Roles {
			if err := grant(ctx, tx, id, r); err != nil {
				return err
			}
		}
		for _, name := range n.Groups {
			g, err := find(ctx, tx, name, Group)
			if err != nil {
				return err
			}
			if err := join(ctx, tx, g.id, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Remove forgets somebody of these kinds, with the tokens, at once.
func (d *Directory) Remove(ctx context.Context, name string, kinds ...Kind) error {
	return d.change(ctx, name, kinds, func(tx metadb.Tx, e Entry) error {
		for _, statement := range []string{
			`DELETE FROM principal_token WHERE principal_id = ?`, `DELETE FROM principal_role WHERE principal_id = ?`,
			`DELETE FROM principal_member WHERE member_id = ?`, `DELETE FROM principal_member WHERE group_id = ?`,
			`DELETE FROM principal WHERE id = ?`,
		} {
			if _, err := tx.Exec(ctx, statement, e.id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Disable keeps somebody out until Enable.
func (d *Directory) Disable(ctx context.Context, name string) error {
	now := micros(d.now())
	return d.change(ctx, name, people, func(tx metadb.Tx, e Entry) error {
		if !e.Disabled.IsZero() {
			return nil
		}
		_, err := tx.Exec(ctx, `UPDATE principal SET disabled = ? WHERE id = ?`, now, e.id)
		return err
	})
}

// Enable lets somebody in again who was disabled. What was handed out before
// is good again, as far as it has not ended.
func (d *Directory) Enable(ctx context.Context, name string) error {
	return d.change(ctx, name, people, func(tx metadb.Tx, e Entry) error {
		_, err := tx.Exec(ctx, `UPDATE principal SET disabled = 0 WHERE id = ?`, e.id)
		return err
	})
}

// Grant gives a role to somebody of these kinds.
func (d *Directory) Grant(ctx context.Context, name string, r Role, kinds ...Kind) error {
	return d.change(ctx, name, kinds, func(tx metadb.Tx, e Entry) error { return grant(ctx, tx, e.id, r) })
}

// Withdraw takes a role away.
func (d *Directory) Withdraw(ctx context.Context, name string, r Role, kinds ...Kind) error {
	return d.change(ctx, name, kinds, func(tx metadb.Tx, e Entry) error {
		if !slices.Contains(e.Roles, r) {
			p := diag.New("no-such-role", diag.Place{}, "%s has not the role %s itself", e.Name, r)
			if len(e.Groups) > 0 {
				p.WithHint("it may have it of a group: tarn group list")
			}
			return p
		}
		_, err := tx.Exec(ctx, `DELETE FROM principal_role WHERE principal_id = ? AND role = ?`, e.id, string(r))
		return err
	})
}

// Join makes somebody a member of a group.
func (d *Directory) Join(ctx context.Context, group, member string) error {
	return d.change(ctx, group, []Kind{Group}, func(tx metadb.Tx, g Entry) error {
		m, err := find(ctx, tx, member, people...)
		if err != nil {
			return err
		}
		return join(ctx, tx, g.id, m.id)
	})
}

// Leave takes somebody out of a group.
func (d *Directory) Leave(ctx context.Context, group, member string) error {
	return d.change(ctx, group, []Kind{Group}, func(tx metadb.Tx, g Entry) error {
		m, err := find(ctx, tx, member, people...)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `DELETE FROM principal_member WHERE group_id = ? AND member_id = ?`, g.id, m.id)
		if err == nil && n == 0 {
			return diag.New("no-member", diag.Place{}, "%s is no member of %s", m.Name, g.Name).WithHint("tarn group list shows who is")
		}
		return err
	})
}

// change finds somebody and does something to it, in one transaction.
func (d *Directory) change(ctx context.Context, name string, kinds []Kind, do func(metadb.Tx, Entry) error) error {
	return d.update(ctx, func(tx metadb.Tx) error {
		e, err := find(ctx, tx, name, kinds...)
		if err != nil {
			return err
		}
		return do(tx, e)
	})
}

func grant(ctx context.Context, tx metadb.Tx, id string, r Role) error {
	if err := checkName(string(r)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO principal_role (principal_id, role) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, string(r))
	return err
}

func join(ctx context.Context, tx metadb.Tx, group, member string) error {
	_, err := tx.Exec(ctx, `INSERT INTO principal_member (group_id, member_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, group, member)
	return err
}
