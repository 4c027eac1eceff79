package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"hearth/hub/limit"
	"hearth/hub/web"
)

// config is what a start is made of. Flags win over HEARTH_* variables.
type config struct {
	listen  string
	public  *url.URL // nil: made from the address that was taken
	data    string
	dbURL   string // empty: SQLite in data; holds a password
	keyFile string // for PostgreSQL
	redis   string // empty: one node; holds a password
	node    string // what this node is called among others
	tls     string // tlsOff or tlsAuto
	acme    string // directory of the authority
	level   slog.Level
	metrics string // empty: none
	trusted limit.Trusted
	example bool
	lifted  bool   // --unsafe-lift-rate-limits
	open    bool   // --unsafe-redis-without-password
	to      string // of a backup
	from    string // of a restore

	levelGiven   bool
	metricsGiven bool
	httpListen   string // plain http beside --tls auto
}

// settings are the flags with their variables, in the order of the help text.
var settings = []struct{ flag, variable, standard string }{
	{"listen", "HEARTH_LISTEN", "127.0.0.1:8080"},
	{"public-url", "HEARTH_PUBLIC_URL", ""},
	{"tls", "HEARTH_TLS", tlsOff},
	{"http-listen", "HEARTH_HTTP_LISTEN", ":80"},
	{"acme-directory", "HEARTH_ACME_DIRECTORY", letsEncrypt},
	{"data", "HEARTH_DATA", "./data"},
	{"database-url", "HEARTH_DATABASE_URL", ""},
	{"key-file", "HEARTH_KEY_FILE", ""},
	{"redis-url", "HEARTH_REDIS_URL", ""},
	{"node-name", "HEARTH_NODE_NAME", ""},
	{"to", "HEARTH_BACKUP_TO", ""},
	{"from", "HEARTH_RESTORE_FROM", ""},
	{"log-level", "HEARTH_LOG_LEVEL", "info"},
	{"metrics-listen", "HEARTH_METRICS_LISTEN", "127.0.0.1:9464"},
	{"trusted-proxies", "HEARTH_TRUSTED_PROXIES", ""},
	{"example", "HEARTH_EXAMPLE", "false"},
	{"unsafe-lift-rate-limits", "HEARTH_UNSAFE_LIFT_RATE_LIMITS", "false"},
	{"unsafe-redis-without-password", "HEARTH_UNSAFE_REDIS_WITHOUT_PASSWORD", "false"},
}

// errHelp says that help was asked for.
var errHelp = errors.New("help")

// readConfig reads flags and variables. The error is one line for a person.
func readConfig(args []string, getenv func(string) string) (config, error) {
	given := map[string]string{}
	from := map[string]string{}
	flags := flag.NewFlagSet("hearth", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, s := range settings {
		from[s.flag] = "--" + s.flag
		if v := getenv(s.variable); v != "" {
			given[s.flag], from[s.flag] = v, s.variable
		}
		take := func(v string) error {
			given[s.flag], from[s.flag] = v, "--"+s.flag
			return nil
		}
		if s.standard == "false" {
			flags.BoolFunc(s.flag, "", take)
		} else {
			flags.Func(s.flag, "", take)
		}
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return config{}, errHelp
		}
		return config{}, fmt.Errorf("%w; hearth --help lists the flags", err)
	}
	if flags.NArg() > 0 {
		return config{}, fmt.Errorf("%q is one word too many; hearth --help shows an example", flags.Arg(0))
	}
	var c config
	for _, s := range settings {
		v, is := given[s.flag]
		if !is {
			v = s.standard
		}
		if err := c.set(s.flag, v, is); err != nil {
			return config{}, fmt.Errorf("%s: %w", from[s.flag], err)
		}
	}
	if _, is := given["listen"]; !is && c.tls == tlsAuto {
		c.listen = ":443"
	}
	return c, c.fit(from)
}

// fit wants settings that go together. from says where each came from.
func (c *config) fit(from map[string]string) error {
	switch {
	case c.dbURL != "" && c.keyFile == "":
		return fmt.Errorf("%s: PostgreSQL needs --key-file too, made by openssl rand -hex 32", from["database-url"])
	case c.redis != "" && c.dbURL == "":
		return fmt.Errorf("%s: Redis is for more than one node, and more than one node needs PostgreSQL too (--database-url); a data folder is for one hearth alone", from["redis-url"])
	}
	return c.fitTLS(from)
}

