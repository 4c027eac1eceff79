package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"hearth/room"
)

// TestThePolicyFollowsFromTheModes: what a session in some mode uses of a device is open
// to the pages themselves, and to nobody else; of what none uses nothing is.
func TestThePolicyFollowsFromTheModes(t *testing.T) {
	public := &url.URL{Scheme: "https", Host: "groups.example.org"}
	for _, c := range []struct {
		media                       room.Media
		camera, microphone, content string
	}{
		{room.AllMedia(), "camera=()", "microphone=()", ""},
		{room.Media{Microphone: true}, "camera=()", "microphone=(self)", "media-src 'self'"},
		{room.Media{Microphone: true, Camera: true}, "camera=(self)", "microphone=(self)", "media-src 'self'"},
	} {
		h := pageHeaders(public, c.media)
		powers := strings.Split(h["Permissions-Policy"][0], ", ")
		if !slices.Contains(powers, c.camera) || !slices.Contains(powers, c.microphone) || slices.Contains(powers, "autoplay=()") != (c.content == "") {
			t.Errorf("%+v: %v", c.media, powers)
		}
		if got := h["Content-Security-Policy"][0]; strings.Contains(got, "media-src") != (c.content != "") || !strings.Contains(got, c.content) {
			t.Errorf("%+v: %s", c.media, got)
		}
	}
}
