// What an access token costs: signing one, verifying one for the first time, and again from memory.
//
//     bench_tokens        prints: what, threads, microseconds of one
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

#include "auth/token.hpp"
#include "base/id.hpp"

namespace {

using namespace shop;
using SteadyClock = std::chrono::steady_clock;

constexpr int kTokens = 2000;  // fit into the verifier's memory
constexpr int kRounds = 200;   // over them, from memory

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
}

class Folder {
public:
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "bench-tokens-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// Microseconds of one `work(i)` of `count`, by each of `threads` at once.
template <class Work>
void measure(const char* what, int threads, int count, const Work& work) {
    const auto began = SteadyClock::now();
    std::vector<std::thread> crowd;
    for (int t = 0; t < threads; ++t)
        crowd.emplace_back([&, t] {
            for (int i = 0; i < count; ++i) work(t * count + i);
        });
    for (auto& one : crowd) one.join();
    const std::chrono::duration<double, std::micro> took = SteadyClock::now() - began;
    fmt::print("{:<34} {:>8} {:>12.2f}\n", what, threads, took.count() / count);
}

void run() {
    const Folder folder;
    if (const auto made = auth::ensure_keys(folder.path(), "userd"); !made)
        throw std::runtime_error(made.error().message);
    const auto signer = must(auth::Signer::open(folder.path(), "userd", system_clock()));
    std::vector<std::string> tokens(kTokens);
    measure("sign", 1, kTokens, [&](int i) {
        const auto end = system_clock().now() + std::chrono::minutes(10);
        tokens[static_cast<std::size_t>(i)] = must(signer->sign({.user_id = new_id("usr"),
                                                                 .number = i,
                                                                 .username = "ada",
                                                                 .role = "customer",
                                                                 .session_id = new_id("ses"),
                                                                 .expires_at = end}));
    });
    const auto verifier = auth::Verifier::open(folder.path(), system_clock());
    const auto verify = [&](int i) {
        must(verifier->verify(tokens[static_cast<std::size_t>(i % kTokens)]));
    };
    measure("verify for the first time", 1, kTokens, verify);
    for (const int threads : {1, 2, 4})
        measure("verify again", threads, kTokens * kRounds / threads, verify);
}

}  // namespace

int main() {
    fmt::print("{:<34} {:>8} {:>12}\n", "what", "threads", "us of one");
    try {
        run();
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_tokens: {}\n", error.what());
        return 1;
    }
    return 0;
}
