#include "deploy/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"
#include "deploy/manifest_tables.hpp"
#include "deploy/manifest_yaml.hpp"
#include "schema/codec.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;
using Wrong = std::vector<FieldError>;

// "/services/0/name" -> "services[0].name"
std::string key_of(std::string_view pointer) {
    std::string out;
    for (const auto step : split(pointer.substr(std::min<std::size_t>(1, pointer.size())), '/')) {
        if (parse_int(step))
            out += fmt::format("[{}]", step);
        else
            out += (out.empty() ? "" : ".") + std::string(step);
    }
    return out;
}

Failure fail_all(const YamlDocument& document, Wrong wrong) {
    std::string message;
    for (const auto& [pointer, what] : wrong) {
        if (!message.empty()) message += "; ";
        if (!pointer.empty()) message += key_of(pointer) + ' ';
        message += fmt::format("(line {}): {}", document.line_of(pointer), what);
    }
    return tl::make_unexpected(Error{Code::invalid_argument, message, std::move(wrong)});
}

// Moves the decimals of `gates` out of the document, which the field tables read.
void take_decimals(Json& document, GateSettings& gates, Wrong& wrong) {
    const auto at = document.find("gates");
    if (at == document.end() || !at->is_object()) return;
    for (const Decimal& row : gate_decimals()) {
        const auto member = at->find(row.name);
        if (member == at->end()) continue;
        const std::string pointer = "/gates/" + std::string(row.name);
        if (!member->is_number())
            wrong.push_back({pointer, "must be a number"});
        else if (const double number = member->get<double>(); number < row.min || number > row.max)
            wrong.push_back({pointer, fmt::format("must be between {} and {}", row.min, row.max)});
        else
            gates.*row.member = number;
        at->erase(member);
    }
}

void decode_document(Json& document, Manifest& manifest, Wrong& wrong) {
    take_decimals(document, manifest.gates, wrong);
    const auto done =
        schema::decode_into(document, schema::type_of<Manifest>(), schema::Mode::input, &manifest);
    if (done) return;
    const Error& error = done.error();
    wrong.insert(wrong.end(), error.fields.begin(), error.fields.end());
    if (error.fields.empty()) wrong.push_back({"", error.message});
}

bool is_host_name(std::string_view text) {
    const auto good = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("._-:[]").find(static_cast<char>(c)) != std::string_view::npos;
    };
    // A dash at its beginning would be an option of ssh.
    return !text.empty() && !text.starts_with('-') && std::ranges::all_of(text, good);
}

bool is_host(std::string_view host) {
    if (host == "local") return true;
    if (!host.starts_with("ssh://")) return false;
    host.remove_prefix(6);
    const auto at = host.find('@');
    if (at == std::string_view::npos) return is_host_name(host);
    return is_host_name(host.substr(0, at)) && is_host_name(host.substr(at + 1));
}

void check_service(const Manifest& manifest, std::size_t index, Wrong& wrong) {
    const ServiceManifest& service = manifest.services[index];
    const auto say = [&](std::string_view key, std::string_view what) {
        wrong.push_back({fmt::format("/services/{}/{}", index, key), std::string(what)});
    };
    const auto same = [&](const ServiceManifest& other) { return other.name == service.name; };
    if (std::ranges::find_if(manifest.services, same) - manifest.services.begin() !=
        static_cast<std::ptrdiff_t>(index))
        say("name", "stands twice");
    if (manifest.driver != "systemd" && service.image.empty())
        say("image", "is required by the driver " + manifest.driver);
    const auto speaks = [&](std::string_view scheme) { return service.url.starts_with(scheme); };
    if (!speaks("http://") && !speaks("https://") && !speaks("unix:/"))
        say("url", "must begin with http://, https:// or unix:/");
    if (service.canary_percent == 0) return;
    if (manifest.driver != "podman")
        say("canary_percent", "is for the driver podman alone; leave it out");
    else if (manifest.gateway.runtime_socket.empty())
        say("canary_percent", "needs gateway.runtime_socket, since the gateway shares them out");
}

void check_whole(const Manifest& manifest, Wrong& wrong) {
    if (!is_host(manifest.host))
        wrong.push_back({"/host", "must be local or ssh://user@host:port"});
    for (std::size_t i = 0; i < manifest.services.size(); ++i) check_service(manifest, i, wrong);
}

void make_absolute(std::string& path, const fs::path& folder) {
    if (!path.empty() && path.front() != '/') path = (folder / path).lexically_normal();
}

// A bare word is looked for in PATH.
void make_program_absolute(std::vector<std::string>& command, const fs::path& folder) {
    if (!command.empty() && command[0].find('/') != std::string::npos)
        make_absolute(command[0], folder);
}

void fill_service(ServiceManifest& service, const fs::path& folder) {
    const auto fill = [](std::string& value, std::string initial) {
        if (value.empty()) value = std::move(initial);
    };
    fill(service.binary, "/usr/bin/shop-" + service.name);
    fill(service.unit, "/usr/lib/systemd/system/shop-" + service.name + ".service");
    fill(service.settings, "/etc/shop/" + service.name + ".toml");
    fill(service.url, "unix:/run/shop/" + service.name + ".sock");
    for (auto* path : {&service.binary, &service.unit, &service.settings})
        make_absolute(*path, folder);
    constexpr std::string_view kUnix = "unix:";
    if (!service.url.starts_with(kUnix)) return;
    std::string path = service.url.substr(kUnix.size());
    make_absolute(path, folder);
    service.url = std::string(kUnix) + path;
}

void fill(Manifest& manifest, const fs::path& folder) {
    for (ServiceManifest& service : manifest.services) fill_service(service, folder);
    for (Hook& hook : manifest.hooks) make_program_absolute(hook.command, folder);
    make_program_absolute(manifest.ssh, folder);
    for (auto* path : {&manifest.state, &manifest.backup_folder, &manifest.gateway.runtime_socket})
        make_absolute(*path, folder);
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view yaml, const fs::path& folder) {
    SHOP_TRY(document, read_yaml(yaml));
    if (!document.value.is_object())
        return fail_all(document, {{"", "must be keys with values, like \"host: local\""}});
    Manifest manifest;
    Wrong wrong;
    decode_document(document.value, manifest, wrong);
    if (wrong.empty()) {
        fill(manifest, fs::absolute(folder));
        check_whole(manifest, wrong);
    }
    if (!wrong.empty()) return fail_all(document, std::move(wrong));
    return manifest;
}

Result<Manifest> read_manifest(const fs::path& file) {
    auto text = read_file(file);
    if (!text && text.error().code == Code::not_found)
        return fail(Code::not_found,
                    "There is no " + file.string() + ". Write one with: shopctl deploy init");
    if (!text) return tl::make_unexpected(text.error());
    auto manifest = parse_manifest(*text, fs::absolute(file).parent_path());
    if (!manifest) {
        Error error = manifest.error();
        error.message = file.string() + ": " + error.message;
        return tl::make_unexpected(std::move(error));
    }
    return manifest;
}

}  // namespace shop::cli::deploy
