// A host in memory for tests of the deployment engine: what each service runs, what is broken, and
// a point in it where the deployer dies. Journal, history and releases are the real ones.
//
// Thread safety: one thread.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/random.hpp"
#include "deploy/engine.hpp"

namespace shop::test {

namespace deploy = cli::deploy;

// The deployer dies: thrown through the engine, which must have nothing to say to it.
struct Death {};

struct FakeHost {
    std::map<std::string, std::string>
        runs;  // service -> fingerprint; "" in the middle of a switch
    std::map<std::string, std::vector<std::string>> changed_by_hand;
    std::set<std::string> bad_starts;  // "orderd 1.1": does not start
    std::set<std::string> bad_gates;   // "orderd 1.1": a gate says no
    bool bad_bake = false;
    bool sells = true;
    std::vector<std::string> did;

    int points = 0;  // that were passed
    int die_at = 0;  // 0: never
    void point() {
        if (++points == die_at) throw Death();
    }
};

// Time is asked for between any two effects, and so a point as well.
class FakeClock final : public Clock {
public:
    explicit FakeClock(FakeHost& host) : host_(host) {}
    Time now() const override {
        host_.point();
        return Time(std::chrono::hours(24 * 365 * 56));
    }

private:
    FakeHost& host_;
};

inline std::string name_of(const deploy::Part& part) {
    return part.description.service + " " + part.description.version;
}

class FakeDriver final : public deploy::Driver {
public:
    explicit FakeDriver(FakeHost& host) : host_(host) {}
    std::string_view name() const override { return "fake"; }
    Result<deploy::Part> collect(const deploy::ServiceManifest&) override {
        return fail(Code::internal, "not here");
    }
    Result<void> preflight(const deploy::ServiceManifest&, const deploy::Part&) override {
        return {};
    }
    Result<void> stage(const deploy::ServiceManifest&, const deploy::Part& part) override {
        host_.point();
        host_.did.push_back("stage " + name_of(part));
        return {};
    }
    Result<void> switch_to(const deploy::ServiceManifest& service,
                           const deploy::Part& part) override {
        host_.point();
        if (host_.runs[service.name] == fingerprint(part) &&
            host_.changed_by_hand[service.name].empty())
            return {};
        host_.did.push_back("switch " + name_of(part));
        host_.runs[service.name] = "";
        host_.point();
        if (host_.bad_starts.contains(name_of(part)))
            return fail(Code::failed_precondition, name_of(part) + " does not start");
        host_.runs[service.name] = fingerprint(part);
        host_.changed_by_hand[service.name].clear();
        host_.point();
        return {};
    }
    Result<deploy::Instance> instance(const deploy::ServiceManifest& service) override {
        deploy::Instance out;
        out.running = host_.runs.contains(service.name);
        return out;
    }
    Result<std::vector<std::string>> drift(const deploy::ServiceManifest& service,
                                           const deploy::Part& part) override {
        auto lines = host_.changed_by_hand[service.name];
        if (host_.runs[service.name] != fingerprint(part)) lines.push_back("another program runs");
        return lines;
    }

private:
    FakeHost& host_;
};

class FakeGates final : public deploy::Gates {
public:
    explicit FakeGates(FakeHost& host) : host_(host) {}
    Result<void> measure_before() override {
        host_.point();
        host_.did.emplace_back("measure");
        return purchase();
    }
    Result<void> pass(const deploy::ServiceManifest& service, const deploy::Part& part) override {
        host_.point();
        host_.did.push_back("pass " + name_of(part));
        if (host_.runs[service.name] != fingerprint(part))
            return fail(Code::failed_precondition, "version: it is another one");
        if (host_.bad_gates.contains(name_of(part)))
            return fail(Code::failed_precondition, "ready: " + name_of(part) + " is not");
        return purchase();
    }
    Result<void> bake(const std::vector<deploy::ServiceManifest>&,
                      const deploy::Release&) override {
        host_.point();
        host_.did.emplace_back("bake");
        if (host_.bad_bake) return fail(Code::failed_precondition, "errors: 5 % of answers");
        return purchase();
    }
    Result<void> purchase() override {
        host_.point();
        const bool all_run = std::ranges::none_of(
            host_.runs, [](const auto& service) { return service.second.empty(); });
        if (host_.sells && host_.runs.size() == 3 && all_run) return {};
        return fail(Code::failed_precondition, "purchase: the shop does not sell");
    }

private:
    FakeHost& host_;
};

inline deploy::Part part_of(const std::string& service, const std::string& version) {
    deploy::Part part;
    part.description.service = service;
    part.description.version = version;
    part.description.store_format = part.description.store_reads_from = 1;
    part.binary = sha256_hex(service + version);
    return part;
}

// Of the three services in these versions.
inline deploy::Release release_of(const std::string& userd, const std::string& productd,
                                  const std::string& orderd) {
    deploy::Release release;
    release.driver = "fake";
    release.parts = {part_of("userd", userd), part_of("productd", productd),
                     part_of("orderd", orderd)};
    release.id = id_of(release);
    return release;
}

inline std::string verdict_of(const Result<deploy::Outcome>& outcome) {
    return outcome ? outcome->verdict : outcome.error().message;
}

// In memory where the machine has such a place: hundreds of deployments write each line to disk.
class StateFolder {
public:
    StateFolder() {
        std::error_code ignored;
        const std::filesystem::path memory = "/dev/shm";
        const bool there = std::filesystem::is_directory(memory, ignored);
        std::string pattern =
            (there ? memory : std::filesystem::temp_directory_path()) / "shop-test-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()));
        path_ = pattern;
    }
    ~StateFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    StateFolder(const StateFolder&) = delete;
    StateFolder& operator=(const StateFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// A folder of state, the host, and a new engine, as of a new process, for each command.
class DeployRig {
public:
    DeployRig() : store_(folder_.path() / "objects") {
        for (const char* name : {"userd", "productd", "orderd"})
            manifest.services.push_back({.name = name});
        facts.free_disk_bytes = facts.free_memory_bytes = std::int64_t{1} << 40;
        facts.backup_age_hours = 1;
    }

    void keep(const deploy::Release& release) { REQUIRE(releases.put(release)); }
    Result<deploy::Outcome> apply(const deploy::Release& release) {
        keep(release);
        return engine([&](deploy::Engine& e) { return e.apply(release, "ann@box", "a test"); });
    }
    Result<deploy::Outcome> rollback(const std::string& to = "") {
        return engine([&](deploy::Engine& e) { return e.rollback("ann@box", "a test", to); });
    }
    Result<deploy::Outcome> resume() {
        return engine([](deploy::Engine& e) { return e.resume(); });
    }
    Result<deploy::Outcome> abort() {
        return engine([](deploy::Engine& e) { return e.abort("a test"); });
    }
    Result<deploy::Outcome> engine(
        const std::function<Result<deploy::Outcome>(deploy::Engine&)>& work) {
        FakeDriver driver(host);
        FakeGates gates(host);
        deploy::Journal journal(file("journal"), clock, [&]() -> Result<std::int64_t> {
            host.point();
            if (++appends == refuse_append_at)
                return fail(Code::conflict, "Somebody took the lock.");
            return 1;
        });
        deploy::Engine made({manifest, driver, gates, journal, history, releases, clock,
                             [this](std::string_view line) { said += std::string(line) + "\n"; },
                             [this]() -> Result<void> {
                                 host.point();
                                 host.did.emplace_back("backup");
                                 if (can_back_up) return {};
                                 return fail(Code::failed_precondition, "nobody is signed in");
                             },
                             [this] { return Result<deploy::HostFacts>(facts); },
                             [] { return std::vector<deploy::Need>(); },
                             [this] { return stop_after > 0 && --stop_after == 0; }});
        return work(made);
    }
    // The same, where the deployer dies at this point; whether it did.
    bool dies(int at, const std::function<void()>& work) {
        host.points = 0;
        host.die_at = at;
        bool died = false;
        try {
            work();
        } catch (const Death&) {
            died = true;
        }
        host.die_at = 0;
        return died;
    }

    bool unfinished() {
        const deploy::Journal journal(file("journal"), clock,
                                      [] { return Result<std::int64_t>(0); });
        const auto found = journal.unfinished();
        REQUIRE(found);
        return found->has_value();
    }
    bool runs(const deploy::Release& release) {
        return std::ranges::all_of(release.parts, [&](const deploy::Part& part) {
            return host.runs[part.description.service] == fingerprint(part);
        });
    }
    std::vector<deploy::Record> records() const {
        auto read = history.read();
        REQUIRE(read);
        return *read;
    }
    std::string current() {
        auto id = history.current();
        REQUIRE(id);
        return *id;
    }
    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

private:
    StateFolder folder_;
    deploy::ObjectStore store_;

public:
    deploy::Manifest manifest;
    FakeHost host;
    deploy::HostFacts facts;
    FakeClock clock{host};
    deploy::History history{file("history")};
    deploy::Releases releases{file("releases"), store_};
    std::string said;
    bool can_back_up = true;
    int stop_after = 0;  // somebody asks to stop at the n-th look; 0: nobody does
    int appends = 0;
    int refuse_append_at = 0;  // the lock is lost at the n-th line of the journal; 0: never
};

}  // namespace shop::test
