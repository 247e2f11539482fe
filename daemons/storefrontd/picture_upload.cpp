#include "storefrontd/picture_upload.hpp"

namespace shop::storefront {

std::string_view picture_type(std::string_view bytes) {
    if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
    if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
    if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "image/gif";
    constexpr std::size_t kRiffBytes = 8;  // "RIFF" and the length
    if (bytes.starts_with("RIFF") && bytes.size() >= kRiffBytes &&
        bytes.substr(kRiffBytes).starts_with("WEBP"))
        return "image/webp";
    return "";
}

}  // namespace shop::storefront
