package main

const usage = `hearth serves facilitated peer-support groups in people's browsers.

  hearth serve --public-url https://groups.example.org --data /var/lib/hearth

Commands
  serve            start; the first start prints the organiser's link, once
  organiser-link   make a new organiser link and void the old one (stop hearth first)
  move             copy a data folder into an empty PostgreSQL database (stop hearth first)
  backup           copy the data folder into --to, while hearth runs or not
  restore          make a data folder from --from, or complete a restored database
  verify           read a whole house, or try the backup in --from
  check-config     say what would be used, or what is wrong
  doctor           look at everything around hearth and say what to do about it
  health           ask a running hearth on this machine whether it answers
  version          say which hearth this is
  help             this page

Flags                     Variable                  Default
  --listen                HEARTH_LISTEN             127.0.0.1:8080
        address of the web server; :443 with --tls auto
  --public-url            HEARTH_PUBLIC_URL         http:// and the address of --listen
        what people type; every request must name exactly this scheme and host
  --tls                   HEARTH_TLS                off
        off: a proxy in front brings https; auto: hearth gets and renews a certificate for
        the host of --public-url itself, which takes ports 80 and 443 reached from outside,
        and takes the authority's terms of service as read
  --http-listen           HEARTH_HTTP_LISTEN        :80
        with --tls auto: where the authority looks, and people are led on to https
  --acme-directory        HEARTH_ACME_DIRECTORY     https://acme-v02.api.letsencrypt.org/directory
        with --tls auto: the authority that is asked (ACME, RFC 8555)
  --data                  HEARTH_DATA               ./data
        the data folder, made when it is not there
  --database-url          HEARTH_DATABASE_URL       none: SQLite in the data folder
        a PostgreSQL 15 or newer, such as postgres://hearth@db/hearth?sslmode=verify-full;
        a password belongs into the variable, for flags can be seen by others
  --key-file              HEARTH_KEY_FILE           none
        for PostgreSQL: the key that seals sessions, made by openssl rand -hex 32
  --redis-url             HEARTH_REDIS_URL          none: one node
        for more than one node, besides PostgreSQL: redis://user:password@host:6379/0, or
        rediss:// for TLS; several hosts with commas; ?master_name=NAME for Sentinel,
        ?cluster=true for Cluster; a password belongs into the variable
  --node-name             HEARTH_NODE_NAME          the machine's name and the port of --listen
        what this node is called among the others; no two the same
  --to                    HEARTH_BACKUP_TO          none
        backup: the folder to keep backups in, outside of the data folder
  --from                  HEARTH_RESTORE_FROM       none
        restore and verify: the folder of backups, or one copy in it
  --log-level             HEARTH_LOG_LEVEL          info
        debug, info, warn or error
  --metrics-listen        HEARTH_METRICS_LISTEN     127.0.0.1:9464
        metrics and profiles, on this machine only; "off" for none
  --trusted-proxies       HEARTH_TRUSTED_PROXIES    none
        addresses or networks, with commas, whose X-Forwarded-For counts
  --example               HEARTH_EXAMPLE            false
        make a ready-made group with a session open now, and print links to it
  --unsafe-lift-rate-limits                         false
        lift all rates and caps, for load runs only; /readyz says 503 while it is set
  --unsafe-redis-without-password                   false
        use a Redis that asks for no password, for trying out only; /readyz says 503

SIGTERM drains: people are asked to come back in a moment, and hearth exits 0
within 25 seconds. A second SIGTERM skips the waiting.
`
