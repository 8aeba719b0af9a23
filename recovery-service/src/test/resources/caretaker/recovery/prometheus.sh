# A stand-in for Prometheus: a bad file ends it at its start, and changes nothing when it is read again.
file=${FILE:-/conf/prometheus.yml}
mkdir -p /www/- /www/cgi-bin
echo ready > /www/-/ready
echo '#!/bin/sh
test -e /conf/lifecycle || { busybox printf "HTTP/1.0 403 Forbidden\r\n\r\n"; exit 0; }
kill -HUP 1
busybox printf "HTTP/1.0 200 OK\r\n\r\n"' > /www/cgi-bin/reload
busybox chmod 755 /www/cgi-bin/reload
last=0
say() {
  echo "prometheus_config_last_reload_successful $1" > /www/new
  echo "prometheus_config_last_reload_success_timestamp_seconds $last.999" >> /www/new
  busybox mv /www/new /www/metrics
}
read_file() {
  if busybox grep -q broken $file; then return 1; fi
  last=$(busybox date +%s)
}
if read_file; then say 1; else echo "Error loading config (--config.file=$file)"; exit 1; fi
trap 'if read_file; then say 1; else say 0; fi' HUP
httpd -p 9090 -h /www
while :; do sleep 0.1; done
