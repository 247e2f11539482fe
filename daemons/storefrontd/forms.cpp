#include "storefrontd/forms.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace shop::storefront {
namespace {

// 401 would have the browser ask for a password of its own.
constexpr int kRefusedStatus = 422;

bool lacks_subject(std::string_view message) {
    constexpr std::array<std::string_view, 7> kVerbs = {"is ",  "must ", "has ",   "may ",
                                                        "was ", "can ",  "should "};
    return std::ranges::any_of(kVerbs,
                               [&](std::string_view verb) { return message.starts_with(verb); });
}

// The field that a pointer names; empty where the form has none of it.
std::string_view field_of(std::string_view pointer, FieldNames names) {
    if (pointer.starts_with('/')) pointer.remove_prefix(1);
    const auto found = std::ranges::find(names, pointer);
    return found == names.end() ? std::string_view() : *found;
}

}  // namespace

bool is_silence(const Error& error) {
    return error.code == Code::unavailable || error.code == Code::timeout;
}

bool is_about_form(const Error& error) {
    constexpr std::array kCodes = {Code::invalid_argument,
                                   Code::already_exists,
                                   Code::not_found,
                                   Code::conflict,
                                   Code::failed_precondition,
                                   Code::payload_too_large,
                                   Code::idempotency_mismatch,
                                   Code::resource_exhausted};
    return std::ranges::find(kCodes, error.code) != kCodes.end();
}

std::string sentence(std::string_view message, std::string_view subject) {
    message = trim(message);
    if (message.empty()) return "";
    std::string out;
    if (lacks_subject(message)) out.append(subject).append(" ");
    out += message;
    out[0] = to_upper(out.substr(0, 1))[0];
    if (std::string_view(".!?").find(out.back()) == std::string_view::npos) out += '.';
    return out;
}

void add_typed(Json& model, const Fields& form, FieldNames names) {
    for (const auto name : names) model[std::string(name)] = form.get(name);
}

void add_errors(Json& model, const Error& error, FieldNames names) {
    bool all_placed = !error.fields.empty();
    for (const auto& field : error.fields) {
        const auto name = field_of(field.pointer, names);
        if (name.empty())
            all_placed = false;
        else
            model["error_" + std::string(name)] = sentence(field.message);
    }
    if (!all_placed) model["problem"] = sentence(error.message);
}

runtime::Reply come_back(Visit& visit, std::string_view name, const std::string& title, Json model,
                         const Error& error) {
    const int status =
        error.code == Code::unauthenticated ? kRefusedStatus : info(error.code).http_status;
    auto reply = visit.page(name, title, std::move(model), status);
    if (error.retry_after_seconds > 0)
        reply.headers.set("retry-after", std::to_string(error.retry_after_seconds));
    return reply;
}

}  // namespace shop::storefront
