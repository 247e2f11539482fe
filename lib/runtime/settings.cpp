#include "runtime/settings.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/file.hpp"
#include "base/text.hpp"

namespace shop::schema {

template <>
const StructType& type_of<runtime::DaemonSettings>() {
    using T = runtime::DaemonSettings;
    static const StructType type{
        "DaemonSettings",
        "What every daemon has.",
        {
            field<&T::listen>("listen", "Address to listen on.", Length{1, 64}),
            field<&T::port>("port", "TCP port; 0: the service's own.", Range{0, 65535}),
            field<&T::tls_certificate>(
                "tls_certificate",
                "PEM file of the certificate and its chain: TCP speaks TLS then; SIGHUP reads it "
                "again.",
                Length{0, 4000}),
            field<&T::tls_key>("tls_key", "PEM file of the certificate's private key.",
                               Length{0, 4000}),
            field<&T::tls_client_ca>(
                "tls_client_ca",
                "PEM file of the authorities whose certificates clients over TCP have to show; "
                "empty: they need none.",
                Length{0, 4000}),
            field<&T::tls_ca>("tls_ca",
                              "PEM file of the authorities of services with https:// addresses; "
                              "empty: the system's.",
                              Length{0, 4000}),
            field<&T::trusted_proxies>(
                "trusted_proxies",
                "Addresses, with commas between them, whose X-Forwarded-For is believed, as is "
                "that of Unix sockets and of clients with a certificate.",
                Length{0, 4000}),
            field<&T::socket>("socket", "Unix socket to listen on as well; empty: none.",
                              Length{0, 100}),
            field<&T::socket_users>(
                "socket_users",
                "Users (names or numbers, with commas between them) who may come over Unix "
                "sockets, beside the service's own and root.",
                Length{0, 4000}),
            field<&T::data_dir>("data_dir", "Folder of the store.", Length{0, 4000}),
            field<&T::keys_dir>("keys_dir", "Folder of the services' key pairs.", Length{0, 4000}),
            field<&T::currency>("currency", "The shop's currency.", Format::currency, Length{3, 3}),
            field<&T::log_level>("log_level", "How much to log; SIGHUP reads it again.",
                                 OneOf{{"error", "warning", "info", "debug"}}),
            field<&T::workers>("workers", "Threads that answer requests.", Range{1, 256}),
            field<&T::connections_max>("connections_max", "Open connections at most.",
                                       Range{8, 100'000}),
            field<&T::connections_per_address_max>("connections_per_address_max",
                                                   "Open connections of one address at most, "
                                                   "loopback and trusted proxies excepted; 0: no "
                                                   "limit.",
                                                   Range{0, 100'000}),
            field<&T::queue_max>("queue_max", "Requests that wait for a thread at most.",
                                 Range{1, 100'000}),
            field<&T::queue_ms_max>("queue_ms_max",
                                    "Milliseconds that a request waits for a thread at most.",
                                    Range{10, 60'000}),
            field<&T::buffered_mib_max>(
                "buffered_mib_max", "MiB of bodies and unread answers in memory at most, together.",
                Range{2, 65'536}),
            field<&T::head_seconds>("head_seconds", "How long a request's head may take.",
                                    Range{1, 600}),
            field<&T::body_seconds>("body_seconds", "How long a request's body may take.",
                                    Range{1, 3600}),
            field<&T::idle_seconds>("idle_seconds", "How long a connection may be idle.",
                                    Range{1, 3600}),
            field<&T::write_seconds>("write_seconds", "How long the reading of an answer may take.",
                                     Range{1, 3600}),
            field<&T::drain_seconds>("drain_seconds", "How long to finish requests at the end.",
                                     Range{0, 600}),
            field<&T::course_api>("course_api", "Serve the course's API too."),
            field<&T::users_url>("users_url", "Where userd is; empty: on this machine.",
                                 Length{0, 300}),
            field<&T::products_url>("products_url", "Where productd is; empty: on this machine.",
                                    Length{0, 300}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::runtime {
namespace {

using schema::Field;

// A value and where it came from, for messages.
struct Given {
    std::string value;
    std::string source;
};
using GivenMap = std::map<std::string, Given, std::less<>>;

const Field* find_field(const std::vector<SettingsGroup>& groups, std::string_view name) {
    for (const auto& group : groups)
        if (const Field* field = group.type->find(name)) return field;
    return nullptr;
}

bool is_flag(const Field& field) { return field.type->kind() == schema::Type::Kind::boolean; }

std::string flag_name(std::string name) {
    std::ranges::replace(name, '_', '-');
    return "--" + name;
}

std::string variable_prefix(const std::string& service) {
    return "SHOP_" + to_upper(service) + "_";
}

Failure unknown(const std::string& what, const std::string& service) {
    return fail(Code::invalid_argument,
                what + " is not known. See the settings with: shop-" + service + " --help");
}

// The flags of the command line; `config_file` is the value of --config.
class FlagReader {
public:
    FlagReader(const std::string& service, const std::vector<SettingsGroup>& groups)
        : service_(service), groups_(groups) {}

    Result<void> read(const std::vector<std::string>& arguments) {
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const std::string& argument = arguments[i];
            if (switch_for(argument)) {
                *switch_for(argument) = true;
                continue;
            }
            const auto equals = argument.find('=');
            std::string name = argument.substr(0, equals);
            std::optional<std::string> value;
            if (equals != std::string::npos) value = argument.substr(equals + 1);
            if (!value && take_boolean(name)) continue;
            // A flag is no value: `--data-dir --check-config` has forgotten its folder.
            if (!value && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--"))
                value = arguments[++i];
            SHOP_CHECK(take(name, value));
        }
        return {};
    }
    CommandLine line;
    std::string config_file;
    GivenMap given;

private:
    bool* switch_for(const std::string& argument) {
        if (argument == "--help") return &line.help;
        if (argument == "--version") return &line.version;
        if (argument == "--check-config") return &line.check_config;
        if (argument == "--print-config") return &line.print_config;
        if (argument == "--health") return &line.health;
        if (argument == "--describe") return &line.describe;
        if (argument == "--restore") return &line.restore;
        if (argument == "--compact") return &line.compact;
        return nullptr;
    }
    static std::string setting_name(const std::string& flag) {
        std::string name = flag.starts_with("--") ? flag.substr(2) : "";
        std::ranges::replace(name, '-', '_');
        return name;
    }
    bool take_boolean(const std::string& flag) {
        std::string name = setting_name(flag);
        const bool off = name.starts_with("no_") && !find_field(groups_, name);
        if (off) name = name.substr(3);
        const Field* field = find_field(groups_, name);
        if (!field || !is_flag(*field)) return false;
        given[name] = {off ? "false" : "true", "the command line"};
        return true;
    }
    Result<void> take(const std::string& flag, const std::optional<std::string>& value) {
        const std::string name = setting_name(flag);
        if (flag != "--config" && !find_field(groups_, name)) return unknown(flag, service_);
        if (!value) return fail(Code::invalid_argument, flag + " needs a value.");
        if (flag == "--config")
            config_file = *value;
        else
            given[name] = {*value, "the command line"};
        return {};
    }

    const std::string& service_;
    const std::vector<SettingsGroup>& groups_;
};

Result<void> read_environment(const std::string& service, const Environment& environment,
                              const std::vector<SettingsGroup>& groups, GivenMap& given) {
    const std::string prefix = variable_prefix(service);
    for (const auto& [name, value] : environment) {
        if (!name.starts_with(prefix)) continue;
        const std::string setting = to_lower(std::string_view(name).substr(prefix.size()));
        if (!find_field(groups, setting)) return unknown("The variable " + name, service);
        given.insert_or_assign(setting, Given{value, "the variable " + name});
    }
    return {};
}

Result<void> read_config_file(const std::string& service, const std::string& path,
                              const std::vector<SettingsGroup>& groups, GivenMap& given) {
    SHOP_TRY(text, read_file(path, 1024 * 1024));
    toml::table table;
    try {
        table = toml::parse(text, path);
    } catch (const toml::parse_error& error) {
        std::ostringstream where;
        where << path << ", line " << error.source().begin.line << ": " << error.description();
        return fail(Code::invalid_argument, where.str());
    }
    for (const auto& [key, node] : table) {
        const std::string name(key.str());
        if (!find_field(groups, name)) return unknown(path + ": " + name, service);
        std::string value;
        if (const auto* text_value = node.as_string())
            value = text_value->get();
        else if (const auto* number = node.as_integer())
            value = std::to_string(number->get());
        else if (const auto* flag = node.as_boolean())
            value = flag->get() ? "true" : "false";
        else
            return fail(Code::invalid_argument,
                        path + ": " + name + " must be text, a number or a boolean.");
        given.insert_or_assign(name, Given{value, path});
    }
    return {};
}

// Names the flag and the source in each message of the group's checks.
Failure explain(const Error& error, const GivenMap& given) {
    std::string message;
    for (const auto& field : error.fields) {
        const auto at = given.find(field.pointer);
        message += (message.empty() ? "" : "; ") + flag_name(field.pointer) + ": " + field.message;
        if (at != given.end()) message += " (from " + at->second.source + ")";
    }
    return fail(Code::invalid_argument, message.empty() ? error.message : message);
}

Result<void> fill(const SettingsGroup& group, const GivenMap& given) {
    schema::Pairs pairs;
    for (const auto& [name, value] : given)
        if (group.type->find(name)) pairs.emplace_back(name, value.value);
    const auto decoded = schema::decode_pairs_into(pairs, *group.type, group.values);
    if (!decoded) return explain(decoded.error(), given);
    return {};
}

std::string rule_of(const Field& field) {
    std::string rule;
    if (field.number_min != std::numeric_limits<std::int64_t>::min())
        rule = std::to_string(field.number_min) + " to " + std::to_string(field.number_max) + "; ";
    for (const auto& value : field.one_of) rule += (rule.empty() ? "" : "|") + value;
    if (!field.one_of.empty()) rule += "; ";
    return rule;
}

}  // namespace

Environment process_environment() {
    Environment out;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

Result<CommandLine> read_settings(const std::string& service,
                                  const std::vector<std::string>& arguments,
                                  const Environment& environment,
                                  const std::vector<SettingsGroup>& groups) {
    FlagReader flags(service, groups);
    SHOP_CHECK(flags.read(arguments));
    GivenMap given;
    if (!flags.config_file.empty())
        SHOP_CHECK(read_config_file(service, flags.config_file, groups, given));
    SHOP_CHECK(read_environment(service, environment, groups, given));
    for (const auto& [name, value] : flags.given) given.insert_or_assign(name, value);
    for (const auto& group : groups) SHOP_CHECK(fill(group, given));
    return flags.line;
}

std::string settings_help(const std::string& service, const std::vector<SettingsGroup>& groups) {
    std::string out = fmt::format(
        "Usage: shop-{0} [--config FILE] [--SETTING VALUE ...]\n"
        "  or:  shop-{0} [--config FILE] [--SETTING VALUE ...] "
        "--check-config | --print-config | --health\n"
        "  or:  shop-{0} --restore | --compact --data-dir FOLDER\n"
        "  or:  shop-{0} --help | --version | --describe\n\n"
        "Serves until SIGTERM, or does one of these:\n"
        "  --check-config\n"
        "      Says what is wrong with the settings: exit code 2 where something is.\n"
        "  --print-config\n"
        "      The settings in force, as a TOML file.\n"
        "  --health\n"
        "      Whether the service that runs with these settings is ready: exit code 0, or 1 and "
        "why not.\n"
        "  --describe\n"
        "      As JSON: version, formats of the store that it reads, endpoints that it serves and "
        "those that it calls of other services.\n"
        "  --restore, --compact\n"
        "      The store from a compressed dump on standard input, or made small again; the "
        "service must not run.\n\n"
        "A setting is a flag, a variable {1}NAME, or a line of the TOML file,\n"
        "in this order of precedence.\n\nSettings:\n",
        service, variable_prefix(service));
    for (const auto& group : groups) {
        const Json values = schema::encode_from(*group.type, group.values);
        for (const Field& field : group.type->fields)
            out += "  " + flag_name(field.name) + "\n      " + field.doc + " (" + rule_of(field) +
                   "default " + dump(values[field.name]) + ")\n";
    }
    return out;
}

std::string print_settings(const std::vector<SettingsGroup>& groups) {
    std::string out;
    for (const auto& group : groups) {
        const Json values = schema::encode_from(*group.type, group.values);
        for (const auto& [name, value] : values.items())
            out += name + " = " + dump(value) + "\n";  // JSON's text and numbers are TOML's too
    }
    return out;
}

}  // namespace shop::runtime
