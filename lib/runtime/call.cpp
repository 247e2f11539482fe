#include "runtime/call.hpp"

#include <algorithm>
#include <cassert>

#include "base/random.hpp"
#include "base/text.hpp"
#include "events/idempotency.hpp"

namespace shop::runtime {
namespace {

Reply from_record(const events::IdempotencyRecord& record) {
    Reply reply{record.body, static_cast<int>(record.status)};
    if (!record.location.empty()) reply.location(record.location);
    if (!record.etag.empty()) reply.headers.set("etag", record.etag);
    reply.headers.set("idempotency-replayed", "true");
    return reply;
}

}  // namespace

Reply Reply::text(std::string body, std::string content_type) {
    Reply reply{std::move(body)};
    reply.headers.set("content-type", std::move(content_type));
    return reply;
}

Reply& Reply::etag(std::int64_t version) { return etag(std::to_string(version)); }

Reply& Reply::etag(const std::string& opaque) {
    headers.set("etag", '"' + opaque + '"');
    return *this;
}

Reply& Reply::location(std::string path) {
    headers.set("location", std::move(path));
    return *this;
}

Call::Call(http::Request& request, const api::Endpoint& endpoint, events::Origin origin,
           Params params, store::Store& store, const events::Journal& journal)
    : request_(request),
      endpoint_(endpoint),
      origin_(std::move(origin)),
      params_(std::move(params)),
      store_(store),
      journal_(journal) {}

const std::string& Call::param(std::string_view name) const {
    const auto at = std::ranges::find(params_, name, [](const auto& p) { return p.first; });
    assert(at != params_.end());
    return at->second;
}

Result<void> Call::body_into(const schema::StructType& type, void* out) const {
    if (endpoint_.style == api::Style::course) {
        SHOP_TRY(pairs, http::parse_form_body(request_));
        return schema::decode_pairs_into(pairs, type, out);
    }
    SHOP_TRY(json, parse_json(request_.body.empty() ? "{}" : request_.body));
    return schema::decode_into(json, type, schema::Mode::input, out);
}

Result<void> Call::query_into(const schema::StructType& type, void* out) const {
    SHOP_TRY(pairs, http::parse_form(request_.query));
    return schema::decode_pairs_into(pairs, type, out);
}

Result<std::int64_t> Call::if_match() const {
    const auto header = request_.headers.get("if-match");
    if (!header)
        return fail(Code::precondition_required,
                    "If-Match is missing: send the ETag that you read, so that nobody's change is "
                    "overwritten; * changes any version.");
    if (*header == "*") return 0;
    std::string_view text = *header;
    const Failure bad = fail_field("If-Match", "must be one ETag as it was read, or *");
    if (text.size() < 3 || text.front() != '"' || text.back() != '"') return bad;
    text = text.substr(1, text.size() - 2);
    // A list names several versions; which one was meant is not ours to guess.
    if (text.find('"') != text.npos || request_.headers.count("if-match") > 1) return bad;
    const auto version = parse_int(text.substr(0, text.find('.')));
    if (!version || *version <= 0) return bad;
    return *version;
}

std::string_view Call::idempotency_key() const {
    // A call whose row has no idempotency may answer with secrets: a session's tokens are not kept.
    if (endpoint_.idempotency == api::Idempotency::none) return "";
    return request_.headers.get("idempotency-key").value_or("");
}

std::string Call::caller() const {
    const auto& principal = origin_.principal;
    return principal.known() ? principal.user_id : "anonymous@" + request_.peer.address;
}

// The key is part of it: the body may hold a password, and what is stored must not help to guess
// it.
std::string Call::fingerprint() const {
    return sha256_hex(std::string(idempotency_key()) + "\n" + request_.method + " " +
                      request_.target + "\n" + request_.body);
}

Result<std::optional<Reply>> Call::find_kept(const store::Snapshot& snapshot) const {
    if (idempotency_key().empty()) return std::nullopt;
    const auto record = events::find_answer(snapshot, journal_.idempotency, caller(),
                                            idempotency_key(), origin_.now);
    if (!record) return std::nullopt;
    if (record->fingerprint != fingerprint())
        return fail(Code::idempotency_mismatch,
                    "This Idempotency-Key was used for another call. Use a new one.");
    return from_record(*record);
}

Result<std::optional<Reply>> Call::kept_answer() const {
    std::optional<Reply> kept;
    SHOP_CHECK(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        SHOP_TRY(found, find_kept(snapshot));
        kept = std::move(found);
        return {};
    }));
    return kept;
}

Result<Reply> Call::commit(const Work& work) {
    Reply reply;
    SHOP_CHECK(store_.write([&](store::Transaction& tx) -> Result<void> {
        SHOP_TRY(kept, find_kept(tx));
        if (kept) {
            reply = std::move(*kept);
            return {};
        }
        events::Change change(tx, journal_, origin_);
        SHOP_TRY(done, work(change));
        reply = std::move(done);
        if (idempotency_key().empty()) return {};
        const auto header = [&](const char* name) {
            return std::string(reply.headers.get(name).value_or(""));
        };
        events::keep_answer(tx, journal_.idempotency, caller(), idempotency_key(),
                            {fingerprint(), reply.status ? reply.status : endpoint_.status,
                             reply.body, header("location"), header("etag"), origin_.now});
        return {};
    }));
    return reply;
}

Result<Reply> Call::read(const std::function<Result<Reply>(const store::Snapshot&)>& work) const {
    Reply reply;
    SHOP_CHECK(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        SHOP_TRY(done, work(snapshot));
        reply = std::move(done);
        return {};
    }));
    return reply;
}

Reply page_reply(const Call& call, const std::vector<std::string>& items,
                 const std::string& next_cursor) {
    std::string body = "{\"items\":[";
    for (const std::string& item : items) {
        if (body.back() != '[') body += ',';
        body += item;
    }
    body += "]";
    if (!next_cursor.empty()) body += ",\"next_cursor\":" + dump(next_cursor);
    Reply reply{body + "}"};
    if (next_cursor.empty()) return reply;
    std::string link = "<" + std::string(call.request().path());
    char separator = '?';
    // The query was decoded once already, so it parses.
    for (const auto& [name, value] :
         http::parse_form(call.request().query).value_or(schema::Pairs{})) {
        if (name == "cursor") continue;
        link += separator + percent_encode(name) + "=" + percent_encode(value);
        separator = '&';
    }
    link += separator + ("cursor=" + percent_encode(next_cursor)) + ">; rel=\"next\"";
    reply.headers.set("link", std::move(link));
    return reply;
}

}  // namespace shop::runtime
