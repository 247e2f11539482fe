// podman as a small script in PATH, which keeps containers as files and writes down what it was
// told; and what answers on the sockets of a service's two places. What they can't show is shown
// with the real one (tests/system/containers).
//
// Thread safety: one thread; PATH is the process's.
#pragma once

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "deploy/driver_podman.hpp"
#include "http/front.hpp"
#include "support/temp_folder.hpp"

namespace shop::test {

// A stop says to whom the link leads by then.
inline constexpr const char* kFakePodman = R"SH(#!/bin/bash
here=$(dirname "$0")/..
fail() { echo "Error: $1" >&2; exit 125; }
json() { local out=; for word; do out+=,\"$word\"; done; echo "[${out:1}]"; }
last=${*: -1}
case "$1 $2" in
"image inspect")
    cat "$here/images/$3" 2>/dev/null || fail "inspecting object: $3: image not known" ;;
"image ls") cat "$here/tags" 2>/dev/null || true ;;
"pull --quiet") echo "pull $3" >>"$here/calls"; cp "$here/images/sha256:1" "$here/images/$3" ;;
"run --rm")
    case "$*" in
    *--describe) cat "$here/describe" ;;
    *--check-config) [ ! -e "$here/bad-settings" ] || { cat "$here/bad-settings" >&2; exit 2; } ;;
    esac ;;
"run --detach")
    echo "run $4" >>"$here/calls"
    state=running restarts=0
    if [ -e "$here/dies" ]; then state=exited restarts=5; fi
    part=$(printf '%s\n' "$@" | sed -n 's/^shop.part=//p')
    format=$(printf '%s\n' "$@" | sed -n 's/^shop.store-format=//p')
    memory=$(printf '%s\n' "$@" | grep -A 1 -x -e --memory | tail -n 1)
    echo "[{\"Image\": \"${last#sha256:}\", \"RestartCount\": $restarts,
        \"State\": {\"Status\": \"$state\", \"Pid\": 7, \"ExitCode\": 3, \"OOMKilled\": false},
        \"Config\": {\"Labels\": {\"shop.part\": \"$part\", \"shop.store-format\": \"$format\"},
        \"CreateCommand\": $(json podman "$@")}, \"HostConfig\": {
        \"Memory\": ${memory%b}}}]" >"$here/containers/$4" ;;
"container exists") [ -e "$here/containers/$3" ] ;;
"container inspect")
    [ ! -e "$here/broken" ] || fail "the database is locked"
    cat "$here/containers/$3" 2>/dev/null || fail "inspecting object: no such container $3" ;;
"pod exists") [ -e "$here/pods/$3" ] ;;
"pod create") touch "$here/pods/$4" ;;
"secret inspect") [ -e "$here/podman-secrets/$3" ] ;;
"secret create") cat >"$here/podman-secrets/$3"; echo "secret $*" >>"$here/calls" ;;
"secret ls") ls "$here/podman-secrets" ;;
"secret rm") rm "$here/podman-secrets/$3" ;;
"events --stream=false") echo 1; echo 3 ;;
"logs --tail") cat "$here/log" 2>/dev/null ;;
*)
    case $1 in
    stop) charge=$(basename "$(readlink "$here/run/orderd.sock")")
        echo "stop $last while $charge is in charge" >>"$here/calls" ;;
    rm) echo "rm $last" >>"$here/calls"; rm -f "$here/containers/$last" ;;
    tag) echo "tag $3" >>"$here/calls" ;;
    rmi) echo "rmi $2" >>"$here/calls" ;;
    *) echo "what is $*?" >&2; exit 125 ;;
    esac ;;
esac
)SH";

