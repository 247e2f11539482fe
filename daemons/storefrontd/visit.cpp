#include "storefrontd/visit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "storefrontd/cards.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/sealing.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using namespace std::chrono_literals;
using runtime::Reply;

constexpr auto kRenewBefore = 30s;           // the end of an access token
constexpr std::size_t kAgentBytesMax = 300;  // of a User-Agent, for the list of one's sessions
constexpr std::string_view kSecureCookie = "__Host-shop";
constexpr std::string_view kPlainCookie = "shop";  // browsers take __Host- over TLS alone

// Nothing but our own files; no inline script or style; in no frame; forms come back to us.
constexpr const char* kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

// The value of a cookie in "a=1; b=2"; empty where it is not there.
std::string_view cookie_of(const http::Headers& headers, std::string_view name) {
    std::string_view rest = headers.get("cookie").value_or("");
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        const auto pair = trim(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
            return pair.substr(name.size() + 1);
    }
    return "";
}

// "https://shop.example:5443/x" -> "shop.example:5443"; empty where it is no such address.
std::string_view authority_of(std::string_view url) {
    const auto at = url.find("://");
    if (at == url.npos) return "";
    url.remove_prefix(at + 3);
    return url.substr(0, url.find('/'));
}

// How the shop calls them.
std::string name_of(const api::User& user) {
    return user.first_name.empty() ? user.username : user.first_name;
}

// Name of the text that says so while the service does not answer.
std::string_view down_text(const api::ServiceTable& service) {
    if (&service == &api::users_service()) return "accounts_down";
    return &service == &api::orders_service() ? "ordering_down" : "catalogue_down_hint";
}

Failure foreign_form() {
    return fail(Code::permission_denied,
                "This form was not sent from a page of this shop, or the page is too old. Go "
                "back, load it again, and send it once more.");
}

}  // namespace

const std::string& Fields::get(std::string_view name) const {
    static const std::string nothing;
    for (const auto& [key, value] : pairs_)
        if (key == name) return value;
    return nothing;
}

std::vector<std::string> Fields::all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [key, value] : pairs_)
        if (key == name) out.push_back(value);
    return out;
}

std::string own_path(std::string_view path) {
    // "//host" and "/\host" lead elsewhere; so might what a browser drops while it reads.
    const bool ours =
        path.starts_with('/') && !path.starts_with("//") && path.size() <= 500 &&
        std::ranges::all_of(path, [](char c) { return c > 0x20 && c != 0x7f && c != '\\'; });
    return ours ? std::string(path) : "/";
}

Visit::Visit(Desk& desk, const http::Request& request, const events::Origin& origin)
    : desk_(desk), request_(request), origin_(origin) {
    path_ = request.target;
    if (auto fields = http::parse_form(request.query)) query_ = Fields(*std::move(fields));
    read_cookie();
}

bool Visit::is_secure() const {
    // Whoever says so without cause gets a cookie that their own browser does not send back.
    return desk_.over_tls || request_.headers.get("x-forwarded-proto") == "https";
}

void Visit::read_cookie() {
    const auto given = cookie_of(request_.headers, is_secure() ? kSecureCookie : kPlainCookie);
    cookie_is_new_ = !Sessions::is_cookie(given);
    cookie_ = cookie_is_new_ ? Sessions::new_cookie() : std::string(given);
    if (!cookie_is_new_) session_ = desk_.sessions.find(cookie_, origin_.now);
}

Visit Visit::as_guest() const {
    Visit guest(*this);
    guest.session_.reset();
    guest.principal_.reset();
    guest.flash_ = Json::array();
    guest.notice_.clear();
    guest.query_ =
        Fields(query_.has("q") ? Fields::Pairs{{"q", query_.get("q")}} : Fields::Pairs{});
    return guest;
}

Result<void> Visit::check_form() {
    const auto origin = request_.headers.get("origin");
    const auto from = authority_of(origin ? *origin : request_.headers.get("referer").value_or(""));
    if (from.empty() || from != request_.headers.get("host").value_or("")) return foreign_form();
    SHOP_TRY(fields, http::parse_form_body(request_));
    form_ = Fields(std::move(fields));
    const bool ours =
        !cookie_is_new_ && is_form_token(desk_.sessions.form_key(), cookie_, form_.get("csrf"));
    return ours ? Result<void>{} : foreign_form();
}

