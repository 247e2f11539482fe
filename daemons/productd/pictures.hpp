// Pictures of products: JPEGs of a few widths in the store, named by what was handed in.
//
// A product whose `image` is "<32 hexadecimal digits>.jpg" has the pictures "<digits>-<width>.jpg".
// The digits are of the original's hash, so a picture never changes under its name, and products
// that were given the same one share it. What no product has is deleted with the change that left
// it.
//
// Thread safety: free functions; as safe as the Snapshot or Change they get.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "picture/frames.hpp"
#include "productd/store.hpp"

namespace shop::products {

// The `image` of a product that was given this.
std::string image_of(std::string_view original);
// "<digits>-600.jpg": a key of Tables::pictures.
std::string picture_name(std::string_view image, int width);

// Whether all its pictures are there; true for an image that is no such name.
bool has_pictures(const Tables& tables, const store::Snapshot& snapshot, std::string_view image);
// invalid_argument at /image where they are not.
Result<void> check_image(const Tables& tables, const store::Snapshot& snapshot,
                         const std::string& image);

// Keeps them under the image's name, unless they are there.
Result<void> keep_pictures(const Tables& tables, events::Change& change, std::string_view image,
                           const std::vector<picture::Rendition>& renditions);
// Deletes the image's pictures where no product has it (any more).
void drop_unused(const Tables& tables, store::Transaction& tx, std::string_view image);

// The bytes of a JPEG. not_found where there is none of this name.
Result<std::string> picture_bytes(const Tables& tables, const store::Snapshot& snapshot,
                                  std::string_view name);

}  // namespace shop::products
