// The daemons' command lines: help, settings and what is wrong with them.
#include <algorithm>

#include "base/file.hpp"
#include "deploy/release.hpp"
#include "schema/codec.hpp"
#include "support/running_shop.hpp"

using namespace shop;
using test::Outcome;

namespace {

const char* const kDaemons[] = {"userd", "productd", "orderd", "storefrontd"};

Outcome start(const std::string& daemon, std::vector<std::string> arguments,
              std::map<std::string, std::string> environment = {}) {
    return test::run(test::binary("shop-" + daemon),
                     {std::move(arguments), std::move(environment), "", std::chrono::seconds(20)});
}

std::string variable(const std::string& daemon, const std::string& name) {
    std::string out = "SHOP_" + daemon + "_" + name;
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

TEST_CASE("daemons: --help names every setting, --version the version") {
    for (const std::string daemon : kDaemons) {
        INFO(daemon);
        const auto help = start(daemon, {"--help"});
        CHECK(help.exit_code == 0);
        for (const char* setting :
             {"--port", "--data-dir", "--keys-dir", "--drain-seconds", "--health", "--describe"})
            CHECK_THAT(help.out, Catch::Contains(setting));
        CHECK_THAT(help.out,
                   Catch::Contains(variable(daemon, "")) && Catch::Contains("--check-config"));
        const auto version = start(daemon, {"--version"});
        CHECK(version.exit_code == 0);
        CHECK(version.out.starts_with("shop-" + daemon + " "));
    }
    CHECK_THAT(start("userd", {"--help"}).out, Catch::Contains("--password-memory-mib"));
}

TEST_CASE("daemons: what --print-config prints is a file that --config reads") {
    const test::TempFolder folder;
    for (const std::string daemon : kDaemons) {
        INFO(daemon);
        const auto printed = start(daemon, {"--port", "4711", "--print-config"},
                                   {{variable(daemon, "WORKERS"), "3"}});
        REQUIRE(printed.exit_code == 0);
        CHECK_THAT(printed.out, Catch::Contains("port = 4711\n") &&
                                    Catch::Contains("workers = 3\n") &&
                                    Catch::Contains("log_level = \"info\"\n"));
        const auto file = folder.path() / (daemon + ".toml");
        REQUIRE(write_file(file, printed.out, 0600));
        CHECK(start(daemon, {"--config", file.string(), "--check-config"}).exit_code == 0);
        CHECK(start(daemon, {"--config=" + file.string(), "--print-config"}).out == printed.out);
        // A variable goes over the file, a flag over both.
        const auto over =
            start(daemon, {"--config", file.string(), "--workers=5", "--print-config"},
                  {{variable(daemon, "WORKERS"), "4"}, {variable(daemon, "LOG_LEVEL"), "debug"}});
        CHECK_THAT(over.out,
                   Catch::Contains("workers = 5\n") && Catch::Contains("log_level = \"debug\"\n"));
    }
}

TEST_CASE("daemons: a bad setting ends them with 2, and its name and source are said") {
    const test::TempFolder folder;
    const auto file = folder.path() / "bad.toml";
    REQUIRE(write_file(file, "workers = 0\n", 0600));
    const auto unknown = folder.path() / "unknown.toml";
    REQUIRE(write_file(unknown, "colour = \"red\"\n", 0600));
    for (const std::string daemon : kDaemons) {
        const auto refused = [&](std::vector<std::string> arguments, const std::string& named,
                                 const std::string& name = "", const std::string& value = "") {
            std::map<std::string, std::string> environment;
            if (!name.empty()) environment[name] = value;
            const auto outcome = start(daemon, std::move(arguments), environment);
            INFO(daemon << ": " << outcome.err);
            CHECK(outcome.exit_code == 2);
            CHECK_THAT(outcome.err, Catch::Contains(named));
            CHECK(outcome.out.empty());
        };
        refused({"--port", "70000"}, "--port");
        refused({"--workers", "many", "--check-config"}, "--workers");
        refused({"--currency", "XXQ"}, "--currency");
        refused({"--log-level=loud"}, "--log-level");
        refused({"--colour", "red"}, "--colour");
        refused({"--check-config"}, variable(daemon, "WORKERS"), variable(daemon, "WORKERS"), "0");
        refused({"--check-config"}, variable(daemon, "COLOUR"), variable(daemon, "COLOUR"), "red");
        refused({"--config", file.string()}, file.string());
        refused({"--config", unknown.string()}, "colour");
        refused({"--config", "/nonexistent.toml"}, "/nonexistent.toml");
        refused({}, "--data-dir");
    }
}

TEST_CASE("daemons: --describe is what a deployment reads, and each need is served") {
    std::map<std::string, cli::deploy::Description> all;
    for (const std::string daemon : kDaemons) {
        INFO(daemon);
        const auto said = start(daemon, {"--describe"});
        REQUIRE(said.exit_code == 0);
        REQUIRE(said.out.ends_with("}\n"));
        const auto read = schema::decode_text<cli::deploy::Description>(said.out);
        REQUIRE(read);
        CHECK(read->service == daemon);
        CHECK(start(daemon, {"--version"}).out ==
              "shop-" + daemon + " " + read->version + " (" + read->commit + ")\n");
        CHECK(read->store_reads_from >= 1);
        CHECK(read->store_reads_from <= read->store_format);
        all[daemon] = *read;
    }
    CHECK(all["userd"].needs.empty());
    for (const auto& [daemon, description] : all)
        for (const auto& need : description.needs) {
            INFO(daemon << " needs " << need.endpoint << " of " << need.service);
            CHECK(std::ranges::count(all[need.service].serves, need.endpoint) == 1);
        }
    const auto needs = [&](const std::string& daemon, const std::string& endpoint) {
        return std::ranges::count(all[daemon].needs, endpoint, &cli::deploy::Need::endpoint) == 1;
    };
    CHECK(needs("productd", "GET /v1/events"));
    CHECK(needs("orderd", "GET /v1/products"));
    CHECK(needs("orderd", "PUT /v1/reservations/{order}"));
    CHECK(needs("storefrontd", "POST /v1/sessions"));
    CHECK(needs("storefrontd", "POST /v1/orders"));
    CHECK(std::ranges::count(all["storefrontd"].serves, "GET /product/{slug}") == 1);
}

TEST_CASE("daemons: --health asks the service of the same settings, and needs no store") {
    const auto& shop = test::shared_shop();
    for (const std::string daemon : kDaemons) {
        INFO(daemon);
        const std::string url = shop.url(daemon);
        const std::string port = url.substr(url.rfind(':') + 1);
        const auto healthy = start(daemon, {"--health"}, {{variable(daemon, "PORT"), port}});
        CHECK(healthy.exit_code == 0);
        CHECK(healthy.out.empty());
        CHECK(healthy.err.empty());
        const auto nobody =
            start(daemon, {"--health", "--port", std::to_string(test::free_port_base())});
        CHECK(nobody.exit_code == 1);
        CHECK_THAT(nobody.err, Catch::Contains("cannot be reached"));
        CHECK(std::ranges::count(nobody.err, '\n') == 1);
    }
}
