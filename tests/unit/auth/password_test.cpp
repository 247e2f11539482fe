#include "auth/password.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
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

TEST_CASE("passwords: beyond the callers that may wait the next one is refused at once") {
    struct Restored {
        ~Restored() { set_hash_callers_max(1000); }
    } const restored;
    set_hash_callers_max(1);
    std::atomic<int> done{0}, refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            const auto result = verify_password(kPassword, "", PasswordCost{});
            ++(result ? done : refused);
            if (!result) CHECK(result.error().code == Code::unavailable);
            if (!result) CHECK(result.error().retry_after_seconds == 1);
        });
    for (auto& thread : threads) thread.join();
    CHECK(done >= 1);
    CHECK(done + refused == 8);
    CHECK(verify_password(kPassword, "", kCheap) == false);
}

TEST_CASE("needs_rehash: at another cost") {
    const std::string hash = hash_of(kPassword);
    CHECK_FALSE(needs_rehash(hash, kCheap));
    CHECK(needs_rehash(hash, {.memory_bytes = 128 * 1024, .passes = 1}));
    CHECK(needs_rehash(hash, {.memory_bytes = 64 * 1024, .passes = 2}));
}

TEST_CASE("check_new_password: what a guesser does not find soon is fine, whatever it is of") {
    for (const char* password :
         {"correct horse", "sunny table lamp", "kX9wq2LmVz", "zażółć gęślą", "pass with blanks ",
          "battery staple", "no digits no capitals", "48151623427"}) {
        INFO(password);
        CHECK(check_new_password(password, "ada", "ada@example.org"));
    }
    std::string long_one;
    for (int i = 0; i < 64; ++i) long_one += std::to_string(1000 + i * i * 7 % 8999);
    REQUIRE(long_one.size() == 256);
    CHECK(check_new_password(long_one, "ada"));
}

TEST_CASE("check_new_password: what a guesser tries first is refused, in any disguise") {
    for (const char* password :
         {"password",     "Password1",    "P@ssw0rd",  "12345678",          "qwertyui",
          "1qaz2wsx",     "iloveyou1",    "sunshine1", "Summer2024!",       "aaaaaaaaaaaa",
          "abcdefgh",     "12341234",     "20241128",  "password password", "shopshop1",
          "lovelace2024", "Ada.Lovelace", "LOVELACE!", "kingston.example",  "lovelacelovelace"}) {
        INFO(password);
        const auto result = check_new_password(password, "ada.lovelace", "a@kingston.example");
        REQUIRE_FALSE(result);
        CHECK(result.error().fields.at(0).pointer == "/password");
        CHECK_THAT(result.error().fields.at(0).message, Catch::Contains("Take three words"));
    }
    // A stranger's name is no secret of theirs, a password manager's text is.
    CHECK(check_new_password("kx9wq2lmvz", "ada"));
    CHECK_FALSE(check_new_password("kx9wq2lmvz", "kx9wq2lmvz"));
    CHECK_FALSE(check_new_password(std::string(256, 'x'), "ada"));
    CHECK_FALSE(check_new_password(std::string("password\0with more", 18), "ada"));
}

TEST_CASE("check_new_password: every rule of its form refuses at /password") {
    const std::string password =
        GENERATE(std::string(), std::string("kX9wq2L"), std::string(257, 'x'), std::string(12, ' '),
                 std::string("\xff\xfe latin"));
    const auto result = check_new_password(password, "ada.lovelace");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::invalid_argument);
    REQUIRE(result.error().fields.size() == 1);
    CHECK(result.error().fields[0].pointer == "/password");
}
