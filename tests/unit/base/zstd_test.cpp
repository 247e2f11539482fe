#include "base/zstd.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "base/random.hpp"

using namespace shop;

namespace {

Sink into(std::string& out) {
    return [&out](std::string_view bytes) -> Result<void> {
        out += bytes;
        return {};
    };
}

// Hands out at most `piece` bytes at a time.
Source pieces_of(std::string_view bytes, std::size_t piece) {
    return [bytes, piece](std::span<char> out) mutable -> Result<std::size_t> {
        const std::size_t count = std::min({out.size(), piece, bytes.size()});
        std::copy_n(bytes.begin(), count, out.begin());
        bytes.remove_prefix(count);
        return count;
    };
}

std::string packed(std::string_view content, std::size_t piece = 100'000) {
    std::string out;
    ZstdWriter writer(into(out));
    for (; !content.empty(); content.remove_prefix(std::min(piece, content.size())))
        REQUIRE(writer.write(content.substr(0, piece)));
    REQUIRE(writer.finish());
    return out;
}

Result<std::string> unpacked(std::string_view bytes, std::size_t piece = 100'000,
                             std::size_t asked = 70'000) {
    ZstdReader reader(pieces_of(bytes, piece));
    std::string out;
    std::string buffer(asked, '\0');
    for (;;) {
        SHOP_TRY(got, reader.read(buffer));
        if (got == 0) return out;
        out.append(buffer, 0, got);
    }
}

// Half of it compresses, half of it does not.
std::string sample(std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) out += "a line that stands there again and again" + random_token(30);
    out.resize(bytes);
    return out;
}

}  // namespace

TEST_CASE("zstd: what was written is read, in pieces of every size", "[base][zstd]") {
    for (const std::size_t bytes : {0, 1, 1000, 300'000, 5'000'000}) {
        const std::string content = sample(bytes);
        const std::string whole = packed(content);
        if (bytes > 1000) CHECK(whole.size() < bytes * 4 / 5);
        CHECK((unpacked(whole) == content));
        if (bytes > 300'000) continue;
        CHECK((unpacked(whole, 1) == content));
        CHECK((unpacked(whole, 1000, 1) == content));
        CHECK((unpacked(packed(content, 7)) == content));
    }
}

TEST_CASE("zstd: a reader that has come to the end stays there", "[base][zstd]") {
    const std::string whole = packed("x");
    ZstdReader reader(pieces_of(whole, 1));
    char byte = 0;
    CHECK(reader.read({&byte, 1}) == 1);
    CHECK(reader.read({&byte, 1}) == 0);
    CHECK(reader.read({&byte, 1}) == 0);
}

TEST_CASE("zstd: what is damaged, cut off or goes on is refused", "[base][zstd]") {
    const std::string whole = packed(sample(3000));
    const auto check_refused = [](const std::string& bytes) {
        const auto read = unpacked(bytes);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Code::invalid_argument);
        CHECK_THAT(read.error().message, Catch::Contains("the backup is damaged"));
    };
    for (std::size_t size = 0; size < whole.size(); ++size) check_refused(whole.substr(0, size));
    check_refused(whole + "x");
    check_refused(whole + whole);
    check_refused(std::string(1000, 'x'));
    // The last four bytes are the checksum; a flipped bit before them either breaks the frame or
    // the content.
    for (std::size_t at = whole.size() - 4; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        check_refused(changed);
    }
}

TEST_CASE("zstd: no flipped bit changes the content unnoticed", "[base][zstd]") {
    const std::string content = sample(3000);
    const std::string whole = packed(content);
    int refused = 0;
    for (std::size_t bit = 0; bit < whole.size() * 8; bit += 5) {
        std::string changed = whole;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
        const auto read = unpacked(changed);
        if (read) CHECK((*read == content));
        refused += read ? 0 : 1;
    }
    CHECK(refused > 1000);
}

TEST_CASE("zstd: a frame that asks for more memory than a writer's is refused", "[base][zstd]") {
    // Magic number, a frame header with a window of 2^27 bytes, one raw block of one byte.
    const std::string bytes("\x28\xb5\x2f\xfd\x00\x88\x09\x00\x00x", 10);
    const auto read = unpacked(bytes);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::invalid_argument);
    // The same with 2^20 is one.
    std::string small = bytes;
    small[5] = '\x50';
    CHECK((unpacked(small) == "x"));
}

TEST_CASE("zstd: errors of the sink and the source come through", "[base][zstd]") {
    ZstdWriter writer([](std::string_view) { return fail(Code::insufficient_storage, "full"); });
    Result<void> written;
    for (int i = 0; i < 100 && written; ++i) written = writer.write(random_token(10'000));
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Code::insufficient_storage);

    ZstdReader reader([](std::span<char>) { return fail(Code::unavailable, "gone"); });
    char byte = 0;
    CHECK(reader.read({&byte, 1}).error().code == Code::unavailable);
}
