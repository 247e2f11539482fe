// One call as a handler sees it: input decoded by the endpoint's tables, who asks, and the way to
// change data.
//
//     Result<Reply> update(Call& call) {
//         SHOP_TRY(version, call.if_match());
//         return call.commit([&](events::Change& change) -> Result<Reply> {
//             SHOP_TRY(product, products.update(change, call.param("ref"), version,
//             call.request().body)); return Reply::json(product).etag(product.version);
//         });
//     }
//
// Thread safety: a Call belongs to its request's worker.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/endpoint.hpp"
#include "auth/principal.hpp"
#include "events/change.hpp"
#include "http/message.hpp"
#include "schema/codec.hpp"
#include "store/store.hpp"

namespace shop::runtime {

// What a handler answers. The status is the endpoint's, unless said otherwise.
struct Reply {
    std::string body;
    int status = 0;  // 0: the endpoint's
    http::Headers headers = {};

    static Reply empty() { return {}; }
    // Stored bytes, or any JSON text, as they are.
    static Reply bytes(std::string_view json) { return {std::string(json)}; }
    template <class T>
    static Reply json(const T& value) {
        return {schema::encode_text(value)};
    }
    static Reply text(std::string body, std::string content_type);
    Reply& etag(std::int64_t version);
    Reply& etag(const std::string& opaque);
    Reply& location(std::string path);
};

class Call {
public:
    using Params = std::vector<std::pair<std::string_view, std::string>>;
    Call(http::Request& request, const api::Endpoint& endpoint, events::Origin origin,
         Params params, store::Store& store, const events::Journal& journal);

    const http::Request& request() const { return request_; }
    const api::Endpoint& endpoint() const { return endpoint_; }
    const auth::Principal& principal() const { return origin_.principal; }
    const events::Origin& origin() const { return origin_; }
    Time now() const { return origin_.now; }
    // The path parameter {name}, decoded. An assertion where the path has none.
    const std::string& param(std::string_view name) const;

    // The body as T (of the endpoint's `request`; JSON or, for the course, a form). An empty body
    // is {}.
    template <class T>
    Result<T> body() const {
        T value{};
        SHOP_CHECK(body_into(schema::type_of<T>(), &value));
        return value;
    }
    template <class T>
    Result<T> query() const {
        T value{};
        SHOP_CHECK(query_into(schema::type_of<T>(), &value));
        return value;
    }
    // The version in If-Match, from an ETag that Reply::etag made ("7" or "7.…").
    // precondition_required where it is missing; 0 for `*`, which means any.
    Result<std::int64_t> if_match() const;
    // The Idempotency-Key; empty where the call has none, or its endpoint keeps no answers.
    std::string_view idempotency_key() const;

    // Runs `work` in a write transaction with its events, audit record and idempotency record. The
    // same call again (same caller, key, method, path and body) gets the kept answer and `work`
    // does not run; another call under a used key is idempotency_mismatch (422). `work` may run
    // twice and has no effect but through the Change.
    using Work = std::function<Result<Reply>(events::Change&)>;
    Result<Reply> commit(const Work& work);
    // The kept answer of this very call, for work of several steps that cannot be one transaction.
    Result<std::optional<Reply>> kept_answer() const;
    // Reads on one snapshot.
    Result<Reply> read(const std::function<Result<Reply>(const store::Snapshot&)>& work) const;
    store::Store& store() const { return store_; }
    // Whose idempotency keys these are: the user's id, or the address of somebody unknown.
    std::string caller() const;

private:
    Result<void> body_into(const schema::StructType& type, void* out) const;
    Result<void> query_into(const schema::StructType& type, void* out) const;
    std::string fingerprint() const;
    Result<std::optional<Reply>> find_kept(const store::Snapshot& snapshot) const;

    http::Request& request_;
    const api::Endpoint& endpoint_;
    events::Origin origin_;
    Params params_;
    store::Store& store_;
    const events::Journal& journal_;
};

// The query of a list, cut into one page: the items' JSON texts and the cursor of the next page.
// {"items":[…],"next_cursor":"…"} with a Link field where there is a next page.
Reply page_reply(const Call& call, const std::vector<std::string>& items,
                 const std::string& next_cursor);

}  // namespace shop::runtime
