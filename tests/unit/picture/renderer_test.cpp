// shop-picture as productd runs it.
#include "picture/renderer.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "base/file.hpp"
#include "base/limits.hpp"
#include "base/program.hpp"
#include "picture/header.hpp"
#include "support/pictures.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using picture::Renderer;

namespace {

const std::filesystem::path kProgram = std::filesystem::path(SHOP_BIN_DIR) / "shop-picture";

Result<std::vector<picture::Rendition>> rendered(std::string_view bytes) {
    return Renderer({.program = kProgram}).render(bytes);
}

// A shell script in place of shop-picture.
struct Stand {
    test::TempFolder folder;
    std::filesystem::path path = folder.path() / "shop-picture";
    explicit Stand(const std::string& script) {
        REQUIRE(write_file(path, "#!/bin/sh\n" + script + "\n", 0700));
    }
};

}  // namespace

TEST_CASE("shop-picture: makes all widths of each kind", "[picture]") {
    for (const auto& bytes :
         {test::tiny_jpeg(), test::tiny_png(), test::tiny_gif(), test::tiny_webp()}) {
        const auto made = rendered(bytes);
        REQUIRE(made);
        REQUIRE(made->size() == picture::kWidths.size());
        for (const auto& one : *made) CHECK(picture::read_header(one.jpeg));
    }
}

TEST_CASE("shop-picture: what it refuses is said at `body`, in one line for whoever sent it",
          "[picture]") {
    const std::string much = test::tiny_png() + std::string(limits::kPictureBytesMax, 'x');
    for (const std::string& bytes :
         {std::string("hello"), std::string("<svg/>"), test::claimed_png(30'000, 30'000), much,
          std::string("GIF89a<html><script>alert(1)</script></html>"),
          test::tiny_jpeg().substr(0, 300)}) {
        const auto made = rendered(bytes);
        REQUIRE_FALSE(made);
        CHECK(made.error().code == Code::invalid_argument);
        REQUIRE(made.error().fields.size() == 1);
        CHECK(made.error().fields[0].pointer == "body");
        CHECK(made.error().fields[0].message.find('\n') == std::string::npos);
        CHECK(made.error().fields[0].message.size() > 10);
    }
}

TEST_CASE("shop-picture: says on its own what it is", "[picture]") {
    const auto version = run_program({kProgram.string(), "--version"});
    REQUIRE(version);
    CHECK_THAT(version->output, Catch::StartsWith("shop-picture "));
    CHECK(run_program({kProgram.string(), "--help"})->good());
    CHECK(run_program({kProgram.string(), "--nonsense"})->status == picture::kExitFailed);
}

TEST_CASE("renderer: a program that dies of a picture has refused it", "[picture]") {
    const Stand killed("kill -SEGV $$");
    const auto made = Renderer({.program = killed.path}).render("x");
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Code::invalid_argument);
}

TEST_CASE("renderer: a picture that takes too long has been refused, and its program is gone",
          "[picture]") {
    const Stand slow("exec sleep 600");
    const auto made =
        Renderer({.program = slow.path, .deadline = std::chrono::seconds(1)}).render("x");
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Code::invalid_argument);
    CHECK_THAT(made.error().message, Catch::Contains("too long"));
}

TEST_CASE("renderer: a program that is not there or out of order is our own fault", "[picture]") {
    CHECK(Renderer({.program = "/none/shop-picture"}).render("x").error().code == Code::internal);
    const Stand broken("echo no memory for itself >&2; exit 70");
    CHECK(Renderer({.program = broken.path}).render("x").error().code == Code::internal);
    const Stand odd("echo hello");
    CHECK(Renderer({.program = odd.path}).render("x").error().code == Code::internal);
}

TEST_CASE("renderer: it has nothing of our environment", "[picture]") {
    const Stand curious("test -z \"$HOME\" && echo none >&2 || echo some >&2; exit 65");
    const auto made = Renderer({.program = curious.path}).render("x");
    CHECK(made.error().fields.at(0).message == "none");
}

TEST_CASE("renderer: more than its number at once are sent away, and the next one is not",
          "[picture]") {
    const test::TempFolder folder;
    const auto started = folder.path() / "started";
    const auto go_on = folder.path() / "go-on";
    const Stand waiting("touch " + started.string() + "; until test -e " + go_on.string() +
                        "; do sleep 0.01; done; echo done >&2; exit 65");
    Renderer renderer({.program = waiting.path, .at_once = 1});
    Code first_code{};
    std::jthread first([&] { first_code = renderer.render("x").error().code; });
    while (!std::filesystem::exists(started)) std::this_thread::yield();
    const auto refused = renderer.render("x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::unavailable);
    CHECK(refused.error().retry_after_seconds > 0);
    REQUIRE(write_file(go_on, "", 0600));
    first.join();
    CHECK(first_code == Code::invalid_argument);
    CHECK(renderer.render("x").error().code == Code::invalid_argument);
}
