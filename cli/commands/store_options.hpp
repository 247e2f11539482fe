// --service of the store commands: one service instead of all.
//
// Thread safety: one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/endpoint.hpp"
#include "args.hpp"

namespace shop::cli {

inline std::shared_ptr<std::string> add_service_option(Args& args) {
    auto service = std::make_shared<std::string>();
    std::vector<std::string> names;
    for (const auto* table : api::all_services()) names.push_back(table->name);
    args.text("--service", *service, "Only this one").one_of(names);
    return service;
}

inline std::vector<const api::ServiceTable*> chosen_services(const std::string& name) {
    std::vector<const api::ServiceTable*> out;
    for (const auto* table : api::all_services())
        if (name.empty() || table->name == name) out.push_back(table);
    return out;
}

}  // namespace shop::cli
