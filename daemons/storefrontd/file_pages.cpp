// What pages are made of: style sheets, the script, pictures.
#include "base/text.hpp"
#include "storefrontd/art.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/pages.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;

constexpr const char* kForGood = "public, max-age=31536000, immutable";
constexpr const char* kForAnHour = "public, max-age=3600";
// Opened by itself a picture is inert: it runs nothing and loads nothing.
constexpr const char* kInert = "default-src 'none'; sandbox";

Reply file(std::string bytes, const std::string& media, const std::string& version,
           const char* keep) {
    Reply reply = Reply::text(std::move(bytes), media);
    reply.etag(version);
    reply.headers.set("cache-control", keep);
    reply.headers.set("content-security-policy", kInert);
    reply.headers.set("cross-origin-resource-policy", "same-origin");
    return reply;
}

Result<Reply> send_asset(Visit& visit, std::string_view name) {
    const auto asset = visit.desk().theme.asset(name);
    if (!asset) return fail(Code::not_found, visit.text("page_gone"));
    const bool named = !visit.query().get("v").empty();
    return file(asset->bytes, asset->media, asset->version, named ? kForGood : kForAnHour);
}

Result<Reply> asset(Visit& visit, Call& call) { return send_asset(visit, call.param("file")); }
Result<Reply> favicon(Visit& visit, Call&) { return send_asset(visit, "icon.svg"); }

Result<Reply> picture(Visit& visit, Call& call) {
    SHOP_TRY(answer,
             visit.send(catalogue_needs(), "picture_get", {call.param("file")}, {.token = ""}));
    // What productd has is a JPEG that it made itself; nothing else is passed on.
    return file(std::move(answer.body), "image/jpeg", call.param("file"), kForGood);
}

// The name is read out of the address, so that no service has to be asked.
Result<Reply> art(Visit& visit, Call& call) {
    const std::string& slug = call.param("slug");
    if (!is_slug(slug)) return fail(Code::not_found, visit.text("page_gone"));
    std::string words = slug;
    std::ranges::replace(words, '-', ' ');
    return file(draw(slug, words, ""), "image/svg+xml", "art-1-" + slug, kForAnHour);
}

Result<Reply> robots(Visit&, Call&) {
    return file(
        "User-agent: *\nDisallow: /account\nDisallow: /admin\nDisallow: /cart\nDisallow: "
        "/checkout\nDisallow: /login\nDisallow: /order\nDisallow: /register\n",
        "text/plain; charset=utf-8", "robots-1", kForAnHour);
}

constexpr PageRow kPages[] = {{"asset", auth::scope::kOpen, asset},
                              {"picture", auth::scope::kOpen, picture},
                              {"art", auth::scope::kOpen, art},
                              {"favicon", auth::scope::kOpen, favicon},
                              {"robots", auth::scope::kOpen, robots}};

}  // namespace

std::span<const PageRow> file_pages() { return kPages; }

}  // namespace shop::storefront
