// What `shopctl deploy init` writes, from the tables that read it.
#include <fmt/format.h>

#include "base/text.hpp"
#include "deploy/manifest.hpp"
#include "deploy/manifest_tables.hpp"
#include "schema/codec.hpp"

namespace shop::cli::deploy {
namespace {

using schema::Field;
using schema::StructType;
using schema::Type;

constexpr std::string_view kHead =
    "# What `shopctl deploy` does here. Each key stands with its default, so that any may be left "
    "out\n# but `services` and their names. Relative paths begin at this file's folder.\n";
constexpr std::string_view kHookExample =
    "#  - phase: before_switch  # it may forbid the deployment\n"
    "#    command: [/etc/shop/hooks/freeze, --strict]\n"
    "#    seconds: 60\n";

class Writer {
public:
    explicit Writer(std::string_view driver) : driver_(driver) {}

    std::string manifest(const Manifest& manifest) {
        out_ = kHead;
        const Json values = schema::encode(manifest);
        for (const Field& field : schema::type_of<Manifest>().fields) {
            comment(field.doc, 0);
            if (field.name == "services")
                services(values["services"]);
            else if (field.name == "gates")
                gates(manifest.gates);
            else if (field.name == "gateway")
                gateway(values["gateway"]);
            else
                out_ += fmt::format("{}: {}\n", field.name, flow(values[field.name]));
            if (field.name == "hooks") out_ += kHookExample;
        }
        return std::move(out_);
    }

private:
    void comment(std::string_view text, std::size_t indent) {
        out_ += fmt::format("{:{}}# {}\n", "", indent, text);
    }

    // A value in one line. JSON is YAML; what needs no quotes has none.
    static std::string flow(const Json& value) {
        if (value.is_array()) {
            std::string out;
            for (const Json& item : value) out += (out.empty() ? "" : ", ") + flow(item);
            return '[' + out + ']';
        }
        if (!value.is_string()) return dump(value);
        const auto& text = value.get_ref<const std::string&>();
        return text.empty() ? "\"\"" : text;
    }

    bool has_use(std::string_view key) const {
        if (key == "binary" || key == "unit") return driver_ == "systemd";
        if (key == "image") return driver_ != "systemd";
        return key != "canary_percent" || driver_ == "podman";
    }

    // The first one with its comments.
    void services(const Json& list) {
        out_ += "services:\n";
        for (std::size_t i = 0; i < list.size(); ++i) {
            out_ += "  -\n";
            for (const Field& field : schema::type_of<ServiceManifest>().fields) {
                if (!has_use(field.name)) continue;
                if (i == 0) comment(field.doc, 4);
                out_ += fmt::format("    {}: {}\n", field.name, flow(list[i][field.name]));
            }
        }
    }

    void gates(const GateSettings& gates) {
        out_ += "gates:\n";
        const Json values = schema::encode(gates);
        for (const Field& field : schema::type_of<GateSettings>().fields) {
            comment(field.doc, 2);
            out_ += fmt::format("  {}: {}\n", field.name, flow(values[field.name]));
        }
        for (const Decimal& row : gate_decimals()) {
            comment(row.doc, 2);
            out_ += fmt::format("  {}: {}\n", row.name, gates.*row.member);
        }
    }

    void gateway(const Json& values) {
        out_ += "gateway:\n";
        for (const Field& field : schema::type_of<GatewayManifest>().fields) {
            comment(field.doc, 2);
            out_ += fmt::format("  {}: {}\n", field.name, flow(values[field.name]));
        }
    }

    std::string driver_;
    std::string out_;
};

}  // namespace

std::string manifest_template(std::string_view driver) {
    Manifest manifest;
    manifest.driver = driver;
    for (const std::string name : {"userd", "productd", "orderd", "storefrontd"})
        manifest.services.push_back(
            {.name = name,
             .binary = "/usr/bin/shop-" + name,
             .unit = "/usr/lib/systemd/system/shop-" + name + ".service",
             .settings = "/etc/shop/" + name + ".toml",
             .image = driver == "systemd" ? "" : "localhost/shop-" + name + ":latest",
             .url = "unix:/run/shop/" + name + ".sock"});
    return Writer(driver).manifest(manifest);
}

}  // namespace shop::cli::deploy
