// The handlers of pictures.
#include "productd/pictures.hpp"
#include "productd/products.hpp"
#include "productd/routes.hpp"

namespace shop::products {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

// Another image for the product, and its document.
Result<Reply> with_image(const Tables& tables, Change& change, std::string_view ref,
                         const std::string& image) {
    SHOP_TRY(before, find(tables, change.tx(), ref));
    api::Product after = before;
    after.image = image;
    SHOP_CHECK(save(tables, change, before, std::move(after)));
    return product_reply(tables, change.tx(), before.id);
}

Result<Reply> picture_put(const Tables& tables, picture::Renderer& renderer, Call& call) {
    const std::string& original = call.request().body;
    if (original.empty())
        return fail_field("body", "is empty; send the picture, a JPEG, PNG, WebP or GIF");
    // Nobody waits for a picture that has no place.
    SHOP_CHECK(call.store().read([&](const Snapshot& snapshot) -> Result<void> {
        const auto found = find_id(tables, snapshot, call.param("product"));
        return found ? Result<void>{} : tl::make_unexpected(found.error());
    }));
    SHOP_TRY(renditions, renderer.render(original));
    const std::string image = image_of(original);
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_CHECK(keep_pictures(tables, change, image, renditions));
        return with_image(tables, change, call.param("product"), image);
    });
}

Result<Reply> picture_delete(const Tables& tables, Call& call) {
    return call.commit(
        [&](Change& change) { return with_image(tables, change, call.param("product"), ""); });
}

Result<Reply> picture_get(const Tables& tables, Call& call) {
    const std::string& name = call.param("picture");
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(bytes, picture_bytes(tables, snapshot, name));
        Reply reply = Reply::text(std::move(bytes), "image/jpeg");
        reply.etag(name);
        // Under this name there is never another one.
        reply.headers.set("cache-control", "public, max-age=31536000, immutable");
        reply.headers.set("content-security-policy", "default-src 'none'; sandbox");
        return reply;
    });
}

}  // namespace

void bind_picture_routes(runtime::Service& service, const Tables& tables,
                         picture::Renderer& renderer) {
    service.bind("product_picture_put",
                 [&tables, &renderer](Call& call) { return picture_put(tables, renderer, call); });
    service.bind("product_picture_delete",
                 [&tables](Call& call) { return picture_delete(tables, call); });
    service.bind("picture_get", [&tables](Call& call) { return picture_get(tables, call); });
}

}  // namespace shop::products
