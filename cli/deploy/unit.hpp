// A service's systemd unit in a release: the package's text with the host's drop-ins, kept as one
// object, and what is made of it on the host.
//
// Thread safety: values and free functions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::cli::deploy {

// A file of NAME.service.d: the owner's own words about a service ("network.conf"). They are part
// of a release, so that a bad one goes back with it.
struct DropIn {
    std::string name;
    std::string text;

    bool operator==(const DropIn&) const = default;
};

struct UnitText {
    std::string unit;
    std::vector<DropIn> drop_ins;  // by name

    bool operator==(const UnitText&) const = default;
};

// As one object, and back. Each text ends with a line feed there.
std::string join_unit(const UnitText& text);
UnitText split_unit(std::string_view object);

// The *.conf files of a folder, by name; none where there is no such folder.
Result<std::vector<DropIn>> read_drop_ins(const std::filesystem::path& folder);

struct UnitCredential {
    std::string name;  // "mail-password", from /etc/credstore*/shop-<service>.<name>
    bool encrypted = false;
};

// What the text is filled with.
struct UnitParts {
    std::string service;             // "userd"
    std::filesystem::path binary;    // in place of /usr/bin/shop-<service>
    std::filesystem::path settings;  // in place of /etc/shop/<service>.toml
    std::vector<UnitCredential> credentials;
};

// The unit as it is written to the host. invalid_argument, saying what to do, where it starts no
// /usr/bin/shop-<service> with /etc/shop/<service>.toml, or a drop-in names one of these, which
// would bring the package's program back.
Result<UnitText> render_unit(const UnitText& text, const UnitParts& parts);

// Whether render_unit() made it.
bool is_rendered(std::string_view unit);

// What a key is set to last, "User"; empty where it is not.
std::string unit_value(std::string_view unit, std::string_view key);

}  // namespace shop::cli::deploy
