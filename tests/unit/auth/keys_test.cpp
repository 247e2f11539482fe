#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <barrier>
#include <cstdio>
#include <thread>

#include "unit/auth/fixture.hpp"

using namespace shop;
using namespace shop::auth;
using namespace shop::auth::test;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

std::vector<std::string> files_in(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

// Whether what the private key signs holds for the public one.
bool is_pair(const std::filesystem::path& folder, const std::string& name) {
    const ManualClock clock(kStart);
    const auto signer = must(Signer::open(folder, name, clock));
    const auto token = must(signer->service_token());
    return Verifier::open(folder, clock)->verify(token).has_value();
}

const std::vector<std::string> kUserdFiles = {"userd.key", "userd.next.key", "userd.next.pub",
                                              "userd.pub"};

std::string make_pem(const char* type, const char* curve) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        curve == nullptr ? EVP_PKEY_Q_keygen(nullptr, nullptr, type)
                         : EVP_PKEY_Q_keygen(nullptr, nullptr, type, curve),
        EVP_PKEY_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    REQUIRE(PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
            1);
    std::string pem(4096, '\0');
    pem.resize(static_cast<std::size_t>(
        std::max(0, BIO_read(bio.get(), pem.data(), static_cast<int>(pem.size())))));
    return pem;
}

}  // namespace

TEST_CASE("ensure_keys: makes the folder and a pair that fits, private 0600 and public 0644") {
    const TempFolder temp;
    const auto folder = temp.path() / "keys";
    const auto umask_before = ::umask(0027);
    const auto made = ensure_keys(folder, "userd");
    ::umask(umask_before);
    REQUIRE(made);
    CHECK(files_in(folder) == kUserdFiles);
    for (const std::string name : {"userd", "userd.next"}) {
        CHECK(mode_of(folder / (name + ".key")) == 0600);
        CHECK(mode_of(folder / (name + ".pub")) == 0644);
    }
    REQUIRE(ensure_keys(folder, "orderd"));
    CHECK(files_in(folder).size() == kUserdFiles.size() + 2);  // a service's own is not rotated
    CHECK(is_pair(folder, "userd"));
}

TEST_CASE("ensure_keys: a second call changes nothing") {
    const TempFolder temp;
    REQUIRE(ensure_keys(temp.path(), "userd"));
    const auto key = must(read_file(temp.path() / "userd.key"));
    const auto pub = must(read_file(temp.path() / "userd.pub"));
    REQUIRE(ensure_keys(temp.path(), "userd"));
    CHECK(must(read_file(temp.path() / "userd.key")) == key);
    CHECK(must(read_file(temp.path() / "userd.pub")) == pub);
}

TEST_CASE("ensure_keys: eight that start at once end with one matching pair and no leftovers") {
    constexpr int kThreads = 8;
    for (int round = 0; round < 10; ++round) {
        const TempFolder temp;
        std::barrier start(kThreads);
        std::vector<std::string> keys(kThreads);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < kThreads; ++i)
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                if (ensure_keys(temp.path(), "userd"))
                    keys[i] = read_file(temp.path() / "userd.key").value_or("");
            });
        for (auto& thread : threads) thread.join();
        CHECK_FALSE(keys[0].empty());
        CHECK(std::ranges::count(keys, keys[0]) == kThreads);
        CHECK(files_in(temp.path()) == kUserdFiles);
        CHECK(is_pair(temp.path(), "userd"));
    }
}

TEST_CASE("ensure_keys: a public key that is missing or belongs to another key is made again") {
    const TempFolder temp;
    const TempFolder other;
    REQUIRE(ensure_keys(temp.path(), "userd"));
    REQUIRE(ensure_keys(other.path(), "userd"));
    const auto key = must(read_file(temp.path() / "userd.key"));

    std::filesystem::remove(temp.path() / "userd.pub");
    REQUIRE(ensure_keys(temp.path(), "userd"));
    CHECK(is_pair(temp.path(), "userd"));

    std::filesystem::copy_file(other.path() / "userd.pub", temp.path() / "userd.pub",
                               std::filesystem::copy_options::overwrite_existing);
    CHECK_FALSE(is_pair(temp.path(), "userd"));
    REQUIRE(ensure_keys(temp.path(), "userd"));
    CHECK(is_pair(temp.path(), "userd"));
    CHECK(must(read_file(temp.path() / "userd.key")) == key);
}

TEST_CASE("ensure_keys: a file that is no P-256 key is refused and left alone") {
    const std::string content =
        GENERATE_COPY(std::string(), std::string("no key at all"), make_pem("EC", "P-384"),
                      make_pem("ED25519", nullptr));
    const TempFolder temp;
    REQUIRE(write_file(temp.path() / "userd.key", content, 0600));
    const auto made = ensure_keys(temp.path(), "userd");
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Code::failed_precondition);
    CHECK(must(read_file(temp.path() / "userd.key")) == content);
    const ManualClock clock(kStart);
    CHECK_FALSE(Signer::open(temp.path(), "userd", clock));
}

TEST_CASE("ensure_keys: a folder that cannot be made is an error that names it") {
    const TempFolder temp;
    REQUIRE(write_file(temp.path() / "file", "", 0600));
    const auto made = ensure_keys(temp.path() / "file" / "keys", "userd");
    REQUIRE_FALSE(made);
    CHECK(made.error().message.find("file") != std::string::npos);
}

TEST_CASE("Signer: without a key file opening says not_found") {
    const TempFolder temp;
    const ManualClock clock(kStart);
    const auto signer = Signer::open(temp.path(), "userd", clock);
    REQUIRE_FALSE(signer);
    CHECK(signer.error().code == Code::not_found);
}
