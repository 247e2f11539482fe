// Every endpoint of every service with every kind of caller, at the real daemons and through a real
// HAProxy: the outcome is what the endpoint tables say.
#include "api/endpoint.hpp"
#include "gateway/routes.hpp"
#include "system/gateway_rig.hpp"

using namespace shop;
using auth::Principal;

namespace {

constexpr const char* kPassword = test::kPassword;
const std::string kOwnRole = "walker";

// Somebody who calls: with a token of /v1, or a key of the course's API.
struct Caller {
    std::string name;
    std::string token;
    std::string key;
    Principal who;          // nobody where the credentials are bad
    bool gateway = true;    // whether the gateway lets the token pass
    std::string account{};  // whose password signs in again
};

enum class Outcome { through, unauthenticated, denied, hidden };

Outcome outcome_of(int status) {
    if (status == 401) return Outcome::unauthenticated;
    if (status == 403) return Outcome::denied;
    return Outcome::through;
}

const char* name_of(Outcome outcome) {
    constexpr std::array kNames{"through", "401", "403", "404 of the gateway"};
    return kNames[static_cast<std::size_t>(outcome)];
}

// The right that a row needs. One is open in its table since a setting can open it on loopback.
std::string_view right_of(const api::Endpoint& row) {
    return row.id == "course_product_create" ? auth::scope::kProductsWrite : row.scope;
}

bool is_course(const api::Endpoint& row) { return row.style == api::Style::course; }

Outcome expected(const api::Endpoint& row, const Caller& caller) {
    const auto right = right_of(row);
    const std::string& credentials = is_course(row) ? caller.key : caller.token;
    const bool bad = !credentials.empty() && !caller.who.known();
    // Probes look at no token; the course's open calls pass over a key that has ended.
    if (bad && row.style == api::Style::json) return Outcome::unauthenticated;
    if (right == auth::scope::kOpen) return Outcome::through;
    if (credentials.empty() || bad) return Outcome::unauthenticated;
    return caller.who.may(right) ? Outcome::through : Outcome::denied;
}

Outcome expected_behind_gateway(const api::ServiceTable& service, const api::Endpoint& row,
                                const Caller& caller) {
    const auto prefixes = cli::gateway_prefixes(service, api::all_services());
    const bool routed = std::ranges::any_of(prefixes, [&](const std::string& prefix) {
        return row.path == prefix || row.path.starts_with(prefix + "/");
    });
    if (!routed) return Outcome::hidden;
    if (cli::between_services(row.scope)) return Outcome::denied;
    if (!is_course(row) && !caller.token.empty() && !caller.gateway)
        return Outcome::unauthenticated;
    return expected(row, caller);
}

// A shop with an account of each role, and a gateway before it that has no limits.
class Walk {
public:
    Walk() {
        shop_.ok({"down", "--data", shop_.data_dir()});
        shop_.ok({"up", "--detach", "--course-api", "--data", shop_.data_dir(), "--port-base",
                  std::to_string(shop_.port_base())});
        shop_.ok({"role", "set", kOwnRole, "--scope", "orders:read", "--scope", "users:read"});
        gateway_ = std::make_unique<test::Gateway>(
            test::Gateway::Urls{shop_.url("userd")}, test::Gateway::Urls{shop_.url("productd")},
            test::Gateway::Urls{shop_.url("orderd")},
            std::vector<std::string>{"--sign-ins", "1000000", "--address-requests", "100000000",
                                     "--subject-requests", "100000000"},
            keys_dir());
        add_people();
        add_services();
        add_bad_tokens();
    }

    const std::vector<Caller>& callers() const { return callers_; }

    http::Response call(const api::ServiceTable& service, const api::Endpoint& row,
                        const Caller& caller, bool through_gateway) {
        test::HeaderList headers{{"if-match", "*"}};
        const auto& credentials = is_course(row) ? caller.key : caller.token;
        if (!credentials.empty())
            headers.emplace_back("authorization",
                                 (is_course(row) ? "Basic " : "Bearer ") + credentials);
        if (row.idempotency == api::Idempotency::required)
            headers.emplace_back("idempotency-key", row.id + caller.name);
        // What is wrong in it keeps whoever gets so far from changing anything.
        std::string body;
        if (row.request) {
            body = is_course(row) ? "nonsense=1" : R"({"nonsense":1})";
            headers.emplace_back("content-type", is_course(row)
                                                     ? "application/x-www-form-urlencoded"
                                                 : row.patch ? "application/merge-patch+json"
                                                             : "application/json");
        } else if (!row.request_media.empty()) {
            body = "nonsense";
            headers.emplace_back("content-type", "image/png");
        }
        const std::string path = path_of(row);
        return through_gateway ? gateway_->send(row.method, path, headers, body)
                               : shop_.send(service.name, row.method, path, headers, body);
    }

    // After a call that may have ended the caller's session or key.
    void mend(std::size_t at) {
        Caller& caller = callers_[at];
        if (caller.account.empty()) return;
        const auto me = shop_.send("userd", "GET", "/v1/users/me",
                                   {{"authorization", "Bearer " + caller.token}});
        if (me.status == 401) caller.token = shop_.token(caller.account, kPassword);
        const auto course =
            shop_.send("userd", "GET", "/api/user", {{"authorization", "Basic " + caller.key}});
        if (course.status == 401) caller.key = course_key(caller.account);
    }

private:
    std::filesystem::path keys_dir() const { return shop_.data_dir() / "keys"; }

    static std::string path_of(const api::Endpoint& row) {
        std::string path = row.path;
        for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
            path.replace(at, path.find('}') + 1 - at, "nobody");
        return path;
    }

