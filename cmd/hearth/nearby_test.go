package main

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"rsc.io/qr"
)

// networked says whether this machine has an address that another could use.
func networked(t *testing.T) bool {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && others(p.Addr()) {
			return true
		}
	}
	return false
}

// TestU32LinksThatAPhoneCanOpen: listening on every address, hearth prints links
// with one that others find it at, and they open there.
func TestU32LinksThatAPhoneCanOpen(t *testing.T) {
	_, port, _ := net.SplitHostPort(freePort(t))
	server := serveIn(t, filepath.Join(t.TempDir(), "data"), "--example", "--listen", "0.0.0.0:"+port)
	server.shown(7)
	public, err := url.Parse(aLink.FindString(server.out.String()))
	if err != nil {
		t.Fatal(err)
	}
	at, err := netip.ParseAddr(public.Hostname())
	if err != nil || at.IsLoopback() == networked(t) {
		t.Fatalf("the links are at %s", public.Host)
	}
	resp, err := http.Get("http://" + public.Host + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the address of the links answers with %d", resp.StatusCode)
	}
	if said := strings.Contains(server.out.String(), "Phones in the same network"); said != networked(t) {
		t.Errorf("hearth says\n%s", server.out)
	}
}

// TestU32OnlyThisMachine: on loopback the page says so, and how to let a phone in.
func TestU32OnlyThisMachine(t *testing.T) {
	var page strings.Builder
	if err := printNearby(&page, &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}, labelled{"Organiser", "http://127.0.0.1:8080/j#x"}, true); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "HEARTH_LISTEN=0.0.0.0:8080") || strings.Contains(page.String(), "█") {
		t.Errorf("it says %s", page.String())
	}
}

// TestQRIsDrawnWhole: every module of the code is on the screen where it belongs,
// dark on light, with light around it.
func TestQRIsDrawnWhole(t *testing.T) {
	const link = "http://192.168.178.23:8080/j#F8HMIf1uBSYrbWTHvwsFxu6VkzrQEPErIUdOxY2Q06w"
	var page strings.Builder
	first := labelled{"Organiser", link}
	if err := printNearby(&page, &url.URL{Scheme: "http", Host: "192.168.178.23:8080"}, first, true); err != nil {
		t.Fatal(err)
	}
	want, err := qr.Encode(link, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	y := -quietModules
	for line := range strings.Lines(page.String()) {
		drawn, is := strings.CutPrefix(line, "  \x1b[30;107m")
		if !is {
			continue
		}
		x := -quietModules
		for _, r := range strings.TrimSuffix(drawn, "\x1b[0m\n") {
			up, down := r == '█' || r == '▀', r == '█' || r == '▄'
			if up != want.Black(x, y) || down != want.Black(x, y+1) {
				t.Fatalf("module %d, %d is drawn as %q", x, y, r)
			}
			x++
		}
		if x != want.Size+quietModules {
			t.Fatalf("line %d ends at %d of %d", y, x, want.Size)
		}
		y += 2
	}
	if y < want.Size+quietModules {
		t.Errorf("the picture ends at line %d of %d", y, want.Size)
	}
}
