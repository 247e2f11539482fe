#include <cassert>
#include <limits>
#include <nlohmann/json.hpp>

#include "schema/check.hpp"
#include "schema/codec.hpp"

namespace shop::schema {
namespace {

Json text_schema(const Field& field, bool in_list) {
    const Bounds bounds = text_bounds(field, in_list);
    Json json{{"type", "string"}};
    if (field.format != Format::none) json["format"] = format_name(field.format);
    if (bounds.min > 0) json["minLength"] = bounds.min;
    json["maxLength"] = bounds.max;
    if (!field.one_of.empty()) json["enum"] = field.one_of;
    return json;
}

Json integer_schema(const Field& field) {
    Json json{{"type", "integer"}, {"format", "int64"}};
    if (field.number_min != std::numeric_limits<std::int64_t>::min())
        json["minimum"] = field.number_min;
    if (field.number_max != std::numeric_limits<std::int64_t>::max())
        json["maximum"] = field.number_max;
    return json;
}

Json value_schema(const Field& field, const Type& type, bool in_list) {
    switch (type.kind()) {
        case Type::Kind::string:
            return text_schema(field, in_list);
        case Type::Kind::integer:
            return integer_schema(field);
        case Type::Kind::boolean:
            return {{"type", "boolean"}};
        case Type::Kind::time:
            return {{"type", "string"}, {"format", "date-time"}};
        case Type::Kind::any:
            return Json::object();
        case Type::Kind::structure:
            return {{"$ref", "#/components/schemas/" + type.structure()->name}};
        case Type::Kind::optional:
            return value_schema(field, *type.inner(), in_list);
        case Type::Kind::list:
            break;
    }
    Json json{{"type", "array"}, {"items", value_schema(field, *type.inner(), true)}};
    if (field.length_min > 0) json["minItems"] = field.length_min;
    json["maxItems"] = field.length_max;
    return json;
}

Json field_schema(const Field& field) {
    Json json = value_schema(field, *field.type, false);
    json["description"] = field.doc;
    if (field.read_only) json["readOnly"] = true;
    if (field.write_only) json["writeOnly"] = true;
    if (!field.example.empty()) {
        auto example = parse_json(field.example);
        assert(example.has_value());
        json["examples"] = Json::array({std::move(*example)});
    }
    return json;
}

}  // namespace

Json json_schema(const StructType& type) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Field& field : type.fields) {
        properties[field.name] = field_schema(field);
        if (field.required) required.push_back(field.name);
    }
    Json json{{"type", "object"}, {"description", type.doc}, {"properties", properties}};
    if (!required.empty()) json["required"] = std::move(required);
    return json;
}

}  // namespace shop::schema
