/** Only keepalived 2 can test a file. CentOS 7 has 1.3.5: there a mistake shows in the journal, after the reload. */
export const CONFIG_TEST =
  'keepalived --help 2>&1 | grep -q -e --config-test || exit 0; exec keepalived --config-test -f "$1"';
