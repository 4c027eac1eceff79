package limit

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

func TestClientIsTheRightmostStranger(t *testing.T) {
	trusted, err := ParseTrusted("127.0.0.1, 10.0.0.0/8,fd00::/8")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		trusted Trusted
		remote  string
		headers map[string][]string
		want    string
	}{
		{"nobody trusted", nil, "127.0.0.1:99", map[string][]string{"X-Forwarded-For": {"6.6.6.6"}}, "127.0.0.1"},
		{"a stranger's header", trusted, "9.9.9.9:1", map[string][]string{"X-Forwarded-For": {"6.6.6.6"}}, "9.9.9.9"},
		{"one proxy", trusted, "127.0.0.1:1", map[string][]string{"X-Forwarded-For": {"9.9.9.9"}}, "9.9.9.9"},
		{"forged hop to the left", trusted, "127.0.0.1:1", map[string][]string{"X-Forwarded-For": {"6.6.6.6, 9.9.9.9"}}, "9.9.9.9"},
		{"two proxies", trusted, "127.0.0.1:1", map[string][]string{"X-Forwarded-For": {"6.6.6.6, 9.9.9.9,10.1.2.3"}}, "9.9.9.9"},
		{"two header lines", trusted, "127.0.0.1:1", map[string][]string{"X-Forwarded-For": {"6.6.6.6", "9.9.9.9"}}, "9.9.9.9"},
		{"claims to be a proxy", trusted, "127.0.0.1:1", map[string][]string{"X-Forwarded-For": {"6.6.6.6, 10.9.9.9"}}, "6.6.6.6"},
		{"garbage hop", trusted, "127.0.0.1:1", map[string][]string{"X-Forwarded-For": {"6.6.6.6, nonsense"}}, "127.0.0.1"},
		{"no header", trusted, "127.0.0.1:1", nil, "127.0.0.1"},
		{"other headers", trusted, "127.0.0.1:1", map[string][]string{"True-Client-Ip": {"6.6.6.6"}, "X-Real-Ip": {"6.6.6.6"}, "Forwarded": {"for=6.6.6.6"}}, "127.0.0.1"},
		{"port in the hop", trusted, "127.0.0.1:1", map[string][]string{"X-Forwarded-For": {"9.9.9.9:4711"}}, "9.9.9.9"},
		{"v4 in v6", trusted, "[::ffff:127.0.0.1]:1", map[string][]string{"X-Forwarded-For": {"::ffff:9.9.9.9"}}, "9.9.9.9"},
		{"v6", trusted, "[fd00::1]:1", map[string][]string{"X-Forwarded-For": {"2001:db8::7"}}, "2001:db8::7"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: tc.remote, Header: tc.headers}
			if got := tc.trusted.Client(r); got != netip.MustParseAddr(tc.want) {
				t.Errorf("counted against %v, want %v", got, tc.want)
			}
		})
	}
}

