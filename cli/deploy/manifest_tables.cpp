#include "deploy/manifest_tables.hpp"

#include "deploy/hooks.hpp"

namespace shop::schema {

using namespace cli::deploy;

template <>
const StructType& type_of<GateSettings>() {
    using T = GateSettings;
    static const StructType type{
        "GateSettings",
        "What a release has to pass before it is good.",
        {
            field<&T::ready_seconds>("ready_seconds", "From a start until /readyz says 200.",
                                     Range{1, 3600}),
            field<&T::purchase>("purchase", "A purchase of our own after each switch."),
            field<&T::baseline_seconds>("baseline_seconds",
                                        "How long the old release is looked at, before.",
                                        Range{0, 3600}),
            field<&T::bake_seconds>("bake_seconds", "How long the new one is looked at, after.",
                                    Range{0, 86'400}),
        }};
    return type;
}

template <>
const StructType& type_of<Hook>() {
    using T = Hook;
    static const StructType type{
        "Hook",
        "A program of yours beside a phase.",
        {
            field<&T::phase>("phase", "When it runs.", Required{},
                             OneOf{{hook_phases().begin(), hook_phases().end()}}),
            field<&T::command>("command", "The program and its arguments; no shell reads them.",
                               Required{}, Length{1, 32}),
            field<&T::seconds>("seconds", "How long it may take.", Range{1, 3600}),
        }};
    return type;
}

template <>
const StructType& type_of<ServiceManifest>() {
    using T = ServiceManifest;
    static const StructType type{
        "ServiceManifest",
        "A service.",
        {
            field<&T::name>("name", "Which one: userd, productd, orderd, storefrontd.", Required{},
                            Format::slug, Length{1, 32}),
            field<&T::binary>("binary", "The program that a release is made from."),
            field<&T::unit>("unit", "Its unit, as the package has it."),
            field<&T::settings>("settings", "Its settings."),
            field<&T::image>("image", "The image that a release is made from."),
            field<&T::url>("url", "Where it is asked: http://, https:// or unix:/a/path."),
            field<&T::canary_percent>("canary_percent",
                                      "Share of requests for the new one while it is tried.",
                                      Range{0, 100}),
        }};
    return type;
}

template <>
const StructType& type_of<GatewayManifest>() {
    using T = GatewayManifest;
    static const StructType type{
        "GatewayManifest",
        "The gateway before the services.",
        {
            field<&T::runtime_socket>("runtime_socket",
                                      "HAProxy's runtime socket; empty: there is no gateway."),
        }};
    return type;
}

template <>
const StructType& type_of<Manifest>() {
    using T = Manifest;
    static const StructType type{
        "Manifest",
        "How a shop is deployed to a host.",
        {
            field<&T::format>("format", "The format of this file.", Range{1, 1}),
            field<&T::host>("host", "The host: local, or ssh://user@host:port.", Length{1, 300}),
            field<&T::ssh>("ssh", "The program for ssh:// hosts, with its options.", Length{1, 32}),
            field<&T::driver>("driver", "How services run there.",
                              OneOf{{"systemd", "podman", "kubernetes"}}),
            field<&T::state>("state", "Folder of releases, journal and history, on the host.",
                             Length{1, 1000}),
            field<&T::services>("services",
                                "In the order in which they are switched: a service "
                                "after those that it calls.",
                                Required{}, Length{1, 16}),
            field<&T::gates>("gates", "What a release has to pass before it is good."),
            field<&T::hooks>("hooks", "Programs of yours beside the phases.", Length{0, 64}),
            field<&T::gateway>("gateway", "The gateway before the services."),
            field<&T::backup_folder>("backup_folder", "Where backups are.", Length{1, 1000}),
            field<&T::backup_hours_max>("backup_hours_max",
                                        "Where the newest backup is older, one is taken first; "
                                        "0: never.",
                                        Range{0, 24 * 366}),
            // One to be, and one to go back to.
            field<&T::releases_kept>("releases_kept", "How many releases are kept.", Range{2, 100}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli::deploy {

const std::vector<Decimal>& gate_decimals() {
    using T = GateSettings;
    static const std::vector<Decimal> table = {
        {"error_percent_max", "Answers of 5xx, in percent above those of the old release.",
         &T::error_percent_max, 0, 100},
        {"checkout_failure_percent_max", "Orders that failed by our fault, likewise.",
         &T::checkout_failure_percent_max, 0, 100},
        {"latency_factor_max", "Mean time of an answer, as a multiple of the old release's.",
         &T::latency_factor_max, 1, 1000},
        {"latency_floor_ms", "Means below this are never too slow.", &T::latency_floor_ms, 0,
         60'000},
    };
    return table;
}

}  // namespace shop::cli::deploy