// What answers at a socket: ready or not.
class FakePlace {
public:
    explicit FakePlace(const std::filesystem::path& socket) {
        http::FrontOptions options;
        options.workers = 1;
        front_ = std::make_unique<http::Front>(
            std::move(options),
            [this](http::Request&) {
                http::Response response;
                response.status = ready ? 200 : 503;
                response.body = ready ? R"({"service": "orderd", "status": "ok", "checks": []})"
                                      : R"({"service": "orderd", "status": "unavailable"})";
                return response;
            },
            [](int status, std::string_view) {
                http::Response response;
                response.status = status;
                return response;
            },
            [](std::string_view) {});
        REQUIRE(front_->listen_unix(socket, 0600));
        REQUIRE(front_->start());
    }
    std::atomic<bool> ready{true};

private:
    std::unique_ptr<http::Front> front_;
};

// A podman driver on a fake host, with one service's files.
struct PodmanRig {
    using Part = cli::deploy::Part;

    TempFolder folder;
    std::string former_path = std::getenv("PATH");
    cli::deploy::Manifest manifest;
    cli::deploy::ServiceManifest service;
    cli::deploy::ObjectStore objects{path("objects")};
    cli::deploy::Secrets secrets{path("secrets"), path("etc")};
    std::unique_ptr<cli::deploy::Driver> driver;
    std::unique_ptr<FakePlace> a, b;

    PodmanRig() {
        for (const auto* name :
             {"bin", "images", "containers", "pods", "podman-secrets", "run/orderd"})
            std::filesystem::create_directories(path(name));
        write("bin/podman", kFakePodman, 0755);
        ::setenv("PATH", (path("bin").string() + ":" + former_path).c_str(), 1);
        make_image("1", "1.0", 1);
        service.name = "orderd";
        service.image = "sha256:1";
        service.settings = path("orderd.toml");
        service.url = "unix:" + path("run/orderd.sock").string();
        write("orderd.toml", settings_text());
        manifest.services = {service};
        manifest.gates.ready_seconds = 1;
        a = std::make_unique<FakePlace>(path("run/orderd/a.sock"));
        b = std::make_unique<FakePlace>(path("run/orderd/b.sock"));
        make_driver();
    }
    ~PodmanRig() { ::setenv("PATH", former_path.c_str(), 1); }
    PodmanRig(const PodmanRig&) = delete;
    PodmanRig& operator=(const PodmanRig&) = delete;

    void make_driver() {
        driver = cli::deploy::make_podman_driver(manifest, objects, secrets,
                                                 {.tmpfiles = path("tmpfiles"), .owners = false});
    }
    std::filesystem::path path(const std::string& name) const { return folder.path() / name; }
    void write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
        REQUIRE(write_file(path(name), text, mode));
    }
    std::string read(const std::string& name) const { return read_file(path(name)).value_or(""); }
    std::string settings_text() const {
        return "data_dir = \"" + path("data/orderd").string() + "\"\nkeys_dir = \"" +
               path("keys/orderd").string() + "\"\nusers_url = \"unix:/run/shop/userd.sock\"\n";
    }
    // The image "sha256:NUMBER", which says this of itself from now on.
    void make_image(const std::string& number, const std::string& version, int store_format) const {
        write("images/sha256:" + number, R"([{"Id": ")" + number +
                                             R"(", "User": "15003:15003", "Labels": )"
                                             R"({"shop.memory": "536870912"}}])");
        write("describe", R"({"service": "orderd", "version": ")" + version +
                              R"(", "commit": "c", "store_format": )" +
                              std::to_string(store_format) +
                              R"(, "store_reads_from": 1, "serves": ["GET /v1/orders"]})");
    }
    Part collect(const std::string& image = "1") {
        service.image = "sha256:" + image;
        const auto part = driver->collect(service);
        if (!part) FAIL(part.error().message);
        return *part;
    }
    std::string collect_trouble() {
        const auto part = driver->collect(service);
        return part ? "" : part.error().message;
    }
    Result<void> switch_to(const Part& part) { return driver->switch_to(service, part); }
    std::string take_calls() const {
        const std::string calls = read("calls");
        std::filesystem::remove(path("calls"));
        return calls;
    }
    std::string in_charge() const {
        std::error_code ignored;
        return std::filesystem::read_symlink(path("run/orderd.sock"), ignored);
    }
    bool has(const std::string& container) const {
        return std::filesystem::exists(path("containers/" + container));
    }
};

}  // namespace shop::test