void Visit::renew(bool now) {
    const auto is_due = [&] {
        return session_ && (now || session_->access_expires_at - origin_.now <= kRenewBefore);
    };
    if ((renewed_ && !now) || !is_due()) return;
    renewed_ = true;
    const auto turn = desk_.sessions.turn_of(cookie_);
    // Another request of this browser may have had its turn meanwhile.
    session_ = desk_.sessions.find(cookie_, origin_.now);
    if (!is_due()) return;
    api::CallOptions options;
    options.body = Json{{"refresh_token", session_->refresh_token}};
    options.token = "";
    options.client_address = origin_.address;
    auto fresh =
        desk_.backends.users.call<api::Session>(account_needs().at("session_refresh"), {}, options);
    if (!fresh) {
        if (fresh.error().code == Code::unauthenticated) sign_out();
        return;
    }
    session_->name = name_of(fresh->user);
    session_->access_token = fresh->access_token;
    session_->access_expires_at = fresh->access_expires_at;
    session_->refresh_token = fresh->refresh_token;
    session_->expires_at = fresh->expires_at;
    principal_.reset();
    (void)desk_.sessions.keep(cookie_, *session_);
    cookie_lives_on_ = true;
}

const auth::Principal& Visit::principal() {
    if (principal_) return *principal_;
    renew();
    principal_.emplace();
    if (session_)
        if (auto known = desk_.verifier.verify(session_->access_token)) principal_ = *known;
    return *principal_;
}

bool Visit::may(std::string_view scope) { return principal().may(scope); }

bool Visit::is_staff() {
    using namespace auth::scope;
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{kProductsWrite, kStockWrite, kOrdersRead,
                                                kUsersRead, kAuditRead},
        [this](std::string_view scope) { return may(scope); });
}

Result<void> Visit::sign_in(const api::Session& session) {
    cookie_ = Sessions::new_cookie();
    cookie_is_new_ = true;
    principal_.reset();
    const auto& user = session.user;
    session_ = Session{session.id,
                       user.id,
                       user.username,
                       name_of(user),
                       session.access_token,
                       session.access_expires_at,
                       session.refresh_token,
                       session.expires_at};
    return desk_.sessions.keep(cookie_, *session_);
}

void Visit::sign_out() {
    (void)desk_.sessions.forget(cookie_);
    session_.reset();
    principal_.reset();
    cookie_ends_ = true;
}

void Visit::end_session() {
    if (session_) (void)send(account_needs(), "session_delete");
    sign_out();
}

Result<http::Response> Visit::send(const runtime::Needs& needs, std::string_view id,
                                   const std::vector<std::string>& params,
                                   api::CallOptions options) {
    if (!options.token) {
        renew();
        options.token = session_ ? session_->access_token : "";
    }
    options.client_address = origin_.address;
    options.user_agent = shorten(request_.headers.get("user-agent").value_or(""), kAgentBytesMax);
    options.request_id = origin_.request_id;
    options.traceparent = origin_.traceparent;
    const auto& client = options.content.empty() ? desk_.backends.of(needs.service())
                                                 : desk_.backends.patient_products;
    auto answer = client.send(needs.at(id), params, options);
    if (answer || !is_silence(answer.error())) return answer;
    // What the client says of it names our own machines.
    return Failure(Error{Code::unavailable,
                         text(down_text(needs.service())),
                         {},
                         answer.error().retry_after_seconds});
}

Json Visit::person() {
    if (!session_) return nullptr;
    using namespace auth::scope;
    Json may_do;
    for (const auto& [name, right] :
         std::initializer_list<std::pair<const char*, std::string_view>>{
             {"may_products", kProductsWrite},
             {"may_stock", kStockWrite},
             {"may_orders", kOrdersRead},
             {"may_fulfil", kOrdersFulfil},
             {"may_cancel", kOrdersCancel},
             {"may_users", kUsersRead},
             {"may_users_write", kUsersWrite},
             {"may_roles", kRolesWrite},
             {"may_audit", kAuditRead}})
        may_do[name] = may(right);
    may_do["name"] = session_ ? session_->name : "";
    may_do["username"] = session_ ? session_->username : "";
    may_do["role"] = principal().role;
    may_do["is_staff"] = is_staff();
    return may_do;
}

// How many pieces are in the cart; nothing where orderd does not say.
void Visit::add_cart(Json& model) {
    if (!may(auth::scope::kCart)) return;
    const auto cart = call<api::Cart>(order_needs(), "cart_get");
    if (!cart) {
        if (notice_.empty()) notice("notice_orders_down");
        return;
    }
    std::int64_t pieces = 0;
    for (const auto& line : cart->lines) pieces += line.quantity;
    if (pieces == 0) return;
    model["cart_count"] = number_text(pieces);
    model["cart_noun"] = pieces == 1 ? "piece" : "pieces";
}