// set checks one value and keeps it.
func (c *config) set(flag, v string, given bool) (err error) {
	switch flag {
	case "listen":
		c.listen, err = v, checkAddress(v)
	case "public-url":
		if v != "" {
			c.public, err = publicURL(v)
		}
	case "tls":
		c.tls, err = v, checkTLS(v)
	case "http-listen":
		c.httpListen, err = v, checkAddress(v)
	case "acme-directory":
		c.acme, err = v, checkDirectory(v)
	case "data":
		c.data = v
	case "database-url":
		c.dbURL, err = v, checkDatabase(v)
	case "key-file":
		c.keyFile = v
	case "redis-url":
		c.redis, err = v, checkRedis(v)
	case "node-name":
		c.node, err = nodeName(v, c.listen)
	case "to":
		c.to = v
	case "from":
		c.from = v
	case "log-level":
		c.levelGiven = given
		c.level, err = logLevel(v)
	case "metrics-listen":
		c.metrics, c.metricsGiven = v, given
		if v == "off" {
			c.metrics = ""
			return nil
		}
		err = checkLoopback(v)
	case "trusted-proxies":
		c.trusted, err = limit.ParseTrusted(v)
	case "example":
		c.example, err = yesNo(v)
	case "unsafe-lift-rate-limits":
		c.lifted, err = yesNo(v)
	case "unsafe-redis-without-password":
		c.open, err = yesNo(v)
	}
	return err
}

func yesNo(v string) (bool, error) {
	b, err := strconv.ParseBool(v)
	if err != nil {
		return false, fmt.Errorf("%q is neither true nor false", v)
	}
	return b, nil
}

func logLevel(v string) (slog.Level, error) {
	for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(v, l.String()) {
			return l, nil
		}
	}
	return 0, fmt.Errorf("%q is none of debug, info, warn, error", v)
}

func checkAddress(v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil {
		return fmt.Errorf("%q is not an address such as 127.0.0.1:8080", v)
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" && host != "localhost" {
		return fmt.Errorf("%q: write the address in numbers, such as 127.0.0.1:8080", v)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q: the port is a number up to 65535", v)
	}
	return nil
}

// checkLoopback keeps metrics and profiles on this machine: even that a room is
// open on Tuesday at 19:00 is sensitive (walls §2.6).
func checkLoopback(v string) error {
	if err := checkAddress(v); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(v)
	if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.Unmap().IsLoopback() {
		return nil
	}
	return fmt.Errorf("%q can be reached from outside; metrics stay on 127.0.0.1, or off", v)
}

// publicURL reads what people type: scheme and host, and a port if it is not
// the usual one. Browsers send it as Origin in exactly this form.
func publicURL(v string) (*url.URL, error) {
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Hostname() == "":
		return nil, fmt.Errorf("%q is not an address such as https://groups.example.org", v)
	case u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || strings.Contains(v, "#"):
		return nil, fmt.Errorf("%q: only scheme and host, such as https://groups.example.org", v)
	}
	if p := u.Port(); p != "" {
		if _, err := strconv.ParseUint(p, 10, 16); err != nil {
			return nil, fmt.Errorf("%q: the port is a number up to 65535", v)
		}
	}
	host := strings.ToLower(u.Host)
	for i := range len(host) {
		if host[i] >= 0x80 {
			return nil, fmt.Errorf("%q: write the host as browsers send it, beginning with xn--", v)
		}
	}
	host = strings.TrimSuffix(host, ":"+map[string]string{"http": "80", "https": "443"}[u.Scheme])
	return &url.URL{Scheme: u.Scheme, Host: strings.TrimSuffix(host, ":")}, nil
}

// derivedURL is the public address of a hearth that was given none: plain http
// on the address it listens on, or, when that is every address of the machine,
// on the one that others in the network find it at (U32).
func derivedURL(listening string) (*url.URL, error) {
	host, port, err := net.SplitHostPort(listening)
	if err != nil {
		return nil, err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if at, found := nearby(); found {
			host = at.String() // U32
		}
	}
	return publicURL("http://" + net.JoinHostPort(host, port))
}

// publicOr is the public address, or one made from the address listened on.
func (c config) publicOr(listening string) (*url.URL, error) {
	if c.public != nil {
		return c.public, nil
	}
	return derivedURL(listening)
}

// warnings are what an operator should know before people come.
func (c config) warnings(public *url.URL) []string {
	var all []string
	if web.Exposed(public) {
		all = append(all, "the public address is plain http: what people write crosses the network in the clear; put a proxy with https in front")
	}
	if public.Scheme == "https" && len(c.trusted) == 0 && c.tls != tlsAuto {
		all = append(all, "trusted-proxies is empty: limits will count everybody behind the proxy as one; name the proxy, such as 127.0.0.1")
	}
	all = append(all, c.banners()...)
	if c.dbURL != "" && !databaseIsVerified(c.dbURL) {
		all = append(all, "the connection to the database is not verified: what hearth keeps could be read on the network; use sslmode=verify-full")
	}
	return all
}

// banners are what is said again each minute, so that an unsafe switch is not
// forgotten (A34).
func (c config) banners() (all []string) {
	if c.lifted {
		all = append(all, liftedBanner)
	}
	if c.open {
		all = append(all, openBanner)
	}
	return all
}

// unsafe is the name of a switch that keeps people from being sent here; empty
// for none.
func (c config) unsafe() string {
	switch {
	case c.lifted:
		return "unsafe-lift-rate-limits"
	case c.open:
		return "unsafe-redis-without-password"
	}
	return ""
}

const openBanner = "unsafe-redis-without-password is set: whoever reaches Redis can disturb every room. For trying out only, never with people"

const liftedBanner = "unsafe-lift-rate-limits is set: nothing is limited. For load runs only, never with people"