    std::string course_key(const std::string& account) {
        const auto answer = shop_.send("userd", "POST", "/api/user/login",
                                       {{"content-type", "application/x-www-form-urlencoded"}},
                                       "username=" + account + "&password=correct+horse+battery");
        return Json::parse(answer.body).at("api_key");
    }

    void add_people() {
        callers_.push_back({.name = "nobody", .token = "", .key = "", .who = {}});
        for (const char* role : {"customer", "support", "catalogue", "fulfilment", "staff", "admin",
                                 kOwnRole.c_str()}) {
            const std::string account = std::string("a-") + role;
            shop_.ok(
                {"user", "create", account, "--email", account + "@example.org", "--role", role},
                std::string(kPassword) + "\n");
            const auto token = shop_.token(account, kPassword);
            auto who = auth::Verifier::open(keys_dir(), system_clock())->verify(token);
            REQUIRE(who);
            CHECK(who->role == role);
            callers_.push_back({role, token, course_key(account), *who, true, account});
        }
    }

    void add_services() {
        for (const auto& role : auth::roles()) {
            if (!role.name.starts_with(auth::kServicePrefix)) continue;
            const std::string name(role.name.substr(auth::kServicePrefix.size()));
            REQUIRE(auth::ensure_keys(keys_dir(), name));
            const auto signer = auth::Signer::open(keys_dir(), name, system_clock());
            REQUIRE(signer);
            const auto token = (*signer)->service_token();
            REQUIRE(token);
            callers_.push_back({.name = "service " + name,
                                .token = *token,
                                .key = "",
                                .who = {.user_id = name, .role = std::string(role.name)},
                                .gateway = false});
        }
    }

    // Each would be an administrator, were it good.
    void add_bad_tokens() {
        const auto bad = [&](std::string name, std::string token, bool gateway = false) {
            callers_.push_back({std::move(name), std::move(token), "key_of_nobody", {}, gateway});
        };
        const auto key = [&](const char* file) {
            return auth::test::must(read_file(keys_dir() / file));
        };
        const auto now = std::chrono::floor<std::chrono::seconds>(system_clock().now());
        const Principal admin = std::ranges::find(callers_, "admin", &Caller::name)->who;
        const auto claims = [&](const char* changed, const Json& value) {
            Json out{{"iss", "userd"},
                     {"sub", admin.user_id},
                     {"aud", "shop"},
                     {"iat", now.time_since_epoch().count()},
                     {"exp", now.time_since_epoch().count() + 600},
                     {"num", admin.number},
                     {"name", admin.username},
                     {"role", "admin"},
                     {"sid", admin.session_id}};
            out[changed] = value;
            return out;
        };
        using auth::test::forge;
        const Json good = claims("role", "admin");
        bad("expired", forge(claims("exp", good["iat"].get<std::int64_t>() - 1), JWT_ALG_ES256,
                             key("userd.key")));
        bad("wrong audience", forge(claims("aud", "another"), JWT_ALG_ES256, key("userd.key")));
        bad("wrong issuer", forge(claims("iss", "orderd"), JWT_ALG_ES256, key("orderd.key")));
        bad("wrong key", forge(good, JWT_ALG_ES256, key("orderd.key")));
        bad("no algorithm", forge(good, JWT_ALG_NONE, ""));
        bad("public key as secret", forge(good, JWT_ALG_HS256, key("userd.pub")));
        std::string tampered = forge(good, JWT_ALG_ES256, key("userd.key"));
        char& one = tampered[tampered.find('.') + 30];
        one = one == 'A' ? 'B' : 'A';
        bad("tampered", tampered);
        add_revoked();
    }

    void add_revoked() {
        const auto token = shop_.token("a-admin", kPassword);
        const test::HeaderList bearer{{"authorization", "Bearer " + token}};
        REQUIRE(shop_.send("userd", "DELETE", "/v1/sessions/current", bearer).status == 204);
        for (const char* service : {"productd", "orderd"})
            REQUIRE(test::eventually(
                [&] { return shop_.send(service, "GET", "/v1/store", bearer).status == 401; }));
        callers_.push_back({"revoked", token, "key_of_nobody", {}, true});
    }

    test::RunningShop shop_;
    std::unique_ptr<test::Gateway> gateway_;
    std::vector<Caller> callers_;
};

}  // namespace

TEST_CASE(
    "access: each endpoint takes each kind of caller as its row says, directly and through "
    "the gateway") {
    Walk walk;
    std::map<Outcome, int> direct, behind;
    for (const auto* service : api::all_services()) {
        for (const auto& row : service->endpoints) {
            for (std::size_t i = 0; i < walk.callers().size(); ++i) {
                const Caller& caller = walk.callers()[i];
                for (const bool gateway : {false, true}) {
                    const auto answer = walk.call(*service, row, caller, gateway);
                    const auto wanted = gateway ? expected_behind_gateway(*service, row, caller)
                                                : expected(row, caller);
                    INFO(row.id << " as " << caller.name << (gateway ? " through the gateway" : "")
                                << ": expected " << name_of(wanted) << ", is " << answer.status
                                << " " << answer.body);
                    if (wanted == Outcome::hidden)
                        CHECK(answer.status == 404);
                    else
                        CHECK(outcome_of(answer.status) == wanted);
                    ++(gateway ? behind : direct)[wanted];
                    if (row.method != "GET") walk.mend(i);
                }
            }
        }
    }
    // All of them happen, and often.
    for (const auto outcome : {Outcome::through, Outcome::unauthenticated, Outcome::denied}) {
        CHECK(direct[outcome] > 100);
        CHECK(behind[outcome] > 100);
    }
    CHECK(behind[Outcome::hidden] > 100);
}
