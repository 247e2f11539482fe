#include "gateway/template.hpp"

namespace shop::cli {

const std::string_view kGatewayTemplate =
    R"(# Made by `shopctl gateway render`: don't edit it, render it again.
#
# HAProxy 2.6 before the daemons of a shop. It takes TLS, floods and bad tokens off them and knows
# no rule of the business; they check every token again.

global
    maxconn @CONNECTIONS@
    log stdout format raw daemon info
    # For draining and weights, by whoever may open this socket:
    #   echo "set server productd/1 state drain" | socat stdio @RUNTIME@
    #   echo "set server productd/1 weight 50%"  | socat stdio @RUNTIME@
    stats socket @RUNTIME@ mode 600 level admin expose-fd listeners
    stats timeout 30s
    # After SIGUSR1: answers under way may leave for so long.
    hard-stop-after @WRITE_S@s
    # The daemons' own bound, less what is added below.
    tune.http.maxhdr @FIELDS@
    # Mozilla's "intermediate" choice; the key lies beside the certificate.
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    ssl-default-bind-ciphers @CIPHERS@
    ssl-load-extra-del-ext
@USER@
defaults
    mode http
    log global
    option httplog
    option dontlognull
    # HTTP/2 is agreed on by TLS alone, not by what looks like its beginning.
    option disable-h2-upgrade
    # The daemons take more to read a head and to keep a connection, so that none ends under us.
    timeout http-request @HEAD_S@s
    timeout client @WRITE_S@s
    timeout http-keep-alive 60s
    timeout connect 2s
    timeout queue 5s
    timeout server @SERVICE_S@s
    # Another replica is asked only where the first one cannot have begun.
    retries 2
    retry-on conn-failure
    option redispatch
    # What HAProxy itself has to say is a problem document (RFC 9457).
@ERRORS@    # To what is no HTTP, or never ends, its answer would be HTML whatever we say: such a
    # connection is closed without a word.
    errorfile 400 /dev/null
    errorfile 408 /dev/null

# Maintenance: a server that nobody is sent to is the switch. While it is up all is answered with
# 503 (`shopctl gateway maintenance on`).
backend maintenance
    server on 127.0.0.1:1 disabled

# Who did how much lately. An address is one of IPv4 or a /64 of IPv6.
backend by_address
    stick-table type ipv6 size 100k expire 1m store conn_cur,http_req_rate(10s)
backend by_subject
    stick-table type integer size 100k expire 1m store http_req_rate(10s)
# Tokens whose signature was found good, by their digest: to verify one takes longer than the rest.
backend good_tokens
    stick-table type binary len 32 size 100k expire 10m store gpt(2)
backend sign_ins
    stick-table type ipv6 size 100k expire 2m store http_req_rate(1m)
@REDIRECT@
frontend shop
    bind @LISTEN@:@PORT@ ssl crt @CERTIFICATE@ alpn h2,http/1.1 curves @CURVES@
    # Floods: connections and requests of an address.
    tcp-request connection track-sc0 src,ipmask(32,64) table by_address
    tcp-request connection reject if { sc_conn_cur(0) gt @ADDRESS_CONNECTIONS@ }
    # A client of HTTP/2 hears no answer that is there before its body is, so a body that fits
    # HAProxy's buffer is read first; a larger one that is refused sees its stream cancelled.
    http-request wait-for-body time @HEAD_S@s unless { req.body_size gt 12000 }
    http-request deny deny_status 429 if { sc_http_req_rate(0) gt @ADDRESS_REQUESTS@ }
    http-request deny deny_status 413 if { req.body_size gt @BODY_BYTES@ }
    acl in_maintenance srv_is_up(maintenance/on)
    acl from_browser req.hdr(accept) -m sub text/html
    http-request return @MAINTENANCE_PAGE@ if in_maintenance from_browser
    http-request return @MAINTENANCE@ if in_maintenance