Json Visit::layout_model(std::string_view layout, const std::string& title) {
    Json model = {{"title", title},
                  {"text", *desk_.theme.texts()},
                  {"asset_version", desk_.theme.version()},
                  {"csrf", desk_.token_mark},
                  {"path", percent_encode(path_)},
                  {"is_private", session_.has_value()},
                  {"person", person()},
                  {"year", date_text(origin_.now).substr(date_text(origin_.now).size() - 4)}};
    if (query_.has("q")) model["search"] = query_.get("q");
    if (layout == "layout") {
        add_cart(model);
        model["nav"] = navigation();
    } else {
        model["admin_nav"] = admin_nav(*this, path_);
    }
    if (const auto& said = query_.get("said"); !said.empty())
        if (auto message = text("said_" + said); !message.empty()) say("good", message);
    if (!description_.empty()) model["description"] = description_;
    model["flash"] = flash_;
    if (!notice_.empty()) model["notice"] = notice_;
    return model;
}

Json Visit::navigation() const {
    Json nav = Json::array();
    for (const auto& category : *desk_.categories.list()) {
        const std::string href = address_of_category(category.name);
        nav.push_back({{"name", category.name}, {"href", href}, {"is_current", path_ == href}});
    }
    return nav;
}

std::string Visit::content(std::string_view name, Json model) const {
    model["text"] = *desk_.theme.texts();
    model["csrf"] = desk_.token_mark;
    model["path"] = percent_encode(path_);
    return desk_.theme.render(name, model);
}

std::string Visit::whole(std::string_view layout, const std::string& title,
                         const std::string& content) {
    Json model = layout_model(layout, title);
    model["content"] = content;
    return desk_.theme.render(layout, model);
}

Reply Visit::page(std::string_view name, const std::string& title, Json model, int status) {
    model["person"] = person();
    const bool office = name.starts_with("admin");
    return html(joined(cut(whole(office ? "admin_layout" : "layout", title,
                                 content(name, std::move(model))))),
                status);
}

Reply Visit::html(std::string text, int status) {
    Reply reply = Reply::text(std::move(text), "text/html; charset=utf-8");
    reply.status = status;
    finish(reply.headers);
    return reply;
}

std::vector<std::string> Visit::cut(std::string_view text) const {
    std::vector<std::string> pieces;
    for (;;) {
        const auto at = text.find(desk_.token_mark);
        pieces.emplace_back(text.substr(0, at));
        if (at == text.npos) return pieces;
        text.remove_prefix(at + desk_.token_mark.size());
    }
}

std::string Visit::joined(const std::vector<std::string>& pieces) const {
    const std::string token = form_token(desk_.sessions.form_key(), cookie_);
    std::size_t bytes = 0;
    for (const auto& piece : pieces) bytes += piece.size() + token.size();
    std::string out;
    out.reserve(bytes);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i > 0) out += token;
        out += pieces[i];
    }
    return out;
}

Reply Visit::redirect(const std::string& path) {
    Reply reply;
    reply.status = 303;
    reply.headers.set("location", path);
    finish(reply.headers);
    return reply;
}

Reply Visit::redirect(const std::string& path, std::string_view said) {
    return redirect(
        fmt::format("{}{}said={}", path, path.find('?') == path.npos ? '?' : '&', said));
}

Reply Visit::to_login() {
    const bool reads = request_.method == "GET";
    return redirect("/login?next=" + percent_encode(reads ? request_.target : "/"));
}

void Visit::say(std::string kind, std::string message) {
    flash_.push_back({{"kind", std::move(kind)}, {"message", std::move(message)}});
}

void Visit::notice(std::string_view text_name) { notice_ = text(text_name); }

std::string Visit::text(std::string_view name) const {
    const auto texts = desk_.theme.texts();
    const auto found = texts->find(std::string(name));
    return found == texts->end() ? "" : found->get<std::string>();
}

void Visit::finish(http::Headers& headers) const {
    headers.set("content-security-policy", kContentPolicy);
    headers.set("referrer-policy", "same-origin");
    headers.set("x-frame-options", "DENY");
    headers.set("cross-origin-opener-policy", "same-origin");
    headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
    const bool secure = is_secure();
    if (!cookie_is_new_ && !cookie_ends_ && !cookie_lives_on_) return;
    const std::string_view name = secure ? kSecureCookie : kPlainCookie;
    const std::string value = cookie_ends_ && !cookie_is_new_ ? "" : cookie_;
    headers.set("set-cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax{}{}", name, value,
                                          secure ? "; Secure" : "",
                                          value.empty() ? "; Max-Age=0"
                                          : session_    ? "; Max-Age=2592000"
                                                        : ""));
}

}  // namespace shop::storefront
