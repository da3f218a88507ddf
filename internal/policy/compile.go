package policy

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"github.com/tarn-lake/tarn/internal/diag"
)

//go:embed schema.cedarschema
var schemaText []byte

// File is one file of policies; Name is for messages.
type File struct {
	Name string
	Text []byte
}

// ours are [OwnerPolicy] and [ReaderPolicy].
const ours = `@id("` + OwnerPolicy + `") permit(principal in Role::"` + Owner + `", action, resource);
@id("` + ReaderPolicy + `") permit(principal in Role::"` + Reader + `", action == Action::"select", resource);`

// Set is compiled policies. It is safe for concurrent use.
type Set struct {
	index
	rules []*Rule
	roles []string
}

// Roles are those that policies name, in order: to be given one that none names
// would mean nothing.
func (s *Set) Roles() []string { return s.roles }

// Rules are the policies in order of their files and places, Tarn's own first.
func (s *Set) Rules() []*Rule { return s.rules }

// compiler collects rules, and what is wrong with them.
type compiler struct {
	known     *Known
	validator *validate.Validator
	set       *Set
	byID      map[string]*Rule
	names     map[string]map[string]bool // that are known, by their type
	problems  diag.Problems
}

// Compile compiles the policies of all files. known is what they may name; nil
// lets them name anything. The error is a [diag.ProblemsError] with all that is
// wrong.
func Compile(files []File, known *Known) (*Set, error) {
	var s schema.Schema
	if err := s.UnmarshalCedar(schemaText); err != nil {
		return nil, fmt.Errorf("read the schema of policies: %w", err)
	}
	resolved, err := s.Resolve()
	if err != nil {
		return nil, fmt.Errorf("resolve the schema of policies: %w", err)
	}
	c := &compiler{known: known, validator: validate.New(resolved), set: &Set{index: newIndex()}, byID: map[string]*Rule{}, names: map[string]map[string]bool{}}
	c.file(File{Text: []byte(ours)})
	for _, f := range files {
		c.file(f)
	}
	slices.Sort(c.set.roles)
	c.set.roles = slices.Compact(c.set.roles)
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	return c.set, nil
}

func (c *compiler) file(f File) {
	list, err := cedar.NewPolicyListFromBytes(f.Name, f.Text)
	if err != nil {
		c.problems.Add(notParsed(f, err))
		return
	}
	for _, p := range list {
		c.policy(f, p)
	}
}

// where is how the parser tells a place, and missing what it wanted there.
var (
	where   = regexp.MustCompile(`^(?:parser error: )?parse error at [^:]*:(\d+):(\d+) (.*)$`)
	missing = regexp.MustCompile(`^".*": exact got (.*) want (.*)$`)
)

func notParsed(f File, err error) *diag.Problem {
	place, why := diag.Place{File: f.Name}, err.Error()
	if m := where.FindStringSubmatch(why); m != nil {
		place.Line, _ = strconv.Atoi(m[1])
		place.Column, _ = strconv.Atoi(m[2])
		why = missing.ReplaceAllString(m[3], `"$1" where "$2" is wanted`)
	}
	return diag.New("invalid-policy", place, "this is no Cedar policy: %s", why).WithCause(err).
		WithHint(`a policy reads: permit(principal in Role::"analyst", action == Action::"select", resource in Namespace::"sales");`)
}

// policy checks one policy and adds it.
func (c *compiler) policy(f File, p *cedar.Policy) {
	at := p.Position()
	rule := &Rule{
		Place:   diag.Place{File: f.Name, Line: at.Line, Column: at.Column},
		Forbids: p.Effect() == cedar.Forbid, Text: strings.TrimSpace(string(p.MarshalCedar())),
	}
	rule.ID = rule.Place.String()
	if f.Name == "" {
		rule.Place = diag.Place{}
	}
	c.annotations(rule, p.Annotations())
	if before := c.byID[rule.ID]; before != nil {
		c.problems.Errorf("duplicate-policy", rule.Place, "there is a policy %q already%s", rule.ID, alreadyAt(before)).
			WithHint("give each policy an @id of its own")
	}
	c.byID[rule.ID] = rule
	tree := (*ast.Policy)(p.AST())
	valid := c.namesAreThere(source{f, at.Offset}, tree)
	if err := c.validator.Policy(rule.ID, tree); err != nil && valid {
		c.problems.Add(invalid(rule, err))
	}
	c.set.rules = append(c.set.rules, rule)
	c.set.add(rule, tree, p)
}

func alreadyAt(r *Rule) string {
	if r.Place.File == "" {
		return ", which is Tarn's own"
	}
	return " at " + r.Place.String()
}

// annotations reads those that there are; others would promise what does not
// happen.
func (c *compiler) annotations(rule *Rule, all cedar.Annotations) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		switch value := string(all[key]); key {
		case "id":
			if rule.ID = value; value == "" {
				c.problems.Errorf("invalid-policy", rule.Place, "its @id is empty")
			}
		case "description":
			rule.Description = value
		default:
			c.problems.Errorf("invalid-policy", rule.Place, "there is no annotation @%s", key).WithHint("there are @id and @description")
		}
	}
}

// invalid says in one line what the validator found.
func invalid(rule *Rule, err error) *diag.Problem {
	why, _, _ := strings.Cut(err.Error(), "\n")
	why = strings.TrimPrefix(why, "for policy `"+rule.ID+"`, ")
	p := diag.New("invalid-policy", rule.Place, "policy %q: %s", rule.ID, why).WithCause(err)
	if strings.Contains(why, "attribute") {
		return p.WithHint("a Table has name, namespace and tags, a Namespace name and tags; an action that namespaces have too meets both")
	}
	if strings.Contains(why, "applicable action") {
		return p.WithHint("select, insert, update, delete and maintain are of tables; create, alter and drop of tables and namespaces; who asks is a User or a Service, in a Group or a Role")
	}
	return p
}
