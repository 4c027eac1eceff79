package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"hearth/hub/house"
)

// version is set when hearth is built (see the Makefile).
var version string

// Exit codes: 0 all is well, 1 it could not be done, 2 it was asked wrongly.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

// command runs one of hearth's commands and gives its exit code.
func command(args []string, getenv func(string) string, out, errs io.Writer) int {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	do, known := map[string]func(config, io.Writer, io.Writer) error{
		"serve": serve, "organiser-link": organiserLink, "move": moveHouse, "backup": backupHouse, "restore": restoreHouse, "verify": verifyHouse, "check-config": checkConfig, "doctor": examine, "health": health, "version": printVersion,
	}[name]
	switch name {
	case "help", "-h", "-help", "--help":
		fmt.Fprint(out, usage)
		return exitOK
	case "--version", "-version":
		do, known = printVersion, true
	}
	if !known {
		fmt.Fprintf(errs, "hearth: %q is not a command; hearth help lists them\n", name)
		return exitUsage
	}
	c, err := readConfig(args, getenv)
	if errors.Is(err, errHelp) {
		fmt.Fprint(out, usage)
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(errs, "hearth: %v\n", err)
		return exitUsage
	}
	if err := do(c, out, errs); err != nil {
		fmt.Fprintf(errs, "hearth: %v\n", err)
		return exitFailed
	}
	return exitOK
}

func printVersion(_ config, out, _ io.Writer) error {
	_, err := fmt.Fprintf(out, "hearth %s (%s %s/%s)\n", versionOf(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func versionOf() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		return info.Main.Version
	}
	return version
}

// checkConfig says what a start would use. Nothing in it is secret.
func checkConfig(c config, out, _ io.Writer) error {
	public, err := c.publicOr(c.listen)
	if err != nil {
		return err
	}
	rows := [][2]string{
		{"listen", c.listen}, {"public-url", public.String()}, {"tls", c.tls}, {"data", c.data}, {"database-url", maskedURL(c.dbURL)}, {"key-file", orNone(c.keyFile)},
		{"redis-url", maskedRedis(c.redis)}, {"node-name", c.node}, {"log-level", c.level.String()},
		{"metrics-listen", orOff(c.metrics)}, {"trusted-proxies", fmt.Sprint(len(c.trusted)) + " networks"},
	}
	if c.tls == tlsAuto {
		rows = append(rows, [2]string{"http-listen", c.httpListen}, [2]string{"acme-directory", c.acme})
	}
	for _, row := range rows {
		fmt.Fprintf(out, "%-16s %s\n", row[0], row[1])
	}
	for _, warning := range c.warnings(public) {
		fmt.Fprintf(out, "warning: %s\n", warning)
	}
	return nil
}

func orOff(v string) string {
	if v == "" {
		return "off"
	}
	return v
}

// organiserLink makes a new organiser link, for one that was lost.
func organiserLink(c config, out, _ io.Writer) error {
	public, err := c.publicOr(c.listen)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if _, err := os.Stat(c.data); c.dbURL == "" && err != nil {
		return fmt.Errorf("there is no data folder %s yet: %w", c.data, err)
	}
	store, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	desk := &house.House{Store: store, Public: public.String()}
	link, err := desk.NewOrganiserLink(ctx)
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	printOrganiser(out, link)
	return nil
}

func printOrganiser(out io.Writer, link house.GivenLink) {
	fmt.Fprintf(out, "\n  The organiser's link. It is shown only now; keep it to yourself:\n\n  %s\n\n", link.URL)
}

// health asks the hearth that these flags would start.
func health(c config, _, _ io.Writer) error {
	host, port, err := net.SplitHostPort(c.listen)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	client, scheme := &http.Client{Timeout: 2 * time.Second}, "http"
	if c.tls == tlsAuto {
		// It asks itself, by address: who answers is not in question, only whether.
		scheme = "https"
		client.Transport = &http.Transport{TLSClientConfig: &tls.Config{ServerName: c.public.Hostname(), InsecureSkipVerify: true}}
	}
	resp, err := client.Get(scheme + "://" + net.JoinHostPort(host, port) + "/healthz")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("hearth answers %s", resp.Status)
	}
	return nil
}

// serve runs until it is told to stop.
func serve(c config, out, errs io.Writer) error {
	if err := quieten(); err != nil {
		return err
	}
	stop, skip := signals()
	h, err := start(context.Background(), c, out, errs)
	if err != nil {
		return err
	}
	select {
	case <-stop:
	case err := <-h.failed:
		h.log.Error("hearth cannot go on", "err", err)
		return errors.Join(err, h.stop(skip))
	}
	return h.stop(skip)
}
