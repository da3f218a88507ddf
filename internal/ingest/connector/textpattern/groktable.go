package textpattern

// grokTable are the names that grok knows, as Logstash documents them, in RE2
// and without what makes matching ambiguous where that is possible.
var grokTable = map[string]string{
	// Words and numbers.
	"WORD": `\w+`, "NOTSPACE": `\S+`, "SPACE": `\s*`, "DATA": `.*?`, "GREEDYDATA": `.*`,
	"INT": `[+-]?[0-9]+`, "POSINT": `[1-9][0-9]*`, "NONNEGINT": `[0-9]+`,
	"BASE10NUM": `[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)`, "NUMBER": `%{BASE10NUM}`,
	"BASE16NUM": `[+-]?(?:0x)?[0-9A-Fa-f]+`, "BASE16FLOAT": `[+-]?(?:0x)?(?:[0-9A-Fa-f]+(?:\.[0-9A-Fa-f]*)?|\.[0-9A-Fa-f]+)`,
	"BOOL":         `true|false`,
	"QUOTEDSTRING": `"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`, "QS": `%{QUOTEDSTRING}`,
	"UUID": `[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}`,
	"URN":  `urn:[0-9A-Za-z][0-9A-Za-z-]{0,31}:\S+`,

	// People and machines.
	"USERNAME": `[a-zA-Z0-9._-]+`, "USER": `%{USERNAME}`, "EMAILLOCALPART": `[a-zA-Z0-9!#$%&'*+/=?^_.{|}~-]+`, "EMAILADDRESS": `%{EMAILLOCALPART}@%{HOSTNAME}`,
	"IPV4":     `(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`,
	"IPV6":     `(?:[0-9A-Fa-f]{0,4}:){2,7}(?:%{IPV4}|[0-9A-Fa-f]{0,4})(?:%[0-9A-Za-z]+)?`,
	"IP":       `%{IPV4}|%{IPV6}`,
	"HOSTNAME": `[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,62})(?:\.[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,62}))*\.?`,
	"IPORHOST": `%{IPV6}|%{HOSTNAME}`, "HOST": `%{HOSTNAME}`, "HOSTPORT": `%{IPORHOST}:%{POSINT}`,
	"MAC": `%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}`, "CISCOMAC": `(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}`,
	"WINDOWSMAC": `(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}`, "COMMONMAC": `(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}`,

	// Paths and addresses.
	"UNIXPATH": `(?:/[^\s/]*)+`, "WINPATH": `(?:[A-Za-z]:|\\)(?:\\[^\\?*\s]*)+`, "PATH": `%{UNIXPATH}|%{WINPATH}`, "TTY": `/dev/(?:pts/|tty)\w+`,
	"URIPROTO": `[A-Za-z][A-Za-z0-9+.-]*`, "URIHOST": `%{IPORHOST}(?::%{POSINT})?`, "URIPATH": `(?:/[^\s?#/]*)+`, "URIPARAM": `\?[^\s#]*`, "URIQUERY": `[^\s#]*`,
	"URIPATHPARAM": `%{URIPATH}(?:%{URIPARAM})?`, "URI": `%{URIPROTO}://(?:%{USER}(?::[^@\s]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?`,

	// Dates and times.
	"MONTH": `(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)`,
	"DAY":   `(?:Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)`,
	"YEAR":  `[0-9]{4}|[0-9]{2}`, "MONTHNUM": `0?[1-9]|1[0-2]`, "MONTHNUM2": `0[1-9]|1[0-2]`, "MONTHDAY": `0[1-9]|[12][0-9]|3[01]|[1-9]`,
	"HOUR": `2[0-3]|[01]?[0-9]`, "MINUTE": `[0-5][0-9]`, "SECOND": `(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?`, "TIME": `%{HOUR}:%{MINUTE}(?::%{SECOND})?`,
	"DATE_US": `%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}`, "DATE_EU": `%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}`, "DATE": `%{DATE_US}|%{DATE_EU}`, "DATESTAMP": `%{DATE}[- ]%{TIME}`,
	"TZ": `[A-Z]{3,4}`, "ISO8601_TIMEZONE": `Z|[+-]%{HOUR}(?::?%{MINUTE})?`, "ISO8601_SECOND": `%{SECOND}`,
	"TIMESTAMP_ISO8601": `[0-9]{4}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?(?:%{ISO8601_TIMEZONE})?`,
	"DATESTAMP_RFC822":  `%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}`, "DATESTAMP_RFC2822": `%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}`,
	"DATESTAMP_OTHER": `%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}`, "DATESTAMP_EVENTLOG": `[0-9]{14}`,
	"HTTPDATE": `%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}`, "HTTPDERROR_DATE": `%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{YEAR}`,

	// Logs.
	"SYSLOGTIMESTAMP": `%{MONTH} +%{MONTHDAY} %{TIME}`, "PROG": `[^\s\[\]:]+`, "SYSLOGPROG": `%{PROG:program}(?:\[%{POSINT:pid}\])?`, "SYSLOGHOST": `%{IPORHOST}`,
	"SYSLOGFACILITY": `<%{NONNEGINT:facility}.%{NONNEGINT:priority}>`,
	"SYSLOGBASE":     `%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:logsource} %{SYSLOGPROG}:`, "SYSLOGLINE": `%{SYSLOGBASE} ?%{GREEDYDATA:message}`,
	"LOGLEVEL":  `(?i:alert|trace|debug|notice|info(?:rmation)?|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal|severe|emerg(?:ency)?)`,
	"JAVACLASS": `(?:[a-zA-Z$_][a-zA-Z$_0-9]*\.)*[a-zA-Z$_][a-zA-Z$_0-9]*`, "JAVAFILE": `[a-zA-Z$_0-9. -]+`, "JAVAMETHOD": `<(?:cl)?init>|[a-zA-Z$_][a-zA-Z$_0-9]*`,
	"JAVASTACKTRACEPART": `%{SPACE}at %{JAVACLASS:class}\.%{JAVAMETHOD:method}\(%{JAVAFILE:file}(?::%{INT:line})?\)`,
	"HTTPDUSER":          `%{EMAILADDRESS}|%{USER}`,
	"COMMONAPACHELOG":    `%{IPORHOST:clientip} %{NOTSPACE:ident} %{NOTSPACE:auth} \[%{HTTPDATE:timestamp}\] "(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" (?:%{INT:response}|-) (?:%{INT:bytes}|-)`,
	"HTTPD_COMMONLOG":    `%{COMMONAPACHELOG}`,
	"COMBINEDAPACHELOG":  `%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}`, "HTTPD_COMBINEDLOG": `%{COMBINEDAPACHELOG}`,
}
