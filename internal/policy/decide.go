package policy

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"github.com/tarn-lake/tarn/internal/identity"
)

// compiled is a rule that can be asked.
type compiled struct {
	rule   *Rule
	policy *cedar.Policy
	order  int
	// actions are those of its scope; none is all.
	actions []types.EntityUID
	// principal is the one of its scope, or what that is in; zero is anybody.
	principal types.EntityUID
}

// concerns reports whether the scope has room for who asks for what. Groups and
// roles are in nothing else, so that a principal is in those that it has.
func (c *compiled) concerns(q *question) bool {
	if c.actions != nil && !slices.Contains(c.actions, q.action) {
		return false
	}
	return c.of(q.principal)
}

// of reports whether the scope has room for a principal.
func (c *compiled) of(principal types.Entity) bool {
	return c.principal.IsZero() || c.principal == principal.UID || principal.Parents.Contains(c.principal)
}

// index finds the policies that a question may concern: those whose scope names
// its resource, or what that is in, or no resource at all, and then its principal
// and action. With thousands of policies most are about something else.
type index struct {
	byResource map[types.EntityUID][]*compiled
	anywhere   []*compiled
	forbidding []*compiled
	size       int
}

func newIndex() index { return index{byResource: map[types.EntityUID][]*compiled{}} }

func (x *index) add(rule *Rule, tree *ast.Policy, p *cedar.Policy) {
	c := &compiled{rule: rule, policy: p, order: x.size}
	x.size++
	switch s := tree.Action.(type) {
	case ast.ScopeTypeEq:
		c.actions = []types.EntityUID{s.Entity}
	case ast.ScopeTypeIn:
		c.actions = []types.EntityUID{s.Entity}
	case ast.ScopeTypeInSet:
		c.actions = s.Entities
	}
	switch s := tree.Principal.(type) {
	case ast.ScopeTypeEq:
		c.principal = s.Entity
	case ast.ScopeTypeIn:
		c.principal = s.Entity
	case ast.ScopeTypeIsIn:
		c.principal = s.Entity
	}
	if rule.Forbids {
		x.forbidding = append(x.forbidding, c)
	}
	switch s := tree.Resource.(type) {
	case ast.ScopeTypeEq:
		x.byResource[s.Entity] = append(x.byResource[s.Entity], c)
	case ast.ScopeTypeIn:
		x.byResource[s.Entity] = append(x.byResource[s.Entity], c)
	case ast.ScopeTypeIsIn:
		x.byResource[s.Entity] = append(x.byResource[s.Entity], c)
	default:
		x.anywhere = append(x.anywhere, c)
	}
}

// question is what somebody may do with a resource, with all that policies may
// look at. It is both the policies that may answer it and the entities that they
// look at.
type question struct {
	action    types.EntityUID
	principal types.Entity
	// on is the resource, uids are it and what it is in, from the inside out, and
	// entities the same once policies look at them.
	on       Resource
	uids     []types.EntityUID
	entities []types.Entity
	// lists have the policies that may concern the resource.
	lists [][]*compiled
	asked map[cedar.PolicyID]*compiled
}

// Decide answers whether somebody may do something. Nobody may do nothing.
func (s *Set) Decide(who Who, action Action, on Resource) Decision {
	if who.Principal.IsZero() || !slices.Contains(on.actions(), action) {
		return Decision{}
	}
	if who.IsLocal() {
		return Decision{Allowed: true, By: s.rules[:1]}
	}
	principal, err := who.entity()
	if err != nil {
		return Decision{Trouble: err}
	}
	return s.question(principal, on, s.anywhere).decide(action)
}

// decide asks all policies that the question concerns.
func (q *question) decide(action Action) Decision {
	q.action, q.asked = entity(actionType, string(action)), map[cedar.PolicyID]*compiled{}
	answer, diagnostic := cedar.Authorize(q, q, cedar.Request{Principal: q.principal.UID, Action: q.action, Resource: q.uids[0]})
	d := Decision{Allowed: answer == cedar.Allow, By: q.rules(diagnostic.Reasons)}
	for _, e := range diagnostic.Errors {
		d.Trouble = errors.Join(d.Trouble, fmt.Errorf("policy %q cannot be evaluated: %s", e.PolicyID, e.Message))
	}
	if d.Trouble != nil {
		d.Allowed = false
	}
	return d
}

