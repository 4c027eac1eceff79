package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"
)

// How a finding of the doctor is graded.
type grade string

const (
	fine grade = "ok"   // as it should be
	look grade = "look" // works, but somebody should look at it
	bad  grade = "bad"  // people will be hurt by it, or are already
)

// A finding is one line of the doctor: what was looked at and a sentence that
// says how it is and, unless it is fine, what to do.
type finding struct {
	grade grade
	what  string
	say   string
}

func found(g grade, what, say string, args ...any) finding {
	return finding{g, what, fmt.Sprintf(say, args...)}
}

// lookWithin bounds each of the doctor's looks.
const lookWithin = 10 * time.Second

// patient is what the doctor looks at: settings, and the machine that they are
// on. It is used by one goroutine.
type patient struct {
	config
	public *url.URL
	getenv func(string) string
}

// examine looks at everything around hearth, whether it is running or not, and
// changes nothing. The error says that something is bad.
func examine(c config, out, _ io.Writer) error {
	public, err := c.publicOr(c.listen)
	if err != nil {
		return err
	}
	p := &patient{config: c, public: public, getenv: os.Getenv}
	worst, wrong := fine, 0
	for _, looked := range []func(context.Context) []finding{
		p.settings, p.dataFolder, p.disk, p.keys, p.database, p.relays, p.backups, p.openFiles, p.plainHTTP, p.certificate, p.site, p.proxy,
	} {
		ctx, cancel := context.WithTimeout(context.Background(), lookWithin)
		for _, f := range looked(ctx) {
			fmt.Fprintf(out, "%-5s %-12s %s\n", f.grade, f.what, f.say)
			switch {
			case f.grade == bad:
				worst, wrong = bad, wrong+1
			case f.grade == look && worst == fine:
				worst = look
			}
		}
		cancel()
	}
	switch worst {
	case fine:
		fmt.Fprintln(out, "\nEverything that was looked at is as it should be.")
	case look:
		fmt.Fprintln(out, "\nNothing is bad. Please look at the lines that begin with \"look\".")
	default:
		fmt.Fprintln(out, "\nPlease see to the lines that begin with \"bad\" before people come.")
		return errors.New(counted(wrong, "thing is", "things are") + " bad")
	}
	return nil
}

// settings says what hearth itself warns about at every start.
func (p *patient) settings(context.Context) (all []finding) {
	if name := p.unsafe(); name != "" {
		all = append(all, found(bad, "settings", "--%s is set. Take it out; it is not for people.", name))
	}
	if p.public.Scheme == "https" && len(p.trusted) == 0 && p.tls != tlsAuto {
		all = append(all, found(look, "settings", "--trusted-proxies is empty, so limits count everybody behind the proxy as one. Name the proxy's address, such as 127.0.0.1."))
	}
	if len(all) == 0 {
		all = append(all, found(fine, "settings", "read, and they go together; hearth check-config shows them."))
	}
	return all
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
