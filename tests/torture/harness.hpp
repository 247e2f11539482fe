// What the torture tests share: a store that a child process writes under the recorder, and the
// question whether a store is whole, asked in a process of its own, since a broken one can end it.
//
// Thread safety: belongs to the test's own thread.
#pragma once

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/temp_folder.hpp"
#include "torture/log.hpp"

namespace shop::torture {

using shop::test::Outcome;
using shop::test::TempFolder;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// The number in an environment variable.
inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text ? std::stoull(text) : otherwise;
}

// SHOP_TORTURE_SEED, or another one in each run.
inline std::uint64_t first_seed() {
    static const std::uint64_t seed = number_from("SHOP_TORTURE_SEED", std::random_device()());
    return seed;
}

// Whether this build can take a preloaded library; says so where it can't.
inline bool can_preload(const std::string& test) {
    if (kSanitized) std::cout << test << ": skipped: the sanitizers come before every library\n";
    return !kSanitized;
}

// Environment of a program under the recorder.
inline std::map<std::string, std::string> recorded(std::map<std::string, std::string> more) {
    more.emplace("LD_PRELOAD", SHOP_RECORDER);
    return more;
}

inline Outcome torture_store(std::vector<std::string> arguments,
                             std::map<std::string, std::string> environment = {}) {
    return shop::test::run(std::filesystem::path(SHOP_BIN_DIR) / "torture_store",
                           {std::move(arguments), std::move(environment)});
}

// What is wrong with the store, whose lanes had these acknowledgements; empty: nothing.
inline std::string fault_of(const std::filesystem::path& folder,
                            const std::vector<std::uint64_t>& acknowledged) {
    std::vector<std::string> arguments{"check", folder};
    for (const auto count : acknowledged) arguments.push_back(std::to_string(count));
    const auto outcome = torture_store(std::move(arguments));
    if (outcome.exit_code == 0) return "";
    return "exit code " + std::to_string(outcome.exit_code) + ": " + outcome.err;
}

// The same of a store whose file this is.
inline std::string fault_of_image(const std::string& image,
                                  const std::vector<std::uint64_t>& acknowledged) {
    const TempFolder folder;
    std::ofstream(folder.path() / "data.mdb", std::ios::binary) << image;
    return fault_of(folder.path(), acknowledged);
}

// A store and the log beside it.
class RecordedStore {
public:
    RecordedStore() { std::filesystem::create_directory(store()); }
    std::filesystem::path store() const { return folder_.path() / "store"; }
    std::filesystem::path log() const { return folder_.path() / "log"; }
    // `verb`: "write" or "unsynced"; see torture_store.cpp.
    Outcome run(const std::string& verb, std::size_t lanes, std::size_t changes,
                std::map<std::string, std::string> environment = {}) const {
        environment.emplace(kLogVariable, log());
        return torture_store({verb, store(), std::to_string(lanes), std::to_string(changes)},
                             recorded(std::move(environment)));
    }

private:
    TempFolder folder_;
};

}  // namespace shop::torture
