package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// sample reads a file of docs/deploy.
func sample(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../docs/deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// code is a sample without its comments.
func code(t *testing.T, name string) string {
	t.Helper()
	return regexp.MustCompile(`(?m)(^|\s)#.*$`).ReplaceAllString(sample(t, name), "$1")
}

// composed is what the test wants of a service in compose.yaml.
type composed struct {
	Image       string
	Ports       []string
	Networks    yaml.Node
	NetworkMode string `yaml:"network_mode"`
	Privileged  bool
	Build       any
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	MemLimit    string   `yaml:"mem_limit"`
	PidsLimit   int      `yaml:"pids_limit"`
	Stop        string   `yaml:"stop_grace_period"`
	Environment map[string]string
	EnvFile     string `yaml:"env_file"`
	Secrets     []string
	Command     []string
	Ulimits     map[string]int
	Volumes     []string
}

type composeFile struct {
	Services map[string]composed
	Networks map[string]struct {
		Internal bool
		IPAM     struct {
			Config []struct {
				Subnet string
				Range  string `yaml:"ip_range"`
			}
		}
	}
	Secrets map[string]struct{ File string }
}

func composeSample(t *testing.T) (c composeFile) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(sample(t, "compose.yaml")), &c); err != nil {
		t.Fatalf("compose.yaml: %v", err)
	}
	if len(c.Services) != 5 {
		t.Fatalf("compose.yaml has %d services", len(c.Services))
	}
	return c
}

// TestA35OnlyTheProxyIsPublished: our own advice opens nothing but 443. Docker
// opens published ports past the firewall.
func TestA35OnlyTheProxyIsPublished(t *testing.T) {
	for name, s := range composeSample(t).Services {
		if name == "caddy" && !slices.Equal(s.Ports, []string{"443:443"}) || name != "caddy" && len(s.Ports) > 0 {
			t.Errorf("%s publishes %q", name, s.Ports)
		}
		if s.NetworkMode != "" || s.Privileged {
			t.Errorf("%s is let out of its box", name)
		}
	}
}

var pinned = regexp.MustCompile(`^[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)?(@sha256:[0-9a-f]{64})?$`)

// TestComposeIsPinnedAndBounded: the same tomorrow as today, and nobody can take
// the whole machine.
func TestComposeIsPinnedAndBounded(t *testing.T) {
	c := composeSample(t)
	for name, s := range c.Services {
		if !pinned.MatchString(s.Image) || s.Build != nil {
			t.Errorf("%s has the image %q", name, s.Image)
		}
		if s.MemLimit == "" || s.PidsLimit == 0 || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s is not bounded", name)
		}
		if name != "postgres" && (!s.ReadOnly || !slices.Contains(s.CapDrop, "ALL")) { // its image begins as root, to own its folder
			t.Errorf("%s could change itself", name)
		}
		for secret := range c.Secrets {
			if strings.Contains(s.Environment[secret], "password") {
				t.Errorf("%s has a secret in its environment", name)
			}
		}
	}
	if !c.Networks["stores"].Internal {
		t.Error("the stores' network leads out")
	}
	redis := strings.Join(c.Services["redis"].Command, " ")
	if !strings.Contains(redis, "--aclfile") || !strings.Contains(redis, "--appendonly no") {
		t.Errorf("Redis is started with %s", redis)
	}
}

// TestComposeNodes: two that differ in name, have time to drain, and know where
// the proxy is.
func TestComposeNodes(t *testing.T) {
	c := composeSample(t)
	names := map[string]bool{}
	for _, name := range []string{"hearth1", "hearth2"} {
		s := c.Services[name]
		if wait, err := time.ParseDuration(s.Stop); err != nil || wait <= downWithin+notReadyFor {
			t.Errorf("%s has %q to drain, which may take %v", name, s.Stop, downWithin)
		}
		if s.EnvFile != "hearth.env" || !slices.Contains(s.Secrets, "key") || s.Ulimits["nofile"] < fewFiles {
			t.Errorf("%s lacks something: %+v", name, s)
		}
		names[s.Environment["HEARTH_NODE_NAME"]] = true
	}
	if len(names) != 2 {
		t.Errorf("the nodes are called %v", names)
	}
	var at struct {
		Edge struct {
			Address string `yaml:"ipv4_address"`
		}
	}
	caddy := c.Services["caddy"]
	if err := caddy.Networks.Decode(&at); err != nil {
		t.Fatal(err)
	}
	proxy, err := netip.ParseAddr(at.Edge.Address)
	if err != nil {
		t.Fatal(err)
	}
	if subnet, err := netip.ParsePrefix(c.Networks["edge"].IPAM.Config[0].Subnet); err != nil || !subnet.Contains(proxy) {
		t.Errorf("the proxy is at %v, outside of %v", proxy, subnet)
	}
	if others, err := netip.ParsePrefix(c.Networks["edge"].IPAM.Config[0].Range); err != nil || others.Contains(proxy) {
		t.Errorf("another may be given the proxy's address, from %v", others)
	}
	if got := envSample(t)["HEARTH_TRUSTED_PROXIES"]; got != proxy.String() {
		t.Errorf("the nodes trust %q, and the proxy is at %v", got, proxy)
	}
}

// envSample reads hearth.env.sample.
func envSample(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for line := range strings.Lines(code(t, "hearth.env.sample")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			t.Errorf("%q is no setting", line)
		}
		all[name] = value
	}
	return all
}

