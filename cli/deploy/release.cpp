#include "deploy/release.hpp"

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

using cli::deploy::Description;
using cli::deploy::Need;
using cli::deploy::Part;
using cli::deploy::Release;
using cli::deploy::SecretVersion;

template <>
const StructType& type_of<SecretVersion>() {
    using T = SecretVersion;
    static const StructType type{"SecretVersion",
                                 "A secret in the version that the release was tried with.",
                                 {
                                     field<&T::name>("name", "Its name."),
                                     field<&T::version>("version", "Its version."),
                                 }};
    return type;
}

template <>
const StructType& type_of<Need>() {
    using T = Need;
    static const StructType type{"Need",
                                 "An endpoint of another service that this one calls.",
                                 {
                                     field<&T::service>("service", "Whose endpoint."),
                                     field<&T::endpoint>("endpoint", "Method and path."),
                                 }};
    return type;
}

template <>
const StructType& type_of<Description>() {
    using T = Description;
    static const StructType type{
        "Description",
        "What a daemon says of itself.",
        {
            field<&T::service>("service", "Its name."),
            field<&T::version>("version", "Its version."),
            field<&T::commit>("commit", "The commit that it was made from."),
            field<&T::store_format>("store_format", "Format of the store that it writes."),
            field<&T::store_reads_from>("store_reads_from", "The oldest format that it can read."),
            field<&T::serves>("serves", "Its endpoints, each with method and path."),
            field<&T::needs>("needs", "The endpoints of others that it calls."),
        }};
    return type;
}

template <>
const StructType& type_of<Part>() {
    using T = Part;
    static const StructType type{
        "Part",
        "One service in a release.",
        {
            field<&T::description>("description", "What the daemon says of itself."),
            field<&T::binary>("binary", "Hash of the program, or digest of the image."),
            field<&T::unit>("unit", "Hash of the unit; empty with containers."),
            field<&T::settings>("settings", "Hash of the settings."),
            field<&T::secrets>("secrets", "Versions of the service's secrets."),
        }};
    return type;
}

template <>
const StructType& type_of<Release>() {
    using T = Release;
    static const StructType type{
        "Release",
        "What runs, service by service.",
        {
            field<&T::id>("id", "Hash of driver and parts."),
            field<&T::driver>("driver", "What runs the services."),
            field<&T::made_at>("made_at", "When it was put together."),
            field<&T::made_by>("made_by", "By whom."),
            field<&T::parts>("parts", "The services, in the order of the switch."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli::deploy {
namespace {

constexpr std::size_t kIdDigits = 16;

using DifferenceLines = std::vector<std::string>;

std::string from_to(std::string_view what, const std::string& from, const std::string& to) {
    return std::string(what) + " " + (from.empty() ? "none" : from) + " -> " +
           (to.empty() ? "none" : to);
}

void add_program(const Part& from, const Part& to, DifferenceLines& lines) {
    const Description& a = from.description;
    const Description& b = to.description;
    if (a.version != b.version)
        lines.push_back(from_to("version", a.version, b.version));
    else if (a.commit != b.commit)
        lines.push_back(from_to("commit", a.commit, b.commit));
    else if (from.binary != to.binary)
        lines.emplace_back("program changed");
    if (a.store_format != b.store_format)
        lines.push_back(from_to("store format", std::to_string(a.store_format),
                                std::to_string(b.store_format)));
    for (const std::string& endpoint : a.serves)
        if (std::ranges::find(b.serves, endpoint) == b.serves.end())
            lines.push_back("no longer serves " + endpoint);
}

std::string secret_version_in(const std::vector<SecretVersion>& secrets, const std::string& name) {
    const auto found = std::ranges::find(secrets, name, &SecretVersion::name);
    return found == secrets.end() ? "" : std::to_string(found->version);
}

void add_secrets(const Part& from, const Part& to, DifferenceLines& lines) {
    std::set<std::string> names;
    for (const auto* secrets : {&from.secrets, &to.secrets})
        for (const SecretVersion& secret : *secrets) names.insert(secret.name);
    for (const std::string& name : names) {
        const std::string a = secret_version_in(from.secrets, name);
        const std::string b = secret_version_in(to.secrets, name);
        if (a != b) lines.push_back(from_to("secret " + name, a, b));
    }
}

}  // namespace

const Part* Release::find(std::string_view service) const {
    for (const Part& part : parts)
        if (part.description.service == service) return &part;
    return nullptr;
}

std::string id_of(const Release& release) {
    // The fields stand in the order of their tables, so that the same content is the same text.
    Json content{{"driver", release.driver}, {"parts", Json::array()}};
    for (const Part& part : release.parts) content["parts"].push_back(schema::encode(part));
    return sha256_hex(dump(content)).substr(0, kIdDigits);
}

std::string fingerprint(const Part& part) { return sha256_hex(schema::encode_text(part)); }

std::vector<std::string> differences(const Part& from, const Part& to) {
    DifferenceLines lines;
    add_program(from, to, lines);
    if (from.unit != to.unit) lines.emplace_back("unit changed");
    if (from.settings != to.settings) lines.emplace_back("settings changed");
    add_secrets(from, to, lines);
    // What they need or serve besides: a program of the same bytes says the same of itself.
    if (lines.empty() && fingerprint(from) != fingerprint(to))
        lines.emplace_back("contract changed");
    return lines;
}

}  // namespace shop::cli::deploy
