// Two customers can't see or change anything of each other's: random calls of every endpoint, the
// course's API included, by one who knows all the other's ids.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>

#include "api/endpoint.hpp"
#include "base/text.hpp"
#include "support/running_shop.hpp"

using namespace shop;

namespace {

constexpr const char* kPassword = test::kPassword;          // Bob's
constexpr const char* kAdasPassword = "never heard of it";  // which he does not know
constexpr int kCallsOfRun = 30;

// Decisions of one run, which rapidcheck makes and can make again.
class Dice {
public:
    explicit Dice(std::vector<std::uint32_t> rolls) : rolls_(rolls.begin(), rolls.end()) {}
    std::size_t below(std::size_t count) {
        if (rolls_.empty() || count == 0) return 0;
        const std::size_t roll = rolls_.front() % count;
        rolls_.pop_front();
        return roll;
    }
    const std::string& one_of(const std::vector<std::string>& words) {
        return words[below(words.size())];
    }

private:
    std::deque<std::uint32_t> rolls_;
};

struct Customer {
    std::string name, token, key;
};

// Whoever calls comes from an address of his own, so that Bob's wrong passwords slow nobody down.
struct ManyAddresses {
    ManyAddresses() { ::setenv("SHOP_USERD_TRUSTED_PROXIES", "127.0.0.1", 1); }
    ~ManyAddresses() { ::unsetenv("SHOP_USERD_TRUSTED_PROXIES"); }
    ManyAddresses(const ManyAddresses&) = delete;
    ManyAddresses& operator=(const ManyAddresses&) = delete;
    test::HeaderList next() {
        ++count_;
        return {{"x-forwarded-for", fmt::format("10.{}.{}.1", count_ / 200, count_ % 200)}};
    }

private:
    int count_ = 0;
};

class Pair {
public:
    Pair() {
        shop_.ok({"down", "--data", shop_.data_dir()});
        shop_.ok({"up", "--detach", "--course-api", "--data", shop_.data_dir(), "--port-base",
                  std::to_string(shop_.port_base())});
        shop_.ok(
            {"product", "create", "TEA", "--name", "Tea", "--price", "2", "--stock", "100000"});
        ada_ = join("ada-private", kAdasPassword,
                    R"(,"first_name":"Augusta-private","last_name":"King-private")");
        live_as_ada();
        replace_bob();
    }

    // What Ada sees of herself.
    std::string view() const {
        std::string all;
        for (const auto& [service, target] :
             std::vector<std::pair<std::string, std::string>>{{"userd", "/v1/users/me"},
                                                              {"userd", "/v1/sessions"},
                                                              {"userd", "/v1/api-keys"},
                                                              {"userd", "/v1/second-factor"},
                                                              {"orderd", "/v1/cart"},
                                                              {"orderd", "/v1/orders"}}) {
            const auto answer = shop_.send(service, "GET", target, bearer(ada_));
            Json body = Json::parse(answer.body);
            if (body.contains("items"))
                for (auto& item : body["items"]) item.erase("last_used_at");
            all += std::to_string(answer.status) + " " + body.dump() + "\n";
        }
        for (const auto& [service, target] : std::vector<std::pair<std::string, std::string>>{
                 {"userd", "/api/user"}, {"orderd", "/api/order"}})
            all += shop_.send(service, "GET", target, basic(ada_)).body + "\n";
        return all;
    }

    // One random call of Bob's. What of Ada's stands in the answer though he did not send it.
    std::string call_as_bob(Dice& dice) {
        const auto& services = api::all_services();
        const auto& service = *services[dice.below(services.size())];
        const auto& row = service.endpoints[dice.below(service.endpoints.size())];
        if (row.style == api::Style::probe) return "";
        std::string target = row.path;
        for (auto at = target.find('{'); at != std::string::npos; at = target.find('{'))
            target.replace(at, target.find('}') + 1 - at, percent_encode(dice.one_of(words_)));
        if (row.query) target += query_of(*row.query, dice);
        const bool course = row.style == api::Style::course;
        auto headers = course ? basic(bob_) : bearer(bob_);
        headers.push_back(addresses_.next().front());
        headers.emplace_back("if-match", "*");
        if (row.idempotency != api::Idempotency::none)
            headers.emplace_back("idempotency-key", "k" + std::to_string(++keys_));
        std::string body;
        if (row.request) {
            const Json document = struct_of(*row.request, dice);
            body = course ? form_of(document) : document.dump();
            headers.emplace_back("content-type",
                                 course ? "application/x-www-form-urlencoded" : "application/json");
        }
        const auto answer = shop_.send(service.name, row.method, target, headers, body);
        ++(answer.status < 300 ? done_ : refused_);
        keep_bob();
        return leaked(answer, row.id + " " + target + " " + body);
    }