// TestEnvSample: hearth takes every line, and a start would be one of many nodes.
func TestEnvSample(t *testing.T) {
	env := envSample(t)
	for name := range env {
		if !slices.ContainsFunc(settings, func(s struct{ flag, variable, standard string }) bool { return s.variable == name }) {
			t.Errorf("hearth knows no %s", name)
		}
	}
	c, err := readConfig(nil, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if c.redis == "" || c.dbURL == "" || c.keyFile == "" || c.unsafe() != "" || c.public.Scheme != "https" {
		t.Errorf("the sample gives %+v", c)
	}
	password := regexp.MustCompile(`CHANGE-ME-REDIS`)
	if !password.MatchString(c.redis) || !password.MatchString(sample(t, "users.acl")) {
		t.Error("the passwords of Redis in hearth.env.sample and users.acl are not the same")
	}
}

// TestCaddyfile: what hearth needs of a proxy is there, for the nodes of the
// compose file.
func TestCaddyfile(t *testing.T) {
	file := code(t, "Caddyfile")
	for _, want := range []string{
		"reverse_proxy hearth1:8080 hearth2:8080 {", "lb_policy query room {", "fallback least_conn", "health_uri /readyz", "health_interval 1s",
		"auto_https disable_redirects", "exclude http.log.access http.log.error http.handlers.reverse_proxy", "stream_close_delay 4h",
	} {
		if !strings.Contains(file, want) {
			t.Errorf("%q is not there", want)
		}
	}
	for _, none := range []string{"stream_timeout", "read_timeout", "encode", "trusted_proxies", "\tlog {", "header_up"} {
		if strings.Contains(file, none) {
			t.Errorf("%q is there", none)
		}
	}
	if strings.Count(file, "{") != strings.Count(file, "}") {
		t.Error("the braces do not match")
	}
	host := envSample(t)["HEARTH_PUBLIC_URL"]
	if !strings.Contains(file, "\n"+strings.TrimPrefix(host, "https://")+" {") {
		t.Errorf("it is for another name than %s", host)
	}
	tryTool(t, "caddy", []string{"version"}, regexp.MustCompile(`v?2\.([7-9]|\d\d)\.`), "validate", "--adapter", "caddyfile", "--config", "../../docs/deploy/Caddyfile")
}

// TestNginxConf: it hashes on the room, keeps quiet sockets for longer than 75
// seconds, upgrades, and logs nothing about anybody.
func TestNginxConf(t *testing.T) {
	file := code(t, "nginx.conf")
	flat := strings.Join(strings.Fields(file), " ")
	for _, want := range []string{
		"map $arg_room $hearth_room {", "hash $hearth_room consistent;", "proxy_http_version 1.1;", "proxy_set_header Host $http_host;",
		"proxy_set_header Upgrade $http_upgrade;", "proxy_set_header Connection $hearth_connection;", "proxy_set_header X-Forwarded-For $remote_addr;",
		"listen 443 ssl;", "hearth-error.log crit;",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is not there", want)
		}
	}
	m := regexp.MustCompile(`proxy_read_timeout (\d+)s;`).FindStringSubmatch(flat)
	if m == nil {
		t.Fatal("no proxy_read_timeout")
	}
	if seconds, _ := strconv.Atoi(m[1]); seconds < 90 {
		t.Errorf("a quiet socket is cut after %d s", seconds)
	}
	format := regexp.MustCompile(`log_format hearth '([^']*)'`).FindStringSubmatch(flat)
	if format == nil || !strings.Contains(flat, "access_log /var/log/nginx/hearth.log hearth;") {
		t.Fatal("the log has no form of its own")
	}
	for _, v := range regexp.MustCompile(`\$\w+`).FindAllString(format[1], -1) {
		if !slices.Contains([]string{"$time_iso8601", "$request_method", "$status", "$request_time", "$upstream_addr"}, v) {
			t.Errorf("the log holds %s", v)
		}
	}
	nginxTakes(t, sample(t, "nginx.conf"))
}

// TestSystemdUnit: secrets are not in it, it may drain, and nothing is dumped.
func TestSystemdUnit(t *testing.T) {
	unit := code(t, "hearth.service")
	for _, want := range []string{
		"ExecStart=/usr/local/bin/hearth serve\n", "EnvironmentFile=/etc/hearth/env\n", "LoadCredential=key:/etc/hearth/key\n",
		"HEARTH_KEY_FILE=%d/key", "LimitCORE=0\n", "LimitNOFILE=16384\n", "NoNewPrivileges=yes\n", "ProtectSystem=strict\n", "Restart=always\n",
		"MemoryDenyWriteExecute=yes\n",
	} {
		if !strings.Contains(unit, want) {
			t.Errorf("%q is not there", want)
		}
	}
	m := regexp.MustCompile(`TimeoutStopSec=(\d+)`).FindStringSubmatch(unit)
	if m == nil {
		t.Fatal("no TimeoutStopSec")
	}
	if seconds, _ := strconv.Atoi(m[1]); time.Duration(seconds)*time.Second <= downWithin+notReadyFor {
		t.Errorf("%d s are too few for a drain", seconds)
	}
	if strings.Contains(unit, "URL=") {
		t.Error("an address, which may hold a password, is in the unit")
	}
}
