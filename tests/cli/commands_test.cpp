// Each command once, in the order of a shop's day, as an administrator would type them.
#include <set>

#include "auth/totp.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "support/certificate.hpp"
#include "support/running_shop.hpp"

using namespace shop;
using test::Outcome;

namespace {

struct Step {
    std::string name;               // the command
    std::vector<std::string> rest;  // what follows it
    std::string expected;           // in what it prints for machines; in its words, if it is
                                    // without data
    std::string input = {};
    // Instead: made of what the step before has printed.
    std::function<std::string(const std::string& before)> input_of = {};
};

// The first word of a table's first row.
std::string first_cell(const std::string& table) {
    const auto row = table.find('\n') + 1;
    return table.substr(row, table.find_first_of(" \n", row) - row);
}
std::string totp_now(const std::string& table) {
    return auth::totp_code(first_cell(table), auth::totp_step(system_clock().now()));
}

const std::string kPasswordLine = std::string(test::kPassword) + "\n";

// The token in the mail to this address about this; mails of a shop without a mail server are
// files.
std::string mailed_token(const test::RunningShop& shop, const std::string& address,
                         const std::string& about) {
    std::string token;
    const bool came = test::eventually([&] {
        for (const auto& entry :
             std::filesystem::directory_iterator(shop.data_dir() / "stores/userd/mail")) {
            const std::string mail = read_file(entry.path()).value_or("");
            const auto at = mail.find("mlt_");
            if (mail.find("To: " + address) != mail.npos && mail.find(about) != mail.npos)
                token = mail.substr(at, mail.find('\n', at) - at);
        }
        return !token.empty();
    });
    REQUIRE(came);
    return token + "\n";
}

std::vector<Step> steps(const test::RunningShop& shop) {
    const std::string data = shop.data_dir().string();
    const std::string backups = (shop.folder() / "backups").string();
    const std::string state = (shop.folder() / "deploy").string();
    const std::string kept = shop.json({"backup", "create", "--to", backups})["path"];
    const std::string key_id =
        shop.json({"apikey", "create", "of the test", "--scope", "cart"})["id"];
    const auto certificate =
        test::make_certificate(shop.folder(), "shop", "DNS:localhost").certificate.string();
    const std::string picture = SHOP_SOURCE_DIR "/tests/fuzz/corpus/picture/png";
    const std::string mia = "mia@example.org";
    shop.ok({"user", "create", "mia", "--email", mia}, kPasswordLine);
    shop.ok({"password", "reset", "--email", mia});
    const std::string to_verify = mailed_token(shop, mia, "/verify-email");
    const std::string to_reset = mailed_token(shop, mia, "/password-reset/complete");
    return {
        {"version", {"--all"}, "orderd"},
        {"status", {"--data", data}, "productd"},
        {"health", {}, "userd"},
        {"whoami", {}, "admin"},
        {"second-factor status", {}, "RECOVERY_CODES_LEFT"},
        {"second-factor enable", {}, "otpauth://totp/shop:admin", shop.admin().second + "\n"},
        {"second-factor confirm", {}, "RECOVERY_CODE", {}, totp_now},
        {"second-factor recovery-codes", {}, "RECOVERY_CODE", {}, first_cell},
        {"second-factor disable", {}, "is off", {}, first_cell},
        {"user create", {"eve", "--email", "eve@example.org"}, "eve", kPasswordLine},
        {"user list", {"--role", "customer"}, "eve@example.org"},
        {"user get", {"eve"}, "customer"},
        {"user update", {"eve", "--role", "staff"}, "staff"},
        {"role scopes", {}, "orders:fulfil"},
        {"role set",
         {"packer", "--scope", "orders:read", "--scope", "orders:fulfil"},
         "orders:read, orders:fulfil"},
        {"role list", {}, "fulfilment"},
        {"role delete", {"packer", "--yes"}, "Deleted the role packer"},
        {"user reset-second-factor", {"eve", "--yes"}, "password alone"},
        {"session list", {}, "token"},
        {"session end", {"--others", "--yes"}, "Signed out everywhere else"},
        {"apikey create", {"job", "--scope", "cart"}, "key_"},
        {"apikey list", {}, "job"},
        {"apikey get", {key_id}, "of the test"},
        {"apikey rotate", {key_id}, "key_"},
        {"apikey delete", {key_id, "--yes"}, "Ended the key"},
        {"user delete", {"eve", "--yes"}, "Deleted eve"},
        {"user verify", {}, "on its way"},
        {"user verify", {"--token-file", "-"}, "confirmed", to_verify},
        {"password reset", {"--email", mia}, "on its way"},
        {"password set", {"--token-file", "-"}, "is set", to_reset + "quite another phrase\n"},
        {"signing-key list", {}, "next"},
        {"signing-key rotate", {"--yes"}, "previous"},
        {"product create", {"ALL-1", "--name", "One", "--price", "2.95", "--stock", "9"}, "ALL-1"},
        {"product list", {"--search", "one"}, "2.95 GBP"},
        {"product get", {"all-1"}, "One"},
        {"product update", {"ALL-1", "--price", "3.05"}, "3.05 GBP"},
        {"product picture set", {"ALL-1", picture}, "ALL-1"},
        {"product picture delete", {"ALL-1", "--yes"}, "ALL-1"},
        {"stock add", {"ALL-1", "3", "--reason", "delivery"}, "receive"},
        {"stock set", {"ALL-1", "10", "--reason", "stocktaking"}, "count"},
        {"stock get", {"ALL-1"}, "10"},
        {"stock list", {"ALL-1"}, "stocktaking"},
        {"cart add", {"ALL-1", "2"}, "6.10 GBP"},
        {"cart set", {"ALL-1", "3"}, "9.15 GBP"},
        {"cart get", {}, "ALL-1"},
        {"cart remove", {"ALL-1"}, "SKU"},
        {"cart add", {"ALL-1"}, "3.05 GBP"},
        {"cart empty", {"--yes"}, "empty"},
        {"cart add", {"ALL-1"}, "3.05 GBP"},
        {"order create", {"--note", "gift"}, "placed"},
        {"order get", {"1"}, "ALL-1"},
        {"order list", {"--search", "ADM", "--since", "2026-01-01"}, "admin"},
        {"order report", {"--days", "2"}, "3.05 GBP"},
        {"order fulfil", {"1"}, "fulfilled"},
        {"cart add", {"ALL-1"}, "3.05 GBP"},
        {"order create", {}, "placed"},
        {"order cancel", {"2", "--yes", "--reason", "twice"}, "cancelled"},
        {"event list", {"--service", "orderd"}, "order.placed"},
        {"audit list", {"--action", "order_create"}, "done"},
        {"audit show", {"productd", "1"}, "product_create"},
        {"audit head", {}, "signature"},
        {"audit verify", {}, "userd"},
        {"product export", {(shop.folder() / "all.csv").string()}, "Wrote 1 product"},
        {"product import", {(shop.folder() / "all.csv").string()}, "UNCHANGED"},
        {"product delete", {"ALL-1", "--yes"}, "Deleted One"},
        {"backup create", {"--to", backups}, ".backup"},
        {"backup list", {backups}, "ok"},
        {"backup verify", {kept}, "productd"},
        {"backup drill", {kept}, "RECOVERY_S"},
        {"backup restore", {kept, "--data", (shop.folder() / "look").string()}, "CUT_AT"},
        {"store stats", {}, "orderd"},
        {"store check", {}, "nothing wrong"},
        {"store compact", {"--yes", "--data", data}, "AFTER"},
        {"gateway render", {"--data", data, "--certificate", certificate}, "frontend shop"},
        {"gateway check", {"--data", data, "--certificate", certificate}, "HAProxy takes this"},
        {"gateway certificate",
         {"--domain", "shop.example.org", "--email", "owner@example.org"},
         "lego --path"},
        {"secret set",
         {"mail-password", "--service", "userd", "--state", state},
         "mail-password",
         "hush, hush\n"},
        {"secret rotate",
         {"mail-password", "--service", "userd", "--state", state},
         "mail-password"},
        {"secret list", {"--state", state}, "mail-password"},
        {"explain", {"Product"}, "initial_stock"},
        {"completion", {"bash"}, "complete "},
        {"man", {(shop.folder() / "man").string()}, "shopctl.1"},
        {"context set",
         {"far", "--users-url", "http://127.0.0.1:1", "--products-url", "http://127.0.0.1:1",
          "--orders-url", "http://127.0.0.1:1"},
         "Saved"},
        {"context use", {"far"}, "far"},
        {"context list", {}, "http://127.0.0.1:1"},
        {"context delete", {"far"}, "Forgotten"},
        {"context use", {"local"}, "local"},
        {"logout", {}, "Signed out"},
        {"login", {"admin"}, "Signed in as admin", shop.admin().second + "\n"},
        {"down", {"--data", data}, "The shop is down"},
        {"up",
         {"--detach", "--data", data, "--port-base", std::to_string(shop.port_base())},
         "The shop is ready"},
    };
}

}  // namespace

