// One request of a browser: who it is, what it sends, and how it is answered.
//
// Everything that a page shows comes from the services, with the visitor's own rights: nothing is
// decided here. The access token is renewed on the way where it is about to end.
//
// Thread safety: a Visit belongs to its request's worker.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/orders.hpp"
#include "api/users.hpp"
#include "runtime/call.hpp"
#include "runtime/needs.hpp"
#include "storefrontd/desk.hpp"

namespace shop::storefront {

// Fields of a form or a query. A field that was not sent is empty.
class Fields {
public:
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    Fields() = default;
    explicit Fields(Pairs pairs) : pairs_(std::move(pairs)) {}
    const std::string& get(std::string_view name) const;  // the first of that name
    std::vector<std::string> all(std::string_view name) const;
    bool has(std::string_view name) const { return !get(name).empty(); }
    const Pairs& pairs() const { return pairs_; }

private:
    Pairs pairs_;
};

class Visit {
public:
    Visit(Desk& desk, const http::Request& request, const events::Origin& origin);

    Desk& desk() const { return desk_; }
    const http::Request& request() const { return request_; }
    Time now() const { return origin_.now; }
    const Fields& query() const { return query_; }
    // Of a POST, after check_form().
    const Fields& form() const { return form_; }

    // Reads the form, and refuses it where it was not sent from a page of ours that was made for
    // this browser: Origin (or Referer) and the form's token say so. permission_denied otherwise.
    Result<void> check_form();

    // Whether this browser is signed in; that may be known while userd is down, too.
    bool signed_in() const { return session_.has_value(); }
    const Session& session() const { return *session_; }
    // Whether the services would let this person. false also while that can't be known.
    bool may(std::string_view scope);
    bool is_staff();
    // Whether it is known what this person may: not where the access token ended and userd, which
    // gives the next one, is down.
    bool is_known() { return principal().known(); }
    // After userd let somebody in: a new cookie, so that one that was planted is of no use.
    Result<void> sign_in(const api::Session& session);
    // Takes in at once what has changed about the account: its name, or what it may.
    void renew_now() { renew(true); }
    // Forgets the session; userd's goes on.
    void sign_out();
    // Ends userd's as well, where there is one. Where userd does not hear of it now, the session
    // ends with its tokens, which nobody has any more.
    void end_session();

    // Calls a service with the visitor's token. What it answers is passed on; unauthenticated also
    // where the session has ended elsewhere (the error page leads to the sign-in then). A service
    // that does not answer is unavailable, with the shop's own words for it.
    Result<http::Response> send(const runtime::Needs& needs, std::string_view id,
                                const std::vector<std::string>& params = {},
                                api::CallOptions options = {});
    template <class T>
    Result<T> call(const runtime::Needs& needs, std::string_view id,
                   const std::vector<std::string>& params = {}, api::CallOptions options = {}) {
        SHOP_TRY(response, send(needs, id, params, std::move(options)));
        return schema::decode_text<T>(response.body, schema::Mode::stored);
    }

    // A page: the template within the layout ("layout", or "admin_layout" for templates "admin…").
    // The model gets text, csrf, path and person as well.
    runtime::Reply page(std::string_view name, const std::string& title, Json model,
                        int status = 200);
    // The same in two steps, for pages that are kept: the content has nothing of this visitor.
    std::string content(std::string_view name, Json model) const;
    std::string whole(std::string_view layout, const std::string& title,
                      const std::string& content);
    runtime::Reply html(std::string text, int status = 200);
    // Cut at the marks of the form's token, and put together with this visitor's.
    std::vector<std::string> cut(std::string_view text) const;
    std::string joined(const std::vector<std::string>& pieces) const;
    // 303; `path` is one of ours.
    runtime::Reply redirect(const std::string& path);
    // What was done, to be said on the page that comes next: the name of a text "said_…".
    runtime::Reply redirect(const std::string& path, std::string_view said);
    // To the sign-in, and back here afterwards.
    runtime::Reply to_login();

    // The page's own address, to come back to; at first what was asked for.
    void set_path(std::string path) { path_ = std::move(path); }
    // The same request by nobody in particular, for pages that are kept.
    Visit as_guest() const;
    // Whether nothing on the page is about this visitor, but for the tokens of forms.
    bool is_plain_guest() const {
        return !signed_in() && notice_.empty() && flash_.empty() && !query_.has("said");
    }

    // What search engines are told of the page.
    void describe(std::string text) { description_ = std::move(text); }
    // Says something at the top of the page that follows in this answer.
    void say(std::string kind, std::string message);
    void notice(std::string_view text_name);
    // The shop's own text of this name.
    std::string text(std::string_view name) const;

    // Cookie and the headers that every answer has.
    void finish(http::Headers& headers) const;

private:
    void read_cookie();
    // Renews the access token where it is about to end. What can't be renewed now stays as it is.
    // `now`: also where it is not.
    void renew(bool now = false);
    const auth::Principal& principal();
    bool is_secure() const;
    Json layout_model(std::string_view layout, const std::string& title);
    Json person();
    void add_cart(Json& model);
    Json navigation() const;

    Desk& desk_;
    const http::Request& request_;
    const events::Origin& origin_;
    std::string path_;
    Fields query_;
    Fields form_;
    std::string cookie_;  // its secret
    bool cookie_is_new_ = false;
    bool cookie_ends_ = false;      // signed out
    bool cookie_lives_on_ = false;  // with its session, which was made longer
    std::optional<Session> session_;
    bool renewed_ = false;
    std::optional<auth::Principal> principal_;
    Json flash_ = Json::array();
    std::string notice_;
    std::string description_;
};

// Where a sign-in leads back to: a path of ours, or "/" where it is anything else.
std::string own_path(std::string_view path);

}  // namespace shop::storefront