    # Ambiguous requests: what two readers could understand differently. HAProxy itself refuses
    # broken heads and lengths that do not agree; these are the rules of lib/http/target.cpp.
    # A "%" without two digits, of a "/", "\" or control character; empty, "." and ".." segments;
    # what must not stand in a path.
    acl ambiguous path -m reg -i %(?![0-9a-f]{2})|%(2f|5c|7f|[01][0-9a-f])|)"
    R"(/(\.|%2e){0,2}/|/(\.|%2e){1,2}$|./$|[^a-z0-9._~!\x24&\x27()*+,;=:@%/-]
    acl ambiguous req.hdr_cnt(host) gt 1
    acl ambiguous req.fhdr_cnt(authorization) gt 1
    acl ambiguous req.fhdr_cnt(content-length) gt 1
    http-request return @AMBIGUOUS@ if ambiguous
    # HAProxy 2.6 takes a Content-Length of 2^64 for 0, and the body for another request.
    http-request reject if { req.fhdr(content-length) -m len 13:4096 }
    http-request return @NO_LENGTH@ if { req.hdr(transfer-encoding) -m found }
    http-request return @CODED_BODY@ if { req.fhdr_cnt(content-encoding) gt 0 }

    # Which service: the first two segments of the paths of its API. Nothing else is there: no
    # health, metrics, documents or event feed, no work on stores.
    http-request set-var(txn.path) path,url_dec
    http-request set-var(txn.area) var(txn.path),field(2,/,2)
@ROUTES@    http-request deny deny_status 404 unless @ANY_ROUTE@
    # Calls between the services are none for the outside.
@DENIED@
    # Sign-ins and registrations of an address.
@SIGN_INS@    acl guesses sc_http_req_rate(2) gt @SIGN_IN_RATE@
    http-request track-sc2 src,ipmask(32,64) table sign_ins if METH_POST sign_in
    http-request return @TOO_MANY_SIGN_INS@ if METH_POST sign_in guesses

    # An access token, where there is one, is userd's, of a person, for the shop, and holds now.
    acl with_token req.fhdr(authorization) -m beg -i bearer
    # One that was found good is known for a while by its digest, with its end (gpt 0) and a number
    # for its subject (gpt 1): to read JSON costs more than all the rest of a request.
    http-request set-var(txn.digest) http_auth_bearer,sha2(256) if with_token
    acl has_token var(txn.digest) -m found
    http-request deny deny_status 401 if with_token !has_token
    http-request set-var(txn.end) var(txn.digest),table_gpt(0,good_tokens) if has_token
    http-request set-var(txn.subject) var(txn.digest),table_gpt(1,good_tokens) if has_token
    http-request set-var(txn.token) http_auth_bearer if has_token { var(txn.end) -m int 0 }
    acl token_new var(txn.token) -m found
    acl token_form req.fhdr(authorization) -m reg -i '^bearer +([a-z0-9_-]+\.){2}[a-z0-9_-]{86}$'
    acl token_form_short req.fhdr(authorization) -m len 0:4200
    http-request deny deny_status 401 if token_new !token_form
    http-request deny deny_status 401 if token_new !token_form_short
    acl token_es256 var(txn.token),jwt_header_query('$.alg') -m str ES256
    http-request deny deny_status 401 if token_new !token_es256
    # userd's keys, by the names that tokens give them: a rotation is none of our business as long
    # as the key that signs next is known here. Tokens that name none are from before they did.
    http-request set-var(txn.kid) var(txn.token),jwt_header_query('$.kid') if token_new
    acl token_names_key var(txn.kid) -m found
