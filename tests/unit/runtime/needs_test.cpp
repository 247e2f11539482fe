// What a service calls of others: declared calls alone find their endpoint.
#include "runtime/needs.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <functional>

using namespace shop;

namespace {

// Whether it ends the process that does it by an assertion.
bool is_asserted(const std::function<void()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        ::close(STDERR_FILENO);
        work();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

TEST_CASE("needs: a call that is not declared finds no endpoint", "[runtime][needs]") {
    const runtime::Needs needs(api::products_service(), {"livez", "product_list"});
    CHECK(needs.at("product_list").path == "/v1/products");
    CHECK(needs.endpoints().size() == 2);
    CHECK(&needs.service() == &api::products_service());
    CHECK_FALSE(is_asserted([&] { needs.at("livez"); }));
    // productd has it, but nobody said that it is called.
    CHECK(is_asserted([&] { needs.at("product_get"); }));
    CHECK(is_asserted([] { runtime::Needs(api::products_service(), {"cart_get"}); }));
}
