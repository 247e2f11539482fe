// Documents by their field tables: input, stored documents and merge patches.
#include <string>

#include "api/common.hpp"
#include "api/orders.hpp"
#include "api/products.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "input.hpp"
#include "schema/codec.hpp"

namespace shop::schema {
namespace {

constexpr std::size_t kErrorsMax = 20;  // as in decoder.cpp

// Each field that is wrong has a pointer to a place that is there, or is missing where one could
// be.
void check_error(const Json& json, const Error& error) {
    assert(error.code == Code::invalid_argument);
    assert(!error.message.empty() && is_utf8(error.message));
    assert(!error.fields.empty() && error.fields.size() <= kErrorsMax);
    for (const auto& field : error.fields) {
        assert(!field.message.empty() && is_utf8(field.pointer));
        if (field.pointer.find("…") != std::string::npos) continue;  // a long name, shortened
        const Json::json_pointer pointer(field.pointer);
        assert(pointer.empty() || json.contains(pointer.parent_pointer()));
    }
}

template <class T>
void check_stored_again(const T& value) {
    const std::string text = encode_text(value);
    assert(text == dump(encode(value)));
    assert(encode_text(decode_stored<T>(text)) == text);
}

// What a table allows; its bounds are written down here a second time.
void check_bounds(const api::Product& product) {
    assert(!product.sku.empty() && product.sku.size() <= 64 && !fuzz::has_control(product.sku));
    assert(!product.name.empty() && utf8_length(product.name) <= 200);
    assert(!fuzz::has_control(product.name, "\n\t"));
    assert(product.slug.empty() || is_slug(product.slug));
    assert(product.price.amount >= 0 && product.price.amount <= limits::kPriceMinorMax);
    assert(is_currency(product.price.currency));
    assert(product.image.find('/') == std::string::npos && !product.image.starts_with('.'));
    assert(product.id.empty() && product.number == 0 && !product.stock);
    const auto stock = product.initial_stock.value_or(0);
    assert(stock >= 0 && stock <= limits::kStockMax);
}
void check_bounds(const api::ImportRequest& request) {
    assert(!request.rows.empty() && request.rows.size() <= limits::kBatchItemsMax);
    for (const auto& row : request.rows) check_bounds(row.product);
}
void check_bounds(const api::Reservation& reservation) {
    assert(!reservation.lines.empty() && reservation.lines.size() <= limits::kCartLinesMax);
    for (const auto& line : reservation.lines) {
        assert(line.quantity >= 1 && line.quantity <= limits::kQuantityMax && !line.tracked);
    }
}
void check_bounds(const api::Order&) {}
void check_bounds(const api::Event&) {}

// A patch says what is to be, so it says it twice as well as once.
template <class T>
void check_patch(const T& before, const Json& json, std::string_view text) {
    const auto patched = merge_patch(before, text);
    if (!patched) return check_error(json, patched.error());
    check_stored_again(*patched);
    const auto again = merge_patch(*patched, text);
    assert(again && encode_text(*again) == encode_text(*patched));
}

template <class T>
void check(const Json& json, std::string_view text) {
    const auto input = decode_text<T>(text);
    if (input) {
        check_bounds(*input);
        check_stored_again(*input);
    } else {
        check_error(json, input.error());
    }
    const auto stored = decode<T>(json, Mode::stored);
    if (stored) {
        check_stored_again(*stored);
        assert(encode_text(merge_patch(*stored, "{}").value()) == encode_text(*stored));
        check_patch(*stored, json, text);
    } else {
        check_error(json, stored.error());
    }
    check_patch(input ? *input : T{}, json, text);
}

void check_all(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) return;
    check<api::Product>(*json, text);
    check<api::ImportRequest>(*json, text);
    check<api::Reservation>(*json, text);
    check<api::Order>(*json, text);
    check<api::Event>(*json, text);
}

}  // namespace
}  // namespace shop::schema

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shop::schema::check_all(shop::fuzz::text_of(data, size));
    return 0;
}