TEST_CASE("shopctl: each command does its work in a running shop") {
    test::RunningShop shop;
    std::set<std::string> used;
    std::string printed;
    for (const Step& step : steps(shop)) {
        std::vector<std::string> words;
        for (const auto word : split(step.name, ' ')) words.emplace_back(word);
        words.insert(words.end(), step.rest.begin(), step.rest.end());
        const Outcome outcome =
            shop.ctl(words, step.input_of ? step.input_of(printed) : step.input);
        printed = outcome.out;
        INFO(step.name << "\n" << outcome.out << outcome.err);
        CHECK(outcome.exit_code == 0);
        CHECK_THAT(outcome.out.empty() ? outcome.err : outcome.out, Catch::Contains(step.expected));
        used.insert(step.name);
    }
    for (const auto& command : cli::all_commands()) {
        // Those need a host: deploy_test.cpp, and a real one in tests/system/deploy. This needs a
        // gateway: tests/system/gateway_maintenance_test.cpp.
        if (command.name.starts_with("deploy ") || command.name == "gateway maintenance") continue;
        INFO("no step tries: " << command.name);
        CHECK(used.contains(command.name));
    }
}

TEST_CASE("shopctl: what was sold, given back and counted is in the shop after down and up") {
    test::RunningShop shop;
    shop.ok({"product", "create", "KEEP", "--name", "Kept", "--price", "1", "--stock", "4"});
    shop.ok({"cart", "add", "KEEP", "3"});
    shop.ok({"order", "create"});
    shop.ok({"down", "--data", shop.data_dir().string()});
    shop.ok({"up", "--detach", "--data", shop.data_dir().string(), "--port-base",
             std::to_string(shop.port_base())});
    CHECK(shop.ok({"stock", "get", "KEEP", "-o", "name"}) == "1\n");
    CHECK(shop.json({"order", "get", "1"})["lines"][0]["quantity"] == 3);
    CHECK(shop.json({"whoami"})["username"] == "admin");
}

TEST_CASE("shopctl: a noun answers to its plural") {
    const auto& shop = test::shared_shop();
    shop.ok({"users", "list"});
    shop.ok({"products", "list"});
    shop.ok({"orders", "list"});
    shop.ok({"events", "list"});
    shop.ok({"contexts", "list"});
    shop.ok({"carts", "get"});
}
