package icebergrest

import (
	"context"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
)

// may decides whether a call may go on. It comes before anything is done, and
// before an answer is given again that was given before.
type may func(ctx context.Context, c *call) error

// anybody is for what everybody may ask who is known; what they see is less.
func anybody(context.Context, *call) error { return nil }

// mayDo is for who may do all of these to the table or view of the path.
func mayDo(kind lake.EntryKind, all ...policy.Action) may {
	return func(_ context.Context, c *call) error {
		name, err := c.name()
		if err != nil {
			return err
		}
		return c.allow(kind, name, all...)
	}
}

// maySee is for who may do anything with the table or view of the path.
func maySee(kind lake.EntryKind) may {
	return func(_ context.Context, c *call) error {
		name, err := c.name()
		if err == nil && !c.sees(name) {
			err = lake.NoEntry(kind, name)
		}
		return err
	}
}

// mayMake is for who may make the table or view of the body.
func mayMake(ctx context.Context, c *call) error {
	var request struct {
		Name string `json:"name"`
	}
	if err := c.decode(&request); err != nil {
		return err
	}
	name, err := c.named(request.Name)
	if err != nil {
		return err
	}
	return c.allowNew(ctx, name)
}

// mayRegister is for who may make the table of the body; one that takes the
// place of another changes everything about it.
func mayRegister(ctx context.Context, c *call) error {
	var request struct {
		Name      string `json:"name"`
		Overwrite bool   `json:"overwrite"`
	}
	if err := c.decode(&request); err != nil {
		return err
	}
	name, err := c.named(request.Name)
	if err != nil {
		return err
	}
	if err := c.allowNew(ctx, name); err != nil || !request.Overwrite {
		return err
	}
	return c.allow(lake.TableEntry, name, append([]policy.Action{policy.Alter, policy.Drop}, rowsChange...)...)
}

// mayRename is for who may take the table from where it is and make one where it
// goes. As another name may be of less protection, it is for those alone who may
// read it as it is.
func mayRename(kind lake.EntryKind) may {
	return func(ctx context.Context, c *call) error {
		from, to, err := c.renaming()
		if err != nil {
			return err
		}
		if err := c.allow(kind, from, policy.Select, policy.Alter, policy.Drop); err != nil {
			return err
		}
		return c.allowNew(ctx, to)
	}
}

// mayCommit is for who may change the table of the path as the body says.
func mayCommit(ctx context.Context, c *call) error {
	u, err := c.update()
	if err != nil {
		return err
	}
	return c.allowCommit(ctx, u)
}

// mayTransact is for who may make all changes of a transaction.
func mayTransact(ctx context.Context, c *call) error {
	updates, err := c.transaction()
	for _, u := range updates {
		if err == nil {
			err = c.allowCommit(ctx, u)
		}
	}
	return err
}

// mayMakeNamespace is for who may make the namespace of the body.
func mayMakeNamespace(ctx context.Context, c *call) error {
	_, name, err := c.newNamespace()
	if err != nil {
		return err
	}
	return c.allowNamespace(ctx, name, policy.Create)
}

// mayInNamespace is for who may do this to the namespace of the path.
func mayInNamespace(do policy.Action) may {
	return func(ctx context.Context, c *call) error {
		name, err := c.namespace()
		if err != nil {
			return err
		}
		return c.allowNamespace(ctx, name, do)
	}
}

// maySeeNamespace is for who may do anything with the namespace of the path, or
// with what is in it.
func maySeeNamespace(ctx context.Context, c *call) error {
	name, err := c.namespace()
	if err != nil {
		return err
	}
	if seen, err := c.seesNamespace(ctx, name); err != nil || !seen {
		return firstOf(err, lake.NoNamespace(name))
	}
	return nil
}