// SeesAll reports whether somebody may be told of the whole of a project: this
// machine's owner, those with the role owner, and readers to whom no policy
// forbids anything.
func (s *Set) SeesAll(who Who) bool {
	switch {
	case who.Principal.IsZero():
		return false
	case who.IsLocal(), slices.Contains(who.Roles, Owner):
		return true
	case !slices.Contains(who.Roles, Reader):
		return false
	}
	principal, err := who.entity()
	return err == nil && !slices.ContainsFunc(s.forbidding, func(c *compiled) bool { return c.of(principal) })
}

// entity is who asks as Cedar has it, in its groups and roles.
func (who Who) entity() (e types.Entity, err error) {
	var in []types.EntityUID
	for _, g := range who.Groups {
		in = append(in, entity(groupType, g))
	}
	for _, r := range who.Roles {
		in = append(in, entity(roleType, r))
	}
	switch who.Principal.Kind {
	case identity.User:
		e.UID = entity(userType, who.Principal.Name)
	case identity.Service:
		e.UID = entity(serviceType, who.Principal.Name)
	default:
		return e, fmt.Errorf("%s is neither a user nor a service", who.Principal)
	}
	e.Parents = types.NewEntityUIDSet(in...)
	return e, nil
}

// question is about a resource; anywhere are the policies whose scope names none
// and that may concern the principal.
func (s *Set) question(principal types.Entity, on Resource, anywhere []*compiled) *question {
	q := &question{principal: principal, on: on, uids: on.lineage(), lists: [][]*compiled{anywhere}}
	for _, uid := range q.uids {
		if list := s.byResource[uid]; len(list) > 0 {
			q.lists = append(q.lists, list)
		}
	}
	return q
}

// lineage is the resource and what it is in, from the inside out. What is above
// all namespaces has no name.
func (r Resource) lineage() (all []types.EntityUID) {
	if r.Table.Name != "" {
		all = append(all, entity(tableType, r.Table.Key()))
	}
	for n := range lineage(r.Table.Namespace) {
		all = append(all, entity(namespaceType, n))
	}
	if len(all) == 0 {
		return []types.EntityUID{{}}
	}
	return all
}

// look makes the entities. The tags are those of the resource itself.
func (q *question) look() {
	for i, uid := range q.uids {
		attributes := types.RecordMap{"name": uid.ID, "tags": setOf(nil)}
		if i == 0 {
			attributes["tags"] = setOf(q.on.Tags)
		}
		if uid.Type == tableType {
			namespace, name := cutLast(string(uid.ID))
			attributes["name"], attributes["namespace"] = types.String(name), types.String(namespace)
		}
		q.entities = append(q.entities, types.Entity{UID: uid, Parents: types.NewEntityUIDSet(q.uids[i+1:]...), Attributes: types.NewRecord(attributes)})
	}
}

// All yields the policies that may concern the question.
func (q *question) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, list := range q.lists {
			for _, c := range list {
				if !c.concerns(q) {
					continue
				}
				id := cedar.PolicyID(c.rule.ID)
				q.asked[id] = c
				if !yield(id, c.policy) {
					return
				}
			}
		}
	}
}

// Get returns what policies may look at. Groups, roles and actions have nothing
// to look at.
func (q *question) Get(uid types.EntityUID) (types.Entity, bool) {
	if uid == q.principal.UID {
		return q.principal, true
	}
	at := slices.Index(q.uids, uid)
	if at < 0 {
		return types.Entity{}, false
	}
	if q.entities == nil {
		q.look()
	}
	return q.entities[at], true
}

// rules are those of a list of reasons, in order.
func (q *question) rules(reasons []types.DiagnosticReason) (rules []*Rule) {
	var found []*compiled
	for _, r := range reasons {
		found = append(found, q.asked[r.PolicyID])
	}
	slices.SortFunc(found, func(a, b *compiled) int { return a.order - b.order })
	for _, c := range found {
		rules = append(rules, c.rule)
	}
	return rules
}

func entity(kind types.EntityType, id string) types.EntityUID {
	return types.NewEntityUID(kind, types.String(id))
}

func setOf(tags []string) types.Set {
	values := make([]types.Value, len(tags))
	for i, t := range tags {
		values[i] = types.String(t)
	}
	return types.NewSet(values...)
}

// cutLast parts the name of a table from its namespace.
func cutLast(key string) (namespace, name string) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return "", key
	}
	return key[:i], key[i+1:]
}
