// Reads JSON into structs by their tables and collects what is wrong. Inside lib/schema only.
//
// Thread safety: a Decoder belongs to one call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/codec.hpp"

namespace shop::schema {

// Where in the document the decoder is: a list that runs up to the root through the callers' stack
// frames, so that a pointer is only written out for an error. The root itself is nullptr.
struct Place {
    const Place* parent;
    std::string_view name;  // of a member; of an item, nothing
    std::size_t index;      // of an item
};

class Decoder {
public:
    enum class Names { pointers, bare };  // how errors name top-level fields: "/limit" or "limit"

    explicit Decoder(Mode mode, Names names = Names::pointers) : mode_(mode), names_(names) {}

    void structure(const Json& json, const StructType& type, void* object, const Place* at);
    // A merge patch: `object` keeps what the patch does not name.
    void patch(const Json& json, const StructType& type, void* object, const Place* at);

    void add_error(const Place* at, std::string message);
    // One error with all that was found, or nothing.
    Result<void> result() &&;

private:
    // The field that a member may set; nullptr where it may not, which has been noted.
    const Field* writable(const StructType& type, std::string_view name, const Place& at);
    void check_required(const Json& json, const StructType& type, const Place* at);
    void patch_field(const Json& json, const Field& field, void* object, const Place& at);
    void value(const Json& json, const Field& field, const Type& type, void* target,
               const Place& at, bool in_list = false);
    void text(const Json& json, const Field& field, void* target, const Place& at, bool in_list);
    void integer(const Json& json, const Field& field, void* target, const Place& at);
    void time(const Json& json, void* target, const Place& at);
    void list(const Json& json, const Field& field, const Type& type, void* target,
              const Place& at);
    std::string pointer_to(const Place* at) const;
    bool full() const;

    Mode mode_;
    Names names_;
    std::vector<FieldError> errors_;
};

}  // namespace shop::schema
