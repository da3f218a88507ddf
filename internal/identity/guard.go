package identity

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/identity/backoff"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/secret"
)

// Refusal is why somebody is not let in.
type Refusal struct {
	// Reason says no more than whoever shows something may know.
	Reason string
	// Wait is how long nothing is looked at; zero where that is not why.
	Wait time.Duration
}

// Error returns the reason.
func (r *Refusal) Error() string { return r.Reason }

// notGood is said of all that might be a guess, in the same words.
func notGood() error { return &Refusal{Reason: "the credentials are not good here"} }

func tooMany(wait time.Duration) error {
	return &Refusal{Reason: "there were too many attempts that failed; try again later", Wait: wait}
}

// GuardOptions say whom a guard lets in.
type GuardOptions struct {
	Directory *Directory
	// Owner is whom the process runs for: who is let in with the owner's token,
	// and everybody where the guard is open.
	Owner Principal
	// OwnerToken is the token of the settings; zero is none.
	OwnerToken secret.Text
	// Open lets everybody in as the owner for as long as nobody is known: only
	// where nobody but the owner can connect.
	Open bool
	// Logger is told of who was kept out; nil discards it.
	Logger *slog.Logger
}

// hashesAtOnce is how many passwords are hashed at once, which takes memory, and
// inLine how many more wait.
const (
	hashesAtOnce = 2
	inLine       = 32
)

// Guard lets principals in. It is safe for concurrent use.
type Guard struct {
	GuardOptions
	owner   *ownerToken
	guesses *backoff.Backoff
	hashing chan struct{}
	line    chan struct{}
	decoy   string
}

// NewGuard returns a guard.
func NewGuard(o GuardOptions) *Guard {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Guard{
		GuardOptions: o, owner: &ownerToken{o.OwnerToken, o.Directory.now}, guesses: backoff.New(o.Directory.now),
		hashing: make(chan struct{}, hashesAtOnce), line: make(chan struct{}, inLine), decoy: credential.Decoy(o.Directory.cost),
	}
}

// Bearer lets in who shows a token, from an address. Whoever has a token that
// is good is never kept waiting for what others tried. An error that is a
// [Refusal] is for the client.
func (g *Guard) Bearer(ctx context.Context, token, from string) (Access, error) {
	switch owner, err := g.isOwner(ctx, token); {
	case err != nil:
		return Access{}, err
	case owner:
		return g.ownerBy(token), nil
	}
	if token == "" {
		return Access{}, &Refusal{Reason: "there is no token, and nobody is let in without one"}
	}
	if credential.IsToken(token) {
		if s, err := g.Directory.session(ctx, token); err != nil || s.access.Token != "" {
			return s.access, err
		}
	}
	return Access{}, g.guessed(from)
}

// isOwner reports whether what is shown is the owner's token, or nothing need be
// shown.
func (g *Guard) isOwner(ctx context.Context, shown string) (bool, error) {
	if g.owner.good(shown) {
		return true, nil
	}
	if !g.Open {
		return false, nil
	}
	configured, err := g.Directory.Configured(ctx)
	return !configured && err == nil, err
}

// guessed counts something that nobody has.
func (g *Guard) guessed(from string) error {
	g.Logger.Info("somebody was kept out", "from", from)
	if _, wait := g.guesses.Try("", "token "+address(from)); wait > 0 {
		return tooMany(wait)
	}
	return notGood()
}

// address is what attempts are counted by: a host, or of IPv6 the network that
// one is given as a whole.
func address(from string) string {
	host := from
	if at, err := netip.ParseAddrPort(from); err == nil {
		host = at.Addr().Unmap().WithZone("").String()
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Is4() {
		return strings.Clone(host)
	}
	const subscriber = 64
	network, err := ip.Prefix(subscriber)
	if err != nil {
		return host
	}
	return network.String()
}
