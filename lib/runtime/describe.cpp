#include "runtime/describe.hpp"

#include "base/version.hpp"
#include "store/upgrade.hpp"

namespace shop::runtime {
namespace {

std::string method_and_path(const api::Endpoint& endpoint) {
    return endpoint.method + " " + endpoint.path;
}

}  // namespace

Json description_of(const DaemonSpec& spec) {
    Json serves = Json::array();
    for (const auto& endpoint : spec.table->endpoints) serves.push_back(method_and_path(endpoint));
    Json needs = Json::array();
    for (const Needs* of : spec.needs)
        for (const api::Endpoint* endpoint : of->endpoints())
            needs.push_back(
                {{"service", of->service().name}, {"endpoint", method_and_path(*endpoint)}});
    return {{"service", spec.table->name},
            {"version", build_version()},
            {"commit", build_commit()},
            {"store_format", store::store_format()},
            {"store_reads_from", store::kOldestStoreFormat},
            {"serves", std::move(serves)},
            {"needs", std::move(needs)}};
}

}  // namespace shop::runtime
