// userd's signing keys are rotated under a shop at work: the real programs, and a real HAProxy.
#include <thread>

#include "system/gateway_rig.hpp"

using namespace shop;
using test::eventually;

namespace {

using namespace std::chrono_literals;

http::Response get_me(http::Client& client, const std::string& token) {
    http::Request request;
    request.method = "GET";
    request.target = "/v1/users/me";
    request.headers.add("authorization", "Bearer " + token);
    const auto answer = client.send(request, false);
    return answer ? *answer : http::Response{.status = 0};
}

// A shop with its gateway, and people who look at their accounts through it all the time. Few at
// once: the gateway's limits are those of every local shop.
class BusyShop {
public:
    BusyShop() {
        shop_.ok({"down", "--data", shop_.data_dir()});
        shop_.ok({"up", "--detach", "--data", shop_.data_dir(), "--port-base",
                  std::to_string(shop_.port_base()), "--gateway", "--gateway-port",
                  std::to_string(shop_.port_base() + 5)});
        for (const char* name : {"ada", "bob"}) {
            shop_.customer(name);
            tokens_.push_back(shop_.token(name, test::kPassword));
        }
    }
    ~BusyShop() { stop(); }

    const test::RunningShop& shop() const { return shop_; }
    const std::string& token() const { return tokens_[0]; }
    int answered() const { return answered_; }
    std::string faults() {
        const std::lock_guard lock(mutex_);
        return faults_;
    }
    void begin() {
        crowd_.emplace_back([this] { look(tokens_[0], true); });
        crowd_.emplace_back([this] { look(tokens_[1], false); });
    }
    void stop() {
        stopping_ = true;
        for (auto& one : crowd_) one.join();
        crowd_.clear();
    }
    int status_at_gateway(const std::string& token) const {
        return get_me(*client(), token).status;
    }
    // userd's, productd's and orderd's.
    std::vector<int> statuses(const std::string& token) const {
        std::vector<int> out;
        for (const auto& [service, target] :
             {std::pair{"userd", "/v1/users/me"}, std::pair{"productd", "/v1/products"},
              std::pair{"orderd", "/v1/orders"}})
            out.push_back(
                shop_.send(service, "GET", target, {{"authorization", "Bearer " + token}}).status);
        return out;
    }
    int pid_of_gateway() const {
        const auto told =
            test::tell_haproxy(shop_.data_dir() / "gateway/runtime.sock", "show info");
        const auto at = told.find("\nPid: ");
        return at == std::string::npos ? 0 : std::stoi(told.substr(at + 6));
    }
    // By state.
    std::map<std::string, std::string> kids() const {
        std::map<std::string, std::string> kids;
        for (const Json& key : shop_.json({"signing-key", "list"})) kids[key["state"]] = key["kid"];
        return kids;
    }

private:
    std::unique_ptr<http::Client> client() const {
        return auth::test::must(http::Client::make(
            "https://localhost:" + std::to_string(shop_.port_base() + 5), {.deadline = 20s}));
    }
    // With a connection for each request, which no one may refuse; or with one for all, which may
    // end between two of them, so that such a request is sent again.
    void look(const std::string& token, bool always_new) {
        auto one = client();
        while (!stopping_) {
            if (always_new) one = client();
            auto answer = get_me(*one, token);
            if (answer.status == 0 && !always_new) answer = get_me(*one, token);
            if (answer.status == 200) {
                ++answered_;
            } else {
                const std::lock_guard lock(mutex_);
                faults_ += std::to_string(answer.status) + " " + answer.body + "\n";
            }
            std::this_thread::sleep_for(50ms);
        }
    }

    test::RunningShop shop_;
    test::Trust trust_{shop_.data_dir() / "gateway/localhost.crt"};
    std::vector<std::string> tokens_;
    std::vector<std::thread> crowd_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> answered_{0};
    std::mutex mutex_;
    std::string faults_;  // guarded by mutex_
};

}  // namespace

TEST_CASE("signing keys: a rotation is not noticed by anybody, at the gateway or behind it") {
    BusyShop busy;
    const auto before = busy.kids();
    const int gateway = busy.pid_of_gateway();
    REQUIRE(gateway > 0);
    busy.begin();
    REQUIRE(eventually([&] { return busy.answered() > 10; }));
    const Json rotated = busy.shop().json({"--yes", "signing-key", "rotate"});
    CHECK(rotated.size() == 3);
    const auto after = busy.kids();
    CHECK(after.at("current") == before.at("next"));
    CHECK(after.at("previous") == before.at("current"));
    // The key was known to the gateway before it signed.
    const std::string fresh = busy.shop().token("ada", test::kPassword);
    CHECK(busy.status_at_gateway(fresh) == 200);
    CHECK(busy.statuses(fresh) == std::vector{200, 200, 200});
    // A new HAProxy comes for the new next key.
    CHECK(eventually([&] {
        const int now = busy.pid_of_gateway();
        return now > 0 && now != gateway;
    }));
    const int so_far = busy.answered();
    CHECK(eventually([&] { return busy.answered() > so_far + 20; }));
    CHECK(busy.status_at_gateway(fresh) == 200);
    busy.stop();
    CHECK(busy.faults().empty());
    CHECK(std::filesystem::exists(busy.shop().data_dir() / "keys/gateway" /
                                  (after.at("next") + ".pub")));
    const auto soon = busy.shop().ctl({"--yes", "signing-key", "rotate"});
    CHECK(soon.exit_code != 0);
    CHECK_THAT(soon.err, Catch::Contains("until"));
}

TEST_CASE("signing keys: in an emergency old tokens end everywhere, and sign-ins go on") {
    BusyShop busy;
    const std::string old = busy.token();
    CHECK(busy.status_at_gateway(old) == 200);
    CHECK(busy.statuses(old) == std::vector{200, 200, 200});
    const auto asked = busy.shop().ctl({"signing-key", "rotate", "--now"});
    CHECK(asked.exit_code != 0);  // nobody is there to say yes
    CHECK(busy.status_at_gateway(old) == 200);
    busy.shop().ok({"--yes", "signing-key", "rotate", "--now"});
    CHECK(eventually([&] { return busy.statuses(old) == std::vector{401, 401, 401}; }));
    CHECK(eventually([&] { return busy.status_at_gateway(old) == 401; }));
    // With their refresh tokens, which shopctl does by itself.
    CHECK(busy.shop().json_as("ada", {"whoami"})["username"] == "ada");
    CHECK(busy.kids().size() == 2);
    const std::string fresh = busy.shop().token("ada", test::kPassword);
    CHECK(eventually([&] { return busy.status_at_gateway(fresh) == 200; }));
    CHECK(busy.status_at_gateway(old) == 401);
}

TEST_CASE("signing keys: a folder from before has one pair, and its shop starts with it") {
    std::string old_key;
    const test::RunningShop shop([&](const std::filesystem::path& data_dir) {
        const auto keys = data_dir / "keys";
        REQUIRE(auth::ensure_keys(keys, "userd"));
        for (const char* name : {"userd.next.key", "userd.next.pub"})
            std::filesystem::remove(keys / name);
        old_key = auth::signing_keys(keys, "userd").value().at(0).key.kid();
    });
    const Json keys = shop.json({"signing-key", "list"});
    REQUIRE(keys.size() == 2);
    CHECK(keys[0]["kid"] == old_key);
    CHECK(keys[1]["state"] == "next");
}
