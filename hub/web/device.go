package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// deviceLife is how long a browser remembers that it holds a seat: long enough
// for a link that was tried out weeks before the session.
const deviceLife = 30 * 24 * time.Hour

// cookieStyle is one name under which a browser keeps the device cookie.
type cookieStyle struct {
	name   string
	secure bool
}

// cookiesFor says under which names the device cookie is kept. It is __Host-s
// wherever a browser takes it (walls §2.2, 5). Over plain http some browsers
// refuse Secure cookies: Chromium and Firefox take them from a loopback address,
// Safari does not, and from any other address nobody does.
func cookiesFor(public *url.URL) []cookieStyle {
	strict, plain := cookieStyle{"__Host-s", true}, cookieStyle{"s", false}
	switch {
	case public.Scheme == "https":
		return []cookieStyle{strict}
	case Loopback(public):
		return []cookieStyle{strict, plain}
	}
	return []cookieStyle{plain}
}

// Loopback says whether an address is reached from this machine only.
func Loopback(public *url.URL) bool {
	host := public.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return host == "localhost"
}

// Exposed says whether people's cookies and words would cross a network in the
// clear: plain http on anything but loopback.
func Exposed(public *url.URL) bool { return public.Scheme == "http" && !Loopback(public) }

// ours says whether this house made a cookie's value: its second half is a MAC of
// its first. A value that somebody else chose is never given anything (S08).
func (s *Site) ours(ctx context.Context, value string) (bool, error) {
	key, err := s.cfg.House.Store.DeviceKey(ctx)
	if err != nil {
		return false, err
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(value)
	return err == nil && len(raw) == 32 && hmac.Equal(raw[16:], madeHere(key, raw[:16])), nil
}

func madeHere(key, half []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("hearth device"))
	mac.Write(half)
	return mac.Sum(nil)[:16]
}

// device is what a browser is known by: its cookie, and the SHA-256 of it, which
// is all that is kept. ok is false without a well-formed cookie.
func (s *Site) device(r *http.Request) (cookie string, device [32]byte, ok bool) {
	for _, style := range s.cookies {
		for _, c := range r.CookiesNamed(style.name) {
			raw, err := base64.RawURLEncoding.Strict().DecodeString(c.Value)
			if err == nil && len(raw) == 32 {
				return c.Value, sha256.Sum256(raw), true
			}
		}
	}
	return "", [32]byte{}, false
}

// newDevice makes a cookie.
func (s *Site) newDevice(ctx context.Context) (value string, device [32]byte, err error) {
	key, err := s.cfg.House.Store.DeviceKey(ctx)
	if err != nil {
		return "", device, err
	}
	var raw [32]byte
	rand.Read(raw[:16]) // never fails (crypto/rand)
	copy(raw[16:], madeHere(key, raw[:16]))
	return base64.RawURLEncoding.EncodeToString(raw[:]), sha256.Sum256(raw[:]), nil
}

// keepDevice asks the browser to keep its cookie; an empty value asks it to
// forget.
func (s *Site) keepDevice(w http.ResponseWriter, value string) {
	life := int(deviceLife / time.Second)
	if value == "" {
		life = -1
	}
	for _, style := range s.cookies {
		http.SetCookie(w, &http.Cookie{
			Name: style.name, Value: value, Path: "/", MaxAge: life,
			Secure: style.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
	}
}
