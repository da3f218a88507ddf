package serve

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwarded are headers that proxies add, and nobody else.
var forwarded = []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"}

// fromClients lets requests that came through proxies of ours say where they are
// from: the last address of X-Forwarded-For that is no proxy. What stands before
// it, clients may have written themselves.
func fromClients(proxies []netip.Prefix, next http.Handler) http.Handler {
	if len(proxies) == 0 {
		return next
	}
	ours := func(ip netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !ours(at.Addr().Unmap()) {
			next.ServeHTTP(w, r)
			return
		}
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			ip, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				break
			}
			at = netip.AddrPortFrom(ip.Unmap(), 0)
			if !ours(at.Addr()) {
				break
			}
		}
		from := *r
		from.RemoteAddr = at.String()
		next.ServeHTTP(w, &from)
	})
}

// throughProxy reports whether a proxy passed the request on: then it is nobody
// of this machine who asks, whatever the address says.
func throughProxy(r *http.Request) bool {
	return slices.ContainsFunc(forwarded, func(name string) bool { return r.Header.Get(name) != "" })
}
