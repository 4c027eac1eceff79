package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"golang.org/x/term"
	"rsc.io/qr"

	"hearth/hub/web"
)

// nearby is the address under which other machines of the network find this one;
// false when it is on no network. The question which address would be used to
// go out sends nothing; where there is no way out, the first network counts.
func nearby() (netip.Addr, bool) {
	// 192.0.2.0/24 is for documents (RFC 5737): nobody is there.
	if way, err := net.Dial("udp4", "192.0.2.254:9"); err == nil {
		defer way.Close()
		if at, err := netip.ParseAddrPort(way.LocalAddr().String()); err == nil && others(at.Addr()) {
			return at.Addr(), true
		}
	}
	networks, err := net.Interfaces()
	if err != nil {
		return netip.Addr{}, false
	}
	for _, n := range networks {
		if n.Flags&net.FlagUp == 0 || n.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 {
			continue
		}
		addrs, _ := n.Addrs() // an interface that went away has none
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && others(p.Addr()) {
				return p.Addr(), true
			}
		}
	}
	return netip.Addr{}, false
}

// others says whether another machine could use the address.
func others(a netip.Addr) bool {
	return a.IsValid() && !a.IsLoopback() && !a.IsUnspecified() && !a.IsLinkLocalUnicast()
}

// printNearby adds what a phone needs: the first link as a picture, where there
// is a terminal to show it. Nothing for a public address that only this machine
// can open.
func printNearby(page *strings.Builder, public *url.URL, first labelled, terminal bool) error {
	if web.Loopback(public) {
		page.WriteString("\n  Only this machine can open these links. For a phone in the same network: HEARTH_LISTEN=0.0.0.0:8080 make run\n")
		return nil
	}
	page.WriteString("\n  Phones in the same network can open these links, too.")
	if public.Scheme == "http" {
		page.WriteString(" They are plain http: what is written crosses\n  that network in the clear, so this is for trying out, not for a real meeting.")
	}
	page.WriteString("\n")
	if !terminal {
		return nil
	}
	fmt.Fprintf(page, "  Point a phone's camera here for the first link (%s):\n\n", first.label)
	return printQR(page, first.url)
}

// isTerminal says whether somebody looks at what is written to out.
func isTerminal(out io.Writer) bool {
	f, is := out.(*os.File)
	return is && term.IsTerminal(int(f.Fd()))
}

// quietModules are left light around a code (ISO/IEC 18004 §6.3.8).
const quietModules = 4

// printQR draws text as a QR code: black on white whatever the terminal's
// colours are, two modules to a line of letters.
func printQR(to io.Writer, text string) error {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return fmt.Errorf("draw a link as a picture: %w", err)
	}
	var page bytes.Buffer
	for y := -quietModules; y < code.Size+quietModules; y += 2 {
		page.WriteString("  \x1b[30;107m")
		for x := -quietModules; x < code.Size+quietModules; x++ {
			// Outside of the code Black is false.
			switch up, down := code.Black(x, y), code.Black(x, y+1); {
			case up && down:
				page.WriteRune('█')
			case up:
				page.WriteRune('▀')
			case down:
				page.WriteRune('▄')
			default:
				page.WriteByte(' ')
			}
		}
		page.WriteString("\x1b[0m\n")
	}
	_, err = to.Write(page.Bytes())
	return err
}
