// The audit chain as a client checks it.
#include "audit/chain.hpp"

#include <catch2/catch.hpp>

#include "auth/statement.hpp"
#include "auth/token.hpp"
#include "base/file.hpp"
#include "schema/codec.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli;

namespace {

std::vector<Json> relinked(std::vector<Json> records, std::size_t from) {
    std::string previous = from == 0 ? "" : records[from - 1].value("hash", "");
    for (std::size_t i = from; i < records.size(); ++i) {
        records[i]["previous"] = previous;
        records[i]["hash"] = previous = api::audit_link_hash(previous, records[i]);
    }
    return records;
}

std::vector<Json> chain_of(int count) {
    std::vector<Json> records;
    for (int i = 1; i <= count; ++i)
        records.push_back(schema::encode(api::AuditRecord{
            .seq = i, .action = "product_update", .subject = "prd_" + std::to_string(i)}));
    return relinked(std::move(records), 0);
}

api::AuditHead head_at(const std::vector<Json>& records, std::size_t seq) {
    return {.service = "userd",
            .seq = static_cast<std::int64_t>(seq),
            .hash = records[seq - 1].value("hash", "")};
}

ChainFault fault_in(const std::vector<Json>& records, std::vector<api::AuditHead> kept = {}) {
    ChainCheck check("userd", std::move(kept));
    for (const Json& record : records) check.add(record);
    check.finish();
    return check.fault();
}

}  // namespace

TEST_CASE("audit chain: a log as it was written holds, with all heads of its own") {
    const auto records = chain_of(6);
    CHECK(fault_in(records).state.empty());
    CHECK(fault_in({}).state.empty());
    CHECK(fault_in(records, {head_at(records, 1), head_at(records, 6)}).state.empty());
    CHECK(fault_in({}, {{.service = "userd"}}).state.empty());  // of an empty log
}

TEST_CASE("audit chain: an altered record, and one that is missing, are named") {
    auto altered = chain_of(6);
    altered[3]["subject"] = "prd_9";
    CHECK(fault_in(altered).problem.find("userd: record 4 ") == 0);
    auto added = chain_of(6);
    added[3]["reason"] = "none";
    CHECK(fault_in(added).state == "broken");
    auto rehashed = altered;
    rehashed[3]["hash"] = api::audit_link_hash(rehashed[2].value("hash", ""), rehashed[3]);
    CHECK(fault_in(rehashed).problem.find("userd: record 5 ") == 0);
    auto missing = chain_of(6);
    missing.erase(missing.begin() + 2);
    CHECK(fault_in(missing).problem.find("userd: record 3 is missing") == 0);
    for (const Json& junk : {Json(), Json("x"), Json::array(), Json{{"seq", 1}}})
        CHECK(fault_in({junk}).state == "broken");
}

TEST_CASE("audit chain: a log that was cut short holds, but for a head that was kept") {
    const auto records = chain_of(6);
    const std::vector<Json> cut(records.begin(), records.begin() + 4);
    CHECK(fault_in(cut).state.empty());
    CHECK(fault_in(cut, {head_at(records, 4)}).state.empty());
    const auto fault = fault_in(cut, {head_at(records, 6)});
    CHECK(fault.state == "cut short");
    CHECK(fault.problem.find("userd: the log ends at record 4, but record 6 was there") == 0);
    CHECK(fault_in({}, {head_at(records, 1)}).state == "cut short");
}

TEST_CASE("audit chain: a log that was written anew holds, but for a head that was kept") {
    const auto records = chain_of(6);
    auto anew = records;
    anew[2]["actor"] = "usr_2";
    anew = relinked(anew, 2);
    CHECK(fault_in(anew).state.empty());
    CHECK(fault_in(anew, {head_at(records, 2)}).state.empty());
    for (const std::size_t seq : {3, 5, 6}) {
        const auto fault = fault_in(anew, {head_at(records, seq)});
        CHECK(fault.state == "rewritten");
        CHECK(fault.problem.find("userd: record " + std::to_string(seq)) == 0);
    }
}

TEST_CASE("audit heads: the signature is of exactly this head") {
    const test::TempFolder folder;
    REQUIRE(auth::ensure_keys(folder.path(), "userd"));
    api::AuditHead head = head_at(chain_of(3), 3);
    Json claims = schema::encode(head);
    claims.erase("signature");
    head.signature = auth::sign_statement(folder.path(), "userd", "audit", claims).value();
    CHECK(check_signature(head, folder.path()));
    auto other = head;
    other.seq = 2;
    CHECK_FALSE(check_signature(other, folder.path()));
    other = head;
    other.hash[0] = other.hash[0] == '0' ? '1' : '0';
    CHECK_FALSE(check_signature(other, folder.path()));
    other = head;
    other.time += std::chrono::milliseconds(1);
    CHECK_FALSE(check_signature(other, folder.path()));
    CHECK_FALSE(check_signature(head, folder.path() / "none"));

    const auto file = folder.path() / "heads.json";
    REQUIRE(write_file(file, Json::array({schema::encode(head)}).dump(2), 0600));
    CHECK(read_heads(file).value().at(0).hash == head.hash);
    for (const char* junk : {"", "{}", "[1]", "[{}]", R"([{"service":"userd"}])"}) {
        REQUIRE(write_file(file, junk, 0600));
        CHECK_FALSE(read_heads(file));
    }
}
