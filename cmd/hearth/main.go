// Command hearth serves facilitated peer-support groups from one binary and one
// data folder.
package main

import "os"

func main() {
	os.Exit(command(os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}
