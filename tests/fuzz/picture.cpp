// A picture from outside: what it says of itself, and what is left of a JPEG without its remarks.
#include <string>

#include "base/text.hpp"
#include "input.hpp"
#include "picture/frames.hpp"
#include "picture/header.hpp"
#include "picture/jpeg.hpp"

namespace shop::picture {
namespace {

void check_header(std::string_view bytes) {
    const fuzz::Exact exact(bytes);
    const auto header = read_header(exact.text());
    if (!header) {
        assert(header.error().code == Code::invalid_argument);
        assert(is_utf8(header.error().message) && !fuzz::has_control(header.error().message));
        return;
    }
    assert(header->width >= 1 && header->width <= kSideMax);
    assert(header->height >= 1 && header->height <= kSideMax);
    assert(header->width * header->height <= kPixelsMax);
    assert(header->orientation >= 1 && header->orientation <= 8);
    if (header->kind != Kind::jpeg) return;
    // Without its remarks it is the same picture, and has none; unless its end stood in one.
    const std::string bare = without_remarks(exact.text());
    assert(bare.size() <= bytes.size());
    const auto again = read_header(bare);
    assert(without_remarks(bare) == bare);
    if (!again) return;
    assert(again->width == header->width && again->height == header->height);
    assert(again->orientation == 1);
}

void check_renditions(std::string_view bytes) {
    const fuzz::Exact exact(bytes);
    const auto read = read_renditions(exact.text());
    if (!read) return;
    assert(read->size() == kWidths.size());
    const auto again = read_renditions(write_renditions(*read));
    assert(again && again->size() == read->size());
    for (std::size_t i = 0; i < read->size(); ++i) assert((*again)[i].jpeg == (*read)[i].jpeg);
}

}  // namespace
}  // namespace shop::picture

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shop::picture::check_header(shop::fuzz::text_of(data, size));
    shop::picture::check_renditions(shop::fuzz::text_of(data, size));
    return 0;
}