    int done() const { return done_; }
    int refused() const { return refused_; }

private:
    static test::HeaderList bearer(const Customer& who) {
        return {{"authorization", "Bearer " + who.token}};
    }
    static test::HeaderList basic(const Customer& who) {
        return {{"authorization", "Basic " + who.key}};
    }
    test::HeaderList json_as(const Customer& who) {
        auto headers = bearer(who);
        headers.emplace_back("content-type", "application/json");
        headers.emplace_back("idempotency-key", "ada" + std::to_string(++keys_));
        return headers;
    }

    http::Response post(const std::string& target, const char* type, const std::string& body) {
        auto headers = addresses_.next();
        headers.emplace_back("content-type", type);
        const auto answer = shop_.send("userd", "POST", target, headers, body);
        INFO(answer.body);
        REQUIRE(answer.status < 300);
        return answer;
    }
    Customer join(const std::string& name, const std::string& word, const std::string& more = "") {
        const std::string password = R"(,"password":")" + word + "\"";
        const std::string who = R"("username":")" + name + "\"";
        post("/v1/users", "application/json",
             "{" + who + R"(,"email":")" + name + "@example.org\"" + password + more + "}");
        const auto session = post("/v1/sessions", "application/json", "{" + who + password + "}");
        const auto login = post("/api/user/login", "application/x-www-form-urlencoded",
                                "username=" + name + "&password=" + percent_encode(word));
        return {name, Json::parse(session.body).at("access_token"),
                Json::parse(login.body).at("api_key")};
    }

    // An order, a cart, a session and a key, whose ids Bob knows and whose words are private.
    void live_as_ada() {
        const auto make = [&](const char* service, const char* target, const std::string& body) {
            const auto answer = shop_.send(service, "POST", target, json_as(ada_), body);
            INFO(answer.body);
            REQUIRE(answer.status < 300);
            return Json::parse(answer.body);
        };
        const Json me = Json::parse(shop_.send("userd", "GET", "/v1/users/me", bearer(ada_)).body);
        words_ = {"me", "current", "TEA", "1", "2", "nobody", "true", "customer", kPassword};
        know(me["id"]);
        know(me["username"]);
        know(me["email"]);
        know(std::to_string(me["number"].get<int>()));
        make("orderd", "/v1/cart/lines", R"({"product":"TEA","quantity":3})");
        const Json order = make("orderd", "/v1/orders", R"({"note":"note-private"})");
        know(order["id"]);
        know(std::to_string(order["number"].get<int>()));
        make("orderd", "/v1/cart/lines", R"({"product":"TEA","quantity":7})");
        const Json key =
            make("userd", "/v1/api-keys", R"({"name":"key-private","scopes":["orders:own"]})");
        know(key["id"]);
        secrets_.push_back(key["secret"]);
        const Json sessions =
            Json::parse(shop_.send("userd", "GET", "/v1/sessions", bearer(ada_)).body);
        for (const auto& session : sessions["items"]) know(session["id"]);
        secrets_.insert(secrets_.end(), {ada_.token, ada_.key, "-private"});
    }
    // An id or name of Ada's that Bob knows: he may send it, and hear it again.
    void know(const std::string& word) {
        words_.push_back(word);
        if (word.size() > 8) secrets_.push_back(word);
    }

    // What he sent he may hear again, then or later: it may be his own first name now.
    std::string leaked(const http::Response& answer, const std::string& sent) {
        sent_ += sent;
        std::string all = answer.body;
        for (const auto& [name, value] : answer.headers.all()) all += "\n" + value;
        for (const auto& word : words_)
            if (word.size() > 8 && sent_.find(word) != std::string::npos)
                for (auto at = all.find(word); at != std::string::npos; at = all.find(word))
                    all.erase(at, word.size());
        for (const auto& secret : secrets_)
            if (all.find(secret) != std::string::npos)
                return sent + "\nanswers " + secret + ":\n" + answer.body;
        return "";
    }

    void replace_bob() {
        sent_.clear();
        bob_ = join("bob" + std::to_string(++bobs_), kPassword);
    }
    // He may have signed out, or changed or deleted his account.
    void keep_bob() {
        const auto me = shop_.send("userd", "GET", "/v1/users/me", bearer(bob_));
        const auto course = shop_.send("userd", "GET", "/api/user", basic(bob_));
        if (me.status != 200 || course.status != 200) replace_bob();
    }

    std::string text_of(const schema::Field& field, Dice& dice) {
        return field.one_of.empty() ? dice.one_of(words_) : dice.one_of(field.one_of);
    }
    Json value_of(const schema::Field& field, const schema::Type& type, Dice& dice) {
        using Kind = schema::Type::Kind;
        switch (type.kind()) {
            case Kind::integer:
                return dice.below(4);
            case Kind::boolean:
                return dice.below(2) == 1;
            case Kind::time:
                return "2026-12-01T00:00:00Z";
            case Kind::structure:
                return struct_of(*type.structure(), dice);
            case Kind::optional:
                return value_of(field, *type.inner(), dice);
            case Kind::list: {
                Json list = Json::array();
                const auto count = 1 + dice.below(2);
                for (std::size_t i = 0; i < count; ++i)
                    list.push_back(value_of(field, *type.inner(), dice));
                return list;
            }
            default:
                return text_of(field, dice);
        }
    }
    Json struct_of(const schema::StructType& type, Dice& dice) {
        Json out = Json::object();
        for (const auto& field : type.fields)
            if (!field.read_only && (field.required || dice.below(3) == 0))
                out[field.name] = value_of(field, *field.type, dice);
        return out;
    }
    static std::string form_of(const Json& document) {
        std::string form;
        for (const auto& [name, value] : document.items())
            form += (form.empty() ? "" : "&") + name + "=" +
                    percent_encode(value.is_string() ? value.get<std::string>() : value.dump());
        return form;
    }
    std::string query_of(const schema::StructType& type, Dice& dice) {
        const std::string form = form_of(struct_of(type, dice));
        return form.empty() ? "" : "?" + form;
    }

    ManyAddresses addresses_;
    test::RunningShop shop_;
    Customer ada_, bob_;
    std::vector<std::string> words_;    // what Bob puts into his calls
    std::string sent_;                  // by this Bob
    std::vector<std::string> secrets_;  // what no answer may hold that he did not send
    int bobs_ = 0, keys_ = 0, done_ = 0, refused_ = 0;
};

}  // namespace

TEST_CASE("access: whatever one customer calls, he sees and changes nothing of another's") {
    Pair pair;
    const std::string before = pair.view();
    REQUIRE(before.find("note-private") != std::string::npos);
    REQUIRE(before.find("\"quantity\":7") != std::string::npos);
    const bool holds = rc::check("calls of one customer", [&] {
        // Not made shorter where it fails: each try would be a run against the shop.
        const auto rolls = *rc::gen::noShrink(rc::gen::container<std::vector<std::uint32_t>>(
            kCallsOfRun * 10, rc::gen::inRange<std::uint32_t>(0, 1U << 30U)));
        Dice dice(rolls);
        for (int i = 0; i < kCallsOfRun; ++i) {
            const std::string leak = pair.call_as_bob(dice);
            if (!leak.empty()) RC_FAIL(leak);
        }
        const std::string now = pair.view();
        if (now != before) RC_FAIL("Ada sees now\n" + now + "\nand saw\n" + before);
    });
    CHECK(holds);
    CHECK(pair.done() > 200);
    CHECK(pair.refused() > 500);
}
