#include "scratch_folder.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>

namespace shop::cli {

namespace fs = std::filesystem;

Result<std::unique_ptr<ScratchFolder>> ScratchFolder::make(const fs::path& below,
                                                           std::string_view remedy) {
    std::string path = (below / "shop-scratch-XXXXXX").string();
    if (!::mkdtemp(path.data()))
        return fail(Code::unavailable,
                    fmt::format("No folder can be made in {}: {}. {}", below.string(),
                                std::generic_category().message(errno), remedy));
    return std::make_unique<ScratchFolder>(path);
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace shop::cli
