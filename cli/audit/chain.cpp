#include "audit/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "auth/statement.hpp"
#include "base/file.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

constexpr std::size_t kHeadsBytesMax = 1024 * 1024;  // three heads have 2 kB

}  // namespace

ChainCheck::ChainCheck(std::string service, std::vector<api::AuditHead> kept)
    : service_(std::move(service)), kept_(std::move(kept)) {}

void ChainCheck::fail_as(std::string state, std::string problem) {
    if (fault_.state.empty()) fault_ = {std::move(state), std::move(problem)};
}

void ChainCheck::add(const Json& record) {
    if (!fault_.state.empty()) return;
    const std::int64_t seq = seq_ + 1;
    const auto member = [&](const char* name) {
        return record.is_object() ? record.value(name, Json()) : Json();
    };
    if (member("seq") != seq)
        return fail_as("broken",
                       fmt::format("{}: record {} is missing or out of its place", service_, seq));
    const std::string hash = api::audit_link_hash(hash_, record);
    if (member("hash") != hash || member("previous") != hash_)
        return fail_as("broken", fmt::format("{}: record {} breaks the chain: it or the one before "
                                             "was changed",
                                             service_, seq));
    seq_ = seq;
    hash_ = hash;
    for (const auto& head : kept_)
        if (head.seq == seq && head.hash != hash)
            fail_as("rewritten",
                    fmt::format("{}: record {} is another one than when its head was kept at {}",
                                service_, seq, format_time(head.time)));
}

void ChainCheck::finish() {
    for (const auto& head : kept_)
        if (head.seq > seq_)
            fail_as("cut short",
                    fmt::format("{}: the log ends at record {}, but record {} was there at {}",
                                service_, seq_, head.seq, format_time(head.time)));
}

Result<std::vector<api::AuditHead>> read_heads(const std::filesystem::path& path) {
    SHOP_TRY(text, read_file(path, kHeadsBytesMax));
    const auto json = parse_json(text);
    const Failure none =
        fail(Code::invalid_argument,
             path.string() + " holds no heads. Make such a file with: shopctl audit head > FILE");
    if (!json || !json->is_array()) return none;
    std::vector<api::AuditHead> heads;
    for (const Json& item : *json) {
        auto head = schema::decode<api::AuditHead>(item, schema::Mode::stored);
        if (!head || head->service.empty() || head->signature.empty()) return none;
        heads.push_back(*std::move(head));
    }
    return heads;
}

Result<void> check_signature(const api::AuditHead& head, const std::filesystem::path& keys_dir) {
    SHOP_TRY(claims,
             auth::read_statement(keys_dir, head.service, api::kAuditAudience, head.signature));
    Json said = schema::encode(head);
    said.erase("signature");
    // Two documents with the same members, in whatever order.
    const bool same =
        claims.size() == said.size() && std::ranges::all_of(said.items(), [&](const auto& member) {
            return claims.value(member.key(), Json()) == member.value();
        });
    if (same) return {};
    return fail(Code::unauthenticated, "The signature is of another head.");
}

}  // namespace shop::cli
