
#include <iostream>

#include "all.hpp"
#include "api/openapi.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "schema/codec.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

const View kEndpointView{{{"SERVICE", "/service"},
                          {"METHOD", "/method"},
                          {"PATH", "/path"},
                          {"RIGHT", "/right"},
                          {"SUMMARY", "/summary"},
                          {"ID", "/id", true}},
                         "/id"};
const View kFieldView{
    {{"FIELD", "/field"}, {"TYPE", "/type"}, {"RULES", "/rules"}, {"DESCRIPTION", "/description"}},
    "/field"};

void visit_structs(const std::function<void(const schema::StructType&)>& visit) {
    for (const auto* service : api::all_services())
        for (const auto& endpoint : service->endpoints)
            for (const auto* type : {endpoint.request, endpoint.response, endpoint.query})
                if (type) visit(*type);
}

Json endpoints() {
    Json rows = Json::array();
    for (const auto* service : api::all_services())
        for (const auto& row : service->endpoints)
            rows.push_back({{"service", service->name},
                            {"method", row.method},
                            {"path", row.path},
                            {"right", row.scope},
                            {"summary", row.summary},
                            {"id", row.id}});
    return rows;
}

std::string rules(const schema::Field& field, const Json& property) {
    std::string out;
    const auto add = [&](const std::string& rule) { out += (out.empty() ? "" : ", ") + rule; };
    if (field.required) add("required");
    if (field.read_only) add("read-only");
    if (field.write_only) add("write-only");
    for (const char* bound : {"minLength", "maxLength", "minimum", "maximum"})
        if (property.contains(bound)) add(std::string(bound) + " " + dump(property[bound]));
    if (property.contains("enum")) add("one of " + dump(property["enum"]));
    return out;
}

Json fields(const schema::StructType& type) {
    const Json properties = schema::json_schema(type)["properties"];
    Json rows = Json::array();
    for (const auto& field : type.fields) {
        const Json& property = properties[field.name];
        const std::string ref = property.value("$ref", "");
        const std::string of = ref.substr(ref.rfind('/') + 1);
        rows.push_back({{"field", field.name},
                        {"type", property.value("type", of.empty() ? "any" : of)},
                        {"rules", rules(field, property)},
                        {"description", field.doc}});
    }
    return rows;
}

Result<int> explain_resource(Shell& shell, const std::string& name) {
    const schema::StructType* found = nullptr;
    std::string known;
    visit_structs([&](const schema::StructType& type) {
        if (to_lower(type.name) == to_lower(name)) found = &type;
        if (known.find(" " + type.name + ",") == std::string::npos) known += " " + type.name + ",";
    });
    if (!found)
        return fail(Code::not_found, "There is no resource " + name +
                                         ". Known are:" + known.substr(0, known.size() - 1) + ".");
    shell.say(found->name + ": " + found->doc);
    return shell.print(fields(*found), kFieldView);
}

Result<int> print_openapi(const std::string& service_name) {
    for (const auto* service : api::all_services())
        if (service->name == service_name)
            std::cout << api::openapi_document(*service, build_version()) << "\n";
    return kExitDone;
}

}  // namespace

Command explain() {
    return {"explain", "Explain a resource's fields, or list the API's calls",
            [](Args& args) -> Run {
                auto name = std::make_shared<std::string>();
                auto openapi = std::make_shared<std::string>();
                args.text("resource", *name, "Product, Order, User, …; without one: all calls");
                args.text("--openapi", *openapi, "Print this service's OpenAPI document instead")
                    .one_of({"userd", "productd", "orderd"});
                return [name, openapi](Shell& shell) -> Result<int> {
                    if (!openapi->empty()) return print_openapi(*openapi);
                    if (name->empty()) return shell.print(endpoints(), kEndpointView);
                    return explain_resource(shell, *name);
                };
            }};
}

}  // namespace shop::cli