@KEYS@    http-request deny deny_status 401 if token_new !{ var(txn.signed) -m int 1 }
    http-request set-var(txn.sub) var(txn.token),jwt_payload_query('$.sub') if token_new
    acl token_of_userd var(txn.token),jwt_payload_query('$.iss') -m str userd
    acl token_of_person var(txn.sub) -m beg usr_
    acl token_for_shop var(txn.token),jwt_payload_query('$.aud') -m str shop
    http-request deny deny_status 401 if token_new !token_of_userd
    http-request deny deny_status 401 if token_new !token_of_person
    http-request deny deny_status 401 if token_new !token_for_shop
    http-request set-var(txn.end) var(txn.token),jwt_payload_query('$.exp','int') if token_new
    http-request set-var(txn.subject) var(txn.sub),xxh32 if token_new
    http-request track-sc2 var(txn.digest) table good_tokens if token_new
    http-request sc-set-gpt(0,2) var(txn.end) if token_new
    http-request sc-set-gpt(1,2) var(txn.subject) if token_new
    acl token_lives date(),sub(txn.end) lt 0
    http-request deny deny_status 401 if has_token !token_lives
    http-request track-sc1 var(txn.subject) table by_subject if has_token
    http-request deny deny_status 429 if has_token { sc_http_req_rate(1) gt @SUBJECT_REQUESTS@ }

    # Who somebody is, is said by the token alone; where from, by us alone.
    http-request del-header ^(x-(forwarded-|original-|remote-|user|client-|)"
    R"(ssl-|real-ip$)|true-client-ip$|forwarded$) -m reg
    http-request set-header x-forwarded-for %[src]
    http-request set-header x-forwarded-proto https
    # One id in our log, in theirs and in the answer.
    acl has_id req.fhdr(x-request-id) -m reg ^[A-Za-z0-9_-]{1,64}$
    http-request set-header x-request-id %[uuid()] unless has_id
    http-request capture req.fhdr(x-request-id) len 64
@HSTS@
    # What browsers make of an answer that somebody opens in one: nothing. A page brings its own.
    http-after-response set-header x-content-type-options nosniff
    acl has_policy res.hdr(content-security-policy) -m found
    acl has_referrer res.hdr(referrer-policy) -m found
    http-after-response set-header referrer-policy no-referrer unless has_referrer
    http-after-response set-header content-security-policy "@NOTHING@" unless has_policy
@USE_BACKENDS@@METRICS@
# The services. A replica that says on /readyz that it drains gets no new request.
#
# Each has a waiting room, X_held, where its requests go while the server "void" there is up
# (`shopctl gateway maintenance hold`). Nobody listens on port 1, so a try is refused, and HAProxy
# makes the next one after the time to connect; an active server comes before backups. Once "void"
# is down again, the next try is that of a replica. What HAProxy has for queues does not do: a
# server queues only while it is full, a disabled frontend still takes what comes by a Unix socket,
# and 2.6.12 hangs where the maxconn of a frontend goes up from 0.
@BACKENDS@)";

const std::string_view kRedirectTemplate = R"(
frontend redirect
    bind @LISTEN@:@HTTP_PORT@
    tcp-request connection track-sc0 src,ipmask(32,64) table by_address
    tcp-request connection reject if { sc_conn_cur(0) gt @ADDRESS_CONNECTIONS@ }
    http-request deny deny_status 429 if { sc_http_req_rate(0) gt @ADDRESS_REQUESTS@ }
@LET_ACME_PASS@    http-request set-var(txn.name) req.hdr(host),regsub(:[0-9]+$,)
    http-request redirect code 308 location https://%[var(txn.name)]@PORT_IN_URL@%[pathq]
@ACME@)";

const std::string_view kLetAcmePass =
    R"(    # Proofs that the name is ours (RFC 8555, 8.3) are lego's to give, while it runs.
    acl challenge path -m reg ^/\.well-known/acme-challenge/[A-Za-z0-9_-]+$
    http-request allow if METH_GET challenge
)";

const std::string_view kAcmeTemplate = R"(    use_backend acme if METH_GET challenge

backend acme
    server lego 127.0.0.1:@ACME_PORT@
)";

const std::string_view kMetricsTemplate = R"(
# For Prometheus, from this machine alone.
frontend metrics
    bind 127.0.0.1:@METRICS_PORT@
    http-request use-service prometheus-exporter if { path /metrics }
    http-request deny deny_status 404
)";

}  // namespace shop::cli
