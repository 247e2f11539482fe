// --data of up, down and status: the folder of a shop on this machine.
//
// Thread safety: one thread.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "args.hpp"

namespace shop::cli {

inline std::shared_ptr<std::string> add_data_option(Args& args) {
    auto data = std::make_shared<std::string>();
    args.text("--data", *data, "Folder of the shop; else ~/.local/share/shop");
    return data;
}

// Absolute, so that it names the same shop from every working folder.
inline std::filesystem::path data_folder(const std::string& given) {
    if (!given.empty()) return std::filesystem::absolute(given).lexically_normal();
    if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg && *xdg)
        return std::filesystem::path(xdg) / "shop";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && *home ? home : "/root") / ".local/share/shop";
}

}  // namespace shop::cli
