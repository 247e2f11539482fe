#include "auth/password.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <thread>

using namespace shop;
using namespace shop::auth;

namespace {

constexpr PasswordCost kCheap{.memory_bytes = 64 * 1024, .passes = 1};
constexpr std::string_view kPassword = "correct horse battery";

// Lets the process grow by so many bytes and no more.
class AddressSpaceLimit {
public:
    explicit AddressSpaceLimit(std::uint64_t bytes) {
        std::uint64_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        ::getrlimit(RLIMIT_AS, &before_);
        rlimit limit = before_;
        limit.rlim_cur = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) + bytes;
        ::setrlimit(RLIMIT_AS, &limit);
    }
    ~AddressSpaceLimit() { ::setrlimit(RLIMIT_AS, &before_); }
    AddressSpaceLimit(const AddressSpaceLimit&) = delete;
    AddressSpaceLimit& operator=(const AddressSpaceLimit&) = delete;

private:
    rlimit before_{};
};

std::string hash_of(std::string_view password) {
    auto hash = hash_password(password, kCheap);
    REQUIRE(hash);
    return *hash;
}

}  // namespace

TEST_CASE("passwords: the right one is verified, a wrong one is not") {
    const std::string hash = hash_of(kPassword);
    CHECK(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    CHECK(verify_password(kPassword, hash, kCheap) == true);
    CHECK(verify_password("correct horse batterY", hash, kCheap) == false);
    CHECK(verify_password("", hash, kCheap) == false);
    CHECK(verify_password(std::string(kPassword) + '\0', hash, kCheap) == false);
}

TEST_CASE("passwords: two hashes of one password differ and both hold") {
    const std::string one = hash_of(kPassword);
    const std::string two = hash_of(kPassword);
    CHECK(one != two);
    CHECK(verify_password(kPassword, one, kCheap) == true);
    CHECK(verify_password(kPassword, two, kCheap) == true);
}

TEST_CASE("passwords: a hash made at another cost is verified at its own") {
    const PasswordCost dearer{.memory_bytes = 128 * 1024, .passes = 2};
    CHECK(verify_password(kPassword, hash_of(kPassword), dearer) == true);
}

TEST_CASE("passwords: nobody's empty hash is false for every password, and no error") {
    CHECK(verify_password(kPassword, "", kCheap) == false);
    CHECK(verify_password("", "", kCheap) == false);
    CHECK(verify_password(kPassword, "", PasswordCost{}) == false);
}

TEST_CASE("passwords: a stored hash that cannot be read is an error and not a wrong password") {
    const auto result = verify_password(kPassword, "$argon2id$v=19$m=64,t=1", kCheap);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::internal);
}

TEST_CASE("passwords: memory that the machine does not have is unavailable") {
    constexpr std::uint64_t kMiB = 1024 * 1024;
    auto result = Result<std::string>();
    {
        const AddressSpaceLimit limit(64 * kMiB);
        result = hash_password(kPassword, {.memory_bytes = 512 * kMiB, .passes = 1});
    }
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::unavailable);
    CHECK(result.error().retry_after_seconds > 0);
}

TEST_CASE("passwords: a cost below what argon2id takes is an error") {
    const auto result = hash_password(kPassword, {.memory_bytes = 1024, .passes = 1});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::internal);
}

TEST_CASE("passwords: more callers than turns all get theirs, and turns come back after failures") {
    const std::string hash = hash_of(kPassword);
    std::vector<Result<bool>> results(8, false);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < results.size(); ++i)
        threads.emplace_back([&, i] {
            (void)verify_password(kPassword, "broken", kCheap);
            results[i] = verify_password(kPassword, hash, kCheap);
        });
    for (auto& thread : threads) thread.join();
    CHECK(std::ranges::all_of(results, [](const auto& result) { return result == true; }));
}

TEST_CASE("check_new_password: what is long enough and no name is fine") {
    CHECK(check_new_password("12345678", "ada"));
    CHECK(check_new_password("zażółć gęślą", "ada"));
    CHECK(check_new_password("pass with blanks ", "ada"));
    CHECK(check_new_password(std::string(256, 'x'), "ada"));
}

TEST_CASE("check_new_password: every rule refuses at /password") {
    const std::string password =
        GENERATE(std::string(), std::string("1234567"), std::string(257, 'x'), std::string(12, ' '),
                 std::string("\xff\xfe latin"), std::string("Ada.Lovelace"));
    const auto result = check_new_password(password, "ada.lovelace");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::invalid_argument);
    REQUIRE(result.error().fields.size() == 1);
    CHECK(result.error().fields[0].pointer == "/password");
}
