// --data of the commands for a shop on this machine: its folder, and where backups go.
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

// The same from every working folder.
inline std::filesystem::path absolute_path(const std::string& given) {
    return std::filesystem::absolute(given).lexically_normal();
}

inline std::filesystem::path data_folder(const std::string& given) {
    if (!given.empty()) return absolute_path(given);
    if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg && *xdg)
        return std::filesystem::path(xdg) / "shop";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && *home ? home : "/root") / ".local/share/shop";
}

inline std::filesystem::path backups_folder() { return data_folder("") / "backups"; }

}  // namespace shop::cli