func TestTrustedRefusesWhatItCannotRead(t *testing.T) {
	for _, bad := range []string{"localhost", "10.0.0.0/99", "1.2.3", "*"} {
		if _, err := ParseTrusted(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestTriesAtTheLimit(t *testing.T) {
	now := time.Unix(1_763_752_200, 0)
	tries := &Tries{PerMinute: Scopes{10, 40, 80}, Everybody: 100, Now: func() time.Time { return now }}
	a := netip.MustParseAddr("192.0.2.1")
	for i := range 10 {
		if !tries.Allowed(a) {
			t.Fatalf("try %d was refused; 10 are welcome", i+1)
		}
		tries.Failed(a)
	}
	if tries.Allowed(a) {
		t.Fatal("try 11 was let through")
	}
	if !tries.Allowed(netip.MustParseAddr("192.0.2.2")) {
		t.Fatal("a neighbour was refused")
	}
	now = now.Add(5 * time.Second)
	if tries.Allowed(a) {
		t.Fatal("let through again too early")
	}
	now = now.Add(time.Second)
	if !tries.Allowed(a) {
		t.Fatal("a tenth of a minute gives one try back")
	}
}

func TestTriesOverEverybody(t *testing.T) {
	now := time.Unix(1_763_752_200, 0)
	tries := &Tries{PerMinute: Scopes{10, 40, 80}, Everybody: 100, Now: func() time.Time { return now }}
	for i := range 100 {
		if !tries.Failed(netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", i))) {
			t.Fatalf("failure %d was over the limit of 100", i+1)
		}
	}
	stranger := netip.MustParseAddr("198.51.100.1")
	if tries.Failed(stranger) {
		t.Fatal("failure 101 was within the limit")
	}
	if !tries.Allowed(stranger) {
		t.Fatal("a good link must still open while somebody else guesses")
	}
}

// TestTriesAcrossRotation: a customer who moves within a /56 or /48 is still
// counted (A23).
func TestTriesAcrossRotation(t *testing.T) {
	for _, tc := range []struct {
		name   string
		addr   func(i int) string
		within int
	}{
		{"addresses of one /64", func(i int) string { return fmt.Sprintf("2001:db8:1:1::%x", i+1) }, 10},
		{"networks of one /56", func(i int) string { return fmt.Sprintf("2001:db8:1:%x::1", i) }, 40},
		{"networks of one /48", func(i int) string { return fmt.Sprintf("2001:db8:1:%x::1", i<<8) }, 80},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now := time.Unix(1_763_752_200, 0)
			tries := &Tries{PerMinute: Scopes{10, 40, 80}, Now: func() time.Time { return now }}
			let := 0
			for i := range 100 {
				a := netip.MustParseAddr(tc.addr(i))
				if tries.Allowed(a) {
					let++
					tries.Failed(a)
				}
			}
			if let != tc.within {
				t.Errorf("%d of 100 were let through, want %d", let, tc.within)
			}
		})
	}
}

func TestTriesForgetOldNetworks(t *testing.T) {
	now := time.Unix(1_763_752_200, 0)
	tries := &Tries{PerMinute: Scopes{10, 0, 0}, Now: func() time.Time { return now }}
	for i := range remembered + 10 {
		tries.Failed(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if len(tries.full) != remembered {
		t.Fatalf("%d networks remembered, want at most %d", len(tries.full), remembered)
	}
	now = now.Add(time.Minute)
	tries.Failed(netip.MustParseAddr("192.0.2.1"))
	if len(tries.full) != 1 {
		t.Fatalf("%d networks remembered after a quiet minute, want 1", len(tries.full))
	}
}

func TestSocketsAtTheLimit(t *testing.T) {
	s := &Sockets{Open: Scopes{3, 5, 6}, Everybody: 7}
	in := func(a string) *Place {
		t.Helper()
		place, ok := s.Enter(netip.MustParseAddr(a))
		if !ok {
			t.Fatalf("%s was refused with %d open", a, len(s.places))
		}
		return place
	}
	out := func(a, why string) {
		t.Helper()
		if _, ok := s.Enter(netip.MustParseAddr(a)); ok {
			t.Fatalf("%s was let in: %s", a, why)
		}
	}
	first := in("2001:db8:1:1::1")
	in("2001:db8:1:1::2")
	in("2001:db8:1:1::3")
	out("2001:db8:1:1::4", "a /64 has 3")
	in("2001:db8:1:2::1")
	in("2001:db8:1:3::1")
	out("2001:db8:1:4::1", "a /56 has 5")
	in("2001:db8:1:100::1")
	out("2001:db8:1:200::1", "a /48 has 6")
	in("192.0.2.1")
	out("192.0.2.2", "everybody together has 7")
	first.Leave()
	first.Leave() // a second call must not free somebody else's place
	in("2001:db8:1:1::4")
	out("192.0.2.2", "everybody together has 7")
}

// TestSocketsFindClosedOnes: nobody says that a socket has closed, and still
// its place is free for the next.
func TestSocketsFindClosedOnes(t *testing.T) {
	s := &Sockets{Open: Scopes{Narrow: 2}}
	a := netip.MustParseAddr("192.0.2.1")
	open := true
	for range 2 {
		place, ok := s.Enter(a)
		if !ok {
			t.Fatal("refused below the limit")
		}
		place.Watch(func() bool { return open })
	}
	if _, ok := s.Enter(a); ok {
		t.Fatal("let in over the limit while both are open")
	}
	open = false
	s.sweep = time.Time{} // the pause between two sweeps is over
	if _, ok := s.Enter(a); !ok {
		t.Fatal("refused although both have closed")
	}
	if len(s.places) != 1 || s.count[netip.MustParsePrefix("192.0.2.1/32")] != 1 {
		t.Fatalf("%d places and %v are counted, want 1", len(s.places), s.count)
	}
}

func TestSocketsForgetClosedOnes(t *testing.T) {
	s := &Sockets{}
	for i := range 5000 {
		place, _ := s.Enter(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
		place.Watch(func() bool { return false })
	}
	if len(s.places) > 512 || len(s.count) > 512 {
		t.Fatalf("%d closed sockets are still remembered", len(s.places))
	}
}
