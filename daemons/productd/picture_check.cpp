#include "productd/picture_check.hpp"

#include <fmt/format.h>

#include <map>

#include "productd/pictures.hpp"

namespace shop::products {
namespace {

// A document has a few hundred kilobytes, so that a page has fewer of them than of other things.
constexpr std::size_t kPicturesAtOnce = 20;
constexpr std::size_t kImagesAtOnce = 200;

// What stands behind one image's digits.
struct Use {
    bool stored = false;
    std::string product_id = {};  // of one that has it; empty: none
};

// Images of both sides behind `after`, in their order; each list ends where the shorter one does.
struct Images {
    std::map<std::string, Use, std::less<>> uses;
    std::string end;  // not looked at any more; empty: that was all
};

void end_at(Images& images, std::string_view digits) {
    if (images.end.empty() || digits < images.end) images.end = digits;
}

// Takes up to kImagesAtOnce of one side; `add` is called for each.
class Side {
public:
    Side(Images& images, std::string_view after) : images_(images), last_(after) {}
    // Whether to go on.
    bool see(std::string_view digits, const std::function<void(Use&)>& add) {
        if (digits != last_ && ++count_ > kImagesAtOnce) {
            end_at(images_, digits);
            return false;
        }
        last_ = digits;
        add(images_.uses[last_]);
        return true;
    }

private:
    Images& images_;
    std::string last_;
    std::size_t count_ = 0;
};

Images images_behind(const Tables& tables, const store::Snapshot& snapshot,
                     const std::string& after) {
    Images images;
    // A key goes on with "-" behind the digits, a position of the index with 0x00.
    const auto behind = [&](char end) { return after.empty() ? after : after + end; };
    Side stored(images, after);
    tables.pictures.walk(
        snapshot, "", behind('.'), false, [&](std::string_view name, std::string_view) {
            return stored.see(name.substr(0, kPictureDigits), [](Use& use) { use.stored = true; });
        });
    Side used(images, after);
    tables.products.walk(snapshot, "picture", behind('\x01'), false,
                         [&](std::string_view id, std::string_view position) {
                             return used.see(position.substr(0, kPictureDigits),
                                             [&](Use& use) { use.product_id = id; });
                         });
    if (!images.end.empty()) images.uses.erase(images.uses.find(images.end), images.uses.end());
    return images;
}

store::CheckPage check_page(const Tables& tables, const store::Snapshot& snapshot,
                            std::string_view after, store::Transaction* repair) {
    store::CheckPage page;
    const Images images = images_behind(tables, snapshot, std::string(after));
    for (const auto& [digits, use] : images.uses) {
        ++page.examined;
        const std::string image = digits + std::string(kPictureEnd);
        if (use.product_id.empty()) {
            page.faults.push_back({image, "there is a picture and no product that has it", true});
            if (repair) drop_unused(tables, *repair, image);
        } else if (!has_pictures(tables, snapshot, image)) {
            page.faults.push_back(
                {use.product_id,
                 fmt::format("its picture {} is not there; give it one again", image)});
        }
    }
    if (!images.end.empty() && !images.uses.empty()) page.next = images.uses.rbegin()->first;
    return page;
}

}  // namespace

runtime::StorePart pictures_part(store::Store& store, const Tables& tables) {
    return runtime::store_part(
        tables.pictures.name(), store,
        [&tables](const events::Origin&, const store::Snapshot& snapshot, std::string_view after,
                  store::Transaction* repair) {
            return repair ? tables.pictures.repair(*repair, after, kPicturesAtOnce)
                          : tables.pictures.check(snapshot, after, kPicturesAtOnce);
        });
}

runtime::StorePart picture_use_part(store::Store& store, const Tables& tables) {
    return runtime::store_part(
        "picture_use", store,
        [&tables](const events::Origin&, const store::Snapshot& snapshot, std::string_view after,
                  store::Transaction* repair) -> Result<store::CheckPage> {
            return check_page(tables, repair ? *repair : snapshot, after, repair);
        });
}

}  // namespace shop::products
