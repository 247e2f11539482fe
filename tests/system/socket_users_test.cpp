// Who may come over a real daemon's Unix socket.
#include <sys/stat.h>

#include <csignal>

#include "http/client.hpp"
#include "support/other_user.hpp"
#include "support/running_shop.hpp"

using namespace shop;
using test::ask_as;
using test::kNobody;
using test::Reached;

namespace {

// A productd whose socket every user of the machine can reach.
struct WithSocket {
    test::TempFolder folder;
    std::filesystem::path socket = folder.path() / "productd.sock";
    test::Process daemon;

    explicit WithSocket(std::vector<std::string> more = {})
        : daemon(test::binary("shop-productd"), {.arguments = words(std::move(more))}) {
        ::chmod(folder.path().c_str(), 0755);
        REQUIRE(test::eventually([&] { return ask_as(0, socket) == Reached::answer; }));
        CHECK((std::filesystem::status(socket).permissions() & std::filesystem::perms::mask) ==
              std::filesystem::perms(0660));
        ::chmod(socket.c_str(), 0666);
    }
    std::vector<std::string> words(std::vector<std::string> more) const {
        std::vector<std::string> out = {"--port",     std::to_string(test::free_port_base()),
                                        "--data-dir", folder.path() / "store",
                                        "--keys-dir", folder.path() / "keys",
                                        "--socket",   socket};
        out.insert(out.end(), more.begin(), more.end());
        return out;
    }
    std::string metrics() const {
        http::Request request;
        request.method = "GET";
        request.target = "/metrics";
        const auto client = http::Client::make("unix:" + socket.string(), {});
        const auto answer = (*client)->send(request, true);
        return answer ? answer->body : "";
    }
};

}  // namespace

TEST_CASE(
    "socket users: a stranger's process is closed, counted and logged; a named one may come") {
    if (!test::can_be_another_user("socket users of a daemon")) return;
    WithSocket closed;
    CHECK(ask_as(kNobody, closed.socket) == Reached::closed);
    CHECK(ask_as(kNobody, closed.socket) == Reached::closed);
    CHECK_THAT(closed.metrics(), Catch::Contains(R"(shop_http_rejected_total{reason="user"} 2)"));
    closed.daemon.signal(SIGTERM);
    const std::string log = closed.daemon.wait().err;
    CHECK_THAT(log, Catch::Contains("may not use the Unix socket") &&
                        Catch::Contains(R"("uid":65534)") && Catch::Contains("socket_users"));
    const WithSocket open({"--socket-users", "65534"});
    CHECK(ask_as(kNobody, open.socket) == Reached::answer);
    CHECK(ask_as(kNobody - 1, open.socket) == Reached::closed);
}
